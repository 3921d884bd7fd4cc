"""Databases for asyncio: every task has a connection of its own, from a pool.

Any database can be awaited; what is here is always used so, and a call that would block the event loop fails. No
greenlet is needed: ``await_`` and ``greenlet_spawn`` are there for programs that call them.
"""

# peewee's module gives all of its names, too.
# ruff: noqa: F403
from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, ClassVar

import redstart
from redstart import *
from redstart._engine import Connection as AsyncConnectionWrapper
from redstart._engine import Cursor as CursorAdapter
from redstart.async_model import AsyncModelMethods
from redstart.database import PostgresqlDatabase, SqliteDatabase
from redstart.database.atomic import _atomic as async_atomic
from redstart.database.base import base_model
from redstart.database.bridge import MissingGreenletBridge
from redstart.database.savepoint import _savepoint as async_savepoint
from redstart.database.transaction import _transaction as async_transaction
from redstart.exceptions import NotSupportedError, OperationalError
from redstart.model import Model
from redstart.pool import PooledDatabase

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

AsyncPgAtomic = async_atomic
AsyncPostgresqlConnection = AsyncSqliteConnection = AsyncConnectionWrapper


class AsyncDatabaseMixin(PooledDatabase):
    """Makes a database one for tasks; stands before its class in a list of bases."""

    _by_task: ClassVar[bool] = True

    def __init__(
        self,
        database: Any,
        pool_size: int = 10,
        pool_min_size: int = 1,
        acquire_timeout: float = 10,
        **kwargs: Any,
    ) -> None:
        """Takes the settings; nothing is opened yet, and no event loop need be running.

        Args:
            database: As for the database's class.
            pool_size: How many connections there are at most.
            pool_min_size: How many idle ones are kept.
            acquire_timeout: How many seconds a task waits for one.
            **kwargs: As for the pool and the database's class.
        """
        self._acquire_timeout = acquire_timeout
        kwargs.setdefault("max_connections", pool_size)
        kwargs.setdefault("timeout", acquire_timeout)
        # The idle ones are kept anyway, as long as no time is set for them.
        kwargs.setdefault("min_connections", pool_min_size if "idle_timeout" in kwargs else 0)
        super().__init__(database, **kwargs)

    def _exhausted(self, error: TimeoutError) -> Exception:
        holders = str(error).partition("\n")[2]
        message = f"Timed out acquiring connection from pool (acquire_timeout={self._acquire_timeout})."
        return OperationalError(f"{message}\n{holders}" if holders else message)

    def is_closed(self) -> bool:
        """Tells whether the running task has no connection; outside of tasks, the running thread."""
        closed: bool = self._scopes.current().closed
        return closed

    def after_commit(self, fn: Callable[[], Any]) -> Any:
        """Has a function called after the outermost commit; see ``Database.after_commit``.

        Args:
            fn: The function, which may use the database synchronously.

        Raises:
            ValueError: It is a coroutine function.
        """
        if asyncio.iscoroutinefunction(fn):
            raise ValueError("after_commit() takes a plain function, which runs like one given to db.run().")
        return super().after_commit(fn)  # type: ignore[misc] # the database's own

    @property
    def Model(self) -> Any:  # noqa: N802 - peewee's name
        """A base class for models of this database, made once."""
        found = self.__dict__.get("_Model")
        if found is None:
            found = self._Model = base_model(self, AsyncModel, "AsyncBaseModel")
        return found


class AsyncSqliteDatabase(AsyncDatabaseMixin, SqliteDatabase):  # type: ignore[misc] # init takes the pool's numbers first
    """A SQLite database for tasks; its statements run on threads of the engine.

    Example:
        >>> import asyncio
        >>> from redstart.pwasyncio import AsyncSqliteDatabase
        >>> db = AsyncSqliteDatabase(":memory:")
        >>> async def main():
        ...     async with db:
        ...         return (await db.aexecute_sql("select 40 + ?", (2,))).fetchone()
        >>> asyncio.run(main())
        (42,)
    """

    def _pool_settings(self) -> tuple[Any, ...]:
        settings = super()._pool_settings()
        # Each connection to a database in memory has another database.
        return (1, *settings[1:]) if getattr(self, "database", None) == ":memory:" else settings


