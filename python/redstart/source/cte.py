"""Common table expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart._engine import tree
from redstart.node.ensure import ensure_entity
from redstart.source.hashable import _HashableSource
from redstart.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence


class CTE(_HashableSource, Source):
    """``WITH "name" ("columns") AS [NOT MATERIALIZED] (query)``, and ``"name"`` where it is a source.

    Example:
        >>> from redstart import Table
        >>> users = Table("users", ("id",))
        >>> ids = users.select(users.id).cte("ids")
        >>> ids.select_from(ids.c.id).sql()[0]
        'WITH "ids" AS (SELECT "t1"."id" FROM "users" AS "t1") SELECT "ids"."id" FROM "ids"'
    """

    def __init__(
        self,
        name: str,
        query: Any,
        recursive: bool = False,
        columns: Sequence[Any] | None = None,
        materialized: bool | None = None,
    ) -> None:
        """Names a query.

        Args:
            name: The name.
            query: The query.
            recursive: Whether it refers to itself.
            columns: The names of its columns.
            materialized: True or False writes ``MATERIALIZED`` or ``NOT MATERIALIZED``.
        """
        super().__init__(alias=name)
        self._query = query
        self._recursive = recursive
        self._materialized = materialized
        self._columns = None if columns is None else [ensure_entity(column) for column in columns]

    def select_from(self, *columns: Any) -> Any:
        """``WITH … SELECT columns FROM "name"``.

        Args:
            *columns: What is selected.

        Raises:
            ValueError: No column is given.
        """
        if not columns:
            message = "select_from() must specify one or more columns from the CTE to select."
            raise ValueError(message)
        model = getattr(self._query, "model", None)
        if model is not None:
            from redstart.query.model_select import ModelSelect

            return ModelSelect(model, columns).from_(self).with_cte(self)
        from redstart.query.select import Select

        return Select((self,), columns).with_cte(self).bind(self._query._database)

    def union_all(self, rhs: Any) -> CTE:
        """Adds a recursive term: ``query UNION ALL rhs``."""
        return self._extended(self._query + rhs)

    __add__ = union_all

    def union(self, rhs: Any) -> CTE:
        """Adds a recursive term: ``query UNION rhs``."""
        return self._extended(self._query | rhs)

    __or__ = union

    def _extended(self, query: Any) -> CTE:
        clone: CTE = self.clone()
        clone._query = query
        return clone

    def _build_tree(self) -> Any:
        return tree.cte(
            self._key,
            self._alias or "",
            self._query,
            recursive=bool(self._recursive),
            columns=self._columns,
            materialized=self._materialized,
        )
