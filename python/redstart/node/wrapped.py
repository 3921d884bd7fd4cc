"""The base of the nodes that stand around one other node.

What a wrapper passes on from the node below it lives here; what it adds to the
SQL stands with each wrapper.
"""

from __future__ import annotations

from redstart._engine import ColumnBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class WrappedNode(ColumnBase):
    """A node around another node.

    Attributes:
        node: The node within.
    """

    _coerce = True
    _converter: Any = None

    def __init__(self, node: Any) -> None:
        """Wraps a node and takes over how its selected value is converted."""
        self.node = node
        self._coerce = getattr(node, "_coerce", True)
        self._converter = getattr(node, "_converter", None)

    def is_alias(self) -> bool:
        """Tells whether the node within is an alias."""
        is_alias = getattr(self.node, "is_alias", None)
        return is_alias() if is_alias is not None else False

    def unwrap(self) -> Any:
        """Gives the node below all wrappers."""
        unwrap = getattr(self.node, "unwrap", None)
        return unwrap() if unwrap is not None else self.node
