"""Two sources joined."""

from __future__ import annotations

from redstart._engine import tree
from redstart.constants import JOIN
from redstart.source.base_table import BaseTable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Join(BaseTable):
    """``lhs INNER JOIN rhs ON on``.

    Attributes:
        lhs: The left source.
        rhs: The right source.
        join_type: The kind of join.
    """

    def __init__(
        self, lhs: Any, rhs: Any, join_type: str = JOIN.INNER, on: Any = None, alias: str | None = None
    ) -> None:
        """Joins two sources."""
        super().__init__(alias=alias)
        self.lhs = lhs
        self.rhs = rhs
        self.join_type = join_type
        self._on = on

    def on(self, predicate: Any) -> Join:
        """Sets the condition, in place."""
        self._on = predicate
        return self

    def _build_tree(self) -> Any:
        return tree.join(self.lhs, self.rhs, self.join_type, self._on)
