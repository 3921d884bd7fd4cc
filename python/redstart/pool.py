"""Databases that keep their connections in a pool, which threads and asyncio's tasks share.

``connect()`` takes a connection from the pool, ``close()`` gives it back; ``async with db`` does the same for a task.
The books of the pool are the engine's; here is what peewee calls them by.
"""

from __future__ import annotations

import math
import random
import sys
import time
from functools import wraps
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from redstart._engine import Connection, Pool
from redstart.database import MySQLDatabase, PostgresqlDatabase, SqliteDatabase, after_fork, pool_log
from redstart.database.checkout import aanswers, answers, is_alive, place, undo
from redstart.database.pool_log import tell
from redstart.exceptions import InterfaceError, OperationalError

if TYPE_CHECKING:
    from collections.abc import Callable

#: After how many idle seconds a connection is asked whether it lives, unless told otherwise.
PROBE_AFTER = 30.0


class MaxConnectionsExceeded(ValueError):  # noqa: N818 - peewee's name
    """All connections of a pool are in use; the message says who has them."""


class PoolConnection(NamedTuple):
    """A connection of a pool, and when it was made and taken out."""

    timestamp: float
    connection: Any
    checked_out: float


def locked(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Lets one thread at a time call a method.

    Args:
        fn: The method.
    """

    @wraps(fn)
    def inner(self: Any, *args: Any, **kwargs: Any) -> Any:
        with self._lock:
            return fn(self, *args, **kwargs)

    return inner


def make_int(val: Any) -> Any:
    """Gives the whole number that a text stands for; numbers and None stay.

    Args:
        val: A number, its text, or None.
    """
    return val if val is None or isinstance(val, (int, float)) else int(val)


class PooledDatabase:
    """Keeps a database's connections in a pool; stands before the database's class in a list of bases.

    Example:
        >>> from redstart.pool import PooledSqliteDatabase
        >>> db = PooledSqliteDatabase(":memory:", max_connections=2)
        >>> with db:
        ...     db.pool_stats()["in_use"]
        1
        >>> db.pool_stats()["idle"]
        1
    """

    if TYPE_CHECKING:
        _adial: Any
        _aprepare: Any
        _blocking_state: Any
        _identify: Callable[[], Any]
        _identity: Any
        _lock: Any
        _scopes: Any
        _statement_timeout: float | None
        close: Any
        connect_params: dict[str, Any]
        server_version: Any
        database: Any

    def __init__(  # noqa: PLR0913 - peewee's signature, and what it lacks
        self,
        database: Any,
        max_connections: Any = 20,
        stale_timeout: Any = None,
        timeout: Any = None,
        *,
        min_connections: Any = 0,
        max_lifetime: Any = None,
        idle_timeout: Any = None,
        probe_after: Any = PROBE_AFTER,
        track_checkouts: bool = False,
        **kwargs: Any,
    ) -> None:
        """Takes the settings; nothing is opened yet. Numbers may be given as text.

        Args:
            database: As for the database's class.
            max_connections: How many connections may be in use; 0 or None for any number.
            stale_timeout: From which age in seconds on a connection is not used again.
            timeout: How many seconds ``connect()`` waits for a connection; None for not at all, 0 for ever.
            min_connections: How many idle connections are kept open; those that lack are opened by ``connect()``.
            max_lifetime: As ``stale_timeout``, but up to a tenth shorter for each connection, so that those which
                were opened together do not end together.
            idle_timeout: How many seconds a connection may be idle before it is closed. It is looked for such ones
                whenever a connection is taken.
            probe_after: A connection that was idle for so many seconds is asked whether it lives, before it is used;
                None for none.
            track_checkouts: Whether the file and line are noted from which a connection was taken.
            **kwargs: As for the database's class.

        Raises:
            ValueError: A number is negative, or a text is none.
        """
        self._max_connections = make_int(max_connections)
        self._stale_timeout = make_int(stale_timeout)
        self._wait_timeout = _patience(timeout)
        self._min_connections = make_int(min_connections)
        self._max_lifetime = _number(max_lifetime)
        self._idle_timeout = _number(idle_timeout)
        self._probe_after = _number(probe_after)
        self._track_checkouts = track_checkouts
        super().__init__(database, **kwargs)  # type: ignore[call-arg] # the database's own

    def init(
        self,
        database: Any,
        max_connections: Any = None,
        stale_timeout: Any = None,
        timeout: Any = None,
        **connect_kwargs: Any,
    ) -> None:
        """Says which database it is, and changes the pool's numbers; None keeps one.

        Connections are kept, unless they lead to another database.

        Args:
            database: As for the database's class.
            max_connections: As for the constructor.
            stale_timeout: As for the constructor.
            timeout: As for the constructor.
            **connect_kwargs: As for the database's class. The constructor's other numbers may be among them.

        Raises:
            ValueError: A number is negative, or a text is none.
        """
        for name in ("min_connections", "max_lifetime", "idle_timeout", "probe_after", "track_checkouts"):
            if name in connect_kwargs:
                setattr(self, f"_{name}", _number(connect_kwargs.pop(name)))
        before = self._address()
        super().init(database, **connect_kwargs)  # type: ignore[misc] # the database's own
        if max_connections is not None:
            self._max_connections = make_int(max_connections)
        if stale_timeout is not None:
            self._stale_timeout = make_int(stale_timeout)
        if timeout is not None:
            self._wait_timeout = _patience(timeout)
        self._pool.configure(*self._pool_settings())
        self._needs_care = self._has_cares()
        if self._address() != before:
            self._leave_all()
            self._identity = None

    def _leave_all(self) -> None:
        self.close_idle()
        # Those that are in use are closed when they come back.
        self._pool.revoke_older_than(0)

    def _address(self) -> tuple[Any, ...]:
        return self.__dict__.get("database"), dict(self.connect_params)

    def _start(self) -> None:
        super()._start()  # type: ignore[misc] # the database's own
        self._pool = Pool(*self._pool_settings())
        # By the number of their connection: what is out.
        self._leases = self._pool.leases
        #: What tells the file of the connections from others; None where they lead to a server.
        self._identity = None
        self._needs_care = self._has_cares()
        # What a user's own class does to a connection is done each time it is taken, as in peewee.
        self._prepares_always = _is_user_s(_without_pool(type(self))._initialize_connection)
        self._prepares_for_tasks = self._prepares_always or _is_user_s(type(self)._initialize_connection)
        ways = _ways(type(self))
        #: How a connection is opened, prepared and given back, where all of that is known here; else nothing.
        self._known_ways = None if self._prepares_for_tasks or any(map(_is_user_s, ways)) else ways

    def _forked(self) -> None:
        after_fork.leave_alone((self._pool, self._leases))
        super()._forked()  # type: ignore[misc] # the database's own

    def _pool_settings(self) -> tuple[Any, ...]:
        for name in ("max_connections", "stale_timeout", "min_connections", "max_lifetime", "idle_timeout"):
            value = getattr(self, f"_{name}")
            if value is not None and value < 0:
                raise ValueError(f"{name} is {value}: it takes a positive number, or None for no limit.")
        return (
            int(self._max_connections or 0),
            # A connection of no age at all would be of no use.
            self._stale_timeout or None,
            self._max_lifetime or None,
            self._idle_timeout,
            int(self._min_connections or 0),
        )

    def _has_cares(self) -> bool:
        """Tells whether connections are to be closed or opened while nobody asks for them."""
        return bool(self._min_connections or self._max_lifetime) or self._idle_timeout is not None

    # Taking and giving back.

    def connect(self, reuse_if_open: bool = False) -> bool:
        """Takes a connection from the pool; waits ``timeout`` seconds for one where all are in use.

        Args:
            reuse_if_open: Whether it is no error to have one already.

        Returns:
            Whether one was taken.

        Raises:
            MaxConnectionsExceeded: All are in use; the message says who has them.
            InterfaceError: It was not said yet which database it is.
            OperationalError: There is an open connection, or none can be had.
        """
        taken: bool = super().connect(reuse_if_open)  # type: ignore[misc] # the database's own
        if taken and self._needs_care:
            self._look_after()
        return taken

    def _take(self, state: Any) -> bool:
        """Gives a state an idle connection that can be used as it is, where there is one and nothing else is to do."""
        if not self._is_usual():
            return False
        if self._identity is not None:
            self._leave_moved()
        taken = self._pool.take(state, self._probe_after, place() if self._track_checkouts else None)
        if taken and self._statement_timeout is not None:
            state.conn.set_statement_timeout(self._statement_timeout)
        if self._needs_care:
            self._close_tired()
        return taken

    def _is_usual(self) -> bool:
        """Tells whether a connection that is ready may be taken and given back past the methods that open and close."""
        return (
            _ways(type(self)) == self._known_ways
            and self.__dict__.keys().isdisjoint(_WAYS)
            and not self._min_connections
            and self.server_version is not None
        )

    def _is_plain(self) -> bool:
        """Tells whether no more than that is to be done with a connection that is taken or given back."""
        return (
            self._is_usual()
            and not (self._needs_care or self._track_checkouts)
            and self._identity is None
            and self._statement_timeout is None
        )

    def _make_route(self, **pooling: Any) -> Any:
        if self._is_plain():
            loggers = [pool_log.levels()] if "logging" in sys.modules else ()
            pooling = {"pool": self._pool, "probe_after": self._probe_after, "loggers": loggers}
        route = super()._make_route(**pooling)  # type: ignore[misc] # the database's own
        # Its class may have changed before the engine has looked at it.
        return route if not pooling or self._is_plain() else None

    def _connect(self) -> Any:
        lease = self._lease()
        try:
            is_new = not self._usable(lease)
            if is_new:
                self._fill(lease, super()._connect())  # type: ignore[misc] # the database's own
        except BaseException:
            lease.discard()
            raise
        return self._check_out(lease, prepared=not is_new)

    def _initialize_connection(self, conn: Any) -> None:
        lease = self._leases.get(id(conn))
        if lease is not None and lease.prepared and not self._prepares_always:
            return
        super()._initialize_connection(conn)  # type: ignore[misc] # the database's own
        if lease is not None:
            lease.prepared = True

    async def _aopen(self) -> Any:
        lease = await self._alease()
        try:
            is_new = not await self._ausable(lease)
            if is_new:
                self._fill(lease, await self._adial(_without_pool(type(self))))
        except BaseException:
            lease.discard()
            raise
        conn = self._check_out(lease, prepared=not is_new)
        try:
            if is_new or self._prepares_for_tasks:
                await self._aprepare(conn)
            elif self._statement_timeout is not None:
                conn.set_statement_timeout(self._statement_timeout)
            lease.prepared = True
        except BaseException:
            self._leases.pop(id(conn), None)
            self._retire(lease, conn)
            raise
        if self._needs_care:
            self._close_tired()
        return conn

    def _lease(self) -> Any:
        if self._identity is not None:
            self._leave_moved()
        try:
            return self._pool.acquire(self._wait(), self._place())
        except TimeoutError as error:
            raise self._exhausted(error) from None
        except RuntimeError:
            raise InterfaceError(_CLOSING) from None

    async def _alease(self) -> Any:
        if self._identity is not None:
            self._leave_moved()
        try:
            return await self._pool.aacquire(self._wait(), self._place())
        except TimeoutError as error:
            raise self._exhausted(error) from None
        except RuntimeError:
            raise InterfaceError(_CLOSING) from None

    def _leave_moved(self) -> None:
        """Parts from the connections to a file that was deleted, or replaced by another one."""
        found = self._identify()
        if found != self._identity:
            self._leave_all()
            self._identity = found

    def _wait(self) -> float | None:
        """Gives how many seconds to wait for a connection: 0 for not at all, None for ever."""
        timeout = self._wait_timeout
        if timeout is None:
            return 0
        return timeout if timeout and timeout < math.inf else None

    def _place(self) -> str | None:
        return place() if self._track_checkouts else None

    def _exhausted(self, error: TimeoutError) -> Exception:
        return MaxConnectionsExceeded(str(error))

    def _usable(self, lease: Any) -> bool:
        """Tells whether a lease comes with a connection that is of use; others are closed."""
        while (conn := lease.connection) is not None:
            if self._looks_usable(lease, conn) and (not self._is_doubtful(lease, conn) or answers(conn)):
                return True
            self._end(conn)
            lease.replace()
        return False

    async def _ausable(self, lease: Any) -> bool:
        while (conn := lease.connection) is not None:
            if self._looks_usable(lease, conn) and (not self._is_doubtful(lease, conn) or await aanswers(conn)):
                return True
            self._end(conn)
            lease.replace()
        return False

    def _looks_usable(self, lease: Any, conn: Any) -> bool:
        if not is_alive(conn):
            tell(pool_log.DEAD, conn)
            return False
        if lease.is_expired:
            tell(pool_log.STALE, conn)
            return False
        return True

    def _is_doubtful(self, lease: Any, conn: Any) -> bool:
        """Tells whether a connection was idle for so long that the server may have left it."""
        probe_after = self._probe_after
        return probe_after is not None and lease.idle >= probe_after and isinstance(conn, Connection)

    def _fill(self, lease: Any, conn: Any) -> None:
        # It only keeps connections from ending all together.
        lease.opened(conn, random.uniform(0.9, 1.0))  # noqa: S311 - not for secrets
        if self._identity is None:
            self._identity = self._identify()
        tell(pool_log.CREATED, conn)

    def _check_out(self, lease: Any, *, prepared: bool) -> Any:
        conn = lease.connection
        lease.prepared = prepared
        self._leases[id(conn)] = lease
        return conn

    def _close(self, conn: Any) -> None:
        outcome = self._pool.check_in(conn)
        if outcome is True:
            tell(pool_log.RETURNED, conn)
        elif outcome is not None:
            tell(pool_log.STALE_RETURNED, conn)
            self._retire(outcome, conn)
        elif (lease := self._leases.pop(id(conn), None)) is not None:
            self._check_in(lease, conn)
        else:
            # It was closed by one of the methods below, or is a parent process's.
            tell(pool_log.IGNORED, conn)

    def _check_in(self, lease: Any, conn: Any) -> None:
        """Gives a connection back of which not all is known to be well."""
        if not (lease.prepared and is_alive(conn) and undo(conn)):
            tell(pool_log.UNUSABLE, conn)
            self._retire(lease, conn)
            return
        # What is still open on it is undone in the background, before anybody else has it.
        retired = lease.give_back()
        if retired is None:
            tell(pool_log.RETURNED, conn)
        else:
            tell(pool_log.STALE_RETURNED, conn)
            self._retire(lease, conn)

    def _retire(self, lease: Any, conn: Any) -> None:
        """Closes a connection, and frees its slot."""
        try:
            self._end(conn)
        finally:
            lease.discard()

    def _end(self, conn: Any) -> None:
        """Closes a connection; one that cannot even be closed is gone."""
        try:
            super()._close(conn)  # type: ignore[misc] # the database's own
        except Exception:  # noqa: BLE001 - see above
            pool_log.tell_error(pool_log.FAILED, id(conn))

    def _look_after(self) -> None:
        """Closes what is too old or idle for too long, and opens what is missing."""
        self._close_tired()
        try:
            while (lease := self._pool.refill()) is not None:
                self._open_in_advance(lease)
        except Exception:  # noqa: BLE001 - who connects has a connection, and the next one tries again
            pool_log.tell_error(pool_log.NOT_FILLED)

    def _open_in_advance(self, lease: Any) -> None:
        try:
            conn = super()._connect()  # type: ignore[misc] # the database's own
            super()._initialize_connection(conn)  # type: ignore[misc] # the database's own
            if self._statement_timeout is not None:
                conn.set_statement_timeout(self._statement_timeout)
            self._fill(lease, conn)
            lease.give_back()
        except BaseException:
            lease.discard()
            raise

    def _close_tired(self) -> None:
        for conn in self._pool.take_expired():
            self._end(conn)

    def _most_connections(self) -> int:
        return int(self._max_connections or 0)

    # peewee's ways to empty a pool.

    def manual_close(self) -> Any:
        """Closes the running thread's connection, instead of giving it back.

        Returns:
            None; False where there is none.

        Raises:
            OperationalError: A transaction is open.
        """
        state = self._blocking_state("manual_close()")
        if state.closed:
            return False
        if state.transactions:
            raise OperationalError("Attempting to close database while transaction is open.")
        conn = state.conn
        lease = self._leases.pop(id(conn), None)
        if lease is not None:
            self._retire(lease, conn)
        self.close()
        return None

    def close_idle(self) -> None:
        """Closes the connections that nobody uses."""
        for conn in self._pool.take_idle():
            self._end(conn)

    def close_stale(self, age: float = 600) -> int:
        """Closes connections that are out for long, even while they are used.

        Args:
            age: From how many seconds on.

        Returns:
            How many there were.
        """
        revoked = set(self._pool.revoke_older_than(age))
        stale = [lease for lease in list(self._leases.values()) if lease.number in revoked]
        for lease in stale:
            conn = lease.connection
            self._leases.pop(id(conn), None)
            self._retire(lease, conn)
        return len(stale)

    def close_all(self) -> None:
        """Closes all connections, also those that are used, the running thread's among them.

        Raises:
            InterfaceError: It was not said yet which database it is.
            OperationalError: A transaction is open.
        """
        self.close()
        self.close_idle()
        # Also those that are made ready for the next one at the moment.
        self.close_stale(0)

    def dispose(self) -> None:
        """Forgets all connections without closing them, as the child of a fork has to."""
        after_fork.leave_alone((self._pool.dispose(), list(self._leases.values())))
        self._leases.clear()
        super().dispose()  # type: ignore[misc] # the database's own

    async def close_pool(self) -> None:
        """Closes the pool: the running task's connection, those of tasks that have ended, and the idle ones.

        The next use opens it again.
        """
        state = self._scopes.find_task()
        if state is not None:
            self._let_go(state)  # type: ignore[attr-defined] # the database's own
        for conn in self._pool.close():
            self._end(conn)
        self._pool.reopen()

    # What the pool does.

    def pool_stats(self) -> dict[str, Any]:
        """Gives the pool's figures of one moment.

        Returns:
            ``size`` (connections there are), ``in_use``, ``idle``, ``waiting`` (who waits for one), ``created`` and
            ``recycled`` (since the start), ``max_connections``, and ``holders``: a dict for each connection in use,
            with ``label`` (the thread or task), ``held`` in seconds, ``since`` as a time of ``time.time()`` and
            ``place`` (the file and line, with ``track_checkouts=True``).
        """
        stats: dict[str, Any] = self._pool.stats()
        stats["max_connections"] = self._max_connections
        now = time.time()
        stats["holders"] = [
            {"label": label, "held": held, "since": now - held, "place": place}
            for label, held, place in self._pool.holders()
        ]
        return stats

    @property
    def _in_use(self) -> dict[int, PoolConnection]:
        """The connections that are out, as peewee has them."""
        return {
            key: PoolConnection(lease.since, lease.connection, lease.since) for key, lease in list(self._leases.items())
        }


class _PooledMySQLDatabase(PooledDatabase):
    """The pool of a MySQL database."""


class PooledMySQLDatabase(_PooledMySQLDatabase, MySQLDatabase):  # type: ignore[misc] # init() has the arguments of both
    """A MySQL database with a pool. Statements can be built for it; this version cannot connect yet."""


class _PooledSqliteDatabase(PooledDatabase):
    """The pool of a SQLite database."""


class PooledSqliteDatabase(_PooledSqliteDatabase, SqliteDatabase):  # type: ignore[misc] # init() has the arguments of both
    """A SQLite database with a pool."""


class _PooledPostgresqlDatabase(PooledDatabase):
    """The pool of a PostgreSQL database."""


class PooledPostgresqlDatabase(_PooledPostgresqlDatabase, PostgresqlDatabase):  # type: ignore[misc] # init() has the arguments of both
    """A PostgreSQL database with a pool."""


def _without_pool(cls: type) -> Any:
    """Gives the first class in a list of bases that is behind the pool."""
    bases = cls.__mro__
    return bases[bases.index(PooledDatabase) + 1]


#: The methods by which a connection is opened, prepared and given back.
_WAYS = ("connect", "_connect", "_initialize_connection", "_close")
_ways = attrgetter(*_WAYS)


def _is_user_s(method: Callable[..., Any]) -> bool:
    return not method.__module__.startswith("redstart.")


def _patience(timeout: Any) -> Any:
    """Gives the seconds to wait, as peewee keeps them: for ever is infinite."""
    seconds = make_int(timeout)
    return math.inf if seconds == 0 else seconds


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, str) else value


_CLOSING = "Database pool is shutting down."

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name == "logger":
            return pool_log.logger
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "MaxConnectionsExceeded",
    "MySQLDatabase",
    "PoolConnection",
    "PooledDatabase",
    "PooledMySQLDatabase",
    "PooledPostgresqlDatabase",
    "PooledSqliteDatabase",
    "PostgresqlDatabase",
    "SqliteDatabase",
    "locked",
    "make_int",
]
