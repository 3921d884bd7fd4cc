"""Selects all rows of PostgreSQL as model instances from a task and reads two attributes of each."""

from __future__ import annotations

from typing import Any

import postgres
from groups import ASYNCIO_POSTGRES
from workload import Goal, Work, Workload

WORKLOAD = Workload(
    "10,000 rows x 8 columns to instances, 2 attributes read", 10_000, Goal(0.9), passes=4, group=ASYNCIO_POSTGRES
)


async def raw(n: int) -> Work:
    """Fetch asyncpg's records and read two cells of each."""
    import asyncpg

    postgres.prepare(items=n).close()
    connection = await asyncpg.connect(postgres.url())

    async def run() -> int:
        total = 0
        for row in await connection.fetch(postgres.SELECT_ITEM):
            total += row[1] + len(row[3])
        return total

    return Work(run, close=connection.close)


async def sqlalchemy(n: int) -> Work:
    """Fetch a list of instances."""
    from sqlalchemy import select
    from sqlalchemy.ext.asyncio import AsyncSession

    from alchemy import Item, async_engine

    postgres.prepare(items=n).close()
    engine = async_engine()
    session = AsyncSession(engine)

    async def run() -> int:
        total = 0
        for row in (await session.scalars(select(Item))).all():
            total += row.number + len(row.name)
        return total

    async def close() -> None:
        await session.close()
        await engine.dispose()

    return Work(run, session.expunge_all, close=close)


async def orm(lib: Any, n: int) -> Work:
    """Fetch a list of instances."""
    postgres.prepare(items=n).close()
    made = postgres.async_models(lib)
    item, database = made.Item, made.database
    await database.aconnect()

    async def run() -> int:
        total = 0
        for row in await database.list(item.select()):
            total += row.number + len(row.name)
        return total

    async def close() -> None:
        await database.aclose()
        await database.close_pool()

    return Work(run, close=close)
