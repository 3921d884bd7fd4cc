"""Cursors that stay on the server: their rows come in portions.

In plain SQL over an ordinary cursor of the driver's: ``DECLARE``, ``FETCH``, ``CLOSE``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.exceptions import DatabaseError, InterfaceError
from redstart.exceptions.wrapper import translate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: How many rows a portion has unless told otherwise.
ARRAY_SIZE = 2000


class NamedCursor:
    """A cursor on the server, with the methods of PEP 249.

    It closes itself once it has given its last row. Without ``hold`` it lives as long as its transaction.

    Attributes:
        name: Its name on the server.
        closed: Whether ``close`` was called.
        itersize: How many rows are fetched at a time where they are taken one by one.
        arraysize: How many rows ``fetchmany`` gives by default.
    """

    def __init__(self, cursor: Any, name: str, hold: bool = False) -> None:
        """Takes a cursor of the driver's, through which it works.

        Args:
            cursor: The driver's cursor.
            name: The name on the server.
            hold: Whether it outlives the transaction in which it was declared.
        """
        self._cursor = cursor
        self._hold = hold
        self._rows: list[Any] = []
        self._open = False
        self._exhausted = False
        self.closed = False
        self.name = name
        self.description: Any = None
        self.itersize = ARRAY_SIZE
        self.arraysize = 1
        self.rowcount = -1

    def execute(self, sql: str, params: Sequence[Any] | None = None) -> NamedCursor:
        """``DECLARE "name" CURSOR [WITH HOLD] FOR sql``, and fetches the first portion.

        Args:
            sql: The query.
            params: The values for its placeholders.

        Raises:
            InterfaceError: The cursor has a query already.
        """
        if self._open or self._exhausted:
            raise InterfaceError(f"The cursor {self.name!r} has a query already; a cursor on the server has one only.")
        hold = " WITH HOLD" if self._hold else ""
        self._cursor.execute(f"DECLARE {self._quoted_name()} CURSOR{hold} FOR {sql}", params or ())
        self._open = True
        # The names of the columns come with the rows.
        self._rows = self._fetch(self.itersize)
        return self

    def _quoted_name(self) -> str:
        return '"{}"'.format(self.name.replace('"', '""'))

    def _fetch(self, count: int | None) -> list[Any]:
        """Fetches rows, in the reverse order, so that the next one stands at the end; all without a count."""
        if not self._open:
            return []
        how_many = "ALL" if count is None else str(int(count))
        self._cursor.execute(f"FETCH FORWARD {how_many} FROM {self._quoted_name()}", ())
        if self.description is None:
            self.description = self._cursor.description
        rows = list(self._cursor.fetchall())
        if count is None or len(rows) < count:
            self._exhausted = True
            self._close_on_server()
        rows.reverse()
        return rows

    def fetchone(self) -> Any:
        """Gives the next row, or None."""
        if not self._rows:
            self._rows = self._fetch(self.itersize)
        return self._rows.pop() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Gives the next rows.

        Args:
            size: How many; ``arraysize`` by default.
        """
        wanted = self.arraysize if size is None else size
        rows: list[Any] = []
        while len(rows) < wanted:
            if not self._rows:
                self._rows = self._fetch(wanted - len(rows))
            if not self._rows:
                break
            rows.append(self._rows.pop())
        return rows

    def fetchall(self) -> list[Any]:
        """Gives all rows that are left."""
        kept, self._rows = self._rows, []
        return [*reversed(kept), *reversed(self._fetch(None))]

    def __iter__(self) -> Iterator[Any]:
        while (row := self.fetchone()) is not None:
            yield row

    def close(self) -> None:
        """Closes it here and on the server; twice is no error."""
        if self.closed:
            return
        self._rows = []
        self._exhausted = self.closed = True
        try:
            if self._open and not self._hold:
                self._open = self._outlives()
            self._close_on_server()
        finally:
            self._open = False
            self._cursor.close()

    def _outlives(self) -> bool:
        """Tells whether the server still has it: its transaction may be over, or have failed, which ends it too."""
        try:
            self._cursor.execute("SELECT 1 FROM pg_cursors WHERE name = %s", (self.name,))
            return self._cursor.fetchone() is not None
        except Exception as error:
            if isinstance(error, DatabaseError) or translate(error) is not None:
                return False
            raise

    def _close_on_server(self) -> None:
        if self._open:
            self._open = False
            self._cursor.execute(f"CLOSE {self._quoted_name()}", ())


class FetchManyCursor:
    """A cursor's rows, one by one, taken from it in portions.

    Attributes:
        cursor: The cursor.
        array_size: How many rows a portion has.
        exhausted: Whether it has given its last row.
        iterable: The rows that are left.
    """

    __slots__ = ("array_size", "cursor", "exhausted", "iterable")

    def __init__(self, cursor: Any, array_size: int | None = None) -> None:
        """Takes a cursor that has run a query.

        Args:
            cursor: The cursor.
            array_size: How many rows a portion has; 2,000 by default.
        """
        self.cursor = cursor
        self.array_size = array_size or ARRAY_SIZE
        self.exhausted = False
        self.iterable = self.row_gen()

    @property
    def description(self) -> Any:
        """What the cursor says of its columns."""
        return self.cursor.description

    def close(self) -> None:
        """Closes the cursor."""
        self.cursor.close()

    def row_gen(self) -> Iterator[Any]:
        """Gives the rows."""
        while rows := self.cursor.fetchmany(self.array_size):
            yield from rows
        self.cursor.close()

    def fetchone(self) -> Any:
        """Gives the next row, or None."""
        if self.exhausted:
            return None
        row = next(self.iterable, None)
        self.exhausted = row is None
        return row
