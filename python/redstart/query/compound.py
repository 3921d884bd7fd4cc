"""``UNION``, ``INTERSECT``, ``EXCEPT``."""

from __future__ import annotations

from redstart._engine import Node, tree
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
        self._database = lhs._database or getattr(rhs, "_database", None)

    @property
    def _returning(self) -> Any:
        return self.lhs._returning

    def _build_tree(self) -> Any:
        for side in (self.lhs, self.rhs):
            if not isinstance(side, Node):
                message = f"'{type(side).__name__}' object is no query: {self.op} cannot combine it"
                raise AttributeError(message)  # noqa: TRY004 - peewee's class
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
