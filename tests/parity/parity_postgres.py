"""PostgreSQL as the database of parity programs: how one is made for a program, and what stands in it afterwards.

The process that starts the programs reads their databases when a program has ended and empties them for the next one,
over connections of psycopg2 that neither engine knows of.
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg2
import psycopg2.extensions

if TYPE_CHECKING:
    from parity_canonical import Names

#: Options of `t.database` that only SQLite has. Programs for both give them for SQLite's sake.
SQLITE_OPTIONS = frozenset({"check_same_thread", "file", "pragmas", "timeout", "regexp_function", "returning_clause"})
#: More rows than these are recorded by their number and a digest.
ROWS_AT_MOST = 200

_USERS_OWN = "n.nspname !~ '^pg_' AND n.nspname != 'information_schema'"
# What an extension brings is the extension's.
_OF_AN_EXTENSION = "SELECT objid FROM pg_depend WHERE deptype = 'e' AND classid = 'pg_class'::regclass"
_RELATIONS = f"""
    SELECT n.nspname, c.relname, c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_USERS_OWN} AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.oid NOT IN ({_OF_AN_EXTENSION})
    ORDER BY 1, 2"""
_COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text,
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
_CONSTRAINTS = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass ORDER BY 1"
_INDEXES = "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass ORDER BY 1"
_ENUMS = f"""
    SELECT n.nspname, t.typname, array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_enum e ON e.enumtypid = t.oid
    WHERE {_USERS_OWN} GROUP BY 1, 2 ORDER BY 1, 2"""
_EXTENSIONS = "SELECT extname FROM pg_extension WHERE extname != 'plpgsql' ORDER BY 1"
_SCHEMAS = f"SELECT nspname FROM pg_namespace n WHERE {_USERS_OWN} ORDER BY 1"
_END_SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
_OPTIONS = "-c lock_timeout=10s -c search_path= -c timezone=UTC -c client_min_messages=error"
_EMPTY = f"""
    DO $$ DECLARE one record; BEGIN
        FOR one IN SELECT nspname FROM pg_namespace n WHERE {_USERS_OWN} LOOP
            EXECUTE format('DROP SCHEMA %I CASCADE', one.nspname);
        END LOOP;
        PERFORM lo_unlink(oid) FROM pg_largeobject_metadata;
        EXECUTE format('ALTER DATABASE %I RESET ALL', current_database());
        CREATE SCHEMA public;
        GRANT ALL ON SCHEMA public TO public;
    END $$"""
_VIEW = "SELECT pg_get_viewdef(%s::regclass)"


class PostgresDatabases:
    """The databases of one program on a server: empty ones, made when there are none left of earlier programs."""

    def __init__(self, dsn: str, prefix: str) -> None:
        """Takes the server's DSN and what the names of the databases begin with."""
        self._dsn = dsn
        self._prefix = prefix
        self._names: list[str] = []

    def make(self, cls: type | None, options: dict[str, Any]) -> Any:
        """Gives an empty database; options that only SQLite has are left out."""
        import peewee

        given = {name: value for name, value in options.items() if name not in SQLITE_OPTIONS}
        return (cls or peewee.PostgresqlDatabase)(**self.settings(), **given)

    def settings(self) -> dict[str, Any]:
        """Returns where an empty database is, as arguments of a database class."""
        self._names.append(f"{self._prefix}{len(self._names) + 1}")
        if len(self._names) > 1:
            with closing(connect(self._dsn)) as connection:
                create(connection, self._names[-1])
        where = psycopg2.extensions.parse_dsn(self._dsn)
        chosen = {name: where[name] for name in ("host", "user", "password") if name in where}
        return {"database": self._names[-1], "port": int(where.get("port", 5432)), **chosen}

    def watch(self, database: Any) -> None:
        """Refuses: what is not made here is not the program's.

        Raises:
            TypeError: Always.
        """
        raise TypeError(f"{database!r}: on PostgreSQL, databases are made by t.database or t.settings")

    def contents(self, _: Names) -> list[str]:
        """Returns the names of the databases; the process that started the program puts their contents there."""
        return self._names


