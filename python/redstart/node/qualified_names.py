"""Nodes rendered in a scope of their own."""

from __future__ import annotations

from typing import Any

from redstart._engine import Node, tree
from redstart.constants import SCOPE_COLUMN
from redstart.node.wrapped import WrappedNode


class QualifiedNames(WrappedNode):
    """A node whose columns are qualified, whatever stands around it: ``"t1"."name"``."""

    def __init__(self, node: Any, scope: int = SCOPE_COLUMN) -> None:
        """Wraps a node.

        Args:
            node: The node.
            scope: The scope it is rendered in.
        """
        super().__init__(node)
        self._scope = scope
        self._set_tree(tree.qualified_names(node))


def qualify_names(node: Any) -> Any:
    """Gives a node with all of its columns qualified."""
    return QualifiedNames(node) if isinstance(node, Node) else node
