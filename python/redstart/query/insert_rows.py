"""The columns of an insert, and the values of its rows in their order."""

from __future__ import annotations

from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MISSING: Any = object()


class InsertRows:
    """Rows on their way into an insert.

    The first row decides the columns. What a row leaves out is the column's
    default, or NULL where the column takes it.
    """

    def __init__(self, query: Any, rows: Any) -> None:
        """Takes an insert and its rows, dicts or sequences."""
        self.query = query
        self.rows = rows
        self.defaults = query.get_default_data()

    def build(self) -> tuple[list[Any], list[list[Any]]]:
        """Gives the columns and the rows.

        Raises:
            ValueError: A row has no value for a column that needs one, or there are no columns.
        """
        columns = self._columns()
        lookups = [self._lookup(column) for column in columns]
        values = [
            self._from_mapping(row, lookups) if isinstance(row, Mapping) else self._from_sequence(row, lookups)
            for row in self.rows
        ]
        return columns, values

    def _columns(self) -> list[Any]:
        query, row = self.query, self.rows[0]
        columns = [query._column(name) for name in query._columns or ()]
        named = not columns and isinstance(row, Mapping)
        if named:
            columns = [query._column(name) for name in row]
        elif not columns:
            columns = query.get_default_columns()
            if columns is None:
                message = "Bulk insert must specify columns."
                raise ValueError(message)
        present = set(columns)
        missing = [column for column in self.defaults if column not in present]
        columns = [*columns, *missing]
        if named:
            columns.sort(key=_sort_key)
        return columns

    def _lookup(self, column: Any) -> tuple[Any, ...]:
        name = getattr(column, "name", None)
        default = self.defaults.get(column, _MISSING) if self.defaults else _MISSING
        if default is _MISSING and getattr(column, "null", False):
            default = None
        return column, name, getattr(column, "column_name", name), default, callable(default)

    def _from_mapping(self, row: Any, lookups: list[tuple[Any, ...]]) -> list[Any]:
        values = []
        for lookup in lookups:
            column, name, column_name, _, _ = lookup
            if name in row:
                values.append(row[name])
            elif column in row:
                values.append(row[column])
            elif column_name in row:
                values.append(row[column_name])
            else:
                values.append(_default(lookup))
        return values

    def _from_sequence(self, row: Any, lookups: list[tuple[Any, ...]]) -> list[Any]:
        count = len(row)
        return [row[i] if i < count else _default(lookup) for i, lookup in enumerate(lookups)]


def _sort_key(column: Any) -> Any:
    return column.get_sort_key(None)


def _default(lookup: tuple[Any, ...]) -> Any:
    column, name, _, default, is_callable = lookup
    if default is _MISSING:
        message = f"Missing value for {name or column}."
        raise ValueError(message)
    return default() if is_callable else default
