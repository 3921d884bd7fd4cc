"""Databases that keep their connections in a pool, which threads and asyncio's tasks share.

``connect()`` takes a connection from the pool and ``close()`` gives it back; ``async with db`` does the same for a task. The
books of the pool are the engine's; here is what peewee calls them by.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from redstart._engine import Connection, Pool
from redstart.database import PostgresqlDatabase, SqliteDatabase, after_fork
from redstart.exceptions import InterfaceError

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
        _aopen: Any
        _blocking_state: Any
        _lock: Any
        _state: Any
        deferred: bool
        in_transaction: Any

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
            min_connections: How many idle connections are kept open.
            max_lifetime: As ``stale_timeout``, but up to a tenth shorter for each connection, so that those which
                were opened together do not end together.
            idle_timeout: How many seconds a connection may be idle before it is closed.
            probe_after: A connection that was idle for so many seconds is asked whether it lives, before it is used.
            track_checkouts: Whether the file and line are noted from which a connection was taken.
            **kwargs: As for the database's class.
        """
        self._max_connections = make_int(max_connections)
        self._stale_timeout = make_int(stale_timeout)
        self._wait_timeout = make_int(timeout)
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

        Args:
            database: As for the database's class.
            max_connections: As for the constructor.
            stale_timeout: As for the constructor.
            timeout: As for the constructor.
            **connect_kwargs: As for the database's class.
        """
        for name in ("min_connections", "max_lifetime", "idle_timeout", "probe_after", "track_checkouts"):
            if name in connect_kwargs:
                setattr(self, f"_{name}", _number(connect_kwargs.pop(name)))
        super().init(database, **connect_kwargs)  # type: ignore[misc] # the database's own
        if max_connections is not None:
            self._max_connections = make_int(max_connections)
        if stale_timeout is not None:
            self._stale_timeout = make_int(stale_timeout)
        if timeout is not None:
            self._wait_timeout = make_int(timeout)
        self._pool.configure(*self._pool_settings())

    def _start(self) -> None:
        super()._start()  # type: ignore[misc] # the database's own
        self._pool = Pool(*self._pool_settings())
        self._leases: dict[int, _Checkout] = {}

    def _forked(self) -> None:
        after_fork.leave_alone((self._pool, self._leases))
        super()._forked()  # type: ignore[misc] # the database's own

    def _pool_settings(self) -> tuple[Any, ...]:
        return (
            int(self._max_connections or 0),
            # A connection of no age at all would be of no use.
            self._stale_timeout or None,
            self._max_lifetime,
            self._idle_timeout,
            int(self._min_connections or 0),
        )

    # Taking and giving back.

    def _connect(self) -> Any:
        lease = self._lease()
        try:
            if not self._usable(lease):
                self._fill(lease, super()._connect())  # type: ignore[misc] # the database's own
        except BaseException:
            lease.discard()
            raise
        return self._checked_out(lease)

    def _initialize_connection(self, conn: Any) -> None:
        checkout = self._leases.get(id(conn))
        if checkout is not None and checkout.prepared:
            return
        super()._initialize_connection(conn)  # type: ignore[misc] # the database's own
        if checkout is not None:
            checkout.prepared = True
        self._look_after()

    async def _aopen(self) -> Any:  # type: ignore[no-redef] # declared above for the type checkers
        lease = await self._alease()
        try:
            if await self._ausable(lease):
                return self._checked_out(lease)
            conn = await self._adial(_without_pool(type(self)))  # type: ignore[attr-defined] # the database's own
            self._fill(lease, conn)
            self._checked_out(lease)
        except BaseException:
            lease.discard()
            raise
        try:
            await self._aprepare(conn)  # type: ignore[attr-defined] # the database's own
            self._leases[id(conn)].prepared = True
        except BaseException:
            self._close(conn, close_conn=True)
            raise
        return conn

    def _lease(self) -> Any:
        label, place = self._who()
        try:
            return self._pool.acquire(self._wait(), label, place)
        except TimeoutError as error:
            raise self._exhausted(error) from None
        except RuntimeError:
            raise InterfaceError(_CLOSING) from None

    async def _alease(self) -> Any:
        label, place = self._who()
        try:
            return await self._pool.aacquire(self._wait(), label, place)
        except TimeoutError as error:
            raise self._exhausted(error) from None
        except RuntimeError:
            raise InterfaceError(_CLOSING) from None

    def _wait(self) -> float | None:
        """Gives how many seconds to wait for a connection: 0 for not at all, None for ever."""
        timeout = self._wait_timeout
        if timeout is None:
            return 0
        return float(timeout) if timeout else None

    def _exhausted(self, error: TimeoutError) -> Exception:
        return MaxConnectionsExceeded(str(error))

    def _usable(self, lease: Any) -> bool:
        """Tells whether a lease comes with a connection that is of use; others are closed."""
        while (conn := lease.connection) is not None:
            if not lease.is_expired and _is_alive(conn):
                if lease.idle < self._probe_after or not isinstance(conn, Connection) or _answers(conn):
                    return True
            _end(conn)
            lease.replace()
        return False

    async def _ausable(self, lease: Any) -> bool:
        while (conn := lease.connection) is not None:
            if not lease.is_expired and _is_alive(conn):
                if lease.idle < self._probe_after or not isinstance(conn, Connection) or await _aanswers(conn):
                    return True
            _end(conn)
            lease.replace()
        return False

    def _fill(self, lease: Any, conn: Any) -> None:
        # Not for secrets: it only keeps connections from ending all together.
        lease.opened(conn, random.uniform(0.9, 1.0))  # noqa: S311
        self._leases[id(conn)] = _Checkout(lease, conn, time.time(), prepared=False)

    def _checked_out(self, lease: Any) -> Any:
        conn = lease.connection
        known = self._leases.get(id(conn))
        if known is None or known.lease is not lease:
            self._leases[id(conn)] = _Checkout(lease, conn, time.time(), prepared=True)
        return conn

    def _close(self, conn: Any, close_conn: bool = False) -> None:
        checkout = self._leases.pop(id(conn), None)
        if checkout is None:
            super()._close(conn)  # type: ignore[misc] # the database's own
            return
        lease = checkout.lease
        keep = not close_conn and checkout.prepared and self._clean(conn)
        retired = lease.give_back(keep)
        if retired is not None:
            try:
                super()._close(retired)  # type: ignore[misc] # the database's own
            finally:
                lease.discard()

    def _clean(self, conn: Any) -> bool:
        """Undoes what was left open on a connection of a foreign driver; the engine does so itself with its own."""
        if isinstance(conn, Connection):
            return True
        try:
            conn.rollback()
        except Exception:  # noqa: BLE001 - whatever it was, the connection is of no more use
            return False
        return True

    def _look_after(self) -> None:
        """Closes what is too old or idle for too long, and opens what is missing."""
        for conn in self._pool.take_expired():
            _end(conn)
        while (lease := self._pool.refill()) is not None:
            try:
                conn = super()._connect()  # type: ignore[misc] # the database's own
                super()._initialize_connection(conn)  # type: ignore[misc] # the database's own
                lease.opened(conn, random.uniform(0.9, 1.0))  # noqa: S311 - not for secrets
                lease.give_back()
            except BaseException:
                lease.discard()
                raise

    def _most_connections(self) -> int:
        return int(self._max_connections or 0)

    def _who(self) -> tuple[str, str | None]:
        label = f"thread {threading.current_thread().name}"
        if "asyncio.tasks" in sys.modules:
            import asyncio

            if asyncio._get_running_loop() is not None:
                task = asyncio.current_task()
                if task is not None:
                    label = f"task {task.get_name()}"
        return label, _caller() if self._track_checkouts else None

    # peewee's ways to empty a pool.

    def manual_close(self) -> Any:
        """Closes the running thread's connection, instead of giving it back.

        Returns:
            None; False where there is none.
        """
        if self._state.current().closed:
            return False
        state = self._state.current()
        conn = state.conn
        state.reset()
        self._close(conn, close_conn=True)
        return None

    def close_idle(self) -> None:
        """Closes the connections that nobody uses."""
        for conn in self._pool.take_idle():
            _end(conn)

    def close_stale(self, age: float = 600) -> int:
        """Closes connections that are out for long, even while they are used.

        Args:
            age: From how many seconds on.

        Returns:
            How many there were.
        """
        revoked = set(self._pool.revoke_older_than(age))
        stale = [checkout for checkout in list(self._leases.values()) if checkout.lease.number in revoked]
        for checkout in stale:
            self._leases.pop(id(checkout.connection), None)
            checkout.lease.discard()
            _end(checkout.connection)
        return len(stale)

    def close_all(self) -> None:
        """Closes all connections, also those that are used, the running thread's among them."""
        self.close_idle()
        state = self._state.current()
        if not state.closed:
            conn = state.conn
            state.reset()
            self._close(conn, close_conn=True)
        for checkout in list(self._leases.values()):
            self._leases.pop(id(checkout.connection), None)
            checkout.lease.discard()
            _end(checkout.connection)

    def dispose(self) -> None:
        """Forgets all connections without closing them, as the child of a fork has to."""
        after_fork.leave_alone((self._pool.dispose(), list(self._leases.values())))
        self._leases.clear()
        super().dispose()  # type: ignore[misc] # the database's own

    async def close_pool(self) -> None:
        """Closes the pool: the running task's connection, those of tasks that have ended, and the idle ones.

        The next use opens it again.
        """
        state = self._state.find_task()
        if state is not None:
            self._let_go(state)  # type: ignore[attr-defined] # the database's own
        idle = self._pool.close()
        for conn in idle:
            _end(conn)
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
            key: PoolConnection(checkout.since, checkout.connection, checkout.since)
            for key, checkout in list(self._leases.items())
        }


