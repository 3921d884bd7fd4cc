"""Gets single rows by primary key on PostgreSQL from one task that holds its connection, two attributes read."""

from __future__ import annotations

from typing import Any

import postgres
from groups import ASYNCIO_POSTGRES
from workload import Goal, Work, Workload

WORKLOAD = Workload("get by primary key x 1,000", 1_000, Goal(0.75), passes=4, group=ASYNCIO_POSTGRES)


async def raw(n: int) -> Work:
    """Call `fetchrow` with each key: asyncpg caches the prepared statement."""
    import asyncpg

    postgres.prepare(items=n).close()
    connection = await asyncpg.connect(postgres.url())
    sql = f"{postgres.GET_ITEM}$1"

    async def run() -> int:
        total = 0
        for key in range(1, n + 1):
            row = await connection.fetchrow(sql, key)
            total += row[1] + len(row[3])
        return total

    return Work(run, close=connection.close)


async def sqlalchemy(n: int) -> Work:
    """Call `get` of one session."""
    from alchemy import async_engine

    postgres.prepare(items=n).close()
    return session_gets(async_engine(), n)


def session_gets(engine: Any, n: int) -> Work:
    """Return the work of a session, which has forgotten the instances of the pass before."""
    from sqlalchemy.ext.asyncio import AsyncSession

    from alchemy import Item

    session = AsyncSession(engine)

    async def run() -> int:
        total = 0
        for key in range(1, n + 1):
            row = await session.get_one(Item, key)
            total += row.number + len(row.name)
        return total

    async def close() -> None:
        await session.close()
        await engine.dispose()

    return Work(run, session.expunge_all, close=close)


async def orm(lib: Any, n: int, on: Any = postgres) -> Work:
    """Call `aget_by_id` with each key."""
    on.prepare(items=n).close()
    made = on.async_models(lib)
    item = made.Item
    await made.database.aconnect()

    async def run() -> int:
        total = 0
        for key in range(1, n + 1):
            row = await item.aget_by_id(key)
            total += row.number + len(row.name)
        return total

    async def close() -> None:
        await made.database.aclose()
        await made.database.close_pool()

    return Work(run, close=close)
