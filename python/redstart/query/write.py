"""What is common to the statements that write."""

from __future__ import annotations

from redstart.query.query import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _WriteQuery(Query):
    """``INSERT``, ``UPDATE`` or ``DELETE``, perhaps ``RETURNING`` rows.

    Attributes:
        table: The table that is written to.
    """

    _returning: Any = None
    _return_cursor = False

    def __init__(self, table: Any, returning: Any = None, **kwargs: Any) -> None:
        """Writes to a table."""
        super().__init__(**kwargs)
        self.table = table
        if returning:
            self._returning = returning
            self._return_cursor = True

    def cte(self, name: str, recursive: bool = False, columns: Any = None, materialized: bool | None = None) -> Any:
        """Gives a common table expression of this statement; see `CTE`."""
        from redstart.source.cte import CTE

        return CTE(name, self, recursive=recursive, columns=columns, materialized=materialized)

    def returning(self, *returning: Any) -> Any:
        """``RETURNING``: gives these columns of the rows that were written."""
        clone = self.clone()
        clone._returning = returning
        clone._return_cursor = bool(returning)
        return clone

    def apply_returning(self, ctx: Any) -> Any:
        """Renders ``RETURNING``."""
        if self._returning:
            from redstart.node.node_list import CommaNodeList

            with ctx.scope_source():
                ctx.literal(" RETURNING ").sql(CommaNodeList(self._returning))
        return ctx

    def execute_returning(self, database: Any) -> Any:
        """Runs the statement and gives the rows that it returns."""
        self._cursor_wrapper = self._get_cursor_wrapper(database.execute(self))
        return self._cursor_wrapper

    def handle_result(self, database: Any, cursor: Any) -> Any:
        """Gives what the statement's execution gives.

        Args:
            database: The database it ran on.
            cursor: The cursor, or the rows it returned.
        """
        if self._return_cursor:
            return cursor
        return database.rows_affected(cursor)

    def _execute(self, database: Any) -> Any:
        cursor = self.execute_returning(database) if self._returning else database.execute(self)
        return self.handle_result(database, cursor)
