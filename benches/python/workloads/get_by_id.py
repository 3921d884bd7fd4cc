"""Gets single rows by primary key, one query each, and reads two attributes."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("get by primary key x 2,000", 2_000, Goal(0.9))


def raw(n: int) -> Work:
    """Execute the same text with each key: the driver caches the prepared statement."""
    connection = dataset.prepare(items=n)
    sql = f"{dataset.SELECT_ITEM} WHERE id = ?"

    def run() -> int:
        total = 0
        for key in range(1, n + 1):
            row = connection.execute(sql, (key,)).fetchone()
            total += row[1] + len(row[3])
        return total

    return Work(run)


def orm(lib: Any, n: int, on: Any = dataset) -> Work:
    """Call `get_by_id` with each key."""
    on.prepare(items=n).close()
    item = on.models(lib).Item

    def run() -> int:
        total = 0
        for key in range(1, n + 1):
            row = item.get_by_id(key)
            total += row.number + len(row.name)
        return total

    return Work(run)