class _Checkout:
    """A connection that is out."""

    __slots__ = ("connection", "lease", "prepared", "since")

    def __init__(self, lease: Any, connection: Any, since: float, *, prepared: bool) -> None:
        """Takes the lease and its connection."""
        self.lease = lease
        self.connection = connection
        self.since = since
        self.prepared = prepared


class _PooledSqliteDatabase(PooledDatabase):
    """The pool of a SQLite database."""


class PooledSqliteDatabase(_PooledSqliteDatabase, SqliteDatabase):
    """A SQLite database with a pool."""


class _PooledPostgresqlDatabase(PooledDatabase):
    """The pool of a PostgreSQL database."""


class PooledPostgresqlDatabase(_PooledPostgresqlDatabase, PostgresqlDatabase):
    """A PostgreSQL database with a pool."""


def _without_pool(cls: type) -> Any:
    """Gives the first class in a list of bases that is behind the pool."""
    bases = cls.__mro__
    return bases[bases.index(PooledDatabase) + 1]


def _is_alive(conn: Any) -> bool:
    if isinstance(conn, Connection):
        return conn.is_alive
    return not getattr(conn, "closed", False)


def _answers(conn: Connection) -> bool:
    try:
        conn.ping()
    except Exception:  # noqa: BLE001 - a connection that fails is dead, whatever it says
        return False
    return True


async def _aanswers(conn: Connection) -> bool:
    try:
        await conn.aping()
    except Exception:  # noqa: BLE001 - a connection that fails is dead, whatever it says
        return False
    return True


def _end(conn: Any) -> None:
    """Closes a connection; one that cannot even be closed is gone."""
    try:
        conn.close()
    except Exception:  # noqa: BLE001, S110 - see above
        pass


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, str) else value


def _caller() -> str | None:
    """Gives the file and line outside of this package that asks for a connection."""
    frame = sys._getframe(1)
    while frame is not None:
        if not frame.f_globals.get("__name__", "").startswith("redstart."):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment] # None ends the loop
    return None


_CLOSING = "Database pool is shutting down."
