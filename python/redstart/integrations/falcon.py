"""Falcon: a middleware for the connections of a request, in WSGI and ASGI applications. Needs Falcon."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.asgi import prepared
from redstart.integrations.async_body import AsyncBody
from redstart.integrations.falcon_errors import explain_errors
from redstart.integrations.request_scope import RequestScope, require_blocking
from redstart.integrations.settings import Settings
from redstart.integrations.wsgi import Body

try:
    from falcon import code_to_http_status
except ImportError as error:
    raise ModuleNotFoundError("redstart.integrations.falcon needs Falcon: pip install falcon", name="falcon") from error

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

_SCOPE = "redstart.scope"


class ConnectionMiddleware:
    """Gives each request connections of its own: opened by its first query, given back when the response was sent.

    Let it be the first middleware, so that others use the connection too. A WebSocket holds none between queries.

    Example:
        >>> import falcon
        >>> from redstart import SqliteDatabase
        >>> from redstart.integrations.falcon import ConnectionMiddleware
        >>> app = falcon.App(middleware=[ConnectionMiddleware(SqliteDatabase(":memory:"))])
    """

    def __init__(
        self, database: Any, *, hold: str = "request", report: bool = False, create_tables: Iterable[Any] = ()
    ) -> None:
        """Takes the settings.

        Args:
            database: A database, a proxy of one, or several of them.
            hold: See `redstart.integrations.settings.Settings`.
            report: See `redstart.integrations.settings.Settings`.
            create_tables: The models whose tables an ASGI application makes when it starts, where they are missing.

        Raises:
            ImproperlyConfigured: A setting is wrong.
        """
        self._settings = Settings(database, hold=hold, report=report)
        self._database, self._models = database, list(create_tables)
        self._lifespan = AsyncExitStack()

    def process_request(self, req: Any, resp: Any) -> None:
        """Begins a request of a WSGI application.

        Raises:
            ImproperlyConfigured: A database is not initialised, or belongs to an event loop.
        """
        del resp
        require_blocking(self._settings)
        if self._models:
            raise ImproperlyConfigured(
                "A WSGI application makes no tables when it starts: leave create_tables out, and call "
                "database.create_tables(...) where the application is made."
            )
        self._begin(req.env, f"{req.method} {req.path}")

    def process_response(self, req: Any, resp: Any, resource: Any, req_succeeded: bool) -> None:
        """Ends it, with a streamed response when that is closed."""
        del resource, req_succeeded
        scope = req.env.pop(_SCOPE, None)
        if scope is None:
            return
        _tell(scope, resp)
        if _is_streamed(req, resp):
            resp.stream = Body(resp.stream, scope)
        else:
            scope.leave()

    async def process_request_async(self, req: Any, resp: Any) -> None:
        """Begins a request of an ASGI application, which ends with its task at the latest."""
        del resp
        self._begin(req.scope, f"{req.method} {req.path}").leave_with_task()

    async def process_response_async(self, req: Any, resp: Any, resource: Any, req_succeeded: bool) -> None:
        """Ends it, with a streamed response when that is closed, or with its task."""
        del resource, req_succeeded
        scope = req.scope.get(_SCOPE)
        if scope is None:
            return
        _tell(scope, resp)
        if resp.sse:
            resp.sse = _Stream(resp.sse, scope)
        elif _is_streamed(req, resp):
            resp.stream = _Stream(resp.stream, scope)
        else:
            scope.leave()

    async def process_request_ws(self, req: Any, ws: Any) -> None:
        """Begins a WebSocket, which lives long and waits most of the time; it ends with its task."""
        del ws
        self._begin(req.scope, f"WEBSOCKET {req.path}", hold="query").leave_with_task()

    async def process_startup(self, scope: Any, event: Any) -> None:
        """Makes tables that are missing, when an ASGI server starts."""
        del scope, event
        await self._lifespan.enter_async_context(prepared(self._database, create_tables=self._models))

    async def process_shutdown(self, scope: Any, event: Any) -> None:
        """Closes the pools, when an ASGI server stops."""
        del scope, event
        await self._lifespan.aclose()

    def _begin(self, environment: MutableMapping[str, Any], name: str, *, hold: str | None = None) -> RequestScope:
        if _SCOPE in environment:
            raise ImproperlyConfigured(
                f"The application has Redstart's {type(self).__name__} twice: add it once, with a list of databases if "
                "there are several."
            )
        scope = environment[_SCOPE] = RequestScope(self._settings, name=name).enter(hold=hold)
        return scope


class _Stream(AsyncBody):
    async def close(self) -> None:
        """Called by Falcon in any case."""
        await self.aclose()


def _tell(scope: RequestScope, resp: Any) -> None:
    if scope.report is not None:
        resp.append_header(*scope.report.header())


def _is_streamed(req: Any, resp: Any) -> bool:
    """Tells whether Falcon will read and close the stream; a file is read by itself."""
    if resp.stream is None or hasattr(resp.stream, "read") or req.method == "HEAD":
        return False
    is_empty = code_to_http_status(resp.status)[:3] in {"100", "101", "204", "304"}
    return not is_empty and all(given is None for given in (resp.text, resp.data, resp.media))


__all__ = ["ConnectionMiddleware", "explain_errors"]
