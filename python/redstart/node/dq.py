"""Lookups by keyword, for ``filter()``."""

from __future__ import annotations

from redstart._engine import ColumnBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class DQ(ColumnBase):
    """Lookups that ``filter()`` turns into conditions; they combine with ``& | ~``.

    Example:
        >>> from redstart import DQ
        >>> DQ(name__startswith="a").query
        {'name__startswith': 'a'}
    """

    def __init__(self, **query: Any) -> None:
        """Takes lookups, such as ``user__name__ilike='a%'``."""
        self.query = query
        self._negated = False

    def __invert__(self) -> DQ:
        clone = self.clone()
        clone._negated = not clone._negated
        return clone

    def clone(self) -> DQ:
        """Gives a copy."""
        node = DQ(**self.query)
        node._negated = self._negated
        return node

    def __sql__(self, ctx: Any) -> Any:
        """Fails: lookups mean something in ``filter()`` only.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError
