"""A node under a name."""

from __future__ import annotations

from redstart._engine import tree
from redstart.node.entity import _DynamicEntity
from redstart.node.wrapped import WrappedNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Alias(WrappedNode):
    """A node with a name: ``expr AS "name"`` where it is selected, ``"name"`` elsewhere.

    Example:
        >>> from redstart import fn
        >>> from redstart.node import Alias
        >>> Alias(fn.COUNT(1), "n").name
        'n'
    """

    c: Any = _DynamicEntity()

    def __init__(self, node: Any, alias: str) -> None:
        """Names a node.

        Args:
            node: The node.
            alias: Its name.
        """
        super().__init__(node)
        self._alias = alias
        self._set_tree(tree.alias(node, alias))

    def __hash__(self) -> int:
        return hash(self._alias)

    @property
    def name(self) -> str:
        """The alias."""
        return self._alias

    @name.setter
    def name(self, value: str) -> None:
        self._alias = value
        self._set_tree(tree.alias(self.node, value))

    def alias(self, alias: str | None = None) -> Any:
        """Gives the node under another name, or without one.

        Args:
            alias: The name; None gives the node itself.
        """
        if alias is None:
            return self.node
        return Alias(self.node, alias)

    def unalias(self) -> Any:
        """Gives the node without its name."""
        return self.node

    def is_alias(self) -> bool:
        """Tells that this is an alias."""
        return True
