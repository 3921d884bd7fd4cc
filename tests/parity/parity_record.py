"""The `t` that a program is given, and the record of what the program did with it.

A record is a list of events in order (statements from the `peewee` logger, values shown,
exceptions caught), the program's end, and what stands in its databases afterwards.
"""

from __future__ import annotations

import contextlib
import logging
import re
from typing import TYPE_CHECKING, Any

from parity_canonical import Names, canonical
from parity_sqlite import SqliteDatabases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from parity_postgres import PostgresDatabases
    from parity_program import Program


#: What stands in the statements of an engine that looks at tables and columns, and in no statement of a program.
_CATALOG = re.compile(r"\b(?:pg_catalog|information_schema)\.|\bFROM pg_class, pg_namespace\b")
_ASKED: list[Any] = ["sql", "questions to the catalog", None]


class Recorder:
    """Given to a program as `t`: makes databases and records what the program shows."""

    def __init__(self, folder: Path, postgres: PostgresDatabases | None = None) -> None:
        """Starts an empty record; the program's files go into `folder`, its databases are SQLite's or `postgres`."""
        self.events: list[list[Any]] = []
        self._folder = folder
        self._names = Names(str(folder))
        self._postgres = postgres
        self._databases = postgres or SqliteDatabases(folder)
        self._labels: set[str] = set()

    def database(self, cls: type | None = None, **options: Any) -> Any:
        """Makes a fresh database whose contents are recorded at the program's end.

        Args:
            cls: The database class; `SqliteDatabase` or `PostgresqlDatabase` of the engine when omitted.
            options: Passed on to the class. `file=True` asks SQLite for a file in the program's folder instead
                of `:memory:`; PostgreSQL is not given what only SQLite knows.
        """
        return self._databases.make(cls, options)

    def async_database(self, **options: Any) -> Any:
        """Makes a fresh database as `database` does, of the engine's asynchronous class for SQLite or PostgreSQL."""
        from playhouse import pwasyncio

        cls = pwasyncio.AsyncPostgresqlDatabase if self._postgres else pwasyncio.AsyncSqliteDatabase
        return self.database(cls, **options)

    def settings(self) -> dict[str, Any]:
        """Makes a fresh database on PostgreSQL and returns `database`, `host`, `port` and `user`.

        Raises:
            TypeError: The program runs on SQLite.
        """
        if self._postgres is None:
            raise TypeError("t.settings is for programs that run on PostgreSQL only")
        return self._postgres.settings()

    def watch(self, database: Any) -> Any:
        """Records the contents of a SQLite database which the program made itself; returns it."""
        self._databases.watch(database)
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
        except Exception as error:
            self._add("raises", label, self._exception(error, message=message))
        else:
            self._add("raises", label, "nothing raised")

    def statement(self, record: logging.LogRecord) -> None:
        """Records one line of the `peewee` logger."""
        message = record.msg
        if isinstance(message, tuple) and len(message) == 2:
            sql, params = message
            if self._postgres and _CATALOG.search(str(sql)):
                self._ask_the_catalog()
                return
            bound = canonical(params, self._names)
            self.events.append(["sql", self._names.text(str(sql)), bound])
        else:
            self.events.append(["log", canonical(message, self._names)])

    def _ask_the_catalog(self) -> None:
        """Records one event for all questions in a row: how an engine asks for tables is its own affair."""
        if self.events[-1:] != [_ASKED]:
            self.events.append(_ASKED)

    def finish(self, error: BaseException | None, *, message: bool = True) -> dict[str, Any]:
        """Returns the whole record; `error` is what left the program, if anything did."""
        end = "returned" if error is None else self._exception(error, message=message)
        return {"events": self.events, "end": end, "databases": self._databases.contents(self._names)}

    def _add(self, kind: str, label: str, value: Any) -> None:
        if label in self._labels:
            raise RuntimeError(f"the label {label!r} is used twice in one program")
        self._labels.add(label)
        self.events.append([kind, label, value])

    def _exception(self, error: BaseException, *, message: bool) -> dict[str, str | None]:
        caught: dict[str, str | None] = {"class": type(error).__name__}
        if self._postgres and (state := _sqlstate(error)) is not None:
            caught["sqlstate"] = state
        # The text of a driver is its own affair; on SQLite both engines have the same one.
        if message and not (self._postgres and _is_of_a_driver(error)):
            caught["message"] = self._names.text(str(error))
        return caught


def _sqlstate(error: BaseException) -> str | None:
    """Returns the five characters by which the server tells its errors apart, where it was the server's."""
    states = (getattr(one, name, None) for one in _originals(error) for name in ("pgcode", "sqlstate"))
    return next((state for state in states if isinstance(state, str)), None)


def _is_of_a_driver(error: BaseException) -> bool:
    """Whether the oracle's driver raised it."""
    return any(type(one).__module__.startswith(("psycopg", "asyncpg")) for one in _originals(error))


def _originals(error: BaseException | None) -> Iterator[BaseException]:
    """Yields an exception and those that were wrapped in it."""
    while isinstance(error, BaseException):
        yield error
        error = getattr(error, "orig", None)


class _ToRecorder(logging.Handler):
    def __init__(self, recorder: Recorder) -> None:
        super().__init__(logging.DEBUG)
        self._recorder = recorder

    def emit(self, record: logging.LogRecord) -> None:
        self._recorder.statement(record)


def run_program(one: Program, folder: Path, postgres: PostgresDatabases | None = None) -> dict[str, Any]:
    """Runs one program in this process, on SQLite or on PostgreSQL, and returns its record."""
    recorder = Recorder(folder, postgres)
    logger = logging.getLogger("peewee")
    handler = _ToRecorder(recorder)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    failure: BaseException | None = None
    try:
        one.body(recorder)
    except Exception as error:
        failure = error
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.WARNING)
    return recorder.finish(failure)
