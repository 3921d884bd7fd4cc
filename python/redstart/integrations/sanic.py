"""Sanic: the connections of a request, streamed responses included. Needs Sanic, which Redstart does not."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.lifespan import prepared, rest
from redstart.integrations.named import configured
from redstart.integrations.request_scope import RequestScope
from redstart.integrations.settings import Settings

try:
    from sanic.http.constants import Stage
except ImportError as error:
    raise ModuleNotFoundError("redstart.integrations.sanic needs Sanic: pip install sanic", name="sanic") from error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sanic import Request, Sanic
    from sanic.response import BaseHTTPResponse

#: The request that is served; one task serves those of a client one after the other.
_served: ContextVar[_Served | None] = ContextVar("redstart.sanic", default=None)


def setup(
    app: Sanic[Any, Any],
    database: Any = None,
    *,
    create_tables: Iterable[Any] = (),
    hold: str | None = None,
    report: bool | None = None,
) -> None:
    """Gives each request of an application connections of its own, makes tables, and closes the pools at the end.

    The first query of a request opens a connection; it is given back when the handler has returned, which is after the
    end of a stream. Middleware and error handlers use the same one. What is not given stands in ``app.config``:
    ``REDSTART_DATABASE``, ``REDSTART_HOLD``, ``REDSTART_REPORT``.

    Args:
        app: The application.
        database: A database, a proxy of one, or several of them. The configuration tells a proxy its database.
        create_tables: The models whose tables are made where they are missing, before a worker serves.
        hold: See `Settings`.
        report: See `Settings`.

    Raises:
        ImproperlyConfigured: A setting is wrong, or the application has this already.

    Example:
        >>> from redstart.integrations.sanic import setup
        >>> from redstart.pwasyncio import AsyncSqliteDatabase
        >>> from sanic import Sanic
        >>> db, app = AsyncSqliteDatabase("app.db"), Sanic("Shop")
        >>> setup(app, db)
    """
    if hasattr(app.ctx, "redstart"):
        raise ImproperlyConfigured(
            f"{app!r} has Redstart's integration already: call setup() once, with a list of databases if there are "
            "several."
        )
    read: Any = app.config.get
    found = configured(database, hold, report, read=read, prefix="REDSTART_", shown="app.config.{}")
    app.ctx.redstart = settings = Settings(found.database, hold=found.hold, report=found.report)
    models, lifespan = list(create_tables), AsyncExitStack()

    async def start(_: Any) -> None:
        await lifespan.enter_async_context(prepared(found.database, create_tables=models))

    async def begin(request: Request) -> None:
        _end()
        _served.set(_Served(settings, request))

    # Before all other listeners, and behind them.
    app.before_server_start(start, priority=1_000)
    app.after_server_start(lambda _: rest(settings), priority=-1_000)
    app.after_server_stop(lambda _: lifespan.aclose(), priority=1_000)
    signals: dict[str, Any] = {"handle": begin, "exception": _note, "send": _send, "response": _respond}
    for event, handler in signals.items():
        app.add_signal(handler, f"http.lifecycle.{event}")
    if settings.report:
        app.register_middleware(_tell, "response")


class _Served:
    """A request that is served, and its scope."""

    def __init__(self, settings: Settings, request: Request) -> None:
        self.scope = RequestScope(settings, name=f"{request.method} {request.path}")
        # A WebSocket lives long, and waits most of the time.
        is_websocket = request.headers.get("upgrade", "").lower() == "websocket"
        self.scope.enter(hold="query" if is_websocket else None)
        self.is_streaming = False
        # It ends with the client's connection, whatever Sanic has told of the request until then.
        self.task = asyncio.current_task()
        if self.task is not None:
            self.task.add_done_callback(self.end)

    def end(self, task: Any = None) -> None:
        if task is None and self.task is not None:
            self.task.remove_done_callback(self.end)
        self.scope.leave()


def _end() -> None:
    served = _served.get()
    if served is not None:
        _served.set(None)
        served.end()


async def _respond(**_: Any) -> None:
    _end()


async def _send(**_: Any) -> None:
    served = _served.get()
    if served is not None:
        if served.is_streaming:
            served.scope.between_chunks()
        served.is_streaming = True


async def _note(request: Request, exception: Exception) -> None:
    served = _served.get()
    if served is not None and served.scope.report is not None:
        served.scope.report.explain(exception)
        # Sanic's error pages show it, for debugging only.
        extra = getattr(exception, "extra", None) or {}
        vars(exception)["extra"] = {**extra, "database": served.scope.report.line()}
    if served is not None and request.stream is not None and request.stream.stage is not Stage.HANDLER:
        # A stream has broken off: no other response follows.
        _end()


async def _tell(_: Request, response: BaseHTTPResponse) -> None:
    served = _served.get()
    if served is not None and served.scope.report is not None:
        served.scope.report.into_headers(response.headers)


__all__ = ["setup"]
