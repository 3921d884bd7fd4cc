"""``DELETE``."""

from __future__ import annotations

from redstart._engine import tree
from redstart.query.write import _WriteQuery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Delete(_WriteQuery):
    """``DELETE FROM table WHERE …``; running it gives the number of rows deleted."""

    def _build_tree(self) -> Any:
        return tree.delete(
            self.table,
            where=self._where,
            order_by=self._order_by or None,
            limit=self._limit,
            returning=self._returning,
            with_=self._cte_list,
        )
