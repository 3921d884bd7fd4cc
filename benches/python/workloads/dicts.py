"""Selects all rows as dicts. The driver makes its dicts by hand from the tuples and the column names."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("10,000 rows to dicts", 10_000, Goal(0.5))


def raw(n: int) -> Work:
    """Fetch tuples and zip each with the names of the columns."""
    connection = dataset.prepare(items=n)

    def run() -> int:
        cursor = connection.execute(dataset.SELECT_ITEM)
        names = [column[0] for column in cursor.description]
        return sum(row["number"] for row in [dict(zip(names, row)) for row in cursor])  # noqa: B905 - faster without

    return Work(run)


def orm(lib: Any, n: int) -> Work:
    """Fetch a list of dicts."""
    dataset.prepare(items=n).close()
    item = dataset.models(lib).Item
    return Work(lambda: sum(row["number"] for row in list(item.select().dicts())))
