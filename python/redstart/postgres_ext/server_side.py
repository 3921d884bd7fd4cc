"""Queries whose rows stay on the server until they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart._engine import Node

if TYPE_CHECKING:
    from collections.abc import Iterator


class ServerSideQuery(Node):
    """A query that runs with a cursor on the server, and can be closed before its end.

    Attributes:
        query: The query.
        array_size: How many rows are fetched at a time.
    """

    def __init__(self, query: Any, array_size: int | None = None) -> None:
        """Takes a query of a `PostgresqlExtDatabase`.

        Args:
            query: The query.
            array_size: How many rows are fetched at a time; 2,000 by default.

        Raises:
            ValueError: The query loads relations with ``with_related``, for which it would need all rows at once.
        """
        if getattr(query, "_load_tree", None):
            raise ValueError("with_related() is incompatible with ServerSide().")
        super().__init__()
        self.query = query
        self.array_size = array_size
        self._cursor_wrapper: Any = None

    def __sql__(self, ctx: Any) -> Any:
        """Writes the query."""
        return self.query.__sql__(ctx)

    def __iter__(self) -> Iterator[Any]:
        return self.iterator()

    def iterator(self) -> Iterator[Any]:
        """Runs the query, unless it has run, and gives the rows that are left; none of them is kept."""
        if self._cursor_wrapper is None:
            cursor = self.query._database.execute(self.query, named_cursor=True, array_size=self.array_size)
            self._cursor_wrapper = self.query._get_cursor_wrapper(cursor)
        rows: Iterator[Any] = self._cursor_wrapper.iterator()
        return rows

    def close(self) -> bool:
        """Closes the cursor on the server; the next look at the rows runs the query again.

        Returns:
            Whether there was one.
        """
        wrapper, self._cursor_wrapper = self._cursor_wrapper, None
        if wrapper is None:
            return False
        wrapper.cursor.close()
        return True


def ServerSide(query: Any, array_size: int | None = None) -> Iterator[Any]:  # noqa: N802 - peewee's name
    """Gives the rows of a query without ever holding all of them.

    Args:
        query: A query of a `PostgresqlExtDatabase`.
        array_size: How many rows are fetched at a time; 2,000 by default.

    Raises:
        ValueError: The query loads relations with ``with_related``.
    """
    server_side = ServerSideQuery(query, array_size=array_size)
    try:
        yield from server_side
    finally:
        server_side.close()
