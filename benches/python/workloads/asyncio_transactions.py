"""Transactions of two inserts each on PostgreSQL from one task; each insert gives the new key."""

from __future__ import annotations

from typing import Any

import dataset
import postgres
from groups import ASYNCIO_POSTGRES
from workload import Goal, Work, Workload

WORKLOAD = Workload("transactions of 2 inserts x 500", 500, Goal(0.85), passes=4, group=ASYNCIO_POSTGRES)


async def raw(n: int) -> Work:
    """Execute the INSERT twice in a `transaction` block."""
    import asyncpg

    postgres.prepare().close()
    connection = await asyncpg.connect(postgres.url())
    rows = dataset.item_tuples(2 * n)
    sql = postgres.INSERT_ITEM_ASYNCPG

    async def run() -> int:
        total = 0
        for i in range(0, 2 * n, 2):
            async with connection.transaction():
                total += await connection.fetchval(sql, *rows[i])
                total += await connection.fetchval(sql, *rows[i + 1])
        return total

    return Work(run, postgres.empty(), postgres.stored_items, connection.close)


async def sqlalchemy(n: int) -> Work:
    """Add two instances to the session in a `begin` block; SQLAlchemy makes one statement of them."""
    from sqlalchemy.ext.asyncio import AsyncSession

    from alchemy import Item, async_engine

    postgres.prepare().close()
    engine = async_engine()
    session = AsyncSession(engine, expire_on_commit=False)
    rows = dataset.item_dicts(2 * n)

    async def run() -> int:
        total = 0
        for i in range(0, 2 * n, 2):
            async with session.begin():
                pair = Item(**rows[i]), Item(**rows[i + 1])
                session.add_all(pair)
            total += pair[0].id + pair[1].id
        return total

    async def close() -> None:
        await session.close()
        await engine.dispose()

    return Work(run, postgres.empty(), postgres.stored_items, close)


async def orm(lib: Any, n: int) -> Work:
    """Call `acreate` twice in an `atomic` block."""
    postgres.prepare().close()
    made = postgres.async_models(lib)
    item, database = made.Item, made.database
    rows = dataset.item_dicts(2 * n)
    await database.aconnect()

    async def run() -> int:
        total = 0
        for i in range(0, 2 * n, 2):
            async with database.atomic():
                total += (await item.acreate(**rows[i])).id
                total += (await item.acreate(**rows[i + 1])).id
        return total

    async def close() -> None:
        await database.aclose()
        await database.close_pool()

    return Work(run, postgres.empty(), postgres.stored_items, close)
