"""``UNION``, ``INTERSECT``, ``EXCEPT``."""

from __future__ import annotations

from redstart._engine import tree
from redstart.query.select_base import SelectBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CompoundSelectQuery(SelectBase):
    """``lhs UNION rhs``, and its kin.

    Attributes:
        lhs: The query before the operator.
        op: The operator.
        rhs: The query after it.
    """

    def __init__(self, lhs: Any, op: str, rhs: Any) -> None:
        """Combines two queries."""
        super().__init__()
        self.lhs = lhs
        self.op = op
        self.rhs = rhs
        self._database = getattr(lhs, "_database", None) or getattr(rhs, "_database", None)

    @property
    def _returning(self) -> Any:
        return self.lhs._returning

    def _build_tree(self) -> Any:
        for side in (self.lhs, self.rhs):
            if not hasattr(side, "_order_by"):
                message = f"'{type(side).__name__}' object is no query: {self.op} cannot combine it"
                raise AttributeError(message)
        return tree.compound(
            self._key,
            self.lhs,
            self.op,
            self.rhs,
            alias=self._alias,
            where=self._where,
            order_by=self._order_by or None,
            limit=self._limit,
            offset=self._offset,
            with_=self._cte_list,
        )
