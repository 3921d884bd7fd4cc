"""PostgreSQL: the settings, and the dialect."""

from __future__ import annotations

import os
from typing import Any, ClassVar

from redstart._engine import CursorWrapper, apostgres_connect, postgres_connect
from redstart.database.base import Database
from redstart.database.json_methods.postgres import PostgresqlJSONMethods
from redstart.database.postgres_adapter import Psycopg2Adapter, Psycopg3Adapter
from redstart.database.postgres_conflict import conflict_update
from redstart.database.postgres_introspection import PostgresIntrospection

#: libpq's number for a transaction that failed.
_FAILED = 3


class PostgresqlDatabase(PostgresIntrospection, Database):
    """A PostgreSQL database.

    The driver is compiled in; what libpq knows is known: ``host``, ``port``, ``user``, ``password``, ``sslmode`` and
    the others of https://www.postgresql.org/docs/current/libpq-connect.html, as keywords or in the address.

    Example:
        >>> from redstart import Model, PostgresqlDatabase, TextField
        >>> class Note(Model):
        ...     text = TextField()
        ...     class Meta:
        ...         database = PostgresqlDatabase("app")
        >>> Note.select(Note.text).where(Note.text ** "a%").sql()
        ('SELECT "t1"."text" FROM "note" AS "t1" WHERE ("t1"."text" ILIKE %s)', ['a%'])
    """

    json_methods: ClassVar[Any] = PostgresqlJSONMethods
    psycopg2_adapter: ClassVar[Any] = Psycopg2Adapter
    psycopg3_adapter: ClassVar[Any] = Psycopg3Adapter
    field_types: ClassVar[dict[str, str]] = {
        "AUTO": "SERIAL",
        "BIGAUTO": "BIGSERIAL",
        "BLOB": "BYTEA",
        "BOOL": "BOOLEAN",
        "DATETIME": "TIMESTAMP",
        "DECIMAL": "NUMERIC",
        "DOUBLE": "DOUBLE PRECISION",
        "JSON": "JSONB",
        "UUID": "UUID",
        "UUIDB": "BYTEA",
    }
    operations: ClassVar[dict[str, str]] = {"REGEXP": "~", "IREGEXP": "~*"}
    param: ClassVar[str] = "%s"
    compound_select_parentheses = 1
    for_update = True
    nulls_ordering = True
    returning_clause = True
    sequences = True

    _streams_by_cursor: ClassVar[bool] = True
    _conflict_style: ClassVar[str] = "postgres"
    _dialect_name: ClassVar[str] = "PostgreSQL"

    _adapter: Any = None
    _encoding: str | None = None
    _isolation_level: Any = None
    _transaction_modes: ClassVar[frozenset[str]] = frozenset({"isolation", "readonly", "deferrable"})
    _register_unicode: bool = True

    def init(
        self,
        database: Any,
        register_unicode: bool = True,
        encoding: str | None = None,
        isolation_level: Any = None,
        **kwargs: Any,
    ) -> None:
        """Says which database it is.

        Args:
            database: Its name, or a URL such as ``postgresql://user@host/name``, or None.
            register_unicode: Has no effect: text is always ``str``.
            encoding: The connection's ``client_encoding``.
            isolation_level: The level of transactions, by its name (``"SERIALIZABLE"``) or by its number in
                psycopg2; in psycopg 3 where ``prefer_psycopg3`` is given.
            **kwargs: Arguments for the driver. ``prefer_psycopg3`` says whose numbers `isolation_level` means.

        Raises:
            KeyError: No isolation level has this name.
            ValueError: No isolation level has this number.
        """
        prefer_psycopg3 = kwargs.pop("prefer_psycopg3", None)
        if prefer_psycopg3 is not None or self._adapter is None:
            self._adapter = self.psycopg3_adapter() if prefer_psycopg3 else self.psycopg2_adapter()
        self._register_unicode = register_unicode
        self._encoding = encoding
        self._isolation_level = self._known_level(isolation_level)
        super().init(database, **kwargs)

    def _known_level(self, isolation_level: Any) -> Any:
        """Gives the number of an isolation level; None, and psycopg2's 0 for "autocommit", stay."""
        if isolation_level is None:
            return None
        level = self._adapter.isolation_level_int(isolation_level)
        if level != 0 and level not in self._adapter.isolation_levels:
            known = ", ".join(f"{number} ({name})" for number, name in self._adapter.isolation_levels.items())
            raise ValueError(f"{level!r} is no isolation level; there are {known}.")
        return level

    def _connect(self) -> Any:
        return postgres_connect(os.fspath(self.database), **self._connect_settings())

    async def _adial_natively(self) -> Any:
        return await apostgres_connect(os.fspath(self.database), **self._connect_settings())

    def _needs_preparation(self) -> bool:
        return getattr(type(self)._initialize_connection, "__module__", "") not in _OWN_MODULES

    def _initialize_connection(self, conn: Any) -> None:
        """Prepares a new connection."""

    def _connect_settings(self) -> dict[str, Any]:
        settings = dict(self.connect_params)
        if self._encoding is not None:
            settings["client_encoding"] = self._encoding
        return settings

    def _set_server_version(self, conn: Any) -> None:
        self.server_version = conn.server_version

    def is_connection_usable(self) -> bool:
        """Tells whether there is a connection, and no transaction on it that failed."""
        if self.is_closed():
            return False
        # Numbers 3 and 4: the transaction failed, the connection is gone.
        return bool(self._scopes.current().conn.get_transaction_status() < _FAILED)

    def last_insert_id(self, cursor: Any, query_type: Any = None) -> Any:
        """Gives the key that ``RETURNING`` gave: a tuple of several columns, None of no row.

        Args:
            cursor: The rows that the insert returned.
            query_type: ``Insert.SIMPLE``; for the others, which insert many rows, the rows themselves are given.
        """
        from redstart.query.insert import Insert

        if query_type != Insert.SIMPLE:
            return cursor
        row = cursor[0:1] if isinstance(cursor, CursorWrapper) else None
        if not row:
            return None
        return row[0][0] if len(row[0]) == 1 else row[0]

    def conflict_statement(self, on_conflict: Any, query: Any) -> Any:
        """Gives None: an insert starts the same whatever its conflicts."""
        del on_conflict, query

    def conflict_update(self, oc: Any, query: Any) -> Any:
        """Gives ``ON CONFLICT [target] DO ...``.

        Raises:
            ValueError: The action is SQLite's, there is nothing to update, or no target.
        """
        return conflict_update(oc, query)

    def begin(self, isolation_level: Any = None) -> None:
        """Begins a transaction: ``BEGIN [TRANSACTION ISOLATION LEVEL ...]``.

        Args:
            isolation_level: The level's name or number; the database's own by default.

        Raises:
            KeyError: No isolation level has this number.
            ValueError: No isolation level has this name.
        """
        self._run_silently(self._begin_sql(isolation_level))

    def _begin_sql(self, isolation_level: Any = None, **modes: Any) -> str:
        level = modes.pop("isolation", None) or isolation_level or self._isolation_level
        words = []
        if level:
            if isinstance(level, str):
                level = level.replace("_", " ")
            name = str(self._adapter.isolation_level_str(level)).upper()
            if name not in self._adapter.isolation_levels_inv:
                known = ", ".join(self._adapter.isolation_levels_inv)
                raise ValueError(f"{level!r} is no isolation level; there are {known}.")
            words.append(f"ISOLATION LEVEL {name}")
        known_modes = {"readonly": "READ ONLY", "deferrable": "DEFERRABLE"}
        words += [text for mode, text in known_modes.items() if modes.pop(mode, False)]
        if modes:
            raise TypeError(f"a transaction has no setting {', '.join(sorted(modes))}")
        return f"BEGIN TRANSACTION {', '.join(words)}" if words else "BEGIN"

    def set_isolation_level(self, isolation_level: Any) -> None:
        """Sets the level of the transactions that begin from now on.

        Args:
            isolation_level: The level's name or number; None for the server's default.

        Raises:
            KeyError: No isolation level has this name.
            ValueError: No isolation level has this number.
        """
        self._isolation_level = self._known_level(isolation_level)

    def set_time_zone(self, timezone: str) -> None:
        """Sets the time zone of the connection.

        Args:
            timezone: The zone's name, such as ``"Europe/Paris"``.
        """
        self.execute_sql("SELECT set_config('TimeZone', %s, false)", (timezone,))

    def interval(self, val: Any) -> Any:
        """``CAST(val AS interval)``.

        Args:
            val: The interval in PostgreSQL's words, such as ``"1 day"``.
        """
        from redstart.node import Cast, Value

        return Cast(Value(val, False), "interval")

    def extract_date(self, date_part: str, date_field: Any) -> Any:
        """``EXTRACT(year FROM field)``."""
        from redstart.node import SQL, NodeList, fn

        return fn.EXTRACT(NodeList((SQL(date_part), SQL("FROM"), date_field)))

    def truncate_date(self, date_part: str, date_field: Any) -> Any:
        """``DATE_TRUNC('month', field)``."""
        from redstart.node import fn

        return fn.DATE_TRUNC(date_part, date_field)

    def to_timestamp(self, date_field: Any) -> Any:
        """``EXTRACT(EPOCH FROM field)``."""
        return self.extract_date("EPOCH", date_field)

    def from_timestamp(self, date_field: Any) -> Any:
        """``to_timestamp(field)``."""
        from redstart.node import fn

        return fn.to_timestamp(date_field)

    def get_noop_select(self, ctx: Any) -> Any:
        """Writes a query without rows."""
        from redstart.node import SQL

        return ctx.sql(SQL("SELECT 0 WHERE false"))


PostgresqlDatabase._native_connect = PostgresqlDatabase._connect
# Where connections are prepared by nothing that would have to wait.
_OWN_MODULES = frozenset({"redstart.database.postgres", "redstart.postgres_ext.database", "redstart.pool"})
