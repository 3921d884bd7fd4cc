"""``ASC`` and ``DESC``."""

from __future__ import annotations

from redstart._engine import tree
from redstart.node.wrapped import WrappedNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Ordering(WrappedNode):
    """``node ASC|DESC [COLLATE collation] [NULLS FIRST|LAST]``.

    Where the database has no ``NULLS FIRST``, a ``CASE`` before it does the same.
    """

    def __init__(self, node: Any, direction: str, collation: str | None = None, nulls: str | None = None) -> None:
        """Orders by a node.

        Args:
            node: What is ordered by.
            direction: ``ASC`` or ``DESC``.
            collation: The collation.
            nulls: ``FIRST`` or ``LAST``, in any case.

        Raises:
            ValueError: ``nulls`` is something else.
        """
        # How a selected value is converted means nothing here: the wrapper's part is left out.
        self.node = node
        self.direction = direction
        self.collation = collation
        self.nulls = nulls
        if nulls is not None and nulls.lower() not in ("first", "last"):
            message = f'Ordering nulls= parameter must be "first" or "last", got: {nulls}'
            raise ValueError(message)
        self._set_tree(tree.ordering(node, direction, collation, nulls))

    def collate(self, collation: str | None = None) -> Ordering:
        """Gives the ordering with a collation."""
        return Ordering(self.node, self.direction, collation=collation, nulls=self.nulls)


def Asc(node: Any, collation: str | None = None, nulls: str | None = None) -> Ordering:  # noqa: N802 - peewee's name
    """``node ASC``; see `Ordering`."""
    return Ordering(node, "ASC", collation, nulls)


def Desc(node: Any, collation: str | None = None, nulls: str | None = None) -> Ordering:  # noqa: N802 - peewee's name
    """``node DESC``; see `Ordering`."""
    return Ordering(node, "DESC", collation, nulls)
