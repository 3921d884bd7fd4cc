"""The base of the nodes that look into a value: into an array, into a JSON document."""

from __future__ import annotations

from typing import Any

from redstart._engine import ColumnBase


class _LookupNode(ColumnBase):
    """A place in a value.

    Attributes:
        node: The value.
        parts: What leads to the place.
    """

    def __init__(self, node: Any, parts: Any) -> None:
        """Names a place in a value."""
        super().__init__()
        self.node = node
        self.parts = parts

    def clone(self) -> Any:
        """Gives a copy."""
        copy = type(self).__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.parts = list(self.parts)
        return copy


def bound(value: Any) -> Any:
    """Binds a value as it is, a list as one parameter."""
    from redstart.node import Value  # loaded after the fields

    return Value(value, False, unpack=False)
