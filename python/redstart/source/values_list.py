"""``VALUES`` as a source."""

from __future__ import annotations

from typing import Any

from redstart._engine import tree
from redstart.node.ensure import ensure_entity
from redstart.source.base_table import BaseTable
from redstart.source.hashable import _HashableSource


class ValuesList(_HashableSource, BaseTable):
    """``(VALUES (?, ?), (?, ?)) AS "t1"("a", "b")``.

    Example:
        >>> from redstart import ValuesList
        >>> points = ValuesList([(1, 2), (3, 4)], columns=("x", "y"), alias="p")
        >>> points.select(points.c.x).sql()
        ('SELECT "p"."x" FROM (VALUES (?, ?), (?, ?)) AS "p"("x", "y")', [1, 2, 3, 4])
    """

    def __init__(self, values: Any, columns: Any = None, alias: str | None = None) -> None:
        """Lists rows.

        Args:
            values: The rows.
            columns: The names of the columns.
            alias: The name it goes by.
        """
        self._values = values
        self._columns = columns
        super().__init__(alias=alias)

    def columns(self, *names: Any) -> ValuesList:
        """Gives a copy whose columns have names."""
        clone: ValuesList = self.clone()
        clone._columns = names
        return clone

    def _build_tree(self) -> Any:
        columns = self._columns
        if columns:
            columns = [ensure_entity(column) for column in columns]
        return tree.values_list(self._key, self._values, columns or None, self._alias)
