"""The check that a query has a database to run on."""

from __future__ import annotations

from functools import wraps

from redstart.exceptions import InterfaceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def database_required(method: Callable[..., Any]) -> Callable[..., Any]:
    """Gives the method the database in its first argument, or the query's own.

    Raises:
        InterfaceError: There is neither.
    """
    name = method.__name__

    @wraps(method)
    def inner(self: Any, database: Any = None, *args: Any, **kwargs: Any) -> Any:
        if database is None:
            database = self._database
        if not database:
            raise unbound(name)
        return method(self, database, *args, **kwargs)

    return inner


def unbound(name: str) -> InterfaceError:
    """Gives the error of a method that needs a database, for a query that has none.

    Args:
        name: The method's name.
    """
    return InterfaceError(f'Query must be bound to a database in order to call "{name}".')
