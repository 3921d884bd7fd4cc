"""Selects all rows as model instances and reads two attributes of each. The driver's rows stay tuples."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("10,000 rows x 8 columns to instances, 2 attributes read", 10_000, Goal(0.65))


def raw(n: int) -> Work:
    """Fetch tuples and read two cells of each."""
    connection = dataset.prepare(items=n)

    def run() -> int:
        total = 0
        for row in connection.execute(dataset.SELECT_ITEM).fetchall():
            total += row[1] + len(row[3])
        return total

    return Work(run)


def orm(lib: Any, n: int, on: Any = dataset) -> Work:
    """Fetch a list of instances and read two attributes of each."""
    on.prepare(items=n).close()
    item = on.models(lib).Item

    def run() -> int:
        total = 0
        for row in list(item.select()):
            total += row.number + len(row.name)
        return total

    return Work(run)
