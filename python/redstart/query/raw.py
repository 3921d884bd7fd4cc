"""Queries written as SQL."""

from __future__ import annotations

from redstart._engine import tree
from redstart.query.base import BaseQuery, KeptRows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class RawQuery(KeptRows, BaseQuery):
    """A query whose SQL is written by hand; its rows are dicts."""

    def __init__(self, sql: str | None = None, params: Any = None, **kwargs: Any) -> None:
        """Takes SQL and the values of its placeholders."""
        super().__init__(**kwargs)
        self._sql = sql
        self._params = params

    def _build_tree(self) -> Any:
        return tree.sql(self._sql or "", self._params or None)
