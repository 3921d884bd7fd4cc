"""8 threads on a pool of 10 connections of PostgreSQL: each takes one, gets 5 rows by key, gives it back, and again.

A thread stands for one of a web server, a turn of it for a request. Taking and giving back are measured too.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import dataset
import postgres
from groups import POSTGRES
from workload import Work, Workload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WORKLOAD = Workload("8 threads on a pool of 10, 5 gets a connection, 1,000 gets", 1_000, None, passes=4, group=POSTGRES)

THREADS = 8
GETS = 5


def raw(n: int) -> Work:
    """Take a connection of psycopg_pool for each request, and execute one prepared statement with each key."""
    from psycopg_pool import ConnectionPool

    postgres.prepare(items=n).close()
    pool = ConnectionPool(postgres.url(), min_size=postgres.POOL_SIZE, max_size=postgres.POOL_SIZE, open=True)
    pool.wait()
    sql = f"{postgres.GET_ITEM}%b"

    def request(keys: Iterable[int]) -> int:
        total = 0
        with pool.connection() as connection:
            cursor = postgres.cursor_of(connection)
            for key in keys:
                row = cursor.execute(sql, (key,)).fetchone()
                total += row[1] + len(row[3])
        return total

    return all_threads(request, n, pool.close)


def sqlalchemy(n: int) -> Work:
    """Open a session for each request; leaving it rolls back and gives the connection back."""
    from sqlalchemy.orm import Session

    from alchemy import Item, engine

    postgres.prepare(items=n).close()
    source = engine(postgres.POOL_SIZE)

    def request(keys: Iterable[int]) -> int:
        total = 0
        with Session(source) as session:
            for key in keys:
                row = session.get_one(Item, key)
                total += row.number + len(row.name)
        return total

    return all_threads(request, n, source.dispose)


def orm(lib: Any, n: int) -> Work:
    """Enter the database's context for each request, which takes a connection for the thread."""
    postgres.prepare(items=n).close()
    pool = dataset.module(lib, "pool")
    database = pool.PooledPostgresqlDatabase(postgres.url(), max_connections=postgres.POOL_SIZE, timeout=60)
    item = dataset.models_on(lib, database, lib.Model).Item

    def request(keys: Iterable[int]) -> int:
        total = 0
        with database.connection_context():
            for key in keys:
                row = item.get_by_id(key)
                total += row.number + len(row.name)
        return total

    return all_threads(request, n, database.close_all)


def all_threads(request: Callable[[Iterable[int]], int], n: int, close: Callable[[], object]) -> Work:
    """Return the work: the threads share `n` keys, each makes one request after another."""
    each = -(-n // THREADS)
    threads = ThreadPoolExecutor(THREADS)

    def client(first: int) -> int:
        last = min(first + each, n + 1)
        return sum(request(range(key, min(key + GETS, last))) for key in range(first, last, GETS))

    def run() -> int:
        return sum(threads.map(client, range(1, n + 1, each)))

    def end() -> None:
        threads.shutdown()
        close()

    return Work(run, close=end)
