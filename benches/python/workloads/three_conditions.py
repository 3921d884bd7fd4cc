"""Builds a query with three conditions afresh, runs it and reads two attributes of each of its 20 instances."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("build a 3-condition query afresh, run, 20 instances x 500", 500, Goal(0.75))


def raw(n: int) -> Work:
    """Execute the same text with other values each time: the driver caches the prepared statement."""
    connection = dataset.prepare(items=2 * n + 100)
    sql = f"{dataset.SELECT_ITEM} WHERE id > ? AND active = ? AND name <> ? ORDER BY id LIMIT ?"

    def run() -> int:
        total = 0
        for i in range(n):
            for row in connection.execute(sql, (i, True, "nobody", 20)).fetchall():
                total += row[1] + len(row[3])
        return total

    return Work(run)


def orm(lib: Any, n: int, on: Any = dataset) -> Work:
    """Build from the model each time, as a view function does."""
    on.prepare(items=2 * n + 100).close()
    item = on.models(lib).Item

    def run() -> int:
        total = 0
        for i in range(n):
            query = (
                item.select()
                .where((item.id > i) & (item.active == True) & (item.name != "nobody"))  # noqa: E712 - an expression
                .order_by(item.id)
                .limit(20)
            )
            for row in list(query):
                total += row.number + len(row.name)
        return total

    return Work(run)
