"""What a PostgreSQL database holds: tables, views, columns, indexes, keys, sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.database.introspection import ColumnMetadata, ForeignKeyMetadata, IndexMetadata, ViewMetadata


class PostgresIntrospection:
    """The part of ``PostgresqlDatabase`` that reads the schema; without one, the current schema is meant."""

    if TYPE_CHECKING:
        execute_sql: Any
        _open_connection: Any

    def get_tables(self, schema: str | None = None) -> list[str]:
        """Gives the names of the tables, sorted."""
        return self._introspect("tables", None, schema)

    def get_views(self, schema: str | None = None) -> list[ViewMetadata]:
        """Gives the views, sorted by name."""
        return [ViewMetadata(*row) for row in self._introspect("views", None, schema)]

    def get_indexes(self, table: str, schema: str | None = None) -> list[IndexMetadata]:
        """Gives the indexes of a table, the unique ones first."""
        return [IndexMetadata(*row) for row in self._introspect("indexes", table, schema)]

    def get_columns(self, table: str, schema: str | None = None) -> list[ColumnMetadata]:
        """Gives the columns of a table, in its order."""
        return [ColumnMetadata(*row) for row in self._introspect("columns", table, schema)]

    def get_primary_keys(self, table: str, schema: str | None = None) -> list[str]:
        """Gives the names of the columns of a table's primary key, in the key's order."""
        return self._introspect("primary_keys", table, schema)

    def get_foreign_keys(self, table: str, schema: str | None = None) -> list[ForeignKeyMetadata]:
        """Gives the foreign keys of a table."""
        return [ForeignKeyMetadata(*row) for row in self._introspect("foreign_keys", table, schema)]

    def sequence_exists(self, seq: str, schema: str | None = None) -> bool:
        """Tells whether a sequence exists."""
        return bool(self._introspect("sequence_exists", seq, schema)[0])

    def _introspect(self, question: str, table: str | None, schema: str | None) -> list[Any]:
        def ask(sql: str, parameters: Any) -> list[Any]:
            rows: list[Any] = self.execute_sql(sql, parameters).fetchall()
            return rows

        found: list[Any] = self._open_connection().introspect(question, table, schema, ask)
        return found
