"""`get_by_id` on PostgreSQL: single rows by primary key, one query each, two attributes read."""

from __future__ import annotations

from typing import Any

import postgres
from groups import POSTGRES
from workload import Goal, Work, Workload
from workloads import get_by_id

WORKLOAD = Workload("get by primary key x 1,000", 1_000, Goal(0.65), group=POSTGRES)


def raw(n: int) -> Work:
    """Execute one prepared statement with each key."""
    return gets(postgres.cursor_of(postgres.prepare(items=n)), f"{postgres.GET_ITEM}%b", n)


def psycopg2(n: int) -> Work:
    """Execute the text with each key written into it: psycopg2 prepares nothing."""
    postgres.prepare(items=n).close()
    return gets(postgres.connect_psycopg2().cursor(), f"{postgres.GET_ITEM}%s", n)


def gets(cursor: Any, sql: str, n: int) -> Work:
    """Return the work of a driver's cursor."""

    def run() -> int:
        total = 0
        for key in range(1, n + 1):
            cursor.execute(sql, (key,))
            row = cursor.fetchone()
            total += row[1] + len(row[3])
        return total

    return Work(run)


def sqlalchemy(n: int) -> Work:
    """Call `get` of one session, which has forgotten the instances of the pass before."""
    from sqlalchemy.orm import Session

    from alchemy import Item, engine

    postgres.prepare(items=n).close()
    session = Session(engine())

    def run() -> int:
        total = 0
        for key in range(1, n + 1):
            row = session.get_one(Item, key)
            total += row.number + len(row.name)
        return total

    return Work(run, session.expunge_all)


def orm(lib: Any, n: int) -> Work:
    """Call `get_by_id` with each key."""
    return get_by_id.orm(lib, n, postgres)
