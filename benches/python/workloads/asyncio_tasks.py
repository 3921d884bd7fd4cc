"""50 tasks on a pool of 10 connections of PostgreSQL: each takes one, gets 5 rows by key, gives it back, and again.

A task stands for a client of a web application, a turn of it for a request. Taking and giving back are measured too.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import postgres
from groups import ASYNCIO_POSTGRES
from workload import Goal, Work, Workload

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

WORKLOAD = Workload(
    "50 tasks on a pool of 10, 5 gets a connection, 1,000 gets", 1_000, Goal(0.8), passes=4, group=ASYNCIO_POSTGRES
)

TASKS = 50
GETS = 5


async def raw(n: int) -> Work:
    """Acquire from asyncpg's pool, which resets each connection that is released."""
    import asyncpg

    postgres.prepare(items=n).close()
    pool = await asyncpg.create_pool(postgres.url(), min_size=postgres.POOL_SIZE, max_size=postgres.POOL_SIZE)
    sql = f"{postgres.GET_ITEM}$1"

    async def request(keys: Iterable[int]) -> int:
        total = 0
        async with pool.acquire() as connection:
            for key in keys:
                row = await connection.fetchrow(sql, key)
                total += row[1] + len(row[3])
        return total

    return Work(all_tasks(request, n), close=pool.close)


async def sqlalchemy(n: int) -> Work:
    """Open a session for each request; leaving it rolls back and gives the connection back."""
    from sqlalchemy.ext.asyncio import AsyncSession

    from alchemy import Item, async_engine

    postgres.prepare(items=n).close()
    engine = async_engine(postgres.POOL_SIZE)

    async def request(keys: Iterable[int]) -> int:
        total = 0
        async with AsyncSession(engine) as session:
            for key in keys:
                row = await session.get_one(Item, key)
                total += row.number + len(row.name)
        return total

    return Work(all_tasks(request, n), close=engine.dispose)


async def orm(lib: Any, n: int) -> Work:
    """Enter the database for each request, which takes a connection for the task."""
    postgres.prepare(items=n).close()
    made = postgres.async_models(lib)
    item, database = made.Item, made.database

    async def request(keys: Iterable[int]) -> int:
        total = 0
        async with database:
            for key in keys:
                row = await item.aget_by_id(key)
                total += row.number + len(row.name)
        return total

    return Work(all_tasks(request, n), close=database.close_pool)


def all_tasks(request: Callable[[Iterable[int]], Awaitable[int]], n: int) -> Callable[[], Awaitable[int]]:
    """Return the work: the tasks share `n` keys, each makes one request after another."""
    each = -(-n // TASKS)

    async def client(first: int) -> int:
        last = min(first + each, n + 1)
        return sum([await request(range(key, min(key + GETS, last))) for key in range(first, last, GETS)])

    async def run() -> int:
        return sum(await asyncio.gather(*(client(first) for first in range(1, n + 1, each))))

    return run
