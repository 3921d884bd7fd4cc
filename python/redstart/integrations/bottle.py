"""Bottle: a plugin for the connections of a request. Needs Bottle, which Redstart does not."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.named import configured
from redstart.integrations.request_scope import RequestScope, explain, require_blocking
from redstart.integrations.settings import Settings
from redstart.integrations.wsgi import Body, ConnectionMiddleware

try:
    from bottle import HTTPResponse, request
except ImportError as error:
    raise ModuleNotFoundError("redstart.integrations.bottle needs Bottle: pip install bottle", name="bottle") from error

if TYPE_CHECKING:
    from collections.abc import Callable


class ConnectionPlugin:
    """Gives each request connections of its own: opened by its first query, given back when the body was sent.

    What is not given stands in ``app.config``: ``redstart.database``, ``redstart.hold``, ``redstart.report``. Hooks and
    error pages of the application are part of the request. An application that is mounted has the plugin of its own, or
    that of the one that it is mounted on.

    Example:
        >>> from bottle import Bottle
        >>> from redstart import SqliteDatabase
        >>> from redstart.integrations.bottle import ConnectionPlugin
        >>> app = Bottle()
        >>> plugin = app.install(ConnectionPlugin(SqliteDatabase(":memory:")))
    """

    name = "redstart"
    api = 2

    def __init__(self, database: Any = None, *, hold: str | None = None, report: bool | None = None) -> None:
        """Takes the settings.

        Args:
            database: A database, a proxy of one, or several of them.
            hold: See `redstart.integrations.settings.Settings`.
            report: See `redstart.integrations.settings.Settings`.
        """
        self._database, self._hold, self._report = database, hold, report
        self._settings: Settings | None = None
        self._app: Any = None

    def setup(self, app: Any) -> None:
        """Called by Bottle when the plugin is installed.

        Args:
            app: The application.

        Raises:
            ImproperlyConfigured: A setting is wrong, or the application or the plugin has this already.
        """
        if any(isinstance(one, ConnectionPlugin) for one in app.plugins):
            raise ImproperlyConfigured(
                f"{app!r} has Redstart's plugin already: install it once, with a list of databases if there are "
                "several."
            )
        if self._app is not None:
            raise ImproperlyConfigured(f"This plugin is installed in {self._app!r}: make another one for {app!r}.")
        found = configured(
            self._database,
            self._hold,
            self._report,
            read=app.config.get,
            prefix="redstart.",
            shown='app.config["{}"]',
        )
        self._settings = Settings(found.database, hold=found.hold, report=found.report)
        # What Bottle calls for each request; hooks and error pages are not among what it has plugins wrap.
        app.wsgi = ConnectionMiddleware(app.wsgi, found.database, hold=found.hold, report=found.report)
        self._app = app

    def apply(self, callback: Callable[..., Any], route: Any) -> Callable[..., Any]:
        """Called by Bottle for each route.

        Args:
            callback: What answers the request.
            route: The route.
        """
        del route
        settings = self._settings
        assert settings is not None, "Bottle calls setup() first"  # noqa: S101 - Bottle's contract

        @functools.wraps(callback)
        def answering(*args: Any, **kwargs: Any) -> Any:
            if all(one._scopes.bound() is not None for one in settings.databases()):
                return _explaining(callback, *args, **kwargs)
            # The application is mounted on another one, which calls its routes alone.
            require_blocking(settings)
            scope = RequestScope(settings, name=f"{request.method} {request.path}").enter()
            try:
                return _scoped(_explaining(callback, *args, **kwargs), scope)
            except BaseException:
                scope.leave()
                raise

        return answering

    def close(self) -> None:
        """Called by Bottle when the plugin is uninstalled."""
        app, self._app = self._app, None
        if app is not None and isinstance(app.wsgi, ConnectionMiddleware):
            del app.wsgi


def _explaining(callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Calls a route; adds to an error, which Bottle shows, what was asked of the database."""
    try:
        return callback(*args, **kwargs)
    except HTTPResponse:
        raise
    except Exception as error:
        explain(error)
        raise


def _scoped(answer: Any, scope: RequestScope) -> Any:
    """Ends the scope, with a streamed answer when that is closed."""
    is_response = isinstance(answer, HTTPResponse)
    body: Any = answer.body if is_response else answer
    if not hasattr(body, "__next__") or hasattr(body, "read"):
        scope.leave()
        return answer
    body = Body(body, scope)
    if not is_response:
        return body
    answer.body = body
    return answer


__all__ = ["ConnectionPlugin"]
