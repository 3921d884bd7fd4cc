"""What an integration is told: which databases, how long a connection is held, whether requests are reported on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from redstart.database import Database
from redstart.database.proxy import DatabaseProxy
from redstart.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Iterable

_HOLDS = ("request", "query")

#: The databases that the configuration of an application has named for a proxy.
configured: WeakSet[Any] = WeakSet()


class Settings:
    """The settings of one integration.

    Attributes:
        hold: ``"request"`` or ``"query"``.
        report: Whether requests are reported on.
        one: The database alone in a tuple, where there is one and no proxy; else None.
        blocks: Whether it is known that no database belongs to an event loop.
    """

    __slots__ = ("_given", "_has_proxy", "_then", "blocks", "hold", "one", "report")

    def __init__(self, database: Any, *, hold: str = "request", report: bool = False) -> None:
        """Checks the settings.

        Args:
            database: A database, a proxy of one, or several of them.
            hold: How long a request holds a connection that it has taken: until it ends, or with ``"query"`` until the
                statement or transaction ends, so that a stream keeps none of a pool while it waits.
            report: Whether each request's queries are counted, and told in a header and in the log.

        Raises:
            ImproperlyConfigured: Something is no database, or `hold` is another word.
        """
        if hold not in _HOLDS:
            raise ImproperlyConfigured(f"hold={hold!r} is unknown: use 'request' or 'query'.")
        self._given = _as_tuple(database)
        self._then = tuple(map(_behind, self._given))
        self._has_proxy = any(one is not other for one, other in zip(self._given, self._then, strict=True))
        self.one = self._given if len(self._given) == 1 and not self._has_proxy else None
        self.blocks = False
        self.hold = hold
        self.report = report

    def databases(self) -> tuple[Any, ...]:
        """Gives the databases; a proxy gives the one that it stands for.

        Raises:
            ImproperlyConfigured: It was not said yet which database one of them is, or another application's
                configuration has said something else since.
        """
        is_known = not self._has_proxy
        for one in self._given:
            is_known = is_known and not one.deferred
        if is_known:
            return self._given
        return tuple(_initialized(one, then) for one, then in zip(self._given, self._then, strict=True))

    def async_database(self) -> Any:
        """Gives a database that belongs to an event loop, if there is one, else None.

        Raises:
            ImproperlyConfigured: See `databases`.
        """
        for one in self.databases():
            if one._by_task:
                return one
        # What a proxy stands for may change; whose a database is does not.
        self.blocks = not self._has_proxy
        return None

    def initialized(self) -> tuple[Any, ...]:
        """Gives the databases of which it was said already which they are."""
        return tuple(one for one in map(_behind, self._given) if one is not None and not one.deferred)

    def share_with(self, other: Settings) -> bool:
        """Tells whether others have one of these databases, too.

        Args:
            other: The others.
        """
        return any(one is another for one in self._given for another in other._given)


def _as_tuple(database: Any) -> tuple[Any, ...]:
    given: Iterable[Any] = database if isinstance(database, (list, tuple, set, frozenset)) else (database,)
    found = tuple(given)
    for one in found:
        if not isinstance(one, (Database, DatabaseProxy)):
            raise ImproperlyConfigured(
                f"{one!r} is no database: give a Database, a DatabaseProxy, or a list of them to the integration."
            )
    if not found:
        raise ImproperlyConfigured("The integration was given no database.")
    return found


def _initialized(database: Any, then: Any) -> Any:
    found = _behind(database)
    if found is None:
        raise ImproperlyConfigured(
            "The DatabaseProxy of this integration has no database yet: call proxy.initialize(database) before the "
            "first request."
        )
    if found.deferred:
        raise ImproperlyConfigured(
            f"The {type(found).__name__} of this integration does not know its database yet: call "
            "database.init(...) before the first request."
        )
    if found is not then and found in configured and then in configured and _address(found) != _address(then):
        raise ImproperlyConfigured(
            f"This application's database is {then.database!r}, but its DatabaseProxy stands for {found.database!r} "
            "since another application was configured: applications of one process need a proxy each, and models each."
        )
    return found


def _address(database: Any) -> tuple[Any, ...]:
    return type(database), database.database, database.connect_params


def _behind(database: Any) -> Any:
    while isinstance(database, DatabaseProxy):
        database = database.obj
    return database
