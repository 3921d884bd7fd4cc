"""The tables, rows and models of `dataset.py` in the PostgreSQL database that `REDSTART_BENCH_POSTGRES` names.

Preparing means making the tables afresh, always by psycopg 3. `postgres_server.py` starts the server. No timing here.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import psycopg

import dataset
from postgres_server import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

COLUMN_LIST = ", ".join(dataset.COLUMNS)

SELECT_ITEM = dataset.SELECT_ITEM
GET_ITEM = f"{SELECT_ITEM} WHERE id = "
"""The placeholder follows, in the driver's way."""

INSERT_ITEM = f"INSERT INTO item ({COLUMN_LIST}) VALUES (%b, %b, %b, %b, %b, %b, %b) RETURNING id"
"""For psycopg 3, every value in binary."""

INSERT_ITEM_ASYNCPG = f"INSERT INTO item ({COLUMN_LIST}) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"

POOL_SIZE = 10

SCHEMA = """
DROP TABLE IF EXISTS item;
CREATE TABLE item (id SERIAL NOT NULL PRIMARY KEY, number INTEGER NOT NULL, price REAL NOT NULL,
    name VARCHAR(255) NOT NULL, body TEXT NOT NULL, active BOOLEAN NOT NULL, created TIMESTAMP NOT NULL, rank INTEGER);
"""

EMPTY = "TRUNCATE item RESTART IDENTITY"


def url() -> str:
    """Return the address of the database, in the form that all drivers read."""
    return os.environ[VARIABLE]


def connect() -> psycopg.Connection:
    """Open the database with psycopg 3: no transaction unless asked for. A lock that someone forgot is an error."""
    return psycopg.connect(url(), autocommit=True, options="-c lock_timeout=10s")


def cursor_of(connection: psycopg.Connection) -> Any:
    """Return a cursor on which every statement is prepared the first time, and whose rows come in binary."""
    connection.prepare_threshold = 0
    return connection.cursor(binary=True)


def connect_psycopg2(*, autocommit: bool = True) -> Any:
    """Open the database with psycopg2."""
    import psycopg2  # for the processes of that contender only

    connection = psycopg2.connect(url())
    connection.autocommit = autocommit
    return connection


def prepare(items: int = 0) -> psycopg.Connection:
    """Create the table with this many rows and return psycopg's connection to it."""
    connection = connect()
    connection.execute(SCHEMA)
    with connection.cursor() as cursor, cursor.copy(f"COPY item ({COLUMN_LIST}) FROM STDIN") as copy:
        for i in range(items):
            copy.write_row(dataset.item_values(i))
    connection.execute("VACUUM ANALYZE item")
    return connection


def empty(_made: object = None) -> Callable[[], object]:
    """Return what empties `item` before a pass that fills it; its keys start at 1 again."""

    def truncate() -> None:
        with connect() as connection:
            connection.execute(EMPTY)

    return truncate


def stored_items() -> list[Any]:
    """Return a summary of what `item` holds: the same for all contenders that wrote the same."""
    with connect() as connection:
        row = connection.execute(
            "SELECT count(*), sum(number), sum(price)::float8, sum(length(name)), sum(length(body)),"
            " sum(active::int), min(created)::text, max(created)::text, sum(rank), count(rank) FROM item"
        ).fetchone()
    return list(row or ())


def models(lib: Any) -> SimpleNamespace:
    """Return `database` and `Item` made with `lib`, connected to the prepared table."""
    made = dataset.models_on(lib, lib.PostgresqlDatabase(url()), lib.Model)
    made.database.connect()
    return made


def async_models(lib: Any) -> SimpleNamespace:
    """Return the same with an asynchronous database, of which the calling task has yet to take a connection."""
    pwasyncio = dataset.module(lib, "pwasyncio")
    database = pwasyncio.AsyncPostgresqlDatabase(url(), pool_size=POOL_SIZE, acquire_timeout=60)
    return dataset.models_on(lib, database, pwasyncio.AsyncModel)
