"""What an insert does with rows that exist already."""

from __future__ import annotations

import operator
from functools import reduce

from redstart._engine import Node
from redstart.node.ensure import ensure_tuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class OnConflict(Node):
    """``ON CONFLICT … DO …``, ``INSERT OR …`` or ``ON DUPLICATE KEY UPDATE …``."""

    def __init__(  # noqa: PLR0913, PLR0917 - peewee's signature
        self,
        action: str | None = None,
        update: Any = None,
        preserve: Any = None,
        where: Any = None,
        conflict_target: Any = None,
        conflict_where: Any = None,
        conflict_constraint: str | None = None,
    ) -> None:
        """Describes what happens.

        Args:
            action: ``IGNORE``, ``NOTHING``, ``REPLACE`` or another of the database's.
            update: What is assigned in the existing row.
            preserve: The columns that take the new row's values.
            where: The condition under which the existing row is changed.
            conflict_target: The columns whose conflict is meant.
            conflict_where: The condition of the partial index that is meant.
            conflict_constraint: The constraint that is meant.

        Raises:
            ValueError: Both a target and a constraint are given.
        """
        self._action = action
        self._update = update
        self._preserve = ensure_tuple(preserve)
        self._where = where
        if conflict_target is not None and conflict_constraint is not None:
            message = 'only one of "conflict_target" and "conflict_constraint" may be specified.'
            raise ValueError(message)
        self._conflict_target = ensure_tuple(conflict_target)
        self._conflict_where = conflict_where
        self._conflict_constraint = conflict_constraint

    def get_conflict_statement(self, ctx: Any, query: Any) -> Any:
        """Gives what the database puts before ``INTO``."""
        return ctx.state.conflict_statement(self, query)

    def get_conflict_update(self, ctx: Any, query: Any) -> Any:
        """Gives what the database puts after the values."""
        return ctx.state.conflict_update(self, query)

    def preserve(self, *columns: Any) -> OnConflict:
        """Gives a copy with other columns that take the new row's values."""
        return self._with(_preserve=columns)

    def update(self, _data: Any = None, **kwargs: Any) -> OnConflict:
        """Gives a copy with other assignments."""
        if _data and kwargs and not isinstance(_data, dict):
            message = "Cannot mix data with keyword arguments in the OnConflict update method."
            raise ValueError(message)
        data = _data or {}
        if kwargs:
            data = {**data, **kwargs}
        return self._with(_update=data)

    def where(self, *expressions: Any) -> OnConflict:
        """Gives a copy whose update has a further condition."""
        if self._where is not None:
            expressions = (self._where, *expressions)
        return self._with(_where=reduce(operator.and_, expressions))

    def conflict_target(self, *constraints: Any) -> OnConflict:
        """Gives a copy for a conflict of other columns."""
        return self._with(_conflict_constraint=None, _conflict_target=constraints)

    def conflict_where(self, *expressions: Any) -> OnConflict:
        """Gives a copy for a further condition of the partial index."""
        if self._conflict_where is not None:
            expressions = (self._conflict_where, *expressions)
        return self._with(_conflict_where=reduce(operator.and_, expressions))

    def conflict_constraint(self, constraint: str) -> OnConflict:
        """Gives a copy for a conflict of another constraint."""
        return self._with(_conflict_constraint=constraint, _conflict_target=None)

    def _with(self, **changes: Any) -> OnConflict:
        clone = self.clone()
        clone.__dict__.update(changes)
        return clone
