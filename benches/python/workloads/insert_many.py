"""Inserts many rows, given as dicts, in one transaction, 1,000 a statement where statements hold several rows."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("insert_many 10,000", 10_000, Goal(0.6))

BATCH = 1_000
"""SQLite allows 32,766 parameters in a statement; a row takes seven."""


def raw(n: int) -> Work:
    """Hand all tuples to `executemany`."""
    connection = dataset.prepare()
    rows = dataset.item_tuples(n)

    def before() -> None:
        with connection:
            connection.execute("DELETE FROM item")

    def run() -> None:
        with connection:
            connection.executemany(dataset.INSERT_ITEM, map(dataset.stored, rows))

    return Work(run, before, dataset.stored_items)


def orm(lib: Any, n: int) -> Work:
    """Call `insert_many` for each batch."""
    dataset.prepare().close()
    made = dataset.models(lib)
    item = made.Item
    rows = dataset.item_dicts(n)

    def run() -> None:
        with made.database.atomic():
            for start in range(0, n, BATCH):
                item.insert_many(rows[start : start + BATCH]).execute()

    return Work(run, lambda: item.delete().execute(), dataset.stored_items)
