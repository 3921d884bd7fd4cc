"""Holds all rows as instances and asks the system how much larger the process became, per row.

The resident set, not `tracemalloc`: memory that native code holds counts as well. Two attributes were read.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dataset
from workload import Goal, Work, Workload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WORKLOAD = Workload("bytes per held instance, 2 attributes read", 100_000, Goal(400, "absolute"), "B", passes=1)


def raw(n: int) -> Work:
    """Hold the tuples that the driver fetches."""
    connection = dataset.prepare(items=n)

    def read(rows: Iterable[Any]) -> None:
        for row in rows:
            _ = row[1], row[3]

    sql = f"{dataset.SELECT_ITEM} LIMIT ? OFFSET ?"
    return growth(lambda limit, offset: connection.execute(sql, (limit, offset)).fetchall(), read, n)


def orm(lib: Any, n: int) -> Work:
    """Hold the list of instances."""
    dataset.prepare(items=n).close()
    item = dataset.models(lib).Item

    def read(rows: Iterable[Any]) -> None:
        for row in rows:
            _ = row.number, row.name

    return growth(lambda limit, offset: list(item.select().limit(limit).offset(offset)), read, n)


def growth(fetch: Callable[[int, int], list[Any]], read: Callable[[Iterable[Any]], None], n: int) -> Work:
    """Return the growth per row when `fetch(limit, offset)` of all rows is held and `read`.

    The warm-up fetches the last hundredth of the rows, on the way to which SQLite fills its page cache.
    """

    def run() -> float:
        few = max(n // 100, 1)
        read(fetch(few, n - few))
        gc.collect()
        start = resident()
        held = fetch(n, 0)
        read(held)
        gc.collect()
        return (resident() - start) / len(held)

    return Work(run, measures_itself=True)


def resident() -> int:
    """Return the bytes of this process that are in memory (Linux only: elsewhere there is no such file)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
