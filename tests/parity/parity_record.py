"""The `t` that a program is given, and the record of what the program did with it.

A record is a list of events in order (statements from the `peewee` logger, values shown,
exceptions caught), the program's end, and what stands in its databases afterwards.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity_canonical import Names, canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parity_program import Program

_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"


class Recorder:
    """Given to a program as `t`: makes databases and records what the program shows."""

    def __init__(self, folder: Path) -> None:
        """Starts an empty record; the program's files go into `folder`."""
        self.events: list[list[Any]] = []
        self._folder = folder
        self._names = Names(str(folder))
        self._databases: list[tuple[Any, Path | None]] = []
        self._labels: set[str] = set()

    def database(self, cls: type | None = None, *, file: bool = False, **options: Any) -> Any:
        """Makes a fresh SQLite database whose contents are recorded at the program's end.

        Args:
            cls: The database class; `SqliteDatabase` of the engine when omitted.
            file: A file in the program's folder instead of `:memory:`.
            options: Passed on to the class.
        """
        import peewee

        path = self._folder / f"database{len(self._databases) + 1}.db" if file else None
        database = (cls or peewee.SqliteDatabase)(str(path) if path else ":memory:", **options)
        self._databases.append((database, path))
        return database

    def watch(self, database: Any) -> Any:
        """Records the contents of a database which the program made itself; returns it."""
        name = str(database.database)
        self._databases.append((database, None if ":memory:" in name else Path(name)))
        return database

    def path(self, name: str) -> str:
        """Returns the path of a file in the program's own temporary folder."""
        return str(self._folder / name)

    def show(self, label: str, value: object) -> None:
        """Records a value in its canonical form. Labels are unique within a program."""
        self._add("show", label, canonical(value, self._names))

    @contextlib.contextmanager
    def raises(self, label: str, *, message: bool = True) -> Iterator[None]:
        """Records the exception that leaves the block, or that none did, and swallows it.

        Args:
            label: Names the event.
            message: False where the text is the driver's or the interpreter's own.
        """
        try:
            yield
        except Exception as error:  # noqa: BLE001  which exception it is, is the result
            self._add("raises", label, self._exception(error, message=message))
        else:
            self._add("raises", label, "nothing raised")

    def statement(self, record: logging.LogRecord) -> None:
        """Records one line of the `peewee` logger."""
        message = record.msg
        if isinstance(message, tuple) and len(message) == 2:
            sql, params = message
            bound = canonical(params, self._names)
            self.events.append(["sql", self._names.text(str(sql)), bound])
        else:
            self.events.append(["log", canonical(message, self._names)])

    def finish(self, error: BaseException | None, *, message: bool = True) -> dict[str, Any]:
        """Returns the whole record; `error` is what left the program, if anything did."""
        end = "returned" if error is None else self._exception(error, message=message)
        return {"events": self.events, "end": end, "databases": self._contents()}

    def _add(self, kind: str, label: str, value: Any) -> None:
        if label in self._labels:
            raise RuntimeError(f"the label {label!r} is used twice in one program")
        self._labels.add(label)
        self.events.append([kind, label, value])

    def _exception(self, error: BaseException, *, message: bool) -> dict[str, str]:
        caught = {"class": type(error).__name__}
        if message:
            caught["message"] = self._names.text(str(error))
        return caught

    def _contents(self) -> list[Any]:
        return [self._content(database, path) for database, path in self._databases]

    def _content(self, database: Any, path: Path | None) -> Any:
        try:
            if path is None:
                return "closed" if database.is_closed() else self._read(database.execute_sql)
            if not path.exists():
                return "no file"
            with contextlib.closing(sqlite3.connect(path, timeout=1)) as connection:
                return self._read(connection.execute)
        except Exception as error:  # noqa: BLE001  an unreadable database is a result too
            return self._exception(error, message=False)

    def _read(self, execute: Any) -> dict[str, Any]:
        schema = [list(row) for row in execute(_SCHEMA).fetchall()]
        virtual = [row[1] for row in schema if str(row[3]).upper().startswith("CREATE VIRTUAL")]
        shadow = tuple(f"{name}_" for name in virtual)
        tables = [row[1] for row in schema if row[0] == "table" and not row[1].startswith(shadow)]
        return {
            "schema": canonical(schema, self._names),
            "rows": {table: self._rows(execute, table) for table in tables},
        }

    def _rows(self, execute: Any, table: str) -> list[Any]:
        quoted = '"' + table.replace('"', '""') + '"'
        select = f"SELECT * FROM {quoted}"
        return [canonical(tuple(row), self._names) for row in execute(select).fetchall()]


class _ToRecorder(logging.Handler):
    def __init__(self, recorder: Recorder) -> None:
        super().__init__(logging.DEBUG)
        self._recorder = recorder

    def emit(self, record: logging.LogRecord) -> None:
        self._recorder.statement(record)


def run_program(one: Program, folder: Path) -> dict[str, Any]:
    """Runs one program in this process and returns its record."""
    recorder = Recorder(folder)
    logger = logging.getLogger("peewee")
    handler = _ToRecorder(recorder)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    failure: BaseException | None = None
    try:
        one.body(recorder)
    except Exception as error:  # noqa: BLE001  how a program ends is part of its record
        failure = error
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.WARNING)
    return recorder.finish(failure)
