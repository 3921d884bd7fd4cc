"""Transactions of two inserts each on PostgreSQL, committed one by one; each insert gives the new key."""

from __future__ import annotations

from typing import Any

import dataset
import postgres
from groups import POSTGRES
from workload import Work, Workload

WORKLOAD = Workload("transactions of 2 inserts x 500", 500, None, passes=4, group=POSTGRES)


def raw(n: int) -> Work:
    """Execute the prepared INSERT twice in a `transaction` block."""
    connection = postgres.prepare()
    cursor = postgres.cursor_of(connection)
    rows = dataset.item_tuples(2 * n)

    def run() -> int:
        total = 0
        for i in range(0, 2 * n, 2):
            with connection.transaction():
                total += cursor.execute(postgres.INSERT_ITEM, rows[i]).fetchone()[0]
                total += cursor.execute(postgres.INSERT_ITEM, rows[i + 1]).fetchone()[0]
        return total

    return Work(run, postgres.empty(), postgres.stored_items)


def psycopg2(n: int) -> Work:
    """Execute the INSERT twice in the connection's block, which commits."""
    postgres.prepare().close()
    connection = postgres.connect_psycopg2(autocommit=False)
    cursor = connection.cursor()
    sql = postgres.INSERT_ITEM.replace("%b", "%s")
    rows = dataset.item_tuples(2 * n)

    def run() -> int:
        total = 0
        for i in range(0, 2 * n, 2):
            with connection:
                cursor.execute(sql, rows[i])
                total += cursor.fetchone()[0]
                cursor.execute(sql, rows[i + 1])
                total += cursor.fetchone()[0]
        return total

    return Work(run, postgres.empty(), postgres.stored_items)


def sqlalchemy(n: int) -> Work:
    """Add two instances to the session in a `begin` block; SQLAlchemy makes one statement of them."""
    from sqlalchemy.orm import Session

    from alchemy import Item, engine

    postgres.prepare().close()
    session = Session(engine(), expire_on_commit=False)
    rows = dataset.item_dicts(2 * n)

    def run() -> int:
        total = 0
        for i in range(0, 2 * n, 2):
            with session.begin():
                pair = Item(**rows[i]), Item(**rows[i + 1])
                session.add_all(pair)
            total += pair[0].id + pair[1].id
        return total

    return Work(run, postgres.empty(), postgres.stored_items)


def orm(lib: Any, n: int) -> Work:
    """Call `create` twice in an `atomic` block."""
    postgres.prepare().close()
    made = postgres.models(lib)
    item, database = made.Item, made.database
    rows = dataset.item_dicts(2 * n)

    def run() -> int:
        total = 0
        for i in range(0, 2 * n, 2):
            with database.atomic():
                total += item.create(**rows[i]).id
                total += item.create(**rows[i + 1]).id
        return total

    return Work(run, postgres.empty(), postgres.stored_items)
