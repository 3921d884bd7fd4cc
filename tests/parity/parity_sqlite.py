"""SQLite as the database of parity programs: how one is made for a program, and what stands in it afterwards."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity_canonical import canonical

if TYPE_CHECKING:
    from parity_canonical import Names

_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"


class SqliteDatabases:
    """The databases of one program: in memory, or in files of the program's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._databases: list[tuple[Any, Path | None]] = []

    def make(self, cls: type | None, options: dict[str, Any]) -> Any:
        """Makes a fresh database; the option `file` asks for one in a file."""
        import peewee

        path = self._folder / f"database{len(self._databases) + 1}.db" if options.pop("file", False) else None
        database = (cls or peewee.SqliteDatabase)(str(path) if path else ":memory:", **options)
        self._databases.append((database, path))
        return database

    def watch(self, database: Any) -> None:
        """Records the contents of a database that the program made itself."""
        name = str(database.database)
        self._databases.append((database, None if ":memory:" in name else Path(name)))

    def contents(self, names: Names) -> list[Any]:
        """Returns the schema and the rows of every database."""
        return [_content(database, path, names) for database, path in self._databases]


def _content(database: Any, path: Path | None, names: Names) -> Any:
    try:
        if path is None:
            return "closed" if database.is_closed() else _read(database.execute_sql, names)
        if not path.exists():
            return "no file"
        with contextlib.closing(sqlite3.connect(path, timeout=1)) as connection:
            return _read(connection.execute, names)
    except Exception as error:
        return {"class": type(error).__name__}


def _read(execute: Any, names: Names) -> dict[str, Any]:
    schema = [list(row) for row in execute(_SCHEMA).fetchall()]
    virtual = [row[1] for row in schema if str(row[3]).upper().startswith("CREATE VIRTUAL")]
    shadow = tuple(f"{name}_" for name in virtual)
    tables = [row[1] for row in schema if row[0] == "table" and not row[1].startswith(shadow)]
    return {
        "schema": canonical(schema, names),
        "rows": {table: _rows(execute, table, names) for table in tables},
    }


def _rows(execute: Any, table: str, names: Names) -> list[Any]:
    quoted = '"' + table.replace('"', '""') + '"'
    return [canonical(tuple(row), names) for row in execute(f"SELECT * FROM {quoted}").fetchall()]
