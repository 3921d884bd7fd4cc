"""Ways to run a query that reads, and to take from it one row, one value, a number."""

from __future__ import annotations

from redstart.node.function import fn
from redstart.node.sql import SQL
from redstart.query.base import KeptRows
from redstart.query.database_required import database_required
from redstart.query.select_query import SelectQuery
from redstart.source.hashable import _HashableSource
from redstart.source.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class SelectBase(_HashableSource, Source, KeptRows, SelectQuery):
    """A query that reads, which is a source of other queries too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Makes a query of its clauses."""
        SelectQuery.__init__(self, *args, **kwargs)

    clone: Any = SelectQuery.clone  # pyright: ignore[reportAssignmentType]  # the query's, not the source's

    @database_required
    def peek(self, database: Any, n: int = 1) -> Any:
        """Gives the first row, or a list of the first ``n``; None where there is none.

        Args:
            database: The database to run on, where it is not the query's own.
            n: The number of rows.
        """
        rows = self.execute(database)[:n]
        if rows:
            return rows[0] if n == 1 else rows
        return None

    @database_required
    def first(self, database: Any, n: int = 1) -> Any:
        """Gives the first row, or a list of the first ``n``, and limits the query itself to that.

        Args:
            database: The database to run on, where it is not the query's own.
            n: The number of rows.
        """
        if self._limit != n:
            self._limit = n
            self._cursor_wrapper = None
        return self.peek(database, n=n)

    @database_required
    def scalar(self, database: Any, as_tuple: bool = False, as_dict: bool = False) -> Any:
        """Gives the first column of the first row; None where there is no row.

        Args:
            database: The database to run on, where it is not the query's own.
            as_tuple: Give the row as a tuple.
            as_dict: Give the row as a dict.
        """
        if as_dict:
            return self.dicts().limit(1).peek(database)
        row = self.tuples().limit(1).peek(database)
        return row[0] if row and not as_tuple else row

    @database_required
    def scalars(self, database: Any) -> Iterator[Any]:
        """Gives the first column of each row."""
        for row in self.tuples().execute(database):
            yield row[0]

    @database_required
    def count(self, database: Any, clear_limit: bool = False) -> int:
        """Gives the number of rows: ``SELECT COUNT(1) FROM (SELECT 1 …) AS "_wrapped"``.

        Args:
            database: The database to run on, where it is not the query's own.
            clear_limit: Count without the limit and offset.
        """
        from redstart.query.select import Select

        clone = self.order_by().alias("_wrapped")
        if clear_limit:
            clone._limit = clone._offset = None
        if clone._count_can_project_one():
            clone = clone.select(SQL("1"))
        count: int = Select([clone], [fn.COUNT(SQL("1"))]).tuples().scalar(database)
        return count

    @database_required
    def exists(self, database: Any) -> bool:
        """Tells whether there is a row: ``SELECT EXISTS(SELECT 1 …)``."""
        from redstart.query.select import Select

        clone = self._projecting_one()
        return bool(Select(columns=[fn.EXISTS(clone)]).scalar(database))

    @database_required
    def get(self, database: Any) -> Any:
        """Gives the first row; None where there is none."""
        try:
            return self.execute(database)[0]
        except IndexError:
            return None

    def _count_can_project_one(self) -> bool:
        return False

    def _projecting_one(self) -> Any:
        return self
