"""Starlette: the connections of a request. Needs Starlette, which Redstart does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.integrations.asgi import ConnectionMiddleware as _ConnectionMiddleware
from redstart.integrations.lifespan import lifespan, prepared

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
    from redstart.integrations.request_scope import RequestScope


class ConnectionMiddleware(_ConnectionMiddleware):
    """Gives each request connections of its own; see `redstart.integrations.asgi.ConnectionMiddleware`.

    Starlette makes the answer to an error that nothing has handled outside of all middleware. With ``report=True``
    this one makes the same answer where it is the outermost, so that it has the header, and the page for debugging has
    what was asked of the database.

    Example:
        >>> from redstart import SqliteDatabase
        >>> from redstart.integrations.starlette import ConnectionMiddleware
        >>> from starlette.applications import Starlette
        >>> app = Starlette()
        >>> app.add_middleware(ConnectionMiddleware, database=SqliteDatabase("app.db"))
    """

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request: RequestScope) -> None:
        app, report = self.app, request.report
        if report is not None and _makes_the_answer(scope):
            app = _ErrorAnswer(_explaining(app, report), report, debug=scope["app"].debug)
        await app(scope, receive, send)


class _ErrorAnswer(ServerErrorMiddleware):
    """What Starlette answers to an error; raises it, too, as Starlette does."""

    def __init__(self, app: Any, report: Report, *, debug: bool) -> None:
        super().__init__(app, debug=debug)
        self._report = report

    def generate_html(self, exc: Exception, limit: int = 7) -> str:
        return self._report.into_page(super().generate_html(exc, limit))


def _makes_the_answer(scope: Scope) -> bool:
    """Tells whether nothing but Starlette's own middleware sees the error next, and no handler, which must run once."""
    app: Any = scope.get("app")
    outermost = next(iter(getattr(app, "user_middleware", ())), None)
    if outermost is None or not _is_ours(outermost.cls) or _SEEN in scope:
        return False
    scope[_SEEN] = True
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


#: Stands in the scope of a request that the outermost one has seen.
_SEEN = "redstart.starlette"

__all__ = ["ConnectionMiddleware", "lifespan", "prepared"]
