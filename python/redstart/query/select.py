"""``SELECT``."""

from __future__ import annotations

import operator
from functools import reduce

from redstart._engine import tree
from redstart.constants import JOIN
from redstart.node.for_update import ForUpdate
from redstart.query.select_base import SelectBase
from redstart.source.join import Join
from redstart.source.table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Select(SelectBase):
    """``SELECT … FROM … WHERE … GROUP BY … HAVING … ORDER BY … LIMIT … OFFSET …``."""

    _group_by: Any = None
    _having: Any = None
    _windows: Any = None
    _for_update: Any = None
    _lateral: Any = None
    _distinct: Any = None
    _simple_distinct: Any = None

    def __init__(  # noqa: PLR0913, PLR0917 - peewee's signature
        self,
        from_list: Any = None,
        columns: Any = None,
        group_by: Any = None,
        having: Any = None,
        distinct: Any = None,
        windows: Any = None,
        for_update: Any = None,
        lateral: Any = None,
        **kwargs: Any,
    ) -> None:
        """Makes a query of its clauses."""
        super().__init__(**kwargs)
        self._from_list = [] if from_list is None else list(from_list)
        self._returning = columns
        if group_by is not None:
            self._group_by = group_by
        if having is not None:
            self._having = having
        if windows is not None:
            self._windows = windows
        if for_update:
            self._for_update = ForUpdate(for_update) if not isinstance(for_update, ForUpdate) else for_update
        if lateral is not None:
            self._lateral = lateral
        if isinstance(distinct, bool):
            self._simple_distinct = distinct
        elif distinct is not None:
            self._distinct = distinct

    def columns(self, *columns: Any) -> Any:
        """Selects these columns in place of others."""
        clone = self.clone()
        clone._returning = columns
        return clone

    select = columns

    def select_extend(self, *columns: Any) -> Any:
        """Selects these columns too."""
        clone = self.clone()
        clone._returning = (*clone._returning, *columns)
        return clone

    @property
    def selected_columns(self) -> Any:
        """What is selected; may be set."""
        return self._returning

    @selected_columns.setter
    def selected_columns(self, value: Any) -> None:
        self._returning = value

    def from_(self, *sources: Any) -> Any:
        """``FROM`` these sources in place of others."""
        clone = self.clone()
        clone._from_list = list(sources)
        return clone

    def join(self, dest: Any, join_type: str = JOIN.INNER, on: Any = None) -> Any:
        """``… INNER JOIN dest ON on``, after the last source.

        Args:
            dest: What is joined.
            join_type: The kind of join.
            on: The condition.

        Raises:
            ValueError: There is no source to join to.
        """
        if not self._from_list:
            message = "No sources to join on."
            raise ValueError(message)
        clone = self.clone()
        clone._from_list = [*clone._from_list[:-1], Join(clone._from_list[-1], dest, join_type, on)]
        return clone

    def left_outer_join(self, dest: Any, on: Any = None) -> Any:
        """``… LEFT OUTER JOIN dest ON on``, after the last source."""
        return self.join(dest, JOIN.LEFT_OUTER, on)

    def group_by(self, *columns: Any) -> Any:
        """``GROUP BY``, in place of another grouping; a table stands for its columns.

        Args:
            *columns: The columns and tables.

        Raises:
            ValueError: A table does not declare its columns.
        """
        grouping: list[Any] = []
        for column in columns:
            if isinstance(column, Table):
                if not column._columns:
                    message = "Cannot pass a table to group_by() that does not have columns explicitly declared."
                    raise ValueError(message)
                grouping.extend(getattr(column, name) for name in column._columns)
            else:
                grouping.append(column)
        clone = self.clone()
        clone._group_by = grouping
        return clone

    def group_by_extend(self, *values: Any) -> Any:
        """``GROUP BY``, after the grouping that is there."""
        return self.group_by(*(*(self._group_by or ()), *values))

    def having(self, *expressions: Any) -> Any:
        """``HAVING a AND b``, in addition to what is there.

        Raises:
            TypeError: No condition is given.
        """
        clone = self.clone()
        if clone._having is not None:
            expressions = (clone._having, *expressions)
        clone._having = reduce(operator.and_, expressions)
        return clone

    def distinct(self, *columns: Any) -> Any:
        """``DISTINCT``; ``DISTINCT ON (columns)`` when columns are given; False takes it away."""
        clone = self.clone()
        if len(columns) == 1 and (columns[0] is True or columns[0] is False):
            clone._simple_distinct = columns[0]
            clone._distinct = None
        else:
            clone._simple_distinct = False
            clone._distinct = columns
        return clone

    def window(self, *windows: Any) -> Any:
        """``WINDOW``: names windows for ``OVER``.

        Raises:
            ValueError: Two windows have the same name.
        """
        if windows and len({window._alias for window in windows}) != len(windows):
            message = "Window definitions must have unique aliases. Use alias= to name each window."
            raise ValueError(message)
        clone = self.clone()
        clone._windows = windows or None
        return clone

    def for_update(
        self, for_update: Any = True, of: Any = None, nowait: bool | None = None, skip_locked: bool | None = None
    ) -> Any:
        """``FOR UPDATE``; see `ForUpdate`.

        Args:
            for_update: True, the clause's text, or False to take it away.
            of: The sources whose rows are locked.
            nowait: Fail at once where a row is locked.
            skip_locked: Leave locked rows out.
        """
        if not for_update and (of is not None or nowait or skip_locked):
            for_update = True
        clone = self.clone()
        clone._for_update = ForUpdate(for_update, of, nowait, skip_locked) if for_update else None
        return clone

    def lateral(self, lateral: bool = True) -> Any:
        """Puts ``LATERAL`` before the query where it is a source."""
        clone = self.clone()
        clone._lateral = lateral
        return clone

    def _count_can_project_one(self) -> bool:
        return (
            self._having is None
            and self._group_by is None
            and self._windows is None
            and self._distinct is None
            and self._simple_distinct is not True
        )

    def _build_tree(self) -> Any:
        # The engine reads the clauses from the instance's dict: what was never asked for is not there.
        state = self.__dict__
        distinct = lock = None
        if "_distinct" in state or "_simple_distinct" in state:
            distinct = self._distinct
            distinct = bool(self._simple_distinct) if distinct is None else distinct or True
        if "_for_update" in state and self._for_update is not None:
            lock = self._for_update._tree()
        if "_alias" in state:
            hash(self)  # its identity is its name's
        return tree.select_of(state, distinct, lock)
