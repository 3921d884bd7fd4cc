"""The rows of a query that another driver's cursor gives: what async libraries for peewee make of their own rows."""

from __future__ import annotations

from redstart._engine import CursorWrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Self

    from redstart._engine import RowPlan


class DriverRows(CursorWrapper):
    """The rows of a query, from any cursor that has ``description``, ``fetchone`` and ``close``.

    Example:
        >>> import sqlite3
        >>> from redstart import CharField, Model
        >>> class User(Model):
        ...     name = CharField()
        >>> cursor = sqlite3.connect(":memory:").execute("select 1 as id, 'huey' as name")
        >>> [user.name for user in User.select()._get_cursor_wrapper(cursor)]
        ['huey']
    """

    def __new__(cls, cursor: Any, plan: RowPlan) -> Self:
        """Takes the cursor; no row is read yet.

        Args:
            cursor: The other driver's cursor.
            plan: How a row becomes what the query gives.
        """
        self = super().__new__(cls, _Listed(cursor), plan)
        self._cursor = cursor
        self._plan = plan
        return self

    if TYPE_CHECKING:
        _cursor: Any
        _plan: RowPlan

    @property
    def cursor(self) -> Any:
        """The other driver's cursor."""
        return self._cursor

    def initialize(self) -> None:
        """Prepares the reading of rows; nothing is left to do."""

    def process_row(self, row: Any) -> Any:
        """Makes of a row what the query gives for it.

        Args:
            row: The values, in the order of the cursor's description.
        """
        return self._plan.make(_listed(row, len(self._cursor.description)))


class _Listed:
    """A cursor whose rows are of a type that the engine reads."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def fetchone(self) -> Any:
        row = self._cursor.fetchone()
        return row if row is None or type(row) is tuple else _listed(row, len(self._cursor.description))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def _listed(row: Any, columns: int) -> list[Any]:
    # By index: a row may be a mapping that gives its values so.
    return [row[place] for place in range(columns)]
