"""`asyncio_get_by_id` on SQLite: single rows by primary key from one task that holds its connection."""

from __future__ import annotations

from typing import Any

import dataset
from groups import ASYNCIO_SQLITE
from workload import Goal, Work, Workload
from workloads import asyncio_get_by_id

WORKLOAD = Workload("get by primary key x 500", 500, Goal(0.4), passes=4, group=ASYNCIO_SQLITE)


async def raw(n: int) -> Work:
    """Execute the same text with each key and fetch its row."""
    import aiosqlite

    dataset.prepare(items=n).close()
    connection = await aiosqlite.connect(dataset.DATABASE)
    for name, value in dataset.PRAGMAS.items():
        await connection.execute(f"PRAGMA {name} = {value}")
    sql = f"{dataset.SELECT_ITEM} WHERE id = ?"

    async def run() -> int:
        total = 0
        for key in range(1, n + 1):
            async with connection.execute(sql, (key,)) as cursor:
                row = await cursor.fetchone()
            total += row[1] + len(row[3])
        return total

    return Work(run, close=connection.close)


async def sqlalchemy(n: int) -> Work:
    """Call `get` of one session."""
    from alchemy import async_sqlite_engine

    dataset.prepare(items=n).close()
    return asyncio_get_by_id.session_gets(async_sqlite_engine(), n)


async def orm(lib: Any, n: int) -> Work:
    """Call `aget_by_id` with each key."""
    return await asyncio_get_by_id.orm(lib, n, dataset)
