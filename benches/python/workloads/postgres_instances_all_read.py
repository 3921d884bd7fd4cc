"""`instances_all_read` on PostgreSQL: all eight attributes of each instance read. For information, no goal."""

from __future__ import annotations

from typing import Any

import postgres
from groups import POSTGRES
from workload import Work, Workload
from workloads import instances_all_read

WORKLOAD = Workload("the same, all 8 read", 10_000, None, passes=4, group=POSTGRES)


def raw(n: int) -> Work:
    """Fetch tuples in binary and unpack each."""
    return reads(postgres.cursor_of(postgres.prepare(items=n)))


def psycopg2(n: int) -> Work:
    """Fetch tuples from text and unpack each."""
    postgres.prepare(items=n).close()
    return reads(postgres.connect_psycopg2().cursor())


def reads(cursor: Any) -> Work:
    """Return the work of a driver's cursor."""

    def run() -> int:
        total = 0
        cursor.execute(postgres.SELECT_ITEM)
        for key, number, price, name, body, active, created, rank in cursor.fetchall():
            if price is not None and created is not None:
                total += key + number + len(name) + len(body) + active + (rank or 0)
        return total

    return Work(run)


def sqlalchemy(n: int) -> Work:
    """Fetch a list of instances and read every attribute of each."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    from alchemy import Item, engine

    postgres.prepare(items=n).close()
    session = Session(engine())

    def run() -> int:
        total = 0
        for row in session.scalars(select(Item)).all():
            if row.price is not None and row.created is not None:
                total += row.id + row.number + len(row.name) + len(row.body) + row.active + (row.rank or 0)
        return total

    return Work(run, session.expunge_all)


def orm(lib: Any, n: int) -> Work:
    """Fetch a list of instances and read every attribute of each."""
    return instances_all_read.orm(lib, n, postgres)
