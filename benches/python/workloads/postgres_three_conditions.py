"""`three_conditions` on PostgreSQL: a query built afresh, run, two attributes of each of its 20 instances read."""

from __future__ import annotations

from typing import Any

import postgres
from groups import POSTGRES
from workload import Goal, Work, Workload
from workloads import three_conditions

WORKLOAD = Workload(
    "build a 3-condition query afresh, run, 20 instances x 500", 500, Goal(0.6), passes=4, group=POSTGRES
)

WHERE = " WHERE id > {0} AND active = {0} AND name <> {0} ORDER BY id LIMIT {0}"


def raw(n: int) -> Work:
    """Execute one prepared statement with other values each time."""
    cursor = postgres.cursor_of(postgres.prepare(items=2 * n + 100))
    return queries(cursor, postgres.SELECT_ITEM + WHERE.format("%b"), n)


def psycopg2(n: int) -> Work:
    """Execute the text with the values written into it."""
    postgres.prepare(items=2 * n + 100).close()
    return queries(postgres.connect_psycopg2().cursor(), postgres.SELECT_ITEM + WHERE.format("%s"), n)


def queries(cursor: Any, sql: str, n: int) -> Work:
    """Return the work of a driver's cursor."""

    def run() -> int:
        total = 0
        for i in range(n):
            cursor.execute(sql, (i, True, "nobody", 20))
            for row in cursor.fetchall():
                total += row[1] + len(row[3])
        return total

    return Work(run)


def sqlalchemy(n: int) -> Work:
    """Build the statement each time and forget the instances of the query before, as sessions of requests do."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    from alchemy import Item, engine

    postgres.prepare(items=2 * n + 100).close()
    session = Session(engine())

    def run() -> int:
        total = 0
        for i in range(n):
            query = (
                select(Item)
                .where(Item.id > i, Item.active == True, Item.name != "nobody")  # noqa: E712 - an expression
                .order_by(Item.id)
                .limit(20)
            )
            for row in session.scalars(query).all():
                total += row.number + len(row.name)
            session.expunge_all()
        return total

    return Work(run)


def orm(lib: Any, n: int) -> Work:
    """Build from the model each time, as a view function does."""
    return three_conditions.orm(lib, n, postgres)
