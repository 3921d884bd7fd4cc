"""`asyncio_get_by_id` while another thread of the process computes: whoever gives the interpreter up waits for it."""

from __future__ import annotations

import dataclasses
import threading
from typing import Any

from groups import ASYNCIO_POSTGRES
from workload import Work, Workload
from workloads import asyncio_get_by_id

WORKLOAD = Workload("get by primary key x 200, a thread computes", 200, None, passes=2, group=ASYNCIO_POSTGRES)


async def raw(n: int) -> Work:
    """Call `fetchrow` with each key."""
    return beside_a_thread(await asyncio_get_by_id.raw(n))


async def sqlalchemy(n: int) -> Work:
    """Call `get` of one session."""
    return beside_a_thread(await asyncio_get_by_id.sqlalchemy(n))


async def orm(lib: Any, n: int) -> Work:
    """Call `aget_by_id` with each key."""
    return beside_a_thread(await asyncio_get_by_id.orm(lib, n))


def beside_a_thread(work: Work) -> Work:
    """Return the work with a thread that computes meanwhile."""

    async def run() -> int:
        over = threading.Event()
        thread = threading.Thread(target=compute, args=(over,))
        thread.start()
        try:
            total: int = await work.run()
            return total
        finally:
            over.set()
            thread.join()

    return dataclasses.replace(work, run=run)


def compute(over: threading.Event) -> None:
    """Compute until it is over."""
    number = 0
    while not over.is_set():
        for _ in range(1_000):
            number = (number * 31 + 7) % 1_000_003
