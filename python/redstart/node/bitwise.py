"""Operators bit by bit, for fields that hold flags."""

from __future__ import annotations

from typing import Any

from redstart._engine import tree
from redstart.constants import OP
from redstart.node.wrapped import WrappedNode


class BitwiseMixin:
    """Gives ``& | - ~`` their meaning bit by bit: ``&``, ``|``, ``& ~`` and ``~`` in SQL."""

    def __and__(self, other: Any) -> Any:
        return self.bin_and(other)  # type: ignore[attr-defined] # a ColumnBase has it

    def __or__(self, other: Any) -> Any:
        return self.bin_or(other)  # type: ignore[attr-defined] # a ColumnBase has it

    def __sub__(self, other: Any) -> Any:
        return self.bin_and(BitwiseNegated(other))  # type: ignore[attr-defined] # a ColumnBase has it

    def __invert__(self) -> Any:
        return BitwiseNegated(self)


class BitwiseNegated(BitwiseMixin, WrappedNode):
    """``~node``, the complement; inverted again it is the node."""

    op = OP.BITWISE_NEGATION

    def __init__(self, node: Any) -> None:
        """Complements a node."""
        super().__init__(node)
        self._set_tree(tree.bitwise_negated(node))

    def __invert__(self) -> Any:
        return self.node
