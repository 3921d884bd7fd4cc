"""The tables and the pools of an application: made when it starts, closed when it ends. For all that run in a loop."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from redstart.database import PostgresqlDatabase
from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.settings import Settings
from redstart.pool import PooledDatabase

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable
    from contextlib import AbstractAsyncContextManager


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


def rest(settings: Settings) -> None:
    """Gives back what code that runs when an application starts has left, whose task lives as long as the application.

    What a block, a transaction or a stream still has is left to it.

    Args:
        settings: What the application's integration was told.
    """
    for database in settings.initialized():
        if isinstance(database, PooledDatabase):
            database._rest(database._scopes.current())  # type: ignore[attr-defined] # the database's own


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


#: The key of PostgreSQL's advisory lock under which tables are made: "redstart".
_LOCK = int.from_bytes(b"redstart", "big")

__all__ = ["lifespan", "prepared", "rest"]
