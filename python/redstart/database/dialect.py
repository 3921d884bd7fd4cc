"""What every dialect does in its own way: reading the schema, and the expressions that are written differently.

Here they only name what a kind of database does not have.
"""

from __future__ import annotations

from redstart.exceptions import NotSupportedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

#: The name of a database of no known kind.
UNKNOWN = "a database"


class Dialect:
    """The part of ``Database`` that its kinds override."""

    if TYPE_CHECKING:
        _dialect_name: ClassVar[str]

    # Introspection.

    def table_exists(self, table_name: Any, schema: str | None = None) -> bool:
        """Tells whether a table exists.

        Args:
            table_name: Its name, or a model.
            schema: The schema.
        """
        meta = getattr(table_name, "_meta", None)
        if meta is not None and isinstance(table_name, type):
            table_name, schema = meta.table_name, meta.schema
        return table_name in self.get_tables(schema=schema)

    def _missing(self, method: str) -> Exception:
        """Gives the exception for a method that this kind of database does not have yet."""
        if type(self)._dialect_name == UNKNOWN:
            return NotImplementedError(f"{type(self).__name__} has to define {method}")
        return NotSupportedError(f"This version of Redstart has no {method}() for {self._dialect_name} yet.")

    def get_tables(self, schema: str | None = None) -> list[str]:
        """Gives the names of the tables, sorted."""
        raise self._missing("get_tables")

    def get_views(self, schema: str | None = None) -> list[Any]:
        """Gives the views."""
        raise self._missing("get_views")

    def get_indexes(self, table: str, schema: str | None = None) -> list[Any]:
        """Gives the indexes of a table."""
        raise self._missing("get_indexes")

    def get_columns(self, table: str, schema: str | None = None) -> list[Any]:
        """Gives the columns of a table."""
        raise self._missing("get_columns")

    def get_primary_keys(self, table: str, schema: str | None = None) -> list[str]:
        """Gives the names of the columns of a table's primary key, in the key's order."""
        raise self._missing("get_primary_keys")

    def get_foreign_keys(self, table: str, schema: str | None = None) -> list[Any]:
        """Gives the foreign keys of a table."""
        raise self._missing("get_foreign_keys")

    def sequence_exists(self, seq: str, schema: str | None = None) -> bool:
        """Tells whether a sequence exists."""
        raise self._missing("sequence_exists")

    # Expressions that every dialect writes in its own way.

    def extract_date(self, date_part: str, date_field: Any) -> Any:
        """Gives a part of a date as an expression."""
        raise self._missing("extract_date")

    def truncate_date(self, date_part: str, date_field: Any) -> Any:
        """Gives a date cut to a part as an expression."""
        raise self._missing("truncate_date")

    def to_timestamp(self, date_field: Any) -> Any:
        """Gives the seconds since 1970 as an expression."""
        raise self._missing("to_timestamp")

    def from_timestamp(self, date_field: Any) -> Any:
        """Gives the date of seconds since 1970 as an expression."""
        raise self._missing("from_timestamp")

    def random(self) -> Any:
        """Gives a random number as an expression, to order by."""
        from redstart.node import fn

        return fn.random()
