"""The check that a query method finds a database."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from redstart.exceptions import InterfaceError

if TYPE_CHECKING:
    from collections.abc import Callable


def database_required(method: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps a method of a query so that it gets the query's database unless it is given one.

    Args:
        method: The method; its first parameter is the database.
    """

    @wraps(method)
    def inner(self: Any, database: Any = None, *args: Any, **kwargs: Any) -> Any:
        database = self._database if database is None else database
        if database is None:
            raise InterfaceError(f'Query must be bound to a database in order to call "{method.__name__}".')
        return method(self, database, *args, **kwargs)

    return inner
