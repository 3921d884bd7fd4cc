"""FastAPI: the connections of a request, by middleware or by a dependency. Needs FastAPI, which Redstart does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.integrations.request_scope import RequestScope
from redstart.integrations.settings import Settings

try:
    from fastapi import BackgroundTasks  # noqa: TC002 - FastAPI reads the annotations
    from fastapi.requests import HTTPConnection  # noqa: TC002 - FastAPI reads the annotations
except ImportError as error:
    raise ModuleNotFoundError(
        "redstart.integrations.fastapi needs FastAPI: pip install fastapi", name="fastapi"
    ) from error

from redstart.integrations.starlette import ConnectionMiddleware, lifespan, prepared

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable


def connection(database: Any, *, hold: str = "request") -> Callable[..., AsyncGenerator[Any]]:
    """Makes a dependency that gives the database, with connections of the request's own.

    The first query opens one, and it is given back when the response was sent. Endpoints and dependencies in threads
    use the same one. Behind a `ConnectionMiddleware` it is the middleware's.

    Args:
        database: A database, a proxy of one, or several of them.
        hold: See `Settings`.

    Raises:
        ImproperlyConfigured: A setting is wrong.

    Example:
        >>> from fastapi import Depends, FastAPI
        >>> from redstart import SqliteDatabase
        >>> from redstart.integrations.fastapi import connection
        >>> db, app = SqliteDatabase("app.db"), FastAPI()
        >>> @app.get("/")
        ... def answer(db=Depends(connection(db))):
        ...     return db.execute_sql("select 42").fetchone()
    """
    settings = Settings(database, hold=hold)

    # The annotations tell FastAPI what to pass.
    async def dependency(client: HTTPConnection, background: BackgroundTasks) -> AsyncGenerator[Any]:
        scope = RequestScope(settings)
        # A WebSocket lives long, and waits most of the time.
        scope.enter(hold="query" if client.scope["type"] == "websocket" else None)
        # It stands first: what the endpoint adds asks anew, as behind the middleware.
        background.add_task(_rest, scope)
        try:
            yield database
        finally:
            scope.leave()

    return dependency


async def _rest(scope: RequestScope) -> None:
    scope.rest()


__all__ = ["ConnectionMiddleware", "connection", "lifespan", "prepared"]
