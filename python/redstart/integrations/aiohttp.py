"""aiohttp: the connections of a request, streamed bodies included. Needs aiohttp, which Redstart does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.asgi import prepared
from redstart.integrations.request_scope import RequestScope
from redstart.integrations.settings import Settings

try:
    from aiohttp import hdrs, web
    from aiohttp.payload import AsyncIterablePayload
except ImportError as error:
    raise ModuleNotFoundError(
        "redstart.integrations.aiohttp needs aiohttp: pip install aiohttp", name="aiohttp"
    ) from error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: Where an application keeps its settings.
SETTINGS = web.AppKey("redstart", Settings)
#: Where a request keeps its scope: the outermost, where applications stand within each other.
_SCOPE = web.RequestKey("redstart", RequestScope)


def setup(
    app: web.Application,
    database: Any,
    *,
    create_tables: Iterable[Any] = (),
    hold: str = "request",
    report: bool = False,
) -> None:
    """Gives each request of an application connections of its own, makes tables, and closes the pools at the end.

    The first query of a request opens a connection; it is given back when the handler has returned, or when the body
    was sent, where that is made meanwhile. Middleware that stands before ours in the application's list has none.

    Args:
        app: The application; applications that it holds need none of this.
        database: A database, a proxy of one, or several of them.
        create_tables: The models whose tables are made where they are missing, when the application starts.
        hold: See `Settings`.
        report: See `Settings`.

    Raises:
        ImproperlyConfigured: A setting is wrong, or the application has this already.

    Example:
        >>> from aiohttp import web
        >>> from redstart.integrations.aiohttp import setup
        >>> from redstart.pwasyncio import AsyncSqliteDatabase
        >>> db, app = AsyncSqliteDatabase("app.db"), web.Application()
        >>> setup(app, db)
    """
    if SETTINGS in app:
        raise ImproperlyConfigured(
            f"{app!r} has Redstart's integration already: call setup() once, with a list of databases if there are "
            "several."
        )
    app[SETTINGS] = settings = Settings(database, hold=hold, report=report)
    models = list(create_tables)

    async def lifespan(_: web.Application) -> AsyncIterator[None]:
        async with prepared(database, create_tables=models):
            yield

    # It begins first and ends last.
    app.cleanup_ctx.insert(0, lifespan)
    app.middlewares.append(_middleware(settings))
    app.on_response_prepare.append(_on_prepare)


def _middleware(settings: Settings) -> Any:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_websocket = request.headers.get(hdrs.UPGRADE, "").lower() == "websocket"
        scope = RequestScope(settings, name=f"{request.method} {request.path}")
        if _SCOPE not in request:
            request[_SCOPE] = scope
        # A WebSocket lives long, and waits most of the time.
        scope.enter(hold="query" if is_websocket else None)
        ends_later = False
        try:
            response = await handler(request)
            ends_later = _is_made_meanwhile(response)
        except Exception as error:
            if scope.report is not None and not isinstance(error, web.HTTPException):
                scope.report.explain(error)
            raise
        finally:
            if not ends_later:
                scope.leave()
        if ends_later:
            # Each request has a task of its own, which ends when the body was sent or the client has gone.
            scope.leave_with_task()
        return response

    return middleware


async def _on_prepare(request: web.Request, response: web.StreamResponse) -> None:
    scope = request.get(_SCOPE)
    if scope is None:
        return
    if scope.report is not None:
        scope.report.into_headers(response.headers)
    if _is_made_meanwhile(response):
        scope.between_chunks()
    elif not isinstance(response, web.Response):
        response.write = _watching(response.write, scope)  # type: ignore[method-assign] # there is no signal for it


def _watching(write: Callable[[Any], Awaitable[None]], scope: RequestScope) -> Any:
    is_streaming = False

    async def watched(data: Any) -> None:
        nonlocal is_streaming
        if is_streaming:
            scope.between_chunks()
        is_streaming = True
        await write(data)

    return watched


def _is_made_meanwhile(response: web.StreamResponse) -> bool:
    """Tells whether the body is made when the handler has returned."""
    return isinstance(response, web.Response) and isinstance(response.body, AsyncIterablePayload)


__all__ = ["SETTINGS", "setup"]
