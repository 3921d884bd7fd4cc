"""Saves one changed field of loaded instances, one statement each, in one transaction."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("save one field x 1,000", 1_000, Goal(0.9))


def raw(n: int) -> Work:
    """Execute one UPDATE per row and add up the row counts."""
    connection = dataset.prepare(items=n)
    rows = connection.execute(dataset.SELECT_ITEM).fetchall()

    def before() -> None:  # a value that is there already would cost SQLite less
        with connection:
            connection.execute("UPDATE item SET number = (id - 1) * 7")

    def run() -> int:
        changed = 0
        with connection:
            for row in rows:
                changed += connection.execute("UPDATE item SET number = ? WHERE id = ?", (row[1] + 1, row[0])).rowcount
        return changed

    return Work(run, before, dataset.stored_items)


def orm(lib: Any, n: int) -> Work:
    """Set the attribute of each instance and call `save(only=...)`."""
    dataset.prepare(items=n).close()
    made = dataset.models(lib)
    item = made.Item
    instances: list[Any] = []
    only = [item.number]

    def before() -> None:
        item.update(number=(item.id - 1) * 7).execute()
        instances[:] = list(item.select())

    def run() -> int:
        changed = 0
        with made.database.atomic():
            for instance in instances:
                instance.number += 1
                changed += instance.save(only=only)
        return changed

    return Work(run, before, dataset.stored_items)
