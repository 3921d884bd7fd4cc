"""Django: the connections of a request, for views of both kinds. Needs Django, which Redstart does not.

``settings.py`` names the database, and has the middleware first::

    REDSTART_DATABASE = "myproject.db.database"
    MIDDLEWARE = ["redstart.integrations.django.ConnectionMiddleware", ...]
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.async_body import AsyncBody
from redstart.integrations.named import configured, named_database
from redstart.integrations.request_scope import RequestScope, explain, require_blocking
from redstart.integrations.settings import Settings
from redstart.integrations.wsgi import Body

try:
    from asgiref.sync import iscoroutinefunction, markcoroutinefunction
    from django.conf import settings
    from django.core.signals import got_request_exception
    from django.utils.module_loading import import_string
except ImportError as error:
    raise ModuleNotFoundError("redstart.integrations.django needs Django: pip install Django", name="django") from error

if TYPE_CHECKING:
    from collections.abc import Callable

_made: dict[str, Any] = {}


def _read(name: str) -> Any:
    return getattr(settings, name, None)


def configured_database() -> Any:
    """Gives the database of ``settings.REDSTART_DATABASE``: a database, a dotted path to one, a URL, or a list.

    Models need it where the setting is a URL.

    Raises:
        ImproperlyConfigured: The setting is missing or wrong.
    """
    value = _read("REDSTART_DATABASE")
    if not isinstance(value, str):
        return named_database(value, "REDSTART_DATABASE")
    if value not in _made:
        _made[value] = named_database(value, "REDSTART_DATABASE")
    return _made[value]


class ConnectionMiddleware:
    """Gives each request connections of its own: opened by its first query, given back when the response is complete.

    A streamed response has them until it is closed. ``REDSTART_HOLD`` and ``REDSTART_REPORT`` in the settings are what
    `redstart.integrations.settings.Settings` says.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        """Takes what answers the request.

        Args:
            get_response: The next middleware, or the view.

        Raises:
            ImproperlyConfigured: A setting is wrong, or the middleware stands twice in ``MIDDLEWARE``.
        """
        name = f"{type(self).__module__}.{type(self).__qualname__}"
        names = _read("MIDDLEWARE") or []
        if names.count(name) > 1:
            raise ImproperlyConfigured(f"settings.MIDDLEWARE names {name} more than once: let it be the first only.")
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        self._why_sync = {} if self._is_async else _why_sync(names, name)
        if self._is_async:
            markcoroutinefunction(self)
        found = configured(configured_database(), None, None, read=_read, prefix="REDSTART_")
        self._settings = Settings(found.database, hold=found.hold, report=found.report)
        if self._settings.report:
            got_request_exception.connect(_explain, dispatch_uid=__name__)

    def __call__(self, request: Any) -> Any:
        """Answers a request.

        Raises:
            ImproperlyConfigured: A database is not initialised, or belongs to an event loop while views run in threads.
        """
        if self._is_async:
            return self._answer(request)
        require_blocking(self._settings, **(self._why_sync if hasattr(request, "scope") else {}))
        scope = RequestScope(self._settings, name=f"{request.method} {request.path}").enter()
        try:
            response = self.get_response(request)
        except BaseException as error:
            scope.__exit__(type(error), error, None)
            raise
        return _end(response, scope)

    async def _answer(self, request: Any) -> Any:
        scope = RequestScope(self._settings, name=f"{request.method} {request.path}").enter()
        try:
            response = await self.get_response(request)
        except BaseException as error:
            scope.__exit__(type(error), error, None)
            raise
        return _end(response, scope)


def _why_sync(names: list[str], own: str) -> dict[str, str]:
    """Says what an ASGI application has this middleware work in a thread for."""
    for inner in names[names.index(own) + 1 :] if own in names else names:
        if not getattr(import_string(inner), "async_capable", False):
            reason = f"{inner} in settings.MIDDLEWARE is synchronous, so that what stands before it runs in a thread"
            return {"reason": reason, "way_out": f"put {own} behind it, or make it async_capable"}
    return {}


class _AsyncStream(AsyncBody):
    def close(self) -> None:
        """Called by Django in any case, in a thread."""
        self.end()


def _end(response: Any, scope: RequestScope) -> Any:
    """Ends the scope, with a streamed response when that is closed."""
    if scope.report is not None:
        scope.report.into_headers(response.headers)
    if not response.streaming or getattr(response, "file_to_stream", None) is not None:
        scope.leave()
    elif response.is_async:
        response.streaming_content = _AsyncStream(response.streaming_content, scope)
    else:
        response.streaming_content = Body(response.streaming_content, scope)
    return response


def _explain(sender: Any, **more: Any) -> None:
    """Adds to an error, which Django's error page then shows, what was asked of the database."""
    del sender, more
    explain(sys.exc_info()[1])


__all__ = ["ConnectionMiddleware", "configured_database"]
