"""The database of an application under test: a fresh one for each, and what can be seen of it from outside."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import count
from os import getpid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from redstart.db_url import connect
from redstart.integrations.conformance.served import DATABASES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: How many connections the application's pool may have.
LIMIT = 4
#: How many seconds it waits for one.
TIMEOUT = 20

_numbers = count(1)


class SqliteFile:
    """A file."""

    def __init__(self, folder: Path, kind: str) -> None:
        """Makes it, in the journal mode that lets readers and a writer work at the same time.

        Args:
            folder: The folder that it is made in.
            kind: The kind of database, of `DATABASES`.
        """
        self._path = folder / "application.db"
        self.url = f"{DATABASES[kind]}:///{self._path}?{_pool()}"
        self._run("PRAGMA journal_mode=wal")

    def tables(self) -> set[str]:
        """Gives the names of the tables."""
        return {name for (name,) in self._run("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def seed(self, names: Iterable[str]) -> None:
        """Makes rows of ``item``."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.executemany("INSERT INTO item (name) VALUES (?)", [(name,) for name in names])

    def count(self, name: str) -> int:
        """Gives how many rows have a name."""
        return int(self._run("SELECT count(*) FROM item WHERE name = ?", (name,))[0][0])

    def sessions(self) -> int | None:
        """Gives None: there is no server to ask."""
        return None

    def sessions_in_transactions(self) -> int:
        """Gives 0: there is no server to ask."""
        return 0

    def close(self) -> None:
        """Does nothing: each look opens the file anew."""

    def drop(self) -> None:
        """Does nothing: the file goes with its folder."""

    def _run(self, sql: str, params: tuple[Any, ...] = ()) -> list[Any]:
        with closing(sqlite3.connect(self._path)) as connection:
            return connection.execute(sql, params).fetchall()


class PostgresqlDatabase:
    """A database of a server, looked at by a session of each thread that looks."""

    def __init__(self, server: str, kind: str) -> None:
        """Makes it.

        Args:
            server: The URL of a database of the server, of a user who may make others.
            kind: The kind of database, of `DATABASES`.
        """
        self._server = server
        self._name = f"redstart_conformance_{getpid()}_{next(_numbers)}"
        self._administer(f'CREATE DATABASE "{self._name}"')
        self.url = _of(server, DATABASES[kind], self._name, _pool())
        self._own: Any = connect(_of(server, "postgresql", self._name), application_name=_OWN)

    def tables(self) -> set[str]:
        """Gives the names of the tables."""
        return set(self._own.get_tables())

    def seed(self, names: Iterable[str]) -> None:
        """Makes rows of ``item``."""
        for name in names:
            self._run("INSERT INTO item (name) VALUES (%s)", (name,))

    def count(self, name: str) -> int:
        """Gives how many rows have a name."""
        return int(self._run("SELECT count(*) FROM item WHERE name = %s", (name,))[0][0])

    def sessions(self) -> int | None:
        """Gives how many sessions the application has."""
        return int(self._run(f"SELECT count(*) {_OTHERS}")[0][0])

    def sessions_in_transactions(self) -> int:
        """Gives how many of them have begun a transaction and wait in it."""
        return int(self._run(f"SELECT count(*) {_OTHERS} AND state LIKE 'idle in transaction%%'")[0][0])

    def close(self) -> None:
        """Closes the running thread's session."""
        self._own.close()

    def drop(self) -> None:
        """Drops it, whoever is connected."""
        self._own.close()
        self._administer(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')

    def _run(self, sql: str, params: tuple[Any, ...] = ()) -> list[Any]:
        cursor = self._own.execute_sql(sql, params)
        return list(cursor.fetchall()) if cursor.description else []

    def _administer(self, sql: str) -> None:
        with closing(connect(_of(self._server, "postgresql"))) as database:
            database.execute_sql(sql)


#: What is known of the application's database.
Observed = SqliteFile | PostgresqlDatabase


def make_database(kind: str, folder: Path, postgres: str | None) -> Observed:
    """Makes a database.

    Args:
        kind: The kind of database, of `DATABASES`.
        folder: Where a file may be made.
        postgres: The URL of a PostgreSQL server, where there is one.

    Raises:
        LookupError: A server is needed and there is none.
    """
    if kind.startswith("SQLite"):
        return SqliteFile(folder, kind)
    if postgres is None:
        raise LookupError("--conformance-postgres names no server")
    return PostgresqlDatabase(postgres, kind)


def _pool() -> str:
    return urlencode({"max_connections": LIMIT, "timeout": TIMEOUT})


def _of(url: str, scheme: str, name: str | None = None, more: str = "") -> str:
    parts = urlsplit(url)
    path = parts.path if name is None else f"/{name}"
    query = "&".join(part for part in (parts.query, more) if part)
    return f"{scheme}://{parts.netloc}{path}?{query}"


_OWN = "redstart conformance"
_OTHERS = (
    "FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' "
    f"AND application_name <> '{_OWN}'"
)
