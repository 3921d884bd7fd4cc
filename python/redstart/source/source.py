"""The base of everything that stands after FROM."""

from __future__ import annotations

from redstart._engine import Node, tree
from redstart.constants import JOIN
from redstart.node.column import _DynamicColumn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Source(Node):
    """Something rows are selected from: a table, a join, a subquery, a common table expression.

    Attributes:
        c: Its columns by name: ``source.c.name``.
    """

    c: Any = _DynamicColumn()
    _alias: str | None = None

    def __init__(self, alias: str | None = None) -> None:
        """Makes a source, perhaps under a name."""
        self._alias = alias

    def alias(self, name: str | None = None) -> Any:
        """Gives the source under a name."""
        clone = self.clone()
        clone._alias = name
        return clone

    def select(self, *columns: Any) -> Any:
        """``SELECT columns FROM source``; all columns when none is given.

        Args:
            *columns: What is selected.
        """
        from redstart.node.sql import SQL
        from redstart.query.select import Select

        return Select((self,), columns or (SQL("*"),))

    @property
    def __star__(self) -> Any:
        from redstart.source.star import Star

        return Star(self)

    def join(self, dest: Any, join_type: str = JOIN.INNER, on: Any = None) -> Any:
        """``source INNER JOIN dest ON on``.

        Args:
            dest: The other source.
            join_type: The kind of join.
            on: The condition.
        """
        from redstart.source.join import Join

        return Join(self, dest, join_type, on)

    def left_outer_join(self, dest: Any, on: Any = None) -> Any:
        """``source LEFT OUTER JOIN dest ON on``."""
        from redstart.source.join import Join

        return Join(self, dest, JOIN.LEFT_OUTER, on)

    def cte(self, name: str, recursive: bool = False, columns: Any = None, materialized: bool | None = None) -> Any:
        """Gives a common table expression of this query; see `CTE`."""
        from redstart.source.cte import CTE

        return CTE(name, self, recursive=recursive, columns=columns, materialized=materialized)

    def get_sort_key(self, ctx: Any) -> tuple[Any, ...]:
        """Gives the key by which assignments are sorted."""
        if self._alias or ctx is None:
            return (self._alias or "",)
        return (ctx.alias_manager[self],)

    def apply_alias(self, ctx: Any) -> Any:
        """Renders ``AS "alias"`` after a source."""
        from redstart.constants import SCOPE_SOURCE
        from redstart.node.entity import Entity

        if ctx.scope == SCOPE_SOURCE:
            if self._alias:
                ctx.alias_manager[self] = self._alias
            ctx.literal(" AS ").sql(Entity(ctx.alias_manager[self]))
        return ctx

    def apply_column(self, ctx: Any) -> Any:
        """Renders the alias as the qualifier of a column."""
        from redstart.node.entity import Entity

        if self._alias:
            ctx.alias_manager[self] = self._alias
        return ctx.sql(Entity(ctx.alias_manager[self]))

    def _source_key(self) -> Any:
        return tree.source_key()
