"""Nodes whose values are written into the SQL."""

from __future__ import annotations

from redstart._engine import tree
from redstart.node.wrapped import WrappedNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ValueLiterals(WrappedNode):
    """A node whose values are literals instead of parameters, as definitions of indexes need."""

    def __init__(self, node: Any) -> None:
        """Wraps a node."""
        super().__init__(node)
        self._set_tree(tree.value_literals(node))
