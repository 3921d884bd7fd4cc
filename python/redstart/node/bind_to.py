"""A selected node whose value lands on another source's instance."""

from __future__ import annotations

from redstart._engine import tree
from redstart.node.wrapped import WrappedNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class BindTo(WrappedNode):
    """A selected node whose value becomes an attribute of ``dest``'s instance.

    It renders as the node within: only the reading of rows differs.

    Attributes:
        dest: The model, alias or other source of the query.
    """

    def __init__(self, node: Any, dest: Any) -> None:
        """Binds the node's value to a source."""
        super().__init__(node)
        self.dest = dest
        self._set_tree(tree.marked(node))
