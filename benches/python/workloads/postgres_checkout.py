"""Takes a connection of PostgreSQL out of a pool and gives it back, nothing in between, one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dataset
import postgres
from groups import POSTGRES
from workload import Work, Workload

if TYPE_CHECKING:
    from collections.abc import Callable

WORKLOAD = Workload("take a connection from the pool and give it back x 2,000", 2_000, None, passes=3, group=POSTGRES)


def rounds(take: Callable[[], Any], give_back: Callable[[Any], object], n: int, close: Any) -> Work:
    """Return the work of a pool, warm: its first connection is open before the clock starts."""
    give_back(take())

    def run() -> int:
        done = 0
        for _ in range(n):
            connection = take()
            done += connection is not None
            give_back(connection)
        return done

    return Work(run, close=close)


def raw(n: int) -> Work:
    """Call `getconn` and `putconn` of psycopg_pool."""
    from psycopg_pool import ConnectionPool

    pool = ConnectionPool(postgres.url(), min_size=1, max_size=postgres.POOL_SIZE, open=True)
    pool.wait()
    return rounds(pool.getconn, pool.putconn, n, pool.close)


def psycopg2(n: int) -> Work:
    """Call `getconn` and `putconn` of psycopg2's pool for threads."""
    from psycopg2.pool import ThreadedConnectionPool

    pool = ThreadedConnectionPool(1, postgres.POOL_SIZE, postgres.url())
    return rounds(pool.getconn, pool.putconn, n, pool.closeall)


def sqlalchemy(n: int) -> Work:
    """Connect the engine and close the connection, which resets it and gives it back."""
    from alchemy import engine

    source = engine()
    return rounds(source.connect, lambda connection: connection.close(), n, source.dispose)


def orm(lib: Any, n: int) -> Work:
    """Connect the pooled database and close it. peewee asks the server each time whether it is there."""
    pool = dataset.module(lib, "pool")
    database = pool.PooledPostgresqlDatabase(postgres.url(), max_connections=postgres.POOL_SIZE)
    return rounds(database.connect, lambda _: database.close(), n, database.close_all)
