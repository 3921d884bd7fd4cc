"""Builds a query with three conditions afresh and renders its SQL. Nothing is run, so the driver has no part in it."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("build and render only, 3 conditions x 5,000 (peewee = 1)", 5_000, Goal(0.03, "peewee"))

raw = None


def orm(lib: Any, n: int) -> Work:
    """Build the query of `three_conditions` and ask for its SQL and parameters."""
    dataset.prepare().close()
    item = dataset.models(lib).Item

    def run() -> list[Any]:
        sql, parameters = "", []
        for i in range(n):
            query = (
                item.select()
                .where((item.id > i) & (item.active == True) & (item.name != "nobody"))  # noqa: E712 - an expression
                .order_by(item.id)
                .limit(20)
            )
            sql, parameters = query.sql()
        return [sql, list(parameters)]

    return Work(run)
