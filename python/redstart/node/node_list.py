"""Nodes with something between them."""

from __future__ import annotations

from redstart._engine import ColumnBase, tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class NodeList(ColumnBase):
    """Nodes one after the other: ``a b c``, or ``(a, b, c)``.

    Attributes:
        nodes: The nodes.
        glue: What stands between them.
        parens: Whether parentheses stand around them.
    """

    def __init__(self, nodes: Iterable[Any], glue: str = " ", parens: bool = False) -> None:
        """Joins nodes."""
        nodes = self.nodes = nodes if isinstance(nodes, (tuple, list)) else list(nodes)
        self.glue = glue
        self.parens = parens
        self._set_tree(tree.node_list(nodes, glue, parens))


def CommaNodeList(nodes: Iterable[Any]) -> NodeList:  # noqa: N802 - peewee's name
    """``a, b, c``."""
    return NodeList(nodes, ", ")


def EnclosedNodeList(nodes: Iterable[Any]) -> NodeList:  # noqa: N802 - peewee's name
    """``(a, b, c)``."""
    return NodeList(nodes, ", ", True)


def Tuple(*args: Any) -> NodeList:  # noqa: N802 - peewee's name
    """``(a, b, c)``, a row of values.

    Args:
        *args: The values.
    """
    return EnclosedNodeList(args)
