"""PostgreSQL: the dialect. The connection comes with the engine's driver for it."""

from __future__ import annotations

from typing import Any, ClassVar

from redstart.database.base import Database
from redstart.exceptions import NotSupportedError


class PostgresqlDatabase(Database):
    """A PostgreSQL database. Statements can be built for it; this version cannot connect yet.

    Example:
        >>> from redstart import Model, PostgresqlDatabase, TextField
        >>> class Note(Model):
        ...     text = TextField()
        ...     class Meta:
        ...         database = PostgresqlDatabase("app")
        >>> Note.select(Note.text).where(Note.text ** "a%").sql()
        ('SELECT "t1"."text" FROM "note" AS "t1" WHERE ("t1"."text" ILIKE %s)', ['a%'])
    """

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

    _conflict_style: ClassVar[str] = "postgres"
    _dialect_name: ClassVar[str] = "PostgreSQL"

    def _connect(self) -> Any:
        raise NotSupportedError(
            "This version of Redstart renders statements for PostgreSQL but has no driver for it yet."
        )

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
