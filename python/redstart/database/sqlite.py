"""SQLite: the settings, what a new connection gets, and the dialect.

The functions that every connection gets are in ``sqlite_functions``, what users
register in ``sqlite_registry``, introspection in ``sqlite_introspection``.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar

from redstart._engine import asqlite_connect, sqlite_connect
from redstart.constants import SENTINEL
from redstart.database.base import Database, _translating
from redstart.database.json_methods import SqliteJSONMethods
from redstart.database.sqlite_conflict import conflict_statement, conflict_update
from redstart.database.sqlite_introspection import SqliteIntrospection
from redstart.database.sqlite_registry import SqliteRegistry
from redstart.exceptions import ImproperlyConfigured, OperationalError


def _pragma(name: str) -> Any:
    def read(self: SqliteDatabase) -> Any:
        return self.pragma(name)

    def write(self: SqliteDatabase, value: Any) -> None:
        self.pragma(name, value, permanent=True)

    return property(read, write, doc=f"The pragma ``{name}``; a new value also goes for later connections.")


class _EngineVersion:
    """The version of the SQLite that is compiled in, asked for once and then kept on the class."""

    def __get__(self, _: object, owner: Any) -> Any:
        row: Any = sqlite_connect(":memory:", 0).execute("SELECT sqlite_version()").fetchone()
        SqliteDatabase.server_version = tuple(map(int, row[0].split(".")))
        return owner.server_version


class SqliteDatabase(SqliteRegistry, SqliteIntrospection, Database):
    """A SQLite database: a file, or ``":memory:"``.

    Example:
        >>> from redstart import SqliteDatabase
        >>> db = SqliteDatabase(":memory:", pragmas={"foreign_keys": 1})
        >>> db.pragma("foreign_keys")
        1
    """

    json_methods: ClassVar[Any] = SqliteJSONMethods
    field_types: ClassVar[dict[str, str]] = {
        "BIGAUTO": "INTEGER",
        "BIGINT": "INTEGER",
        "BOOL": "INTEGER",
        "DOUBLE": "REAL",
        "JSON": "TEXT",
        "SMALLINT": "INTEGER",
        "UUID": "TEXT",
    }
    operations: ClassVar[dict[str, str]] = {"LIKE": "GLOB", "ILIKE": "LIKE"}
    index_schema_prefix = True
    index_value_literals = True
    limit_max = -1
    nulls_ordering = True
    server_version: Any = _EngineVersion()
    truncate_table = False

    _conflict_style: ClassVar[str] = "sqlite"
    _dialect_name: ClassVar[str] = "SQLite"

    cache_size = _pragma("cache_size")
    foreign_keys = _pragma("foreign_keys")
    journal_mode = _pragma("journal_mode")
    journal_size_limit = _pragma("journal_size_limit")
    mmap_size = _pragma("mmap_size")
    page_size = _pragma("page_size")
    read_uncommitted = _pragma("read_uncommitted")
    synchronous = _pragma("synchronous")
    wal_autocheckpoint = _pragma("wal_autocheckpoint")
    application_id = _pragma("application_id")
    user_version = _pragma("user_version")
    data_version = _pragma("data_version")

    def __init__(
        self,
        database: Any,
        pragmas: Any = None,
        regexp_function: bool = False,
        rank_functions: bool = False,
        lock_type: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Takes the settings; nothing is opened yet.

        Args:
            database: The file's path, ``":memory:"``, or None to say it later.
            pragmas: Pragmas for every connection, as a dict or as pairs.
            regexp_function: Whether to provide the function behind ``REGEXP``.
            rank_functions: Whether to provide the functions that rank FTS4's results; not supported yet.
            lock_type: How transactions begin: ``"DEFERRED"``, ``"IMMEDIATE"`` or ``"EXCLUSIVE"``.
            *args: As for ``Database``.
            **kwargs: As for ``Database``; ``timeout`` in seconds; the rest goes to the driver.

        Raises:
            NotSupportedError: ``rank_functions`` was asked for.
        """
        self._pragmas: Any = ()
        self._lock_type = lock_type
        self._start_registry(regexp_function=regexp_function, rank_functions=rank_functions)
        super().__init__(database, *args, pragmas=pragmas, **kwargs)

    def init(
        self,
        database: Any,
        pragmas: Any = None,
        timeout: float = 5,
        returning_clause: bool | None = None,
        **kwargs: Any,
    ) -> None:
        """Says which database it is.

        Args:
            database: The file's path, ``":memory:"``, or None.
            pragmas: Pragmas for every connection, as a dict or as pairs.
            timeout: How many seconds to wait for a lock.
            returning_clause: Whether inserts read their keys by ``RETURNING``.
            **kwargs: Arguments for the driver.

        Raises:
            ImproperlyConfigured: ``isolation_level`` was given.
        """
        if kwargs.pop("isolation_level", None) is not None:
            raise ImproperlyConfigured("isolation_level must be None when using peewee.")
        if pragmas is not None:
            self._pragmas = pragmas
        if isinstance(self._pragmas, dict):
            self._pragmas = list(self._pragmas.items())
        if returning_clause is not None:
            self.returning_clause = returning_clause
        self._timeout = timeout
        super().init(database, **kwargs)

    def _connect(self) -> Any:
        return sqlite_connect(os.fspath(self.database), self._timeout, **self.connect_params)

    async def _adial_natively(self) -> Any:
        return await asqlite_connect(os.fspath(self.database), self._timeout, **self.connect_params)

    def _identify(self) -> Any:
        # In a file that was deleted or replaced SQLite writes what nobody else sees, or refuses to write.
        try:
            status = os.stat(self.database)  # noqa: PTH116 - of each checkout; a Path takes three times as long
        except (OSError, ValueError):
            return None
        # What was opened while the file could only be read does not write afterwards.
        return status.st_dev, status.st_ino, status.st_mode, status.st_uid, status.st_gid

    def _initialize_connection(self, conn: Any) -> None:
        self._attach_databases(conn)
        self._set_pragmas(conn)
        self._register_all(conn)

    def _set_pragmas(self, conn: Any) -> None:
        for pragma, value in self._pragmas:
            conn.execute(f"PRAGMA {pragma} = {value};")

    def pragma(self, key: str, value: Any = SENTINEL, permanent: bool = False, schema: str | None = None) -> Any:
        """Reads a pragma, or sets it.

        Args:
            key: The pragma's name.
            value: What to set it to.
            permanent: Whether to set it on later connections too.
            schema: The attached database that it is for.

        Returns:
            What SQLite answers, or None where it answers nothing.

        Raises:
            ValueError: ``permanent`` without a value.
        """
        name = f"{_quoted(schema)}.{key}" if schema is not None else key
        sql = f"PRAGMA {name}"
        if value is not SENTINEL:
            sql += f" = {value or 0}"
            if permanent:
                pragmas = dict(self._pragmas or ())
                pragmas[key] = value
                self._pragmas = list(pragmas.items())
        elif permanent:
            raise ValueError("Cannot specify a permanent pragma without value")
        row = self.execute_sql(sql).fetchone()
        return row[0] if row else None

    @property
    def timeout(self) -> float:
        """How many seconds a statement waits for a lock."""
        return self._timeout

    @timeout.setter
    def timeout(self, seconds: float) -> None:
        if self._timeout == seconds:
            return
        self._timeout = seconds
        if not self.is_closed():
            # The milliseconds may be no whole number.
            self.execute_sql(f"PRAGMA busy_timeout={int(seconds * 1000)};")

    def attach(self, filename: str, name: str) -> bool:
        """Attaches another database, now and on later connections.

        Args:
            filename: Its path.
            name: The schema's name for it.

        Returns:
            Whether it was not attached yet.

        Raises:
            OperationalError: The name stands for another file.
        """
        if name in self._attached:
            if self._attached[name] == filename:
                return False
            raise OperationalError(f'schema "{name}" already attached.')
        if not self.is_closed():
            self.execute_sql("ATTACH DATABASE ? AS ?", (filename, name))
        self._attached[name] = filename
        return True

    def detach(self, name: str) -> bool:
        """Detaches a database.

        Args:
            name: The schema's name for it.

        Returns:
            Whether it was attached.
        """
        if name not in self._attached:
            return False
        del self._attached[name]
        if not self.is_closed():
            self.execute_sql("DETACH DATABASE ?", (name,))
        return True

    def _attach_databases(self, conn: Any) -> None:
        for name, filename in self._attached.items():
            conn.execute("ATTACH DATABASE ? AS ?", (filename, name))

    def load_extension(self, extension: str) -> None:
        """Loads an extension, now and on later connections.

        Args:
            extension: Its path.
        """
        self._extensions.add(extension)
        if not self.is_closed():
            with _translating:
                self._load_extensions(self.connection())

    def unload_extension(self, extension: str) -> None:
        """Stops loading an extension on later connections.

        Args:
            extension: Its path.
        """
        self._extensions.remove(extension)

    def begin(self, lock_type: str | None = None) -> None:
        """Begins a transaction.

        Args:
            lock_type: ``"DEFERRED"``, ``"IMMEDIATE"`` or ``"EXCLUSIVE"``.
        """
        self._run_silently(self._begin_sql(lock_type))

    def _begin_sql(self, lock_type: str | None = None) -> str:
        lock_type = lock_type or self._lock_type
        return f"BEGIN {lock_type}" if lock_type else "BEGIN"

    # The dialect.

    def conflict_statement(self, on_conflict: Any, query: Any) -> Any:
        """Gives ``INSERT OR ...`` where an action is named."""
        return conflict_statement(on_conflict, query)

    def conflict_update(self, oc: Any, query: Any) -> Any:
        """Gives ``ON CONFLICT ... DO ...`` where columns are to be updated."""
        return conflict_update(oc, query)

    def extract_date(self, date_part: str, date_field: Any) -> Any:
        """``date_part('year', field)``."""
        return _function("date_part", date_part, date_field, python_value=int)

    def truncate_date(self, date_part: str, date_field: Any) -> Any:
        """``date_trunc('month', field)``."""
        return _function("date_trunc", date_part, date_field, python_value=_read_datetime)

    def to_timestamp(self, date_field: Any) -> Any:
        """``CAST(strftime('%s', field) AS integer)``."""
        return _function("strftime", "%s", date_field).cast("integer")

    def from_timestamp(self, date_field: Any) -> Any:
        """``datetime(field, 'unixepoch')``."""
        return _function("datetime", date_field, "unixepoch")

    def get_binary_type(self) -> Any:
        """Gives ``memoryview``."""
        return memoryview

    def last_insert_id(self, cursor: Any, query_type: Any = None) -> Any:
        """Gives the key of the row that was inserted last, or the rows that ``RETURNING`` gave."""
        if not self.returning_clause:
            return cursor.lastrowid
        from redstart.query import Insert  # loaded after the databases

        if query_type == Insert.SIMPLE:
            try:
                row = cursor[0]
                return row[0] if len(row) == 1 else row
            except (AttributeError, IndexError, TypeError):
                return None
        return cursor


SqliteDatabase._native_connect = SqliteDatabase._connect


def _function(name: str, *arguments: Any, **settings: Any) -> Any:
    from redstart.node import Function

    return Function(name, arguments, **settings)


def _read_datetime(value: Any) -> Any:
    from redstart.fields.date_time import simple_date_time

    return simple_date_time(value)


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))
