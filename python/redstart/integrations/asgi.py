"""Any ASGI application (https://asgi.readthedocs.io/en/latest/specs/www.html): the connections of a request."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from redstart.database import PostgresqlDatabase
from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.request_scope import RequestScope
from redstart.integrations.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, MutableMapping
    from contextlib import AbstractAsyncContextManager

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]


class ConnectionMiddleware:
    """Gives each request connections of its own: opened by its first query, given back when the response was sent.

    Handlers in threads, tasks that the request starts, and applications behind Starlette's ``BaseHTTPMiddleware`` use
    the request's connection. A background task takes another one if it asks, and so does each message of a WebSocket.
    """

    def __init__(self, app: Any, database: Any, *, hold: str = "request", report: bool = False) -> None:
        """Wraps an application.

        Args:
            app: The application.
            database: A database, a proxy of one, or several of them.
            hold: See `Settings`.
            report: See `Settings`.

        Raises:
            ImproperlyConfigured: A setting is wrong, or the application has the same already.
        """
        self.app = app
        self._settings = Settings(database, hold=hold, report=report)
        for inner in _stack(app):
            if isinstance(inner, ConnectionMiddleware) and inner._settings.share_with(self._settings):
                raise ImproperlyConfigured(
                    "This application has two ConnectionMiddleware for one database: register it once."
                )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request or a WebSocket.

        Raises:
            ImproperlyConfigured: A database is not initialised.
        """
        kind = scope["type"]
        if kind not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        name = f"{scope.get('method', kind)} {scope.get('path', '')}"
        request = RequestScope(self._settings, name=name)
        # A WebSocket lives long, and waits most of the time.
        request.enter(hold="query" if kind == "websocket" else None)
        try:
            await self.app(scope, receive, _watching(send, request))
        except Exception as error:
            if request.report is not None:
                request.report.explain(error)
            raise
        finally:
            request.leave()


def _stack(app: Any) -> Iterator[Any]:
    """Gives an application and those that it wraps, as middleware does; not those that it mounts."""
    for _ in range(_DEEPEST):
        if app is None:
            return
        yield app
        app = getattr(app, "app", None)


def _watching(send: Send, request: RequestScope) -> Send:
    is_streaming = False

    async def watched(message: Message) -> None:
        nonlocal is_streaming
        kind = message["type"]
        if kind == "http.response.start" and request.report is not None:
            name, value = request.report.header()
            headers = [*message.get("headers", ()), (name.lower().encode(), value.encode())]
            message = {**message, "headers": headers}
        elif kind == "http.response.body":
            if message.get("more_body", False):
                if is_streaming:
                    request.between_chunks()
                is_streaming = True
            else:
                # What comes after the response, such as a background task, asks anew.
                request.rest()
        await send(message)

    return watched


@asynccontextmanager
async def prepared(database: Any, *, create_tables: Iterable[Any] = ()) -> AsyncGenerator[None]:
    """Makes tables that are missing, and closes the pools at the end: for an application's lifespan.

    Args:
        database: A database, a proxy of one, or several of them.
        create_tables: The models whose tables are made where they are missing. Processes that start at once wait for
            each other.

    Raises:
        ImproperlyConfigured: A database is not initialised, or a model belongs to none of them.
    """
    databases = Settings(database).databases()
    for one, models in _by_database(databases, create_tables):
        async with one:
            await one.run(_make_tables, one, models)
    try:
        yield
    finally:
        for one in databases:
            await one.close_pool()


def lifespan(database: Any, *, create_tables: Iterable[Any] = ()) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """Gives what frameworks take for an application's lifespan; see `prepared`.

    Args:
        database: A database, a proxy of one, or several of them.
        create_tables: The models whose tables are made where they are missing.
    """
    models = list(create_tables)

    @asynccontextmanager
    async def run(app: Any) -> AsyncGenerator[None]:
        del app
        async with prepared(database, create_tables=models):
            yield

    return run


def _by_database(databases: Iterable[Any], models: Iterable[Any]) -> list[tuple[Any, list[Any]]]:
    found: list[tuple[Any, list[Any]]] = [(one, []) for one in databases]
    for model in models:
        (own,) = Settings(model._meta.database).databases()
        places = [place for one, place in found if one is own]
        if not places:
            raise ImproperlyConfigured(
                f"The table of {model.__name__} cannot be made: its database is not among those of the integration."
            )
        places[0].append(model)
    return [(one, place) for one, place in found if place]


def _make_tables(database: Any, models: list[Any]) -> None:
    if not isinstance(database, PostgresqlDatabase):
        database.create_tables(models, safe=True)
        return
    with database.atomic():
        # Where two sessions make a table at once, IF NOT EXISTS does not keep one of them from failing.
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        database.create_tables(models, safe=True)


#: No stack of middleware is deeper.
_DEEPEST = 100
#: The key of PostgreSQL's advisory lock under which tables are made: "redstart".
_LOCK = int.from_bytes(b"redstart", "big")

__all__ = ["ConnectionMiddleware", "lifespan", "prepared"]
