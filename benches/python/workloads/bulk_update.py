"""Stores one changed field of many loaded instances in one call, in one transaction."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("bulk_update 1,000", 1_000, Goal(0.9))

BATCH = 100
"""Rows in a statement: its CASE is searched from the start for each row, so longer ones cost more a row."""


def raw(n: int) -> Work:
    """Hand all changes to `executemany`."""
    connection = dataset.prepare(items=n)
    rows = connection.execute(dataset.SELECT_ITEM).fetchall()

    def before() -> None:  # a value that is there already would cost SQLite less
        with connection:
            connection.execute("UPDATE item SET number = (id - 1) * 7")

    def run() -> int:
        with connection:
            changes = [(row[1] + 1, row[0]) for row in rows]
            return connection.executemany("UPDATE item SET number = ? WHERE id = ?", changes).rowcount

    return Work(run, before, dataset.stored_items)


def orm(lib: Any, n: int) -> Work:
    """Set the attribute of each instance and call `bulk_update`."""
    dataset.prepare(items=n).close()
    made = dataset.models(lib)
    item = made.Item
    instances: list[Any] = []

    def before() -> None:
        item.update(number=(item.id - 1) * 7).execute()
        instances[:] = list(item.select())

    def run() -> int:
        for instance in instances:
            instance.number += 1
        with made.database.atomic():
            changed: int = item.bulk_update(instances, [item.number], batch_size=BATCH)
        return changed

    return Work(run, before, dataset.stored_items)
