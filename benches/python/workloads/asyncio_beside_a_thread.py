"""`asyncio_get_by_id` while another thread of the process computes: whoever gives the interpreter up waits for it."""

from __future__ import annotations

import dataclasses
from typing import Any

from computing import beside_a_thread
from groups import ASYNCIO_POSTGRES
from workload import Work, Workload
from workloads import asyncio_get_by_id

WORKLOAD = Workload("get by primary key x 200, a thread computes", 200, None, passes=2, group=ASYNCIO_POSTGRES)


async def raw(n: int) -> Work:
    """Call `fetchrow` with each key."""
    return _beside(await asyncio_get_by_id.raw(n))


async def sqlalchemy(n: int) -> Work:
    """Call `get` of one session."""
    return _beside(await asyncio_get_by_id.sqlalchemy(n))


async def orm(lib: Any, n: int) -> Work:
    """Call `aget_by_id` with each key."""
    return _beside(await asyncio_get_by_id.orm(lib, n))


def _beside(work: Work) -> Work:
    async def run() -> int:
        with beside_a_thread():
            total: int = await work.run()
            return total

    return dataclasses.replace(work, run=run)
