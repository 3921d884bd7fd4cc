"""`instances_two_read` on PostgreSQL: all rows as model instances, two attributes of each read."""

from __future__ import annotations

from typing import Any

import postgres
from groups import POSTGRES
from workload import Goal, Work, Workload
from workloads import instances_two_read

WORKLOAD = Workload(
    "10,000 rows x 8 columns to instances, 2 attributes read", 10_000, Goal(0.7), passes=4, group=POSTGRES
)


def raw(n: int) -> Work:
    """Fetch tuples in binary and read two cells of each. psycopg makes a bool and a datetime in each row."""
    return reads(postgres.cursor_of(postgres.prepare(items=n)))


def psycopg2(n: int) -> Work:
    """Fetch tuples from text."""
    postgres.prepare(items=n).close()
    return reads(postgres.connect_psycopg2().cursor())


def reads(cursor: Any) -> Work:
    """Return the work of a driver's cursor."""

    def run() -> int:
        total = 0
        cursor.execute(postgres.SELECT_ITEM)
        for row in cursor.fetchall():
            total += row[1] + len(row[3])
        return total

    return Work(run)


def sqlalchemy(n: int) -> Work:
    """Fetch a list of instances."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    from alchemy import Item, engine

    postgres.prepare(items=n).close()
    session = Session(engine())

    def run() -> int:
        total = 0
        for row in session.scalars(select(Item)).all():
            total += row.number + len(row.name)
        return total

    return Work(run, session.expunge_all)


def orm(lib: Any, n: int) -> Work:
    """Fetch a list of instances and read two attributes of each."""
    return instances_two_read.orm(lib, n, postgres)
