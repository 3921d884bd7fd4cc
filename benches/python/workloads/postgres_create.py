"""`create` on PostgreSQL: rows one at a time in one transaction; each call gives the new key."""

from __future__ import annotations

from typing import Any

import dataset
import postgres
from groups import POSTGRES
from workload import Goal, Work, Workload
from workloads import create

WORKLOAD = Workload("create() 2,000 in one transaction", 2_000, Goal(0.65), passes=3, group=POSTGRES)


def raw(n: int) -> Work:
    """Execute one prepared INSERT per row and read its key."""
    connection = postgres.prepare()
    cursor = postgres.cursor_of(connection)
    rows = dataset.item_tuples(n)

    def run() -> int:
        total = 0
        with connection.transaction():
            for row in rows:
                total += cursor.execute(postgres.INSERT_ITEM, row).fetchone()[0]
        return total

    return Work(run, postgres.empty(), postgres.stored_items)


def psycopg2(n: int) -> Work:
    """Execute one INSERT per row, its values written into the text, and read its key."""
    postgres.prepare().close()
    connection = postgres.connect_psycopg2(autocommit=False)
    sql = postgres.INSERT_ITEM.replace("%b", "%s")
    rows = dataset.item_tuples(n)

    def run() -> int:
        total = 0
        with connection, connection.cursor() as cursor:
            for row in rows:
                cursor.execute(sql, row)
                total += cursor.fetchone()[0]
        return total

    return Work(run, postgres.empty(), postgres.stored_items)


def sqlalchemy(n: int) -> Work:
    """Add each instance and flush, so that its key is there."""
    from sqlalchemy.orm import Session

    from alchemy import Item, engine

    postgres.prepare().close()
    session = Session(engine(), expire_on_commit=False)
    rows = dataset.item_dicts(n)

    def run() -> int:
        total = 0
        with session.begin():
            for row in rows:
                instance = Item(**row)
                session.add(instance)
                session.flush()
                total += instance.id
        return total

    return Work(run, postgres.empty(), postgres.stored_items)


def orm(lib: Any, n: int) -> Work:
    """Call `create` once per row and read the instance's key."""
    return create.orm(lib, n, postgres)
