"""`bulk_create` on PostgreSQL: many instances, made beforehand, in one transaction."""

from __future__ import annotations

from typing import Any

import dataset
import postgres
from groups import POSTGRES
from workload import Goal, Work, Workload
from workloads import bulk_create

WORKLOAD = Workload("bulk_create 10,000 (psycopg 3: unnest of arrays)", 10_000, Goal(0.5), passes=3, group=POSTGRES)

TYPES = ("int4", "float4", "text", "text", "bool", "timestamp", "int4")

INSERT_ARRAYS = (
    f"INSERT INTO item ({postgres.COLUMN_LIST})"
    f" SELECT * FROM unnest({', '.join(f'%b::{type_name}[]' for type_name in TYPES)})"
)


def raw(n: int) -> Work:
    """Send each column as one binary array in one statement. The keys are not read back, as the ORMs do."""
    connection = postgres.prepare()
    cursor = postgres.cursor_of(connection)
    rows = dataset.item_tuples(n)

    def run() -> None:
        with connection.transaction():
            cursor.execute(INSERT_ARRAYS, [list(column) for column in zip(*rows, strict=True)])

    return Work(run, postgres.empty(), postgres.stored_items)


def psycopg2(n: int) -> Work:
    """Call `execute_values`, 1,000 rows a statement."""
    from psycopg2.extras import execute_values

    postgres.prepare().close()
    connection = postgres.connect_psycopg2(autocommit=False)
    rows = dataset.item_tuples(n)
    sql = f"INSERT INTO item ({postgres.COLUMN_LIST}) VALUES %s"

    def run() -> None:
        with connection, connection.cursor() as cursor:
            execute_values(cursor, sql, rows, page_size=bulk_create.BATCH)

    return Work(run, postgres.empty(), postgres.stored_items)


def sqlalchemy(n: int) -> Work:
    """Add all instances to a session and commit; SQLAlchemy splits them into statements."""
    from sqlalchemy.orm import Session

    from alchemy import Item, engine

    postgres.prepare().close()
    session = Session(engine(), expire_on_commit=False)
    rows = dataset.item_dicts(n)
    empty = postgres.empty()
    instances: list[Any] = []

    def before() -> None:
        session.expunge_all()
        empty()
        instances[:] = [Item(**row) for row in rows]

    def run() -> None:
        with session.begin():
            session.add_all(instances)

    return Work(run, before, postgres.stored_items)


def orm(lib: Any, n: int) -> Work:
    """Call `bulk_create` with fresh instances."""
    return bulk_create.orm(lib, n, postgres)
