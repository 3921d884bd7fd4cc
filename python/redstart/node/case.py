"""``CASE``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart._engine import ColumnBase, tree

if TYPE_CHECKING:
    from collections.abc import Iterable


class Case(ColumnBase):
    """``CASE predicate WHEN … THEN … ELSE … END``.

    Example:
        >>> from redstart import Case, SQL
        >>> sign = Case(None, [(SQL("n") < 0, "minus")], "plus")
        >>> sign.default
        'plus'
    """

    def __init__(self, predicate: Any, expression_tuples: Iterable[tuple[Any, Any]], default: Any = None) -> None:
        """Chooses a value.

        Args:
            predicate: What is compared with each ``WHEN``, or None where each is a condition.
            expression_tuples: Pairs of ``WHEN`` and ``THEN``.
            default: The value of ``ELSE``; None leaves it out.
        """
        self.predicate = predicate
        self.expression_tuples = list(expression_tuples)
        self.default = default
        self._set_tree(tree.case(predicate, [tuple(pair) for pair in self.expression_tuples], default))
