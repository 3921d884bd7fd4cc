"""The same as `held_bytes` after all eight attributes were read: what lazy decoding adds. For information, no goal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dataset
from workload import Work, Workload
from workloads.held_bytes import growth

if TYPE_CHECKING:
    from collections.abc import Iterable

WORKLOAD = Workload("bytes per held instance, all 8 read", 100_000, None, "B", passes=1)


def raw(n: int) -> Work:
    """Hold the tuples that the driver fetches."""
    connection = dataset.prepare(items=n)

    def read(rows: Iterable[Any]) -> None:
        for row in rows:
            _ = tuple(row)

    sql = f"{dataset.SELECT_ITEM} LIMIT ? OFFSET ?"
    return growth(lambda limit, offset: connection.execute(sql, (limit, offset)).fetchall(), read, n)


def orm(lib: Any, n: int) -> Work:
    """Hold the list of instances."""
    dataset.prepare(items=n).close()
    item = dataset.models(lib).Item

    def read(rows: Iterable[Any]) -> None:
        for row in rows:
            _ = row.id, row.number, row.price, row.name, row.body, row.active, row.created, row.rank

    return growth(lambda limit, offset: list(item.select().limit(limit).offset(offset)), read, n)
