"""Selects all rows as tuples; the ORM's hold bools and datetimes, the driver's what SQLite stores."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("10,000 rows to tuples", 10_000, Goal(0.6))


def raw(n: int) -> Work:
    """Fetch tuples."""
    connection = dataset.prepare(items=n)
    return Work(lambda: sum(row[1] for row in connection.execute(dataset.SELECT_ITEM).fetchall()))


def orm(lib: Any, n: int) -> Work:
    """Fetch a list of tuples."""
    dataset.prepare(items=n).close()
    item = dataset.models(lib).Item
    return Work(lambda: sum(row[1] for row in list(item.select().tuples())))
