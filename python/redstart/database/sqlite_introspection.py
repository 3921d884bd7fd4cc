"""What a SQLite database holds: tables, views, columns, indexes, keys."""

# Only quoted names of schemas stand in the statements.
# ruff: noqa: S608

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.database.introspection import ColumnMetadata, ForeignKeyMetadata, IndexMetadata, ViewMetadata


class SqliteIntrospection:
    """The part of ``SqliteDatabase`` that reads the schema."""

    if TYPE_CHECKING:
        execute_sql: Any

    def get_tables(self, schema: str | None = None) -> list[str]:
        """Gives the names of the tables, sorted."""
        cursor = self.execute_sql(
            f"SELECT name FROM {_schema(schema)}.sqlite_master WHERE type=? ORDER BY name", ("table",)
        )
        return [name for (name,) in cursor.fetchall()]

    def get_views(self, schema: str | None = None) -> list[ViewMetadata]:
        """Gives the views, sorted by name."""
        sql = f"SELECT name, sql FROM {_schema(schema)}.sqlite_master WHERE type=? ORDER BY name"
        return [ViewMetadata(*row) for row in self.execute_sql(sql, ("view",)).fetchall()]

    def get_indexes(self, table: str, schema: str | None = None) -> list[IndexMetadata]:
        """Gives the indexes of a table, sorted by name."""
        place = _schema(schema)
        sql = f"SELECT name, sql FROM {place}.sqlite_master WHERE tbl_name = ? AND type = ? ORDER BY name"
        statements = dict(self.execute_sql(sql, (table, "index")).fetchall())
        unique = {
            row[1] for row in self.execute_sql(f"PRAGMA {place}.index_list({_quoted(table)})").fetchall() if row[2] == 1
        }
        columns = {}
        for name in sorted(statements):
            rows = self.execute_sql(f"PRAGMA {place}.index_info({_quoted(name)})").fetchall()
            columns[name] = [row[2] for row in rows]
        return [
            IndexMetadata(name, statements[name], columns[name], name in unique, table) for name in sorted(statements)
        ]

    def _table_info(self, table: str, schema: str | None) -> list[Any]:
        rows: list[Any] = self.execute_sql(f"PRAGMA {_schema(schema)}.table_info({_quoted(table)})").fetchall()
        return rows

    def get_columns(self, table: str, schema: str | None = None) -> list[ColumnMetadata]:
        """Gives the columns of a table, in its order."""
        rows = self._table_info(table, schema)
        keys = sum(1 for row in rows if row[5])
        return [
            ColumnMetadata(
                name,
                data_type,
                not not_null,
                bool(key),
                table,
                default,
                data_type,
                # The row's own number: a key that SQLite counts up.
                bool(key) and keys == 1 and (data_type or "").upper() == "INTEGER",
            )
            for _, name, data_type, not_null, default, key in rows
        ]

    def get_primary_keys(self, table: str, schema: str | None = None) -> list[str]:
        """Gives the names of the columns of a table's primary key, in the key's order."""
        rows = [row for row in self._table_info(table, schema) if row[5]]
        return [row[1] for row in sorted(rows, key=lambda row: row[5])]

    def get_foreign_keys(self, table: str, schema: str | None = None) -> list[ForeignKeyMetadata]:
        """Gives the foreign keys of a table."""
        rows = self.execute_sql(f"PRAGMA {_schema(schema)}.foreign_key_list({_quoted(table)})").fetchall()
        return [ForeignKeyMetadata(row[3], row[2], row[4], table, None, row[6], row[5]) for row in rows]


def _schema(schema: str | None) -> str:
    return _quoted(schema or "main")


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))
