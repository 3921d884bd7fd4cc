"""Stores many instances, made beforehand, in one transaction, 1,000 a statement where statements hold several rows."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload
from workloads.insert_many import BATCH, raw

__all__ = ["WORKLOAD", "orm", "raw"]

WORKLOAD = Workload("bulk_create 10,000", 10_000, Goal(0.6))


def orm(lib: Any, n: int, on: Any = dataset) -> Work:
    """Call `bulk_create` with fresh instances; the driver's part is that of `insert_many`."""
    on.prepare().close()
    made = on.models(lib)
    item = made.Item
    rows = dataset.item_dicts(n)
    instances: list[Any] = []
    empty = on.empty(made)

    def before() -> None:
        empty()
        instances[:] = [item(**row) for row in rows]

    def run() -> None:
        with made.database.atomic():
            item.bulk_create(instances, batch_size=BATCH)

    return Work(run, before, on.stored_items)
