"""``CAST``."""

from __future__ import annotations

from redstart._engine import tree
from redstart.node.wrapped import WrappedNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Cast(WrappedNode):
    """``CAST(node AS type)``; the selected value is not converted.

    Args:
        node: What is cast.
        cast: The SQL type.
    """

    def __init__(self, node: Any, cast: str) -> None:
        """Casts a node to a type."""
        super().__init__(node)
        self._cast = cast
        self._coerce = False
        self._set_tree(tree.cast(node, cast))
