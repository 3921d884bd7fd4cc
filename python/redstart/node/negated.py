"""``NOT``."""

from __future__ import annotations

from redstart._engine import tree
from redstart.node.wrapped import WrappedNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Negated(WrappedNode):
    """``NOT node``; negated again it is the node."""

    def __init__(self, node: Any) -> None:
        """Negates a node."""
        super().__init__(node)
        self._set_tree(tree.negated(node))

    def __invert__(self) -> Any:
        return self.node
