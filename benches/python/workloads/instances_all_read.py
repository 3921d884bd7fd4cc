"""Selects all rows as model instances and reads all eight attributes of each.

The driver's rows stay plain tuples, with the bool as an int and the datetime as text: no conversion is asked of it.
"""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("the same, all 8 read (bool and datetime converted)", 10_000, Goal(0.85))


def raw(n: int) -> Work:
    """Fetch tuples and unpack each."""
    connection = dataset.prepare(items=n)

    def run() -> int:
        total = 0
        for key, number, price, name, body, active, created, rank in connection.execute(dataset.SELECT_ITEM).fetchall():
            if price is not None and created is not None:
                total += key + number + len(name) + len(body) + active + (rank or 0)
        return total

    return Work(run)


def orm(lib: Any, n: int, on: Any = dataset) -> Work:
    """Fetch a list of instances and read every attribute of each."""
    on.prepare(items=n).close()
    item = on.models(lib).Item

    def run() -> int:
        total = 0
        for row in list(item.select()):
            if row.price is not None and row.created is not None:
                total += row.id + row.number + len(row.name) + len(row.body) + row.active + (row.rank or 0)
        return total

    return Work(run)
