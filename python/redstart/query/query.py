"""Clauses that queries share: the filter, the order, the limits, what stands before them."""

from __future__ import annotations

import operator
from functools import reduce

from redstart.query.base import BaseQuery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Query(BaseQuery):
    """A query with ``WITH``, ``WHERE``, ``ORDER BY``, ``LIMIT`` and ``OFFSET``."""

    _where: Any = None
    _order_by: Any = None
    _limit: Any = None
    _offset: Any = None
    _cte_list: Any = None

    def __init__(
        self, where: Any = None, order_by: Any = None, limit: Any = None, offset: Any = None, **kwargs: Any
    ) -> None:
        """Makes a query of its clauses."""
        super().__init__(**kwargs)
        if where is not None:
            self._where = where
        if order_by is not None:
            self._order_by = order_by
        if limit is not None:
            self._limit = limit
        if offset is not None:
            self._offset = offset

    def with_cte(self, *cte_list: Any) -> Any:
        """``WITH`` these common table expressions, in place of others."""
        clone = self.clone()
        clone._cte_list = cte_list
        return clone

    def where(self, *expressions: Any) -> Any:
        """``WHERE a AND b``, in addition to what is there.

        Args:
            *expressions: The conditions, at least one.

        Raises:
            TypeError: No condition is given.
        """
        clone = self.clone()
        current = clone._where
        if current is not None:
            expressions = (current, *expressions)
        clone._where = expressions[0] if len(expressions) == 1 else reduce(operator.and_, expressions)
        return clone

    def orwhere(self, *expressions: Any) -> Any:
        """``WHERE … OR a OR b``, as an alternative to what is there.

        Args:
            *expressions: The conditions, at least one.

        Raises:
            TypeError: No condition is given.
        """
        clone = self.clone()
        current = clone._where
        if current is not None:
            expressions = (current, *expressions)
        clone._where = expressions[0] if len(expressions) == 1 else reduce(operator.or_, expressions)
        return clone

    def order_by(self, *values: Any) -> Any:
        """``ORDER BY``, in place of another order; no order when nothing is given."""
        clone = self.clone()
        clone._order_by = values
        return clone

    def order_by_extend(self, *values: Any) -> Any:
        """``ORDER BY``, after the order that is there."""
        clone = self.clone()
        clone._order_by = ((*clone._order_by, *values) if clone._order_by else values) or None
        return clone

    def limit(self, value: Any = None) -> Any:
        """``LIMIT ?``; None takes the limit away."""
        clone = self.clone()
        clone._limit = value
        return clone

    def offset(self, value: Any = None) -> Any:
        """``OFFSET ?``; None takes the offset away."""
        clone = self.clone()
        clone._offset = value
        return clone

    def paginate(self, page: int, paginate_by: int = 20) -> Any:
        """``LIMIT ? OFFSET ?`` for a page, counted from 1.

        Args:
            page: The page.
            paginate_by: The number of rows on a page.
        """
        clone = self.clone()
        clone._limit = paginate_by
        clone._offset = max(page - 1, 0) * paginate_by
        return clone
