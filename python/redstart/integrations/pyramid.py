"""Pyramid: a tween for the connections of a request. Needs Pyramid, which Redstart does not.

The settings name the database, in the code or in an ``.ini`` file::

    pyramid.includes = redstart.integrations.pyramid
    redstart.database = shop.models.db
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.named import configured
from redstart.integrations.request_scope import RequestScope, require_blocking
from redstart.integrations.settings import Settings
from redstart.integrations.wsgi import Body, is_file

try:
    from pyramid.interfaces import ITweens
    from pyramid.response import FileIter
    from pyramid.settings import aslist
except ImportError as error:
    raise ModuleNotFoundError(
        "redstart.integrations.pyramid needs Pyramid: pip install pyramid", name="pyramid"
    ) from error

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY = "redstart"
_TWEEN = f"{__name__}.connection_tween_factory"
#: Behind all that an application configures.
_LAST = 1_000_000


def includeme(config: Any) -> None:
    """Gives each request of an application connections of its own: ``config.include("redstart.integrations.pyramid")``.

    Settings are ``redstart.database`` (a database, a dotted path to one, its URL, or a list of databases),
    ``redstart.hold`` and ``redstart.report``.

    Args:
        config: Pyramid's configurator.

    Raises:
        ImproperlyConfigured: A setting is wrong, or the application has this already.

    Example:
        >>> from pyramid.config import Configurator
        >>> from redstart import SqliteDatabase
        >>> config = Configurator(settings={"redstart.database": SqliteDatabase(":memory:")})
        >>> config.include("redstart.integrations.pyramid")
    """
    registry = config.registry
    if _KEY in registry:
        raise ImproperlyConfigured(
            f"The application of {config.root_package.__name__!r} includes redstart.integrations.pyramid already: "
            "include it once, with a list of databases if there are several."
        )
    listed = aslist(registry.settings.get("pyramid.tweens") or [])
    if listed and _TWEEN not in listed:
        raise ImproperlyConfigured(
            f"The setting pyramid.tweens leaves {_TWEEN} out, without which no request has connections of its own: let "
            "it be the first there."
        )
    found = configured(None, None, None, read=registry.settings.get, prefix="redstart.")
    registry[_KEY] = Settings(found.database, hold=found.hold, report=found.report)
    config.add_tween(_TWEEN)
    # Once more in the end, so that it is around the tweens that others add: they may ask the database, too.
    tweens = registry.getUtility(ITweens)
    config.action(_TWEEN, tweens.add_implicit, (_TWEEN, connection_tween_factory), order=_LAST)


def connection_tween_factory(handler: Callable[[Any], Any], registry: Any) -> Callable[[Any], Any]:
    """Makes the tween, around exception views too.

    Args:
        handler: What answers the request.
        registry: The application's.
    """
    settings: Settings = registry[_KEY]

    def connection_tween(request: Any) -> Any:
        require_blocking(settings)
        ending = _Ending(RequestScope(settings, name=f"{request.method} {request.path}").enter())
        request.add_finished_callback(ending)
        try:
            response = handler(request)
        except Exception as error:
            ending.explain(error)
            raise
        ending.answer(request, response)
        return response

    return connection_tween


class _Ending:
    """Ends a request's scope: after callbacks and subscribers, or with a streamed body when that is closed."""

    def __init__(self, scope: RequestScope) -> None:
        self._scope = scope
        self._response: Any = None
        self._body: Body | None = None

    def answer(self, request: Any, response: Any) -> None:
        """Takes the response."""
        report = self._scope.report
        if report is not None:
            report.into_headers(response.headers)
            self.explain(getattr(request, "exception", None))
        body = response.app_iter
        if isinstance(body, (list, tuple, FileIter)) or is_file(body, request.environ):
            return
        length = response.content_length
        self._response, self._body = response, Body(body, self._scope)
        response.app_iter = self._body
        # It is forgotten with the body that it was of.
        response.content_length = length

    def explain(self, error: BaseException | None) -> None:
        """Adds to an error what was asked of the database."""
        if error is not None and self._scope.report is not None:
            self._scope.report.explain(error)

    def __call__(self, request: Any) -> None:
        """Called by Pyramid at the end of the request, in any case; all other callbacks come before it."""
        if request.finished_callbacks:
            request.add_finished_callback(self)
        elif self._body is None or self._response.app_iter is not self._body:
            self._scope.leave()


__all__ = ["connection_tween_factory", "includeme"]
