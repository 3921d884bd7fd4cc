"""What is common to ``SELECT`` and to the compounds of it."""

from __future__ import annotations

from redstart.query.query import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class SelectQuery(Query):
    """A query that reads; ``| + & -`` are ``UNION``, ``UNION ALL``, ``INTERSECT``, ``EXCEPT``."""

    def _compound(self, op: str, lhs: Any, rhs: Any) -> Any:
        from redstart.query.compound import CompoundSelectQuery

        return CompoundSelectQuery(lhs, op, rhs)

    def union_all(self, other: Any) -> Any:
        """``self UNION ALL other``."""
        return self._compound("UNION ALL", self, other)

    def union(self, other: Any) -> Any:
        """``self UNION other``."""
        return self._compound("UNION", self, other)

    def intersect(self, other: Any) -> Any:
        """``self INTERSECT other``."""
        return self._compound("INTERSECT", self, other)

    def except_(self, other: Any) -> Any:
        """``self EXCEPT other``."""
        return self._compound("EXCEPT", self, other)

    __add__ = union_all
    __or__ = union
    __and__ = intersect
    __sub__ = except_

    def __radd__(self, other: Any) -> Any:
        return self._compound("UNION ALL", other, self)

    def __ror__(self, other: Any) -> Any:
        return self._compound("UNION", other, self)

    def __rand__(self, other: Any) -> Any:
        return self._compound("INTERSECT", other, self)

    def __rsub__(self, other: Any) -> Any:
        return self._compound("EXCEPT", other, self)

    def select_from(self, *columns: Any) -> Any:
        """``SELECT columns FROM (this query)``.

        Args:
            *columns: What is selected, at least one.

        Raises:
            ValueError: Nothing is selected.
        """
        if not columns:
            message = "select_from() must specify one or more columns."
            raise ValueError(message)
        from redstart.query.select import Select

        query = Select((self,), columns).bind(self._database)
        model = getattr(self, "model", None)
        return query if model is None else query.objects(model)
