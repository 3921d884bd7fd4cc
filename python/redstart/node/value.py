"""Bound values."""

from __future__ import annotations

from redstart._engine import ColumnBase, Node, tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LISTS = (list, tuple, set, frozenset, range)


class Value(ColumnBase):
    """A bound value: ``?``, or ``(?, ?)`` for a list that unpacks.

    Attributes:
        value: The value.
        converter: What converts it: None for the field of the expression around
            it, False for nothing, or a callable.
        multi: Whether it unpacks into several parameters.
        values: The values within, where it unpacks.
    """

    def __init__(self, value: Any, converter: Any = None, unpack: bool = True) -> None:
        """Binds a value.

        Args:
            value: The value.
            converter: A callable from Python's value to the database's, a field, or False for none.
            unpack: Whether a list becomes several parameters.
        """
        self.value = value
        self.converter = converter  # type: ignore[method-assign]  # peewee's attribute hides the method
        self.multi = unpack and isinstance(value, _LISTS)
        self.values: list[Any] | None = None
        if self.multi:
            self.values = [item if isinstance(item, Node) else Value(item, converter) for item in value]
        self._set_tree(tree.value(value, converter, unpack))


def AsIs(value: Any, converter: Any = None) -> Value:  # noqa: N802 - peewee's name
    """Binds a list or another container as one value, as the driver takes it.

    Args:
        value: The value.
        converter: A callable from Python's value to the database's.
    """
    return Value(value, converter=converter, unpack=False)
