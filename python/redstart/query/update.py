"""``UPDATE``."""

from __future__ import annotations

from redstart._engine import tree
from redstart.query.write import _WriteQuery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Update(_WriteQuery):
    """``UPDATE table SET … [FROM …] WHERE …``; running it gives the number of rows changed."""

    _update: Any = None
    _from: Any = None

    def __init__(self, table: Any, update: Any = None, **kwargs: Any) -> None:
        """Updates a table.

        Args:
            table: The table.
            update: The values by column.
            **kwargs: As for every writing query.
        """
        super().__init__(table, **kwargs)
        self._update = update

    def from_(self, *sources: Any) -> Any:
        """``FROM``: takes values from other sources."""
        clone = self.clone()
        clone._from = sources
        return clone

    def _build_tree(self) -> Any:
        items = sorted((self._update or {}).items(), key=_assigned_column)
        return tree.update(
            self.table,
            items,
            from_=self._from,
            where=self._where,
            order_by=self._order_by or None,
            limit=self._limit,
            returning=self._returning,
            with_=self._cte_list,
        )


def _assigned_column(item: tuple[Any, Any]) -> Any:
    return item[0].get_sort_key(None)
