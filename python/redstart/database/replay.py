"""Running a query's own code around a statement that is awaited.

The code of a query that runs one statement is called twice: first to learn the statement, then, when that has run,
with its cursor.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Wanted(BaseException):
    """Carries the query that is to run first."""

    def __init__(self, query: Any) -> None:
        """Takes the query."""
        super().__init__()
        self.query = query


class Replay:
    """Stands for a database: asks for the statement, and then answers with its cursor."""

    __slots__ = ("_cursor", "_database")

    #: It is not to run yet, and not here.
    _route = None

    def __init__(self, database: Any, cursor: Any = None) -> None:
        """Takes the database and, the second time, the cursor."""
        self._database = database
        self._cursor = cursor

    def execute(self, query: Any, **_: Any) -> Any:
        """Gives the cursor of the statement that has run, once.

        Raises:
            Wanted: It has not.
        """
        cursor, self._cursor = self._cursor, None
        if cursor is None:
            raise Wanted(query)
        return cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


def runs_one_statement(query: Any, name: str = "execute") -> bool:
    """Tells whether a method of a query runs one statement, and is Redstart's own code.

    Args:
        query: The query.
        name: The method's name.
    """
    if getattr(query, "_load_tree", ()):
        return False
    cls = type(query)
    known = _known.get((cls, name))
    if known is None:
        own = (getattr(cls, each, None) for each in (name, *_RUNNING))
        known = _known[cls, name] = all(method is None or _module(method).startswith("redstart.") for method in own)
    return known


def _module(method: Any) -> str:
    # Native methods are of their class's module.
    owner = getattr(method, "__objclass__", method)
    return getattr(owner, "__module__", None) or ""


_RUNNING = ("_execute", "execute", "handle_result", "execute_returning")
_known: dict[tuple[type, str], bool] = {}
