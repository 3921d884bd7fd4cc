"""The tables, rows and models that all workloads share, in the file `bench.db` of the current directory.

Each process runs in an empty directory of its own, so preparing means writing that file afresh. No timing here.
`postgres.py` holds the same for PostgreSQL under the same names; `orm` functions take either as `on`.
"""

from __future__ import annotations

import importlib
import sqlite3
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

DATABASE = "bench.db"

PRAGMAS = {"journal_mode": "wal", "synchronous": "off"}
"""The same for every contender. Without waiting for the disk, time is the library's and SQLite's own."""

COLUMNS = ("number", "price", "name", "body", "active", "created", "rank")
"""The columns of `item` after its key, in table order."""

SELECT_ITEM = "SELECT id, number, price, name, body, active, created, rank FROM item"
INSERT_ITEM = "INSERT INTO item (number, price, name, body, active, created, rank) VALUES (?, ?, ?, ?, ?, ?, ?)"

SCHEMA = """
CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, number INTEGER NOT NULL, price REAL NOT NULL,
    name VARCHAR(255) NOT NULL, body TEXT NOT NULL, active INTEGER NOT NULL, created DATETIME NOT NULL, rank INTEGER);
CREATE TABLE author (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, email VARCHAR(255) NOT NULL,
    active INTEGER NOT NULL);
CREATE TABLE post (id INTEGER NOT NULL PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES author (id),
    title VARCHAR(255) NOT NULL, body TEXT NOT NULL, score INTEGER NOT NULL, created DATETIME NOT NULL);
CREATE INDEX post_author_id ON post (author_id);
"""

FIRST_MOMENT = datetime(2024, 1, 1, 8, 30, 0, 123456)  # noqa: DTZ001 - SQLite and peewee store naive datetimes


def item_values(i: int) -> tuple[Any, ...]:
    """Return the Python values of item number `i`, in the order of `COLUMNS`."""
    return (
        i * 7,
        i * 1.25,
        f"item number {i}",
        f"The body of item {i} is a sentence of some length, as texts in tables are.",
        i % 2 == 0,
        FIRST_MOMENT + timedelta(seconds=i),
        None if i % 3 == 0 else i,
    )


def item_dicts(n: int) -> list[dict[str, Any]]:
    """Return `n` items as an application holds them before it stores them with an ORM."""
    return [dict(zip(COLUMNS, item_values(i), strict=True)) for i in range(n)]


def item_tuples(n: int) -> list[tuple[Any, ...]]:
    """Return `n` items as an application holds them before it stores them with the driver."""
    return [item_values(i) for i in range(n)]


def stored(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the values of an item as SQLite can hold them: the datetime as text.

    The driver's default adapter for datetimes costs the same and is deprecated.
    """
    number, price, name, body, active, created, rank = values
    return (number, price, name, body, active, created.isoformat(" "), rank)


def post_values(i: int, posts_each: int) -> tuple[Any, ...]:
    """Return the row of post number `i` as SQLite holds it; the posts of an author follow each other."""
    created = FIRST_MOMENT + timedelta(seconds=i)
    body = f"The body of post {i} is a sentence of some length, as texts in tables are."
    return (i + 1, i // posts_each + 1, f"title of post {i}", body, i * 3, created.isoformat(" "))


def connect() -> sqlite3.Connection:
    """Open the database with the driver alone."""
    connection = sqlite3.connect(DATABASE)
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
    return connection


def prepare(items: int = 0, authors: int = 0, posts_each: int = 0) -> sqlite3.Connection:
    """Create the tables with this many rows and return the driver's connection to them.

    The rows are generated one by one: memory left over from them would hide the growth that `held_bytes` looks for.
    """
    connection = connect()
    connection.executescript(SCHEMA)
    with connection:
        connection.executemany(INSERT_ITEM, (stored(item_values(i)) for i in range(items)))
        connection.executemany(
            "INSERT INTO author VALUES (?, ?, ?, ?)",
            ((i, f"author {i}", f"author{i}@example.com", i % 2) for i in range(1, authors + 1)),
        )
        connection.executemany(
            "INSERT INTO post VALUES (?, ?, ?, ?, ?, ?)",
            (post_values(i, posts_each) for i in range(authors * posts_each)),
        )
    return connection


def stored_items() -> list[Any]:
    """Return a summary of what `item` holds, read by the driver: the same for all contenders that wrote the same."""
    with connect() as connection:
        row = connection.execute(
            "SELECT count(*), sum(number), round(sum(price), 2), sum(length(name)), sum(length(body)),"
            " sum(active), min(created), max(created), max(typeof(created)), sum(rank), count(rank) FROM item"
        ).fetchone()
    return list(row)


def models(lib: Any) -> SimpleNamespace:
    """Return `database`, `Item`, `Author` and `Post` made with `lib`, connected to the prepared file."""
    made = models_on(lib, lib.SqliteDatabase(DATABASE, pragmas=PRAGMAS), lib.Model)
    made.database.connect()
    return made


def async_models(lib: Any) -> SimpleNamespace:
    """Return the same with an asynchronous database, of which the calling task has yet to take a connection."""
    pwasyncio = module(lib, "pwasyncio")
    database = pwasyncio.AsyncSqliteDatabase(DATABASE, pragmas=PRAGMAS, pool_size=1)
    return models_on(lib, database, pwasyncio.AsyncModel)


def empty(made: SimpleNamespace) -> Callable[[], object]:
    """Return what empties `item` before a pass that fills it; its keys start at 1 again."""
    return lambda: made.Item.delete().execute()


def module(lib: Any, name: str) -> Any:
    """Import what peewee keeps in `playhouse` and redstart in its own package."""
    return importlib.import_module({"peewee": "playhouse"}.get(lib.__name__, lib.__name__) + "." + name)


def models_on(lib: Any, database: Any, base: Any) -> SimpleNamespace:
    """Return the models, derived from `base` and bound to the database."""

    class Item(base):
        number = lib.IntegerField()
        price = lib.FloatField()
        name = lib.CharField()
        body = lib.TextField()
        active = lib.BooleanField()
        created = lib.DateTimeField()
        rank = lib.IntegerField(null=True)

    class Author(base):
        name = lib.CharField()
        email = lib.CharField()
        active = lib.BooleanField()

    class Post(base):
        author = lib.ForeignKeyField(Author, backref="posts")
        title = lib.CharField()
        body = lib.TextField()
        score = lib.IntegerField()
        created = lib.DateTimeField()

    database.bind([Item, Author, Post])
    return SimpleNamespace(database=database, Item=Item, Author=Author, Post=Post)
