"""Creates rows one at a time in one transaction; each call gives the new key."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("create() 2,000 in one transaction", 2_000, Goal(0.75))


def raw(n: int) -> Work:
    """Execute one INSERT per row and read its key."""
    connection = dataset.prepare()
    rows = dataset.item_tuples(n)

    def before() -> None:
        with connection:
            connection.execute("DELETE FROM item")

    def run() -> int:
        total = 0
        with connection:
            for row in rows:
                total += connection.execute(dataset.INSERT_ITEM, dataset.stored(row)).lastrowid or 0
        return total

    return Work(run, before, dataset.stored_items)


def orm(lib: Any, n: int, on: Any = dataset) -> Work:
    """Call `create` once per row and read the instance's key."""
    on.prepare().close()
    made = on.models(lib)
    item = made.Item
    rows = dataset.item_dicts(n)

    def run() -> int:
        total = 0
        with made.database.atomic():
            for row in rows:
                total += item.create(**row).id
        return total

    return Work(run, on.empty(made), on.stored_items)