class Runner:
    """What the process that starts the programs does on the server: reads, empties and drops their databases."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.prefix = f"parity_{os.getpid()}_"
        self._connection = connect(dsn)
        create(self._connection, f"{self.prefix}1")

    def collect(self, names: list[str]) -> list[Any]:
        """Reads databases whose program has ended, and empties all that there are."""
        found = {name: self._collect(name) for name in self._existing()}
        return [found[name] for name in names]

    def close(self) -> None:
        """Drops all databases."""
        for name in self._existing():
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        self._connection.close()

    def _collect(self, name: str) -> Any:
        self._wait_for_sessions(name)
        try:
            with closing(connect(self.dsn, dbname=name, options=_OPTIONS)) as connection:
                with connection.cursor() as cursor:
                    found = _read(cursor)
                    cursor.execute(_EMPTY)
                return found
        except psycopg2.Error as error:
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            create(self._connection, name)
            return {"class": type(error).__name__}

    def _wait_for_sessions(self, name: str) -> None:
        """Ends what sessions a program has left; the server may not have noticed yet that its client is gone."""
        deadline = time.monotonic() + 10
        while self._execute(_END_SESSIONS, (name,)) and time.monotonic() < deadline:
            time.sleep(0.002)

    def _existing(self) -> list[str]:
        found = self._execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (self.prefix,))
        return sorted(row[0] for row in found)

    def _execute(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []


def connect(dsn: str, **options: Any) -> Any:
    """Opens a connection on which every statement is a transaction."""
    connection = psycopg2.connect(dsn, **options)
    connection.autocommit = True
    return connection


def create(connection: Any, name: str) -> None:
    """Makes an empty database unless it is there: what is there was emptied."""
    strategy = " STRATEGY file_copy" if connection.server_version >= 150000 else ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0{strategy}')


def _read(cursor: Any) -> dict[str, Any]:
    read: dict[str, Any] = {
        "schemas": [name for (name,) in _all(cursor, _SCHEMAS)],
        "extensions": [name for (name,) in _all(cursor, _EXTENSIONS)],
        "enums": [list(row) for row in _all(cursor, _ENUMS)],
    }
    for schema, name, kind in _all(cursor, _RELATIONS):
        quoted = f"{_quoted(schema)}.{_quoted(name)}"
        read[f"{_KINDS.get(kind, kind)} {schema}.{name}"] = _relation(cursor, quoted, kind)
    return read


_KINDS = {"r": "table", "p": "table", "v": "view", "m": "view", "S": "sequence"}


def _relation(cursor: Any, quoted: str, kind: str) -> Any:
    if kind == "S":
        return [list(row) for row in _all(cursor, f"SELECT last_value, is_called FROM {quoted}")]
    found = {"columns": [list(row) for row in _all(cursor, _COLUMNS, (quoted,))], "rows": _rows(cursor, quoted)}
    if kind in {"v", "m"}:
        return {**found, "view": _all(cursor, _VIEW, (quoted,))[0][0]}
    return {
        **found,
        "constraints": [list(row) for row in _all(cursor, _CONSTRAINTS, (quoted,))],
        "indexes": [row[0] for row in _all(cursor, _INDEXES, (quoted,))],
    }


def _rows(cursor: Any, quoted: str) -> Any:
    """Returns the rows as the server writes them, sorted: their place in the table means nothing."""
    rows = sorted(row[0] for row in _all(cursor, f"SELECT t::text FROM {quoted} t"))
    if len(rows) <= ROWS_AT_MOST:
        return rows
    return {"number": len(rows), "sha256": hashlib.sha256("\n".join(rows).encode()).hexdigest()}


def _all(cursor: Any, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
    cursor.execute(sql, params)
    return list(cursor.fetchall())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