class AsyncPostgresqlDatabase(AsyncDatabaseMixin, PostgresqlDatabase):  # type: ignore[misc] # init takes the pool's numbers first
    """A PostgreSQL database for tasks. What ``SET`` changes of a session is taken back with the connection.

    Besides PostgreSQL's own settings it takes some of asyncpg: ``server_settings``, a dict of the session's
    parameters, ``ssl``, a text as for ``sslmode`` or a bool, ``command_timeout``,
    ``max_inactive_connection_lifetime`` and ``statement_cache_size``.
    """

    def __init__(self, database: Any, *args: Any, **kwargs: Any) -> None:
        """Takes the settings; nothing is opened yet, and no event loop need be running.

        Args:
            database: The database's name, or a connection string.
            *args: As for every database for tasks: ``pool_size``, ``pool_min_size``, ``acquire_timeout``.
            **kwargs: Settings of the connection, the pool and the session.

        Raises:
            NotSupportedError: A setting of asyncpg has no counterpart.
        """
        for name in _OF_ASYNCPG_ALONE & kwargs.keys():
            raise NotSupportedError(f"{name} is a setting of asyncpg that Redstart has not: leave it out.")
        for name, own in _OF_ASYNCPG.items():
            if name in kwargs:
                kwargs[own] = kwargs.pop(name)
        super().__init__(database, *args, **kwargs)

    def _connect(self) -> Any:
        connection = super()._connect()
        connection.forget_settings()
        return connection

    async def _adial_natively(self) -> Any:
        connection = await super()._adial_natively()
        connection.forget_settings()
        return connection

    def _connect_settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = super()._connect_settings()
        parameters = settings.pop("server_settings", None) or {}
        if parameters:
            given = [settings["options"]] if settings.get("options") else []
            settings["options"] = " ".join([*given, *map(_option, parameters.items())])
        if "ssl" in settings:
            settings = {**_encryption(settings.pop("ssl")), **settings}
        return settings


AsyncPostgresqlDatabase._native_connect = AsyncPostgresqlDatabase._connect

#: Settings of asyncpg by Redstart's names, with the same meaning, and those that there are not.
_OF_ASYNCPG = {
    "command_timeout": "statement_timeout",
    "max_inactive_connection_lifetime": "idle_timeout",
    "statement_cache_size": "cached_statements",
}
_OF_ASYNCPG_ALONE = frozenset({"max_cached_statement_lifetime", "max_cacheable_statement_size", "max_queries"})


class AsyncMySQLDatabase(AsyncDatabaseMixin, redstart.MySQLDatabase):  # type: ignore[misc] # init takes the pool's numbers first
    """A MySQL database for tasks: this version of Redstart cannot connect to it."""


class AsyncModelMixin(AsyncModelMethods):
    """What a model does for tasks; every model has it, so that standing before one in a list of bases adds nothing."""


class AsyncModel(AsyncModelMixin, Model):
    """The base of models whose methods are awaited: every model's are."""


class AsyncSqlitePool:
    """peewee's pool of connections of another driver, which Redstart does not use."""

    def __init__(self, *_: Any, **__: Any) -> None:
        """Refuses.

        Raises:
            NotSupportedError: Always.
        """
        raise NotSupportedError(
            "Redstart has one pool for all databases: AsyncSqliteDatabase(path, pool_size=...) has one of its own."
        )


def await_(awaitable: Awaitable[Any]) -> Any:
    """Refuses: without greenlets, blocking code cannot wait for an awaitable in the same thread.

    Args:
        awaitable: What would be awaited.

    Raises:
        NotSupportedError: Always.
    """
    close = getattr(awaitable, "close", None)
    if close is not None:
        close()
    raise NotSupportedError(
        "await_() needs greenlets, which Redstart does without: within db.run() call the blocking method itself."
    )


async def greenlet_spawn(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Runs blocking code in a thread; ``db.run`` does so on the task's connection.

    Args:
        fn: The function.
        *args: Its arguments.
        **kwargs: Its keyword arguments.
    """
    return await asyncio.to_thread(fn, *args, **kwargs)


def _option(parameter: tuple[str, Any]) -> str:
    """Writes a parameter of the session as a setting of ``options``, where spaces and backslashes are escaped."""
    name, value = parameter
    escaped = re.sub(r"([\\\s])", r"\\\1", str(value))
    return f"-c {name}={escaped}"


def _encryption(ssl: Any) -> dict[str, Any]:
    if ssl is None:
        return {}
    if ssl is True:
        # The default context of Python's ssl module: the server's name and certificate are verified.
        return {"sslmode": "verify-full", "sslrootcert": "system"}
    if ssl is False:
        return {"sslmode": "disable"}
    if isinstance(ssl, str):
        return {"sslmode": ssl}
    raise TypeError(
        f"ssl is True, False or a text as for sslmode, not {type(ssl).__name__}: what a context has of certificates "
        "is said by sslrootcert, sslcert and sslkey."
    )


__all__ = [
    "AsyncConnectionWrapper",
    "AsyncDatabaseMixin",
    "AsyncModel",
    "AsyncModelMixin",
    "AsyncMySQLDatabase",
    "AsyncPgAtomic",
    "AsyncPostgresqlConnection",
    "AsyncPostgresqlDatabase",
    "AsyncSqliteConnection",
    "AsyncSqliteDatabase",
    "AsyncSqlitePool",
    "CursorAdapter",
    "MissingGreenletBridge",
    "async_atomic",
    "async_savepoint",
    "async_transaction",
    "await_",
    "greenlet_spawn",
]
__all__ += redstart.__all__
