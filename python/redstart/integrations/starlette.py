"""Starlette: the connections of a request. Needs Starlette, which Redstart does not."""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from redstart.integrations.asgi import ConnectionMiddleware as _ConnectionMiddleware
from redstart.integrations.lifespan import lifespan, prepared
from redstart.integrations.request_scope import RequestScope

try:
    from starlette.middleware.errors import ServerErrorMiddleware
except ImportError as error:
    raise ModuleNotFoundError(
        "redstart.integrations.starlette needs Starlette: pip install starlette", name="starlette"
    ) from error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redstart.integrations.asgi import Receive, Scope, Send
    from redstart.integrations.report import Report
    from redstart.integrations.settings import Settings


class ConnectionMiddleware(_ConnectionMiddleware):
    """Gives each request connections of its own; see `redstart.integrations.asgi.ConnectionMiddleware`.

    Starlette makes the answer to an error that nothing has handled outside of all middleware. A handler of yours for
    ``Exception`` has connections of its own there. Without one, and with ``report=True``, this middleware makes the
    same answer where it is the outermost: with the header, and with what the database was asked on the page for
    debugging.

    Example:
        >>> from redstart import SqliteDatabase
        >>> from redstart.integrations.starlette import ConnectionMiddleware
        >>> from starlette.applications import Starlette
        >>> app = Starlette()
        >>> app.add_middleware(ConnectionMiddleware, database=SqliteDatabase("app.db"))
    """

    #: Starlette's own middleware, whose handler has been given connections.
    _outside: Any = None

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request: RequestScope) -> None:
        app, report = self.app, request.report
        if report is not None and _makes_the_answer(scope, report):
            app = _ErrorAnswer(_explaining(app, report), report, debug=scope["app"].debug)
        try:
            await app(scope, receive, send)
        except Exception:
            outside = getattr(scope.get("app"), "middleware_stack", None)
            if isinstance(outside, ServerErrorMiddleware) and outside.handler and outside is not self._outside:
                self._outside = outside
                outside.handler = _with_connections(outside.handler, self._settings)
            raise


class _ErrorAnswer(ServerErrorMiddleware):
    """What Starlette answers to an error; raises it, too, as Starlette does."""

    def __init__(self, app: Any, report: Report, *, debug: bool) -> None:
        super().__init__(app, debug=debug)
        self._report = report

    def generate_html(self, exc: Exception, limit: int = 7) -> str:
        return self._report.into_page(super().generate_html(exc, limit))


def _makes_the_answer(scope: Scope, report: Report) -> bool:
    """Tells whether nothing but Starlette's own middleware sees an error next, and no handler, which must run once."""
    app: Any = scope.get("app")
    outermost = next(iter(getattr(app, "user_middleware", ())), None)
    if _REPORT in scope or outermost is None or not _is_ours(outermost.cls):
        return False
    scope[_REPORT] = report
    return bool(app.debug) or not {500, Exception} & set(app.exception_handlers)


def _is_ours(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, ConnectionMiddleware)


def _explaining(app: Any, report: Report) -> Callable[..., Awaitable[None]]:
    async def explained(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except Exception as error:
            report.explain(error)
            raise

    return explained


def _with_connections(handler: Any, settings: Settings) -> Callable[[Any, Exception], Any]:
    """Gives a handler of errors, which runs after the middleware, connections of its own."""

    def begin(request: Any) -> RequestScope:
        scope = RequestScope(settings, name=f"{request.method} {request.url.path}")
        before: Report | None = request.scope.get(_REPORT)
        if before is not None:
            scope.report = before.continued()
        return scope

    async def handle_async(request: Any, error: Exception) -> Any:
        with begin(request) as scope:
            return _told(await handler(request, error), scope)

    def handle(request: Any, error: Exception) -> Any:
        with begin(request) as scope:
            return _told(handler(request, error), scope)

    is_async = iscoroutinefunction(handler) or iscoroutinefunction(handler.__call__)
    return handle_async if is_async else handle


def _told(response: Any, scope: RequestScope) -> Any:
    if scope.report is not None:
        scope.report.into_headers(response.headers)
    return response


#: Where the scope of a request has the report of the outermost middleware.
_REPORT = "redstart.report"

__all__ = ["ConnectionMiddleware", "lifespan", "prepared"]
