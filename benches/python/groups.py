"""Which contenders a workload compares: one group for each driver that is 1, with what each contender needs.

Facts only. `measure.py` looks whether a contender is there, `one_run.py` calls its function in the workload's file.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LIBRARIES = ("peewee", "redstart")
"""Modules with peewee's API, which run the workload's `orm`. Each other contender has a function of its name."""

COLUMNS = {"psycopg2": "psycopg2", "peewee": "peewee", "sqlalchemy": "SQLAlchemy", "redstart": "redstart"}
"""The contenders beside the raw driver, in the table's order, and how their columns are called."""


@dataclass(frozen=True)
class Group:
    """Workloads of one raw driver, and their contenders with the modules of each, first the one whose version is told.

    `base` names the raw driver. What `postgres` needs is a server, what is `asynchronous` runs in an event loop.
    """

    title: str
    base: str
    contenders: dict[str, tuple[str, ...]] = field(hash=False)
    postgres: bool = False
    asynchronous: bool = False


SQLITE = Group(
    "SQLite",
    "sqlite3",
    {"raw": ("sqlite3",), "peewee": ("peewee",), "redstart": ("redstart",)},
)

POSTGRES = Group(
    "PostgreSQL",
    "psycopg 3",
    {
        "raw": ("psycopg", "psycopg_pool"),
        "psycopg2": ("psycopg2",),
        "peewee": ("peewee", "psycopg2", "playhouse.pool"),
        "sqlalchemy": ("sqlalchemy", "psycopg"),
        "redstart": ("redstart",),
    },
    postgres=True,
)

ASYNCIO_POSTGRES = Group(
    "asyncio, PostgreSQL",
    "asyncpg",
    {
        "raw": ("asyncpg",),
        "peewee": ("peewee", "asyncpg", "playhouse.pwasyncio"),
        "sqlalchemy": ("sqlalchemy", "asyncpg", "sqlalchemy.ext.asyncio"),
        "redstart": ("redstart", "redstart.pwasyncio"),
    },
    postgres=True,
    asynchronous=True,
)

ASYNCIO_SQLITE = Group(
    "asyncio, SQLite",
    "aiosqlite",
    {
        "raw": ("aiosqlite",),
        "peewee": ("peewee", "aiosqlite", "playhouse.pwasyncio"),
        "sqlalchemy": ("sqlalchemy", "aiosqlite", "sqlalchemy.ext.asyncio"),
        "redstart": ("redstart", "redstart.pwasyncio"),
    },
    asynchronous=True,
)
