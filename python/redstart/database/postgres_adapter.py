"""What peewee calls adapters: which number stands for which isolation level, in the words of each driver.

Redstart talks to PostgreSQL itself. What these classes say about levels is used; what would need the
connection of psycopg is refused.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from redstart.exceptions import NotSupportedError


class _BasePsycopgAdapter:
    """The base of both vocabularies."""

    isolation_levels: ClassVar[dict[int, str]] = {}
    txn_idle: ClassVar[int] = 0
    txn_inerror: ClassVar[int] = 3
    txn_unknown: ClassVar[int] = 4

    def __init__(self) -> None:
        """Turns the table of levels round, too."""
        self.isolation_levels_inv = {name: number for number, name in self.isolation_levels.items()}

    def isolation_level_int(self, isolation_level: Any) -> Any:
        """Gives the number of a level; a number as it is.

        Raises:
            KeyError: No level has this name.
        """
        return self.isolation_levels_inv[isolation_level] if isinstance(isolation_level, str) else isolation_level

    def isolation_level_str(self, isolation_level: Any) -> Any:
        """Gives the name of a level; a name as it is.

        Raises:
            KeyError: No level has this number.
        """
        return isolation_level if isinstance(isolation_level, str) else self.isolation_levels[isolation_level]

    def get_binary_type(self) -> Any:
        """Gives the type in which the driver wants bytes."""
        return bytes

    def check_driver(self) -> NoReturn:
        """Refuses: the driver is not psycopg."""
        self._refuse("check_driver")

    def connect(self, db: Any, **params: Any) -> NoReturn:
        """Refuses; ``Database.connect`` opens a connection."""
        del db, params
        self._refuse("connect")

    def get_server_version(self, conn: Any) -> NoReturn:
        """Refuses; ``Database.server_version`` has it."""
        del conn
        self._refuse("get_server_version")

    def rollback(self, conn: Any) -> NoReturn:
        """Refuses; ``Database.rollback`` does it."""
        del conn
        self._refuse("rollback")

    def server_side_cursor(self, conn: Any) -> NoReturn:
        """Refuses; ``PostgresqlExtDatabase.cursor`` gives one."""
        del conn
        self._refuse("server_side_cursor")

    def txn_status(self, conn: Any) -> NoReturn:
        """Refuses; ``Database.in_transaction`` tells it."""
        del conn
        self._refuse("txn_status")

    def is_connection_closed(self, conn: Any) -> NoReturn:
        """Refuses; ``Database.is_closed`` tells it."""
        del conn
        self._refuse("is_connection_closed")

    def is_connection_reusable(self, conn: Any) -> NoReturn:
        """Refuses; the pool asks its own connections."""
        del conn
        self._refuse("is_connection_reusable")

    def is_connection_usable(self, conn: Any) -> NoReturn:
        """Refuses; ``Database.is_connection_usable`` tells it."""
        del conn
        self._refuse("is_connection_usable")

    def _refuse(self, method: str) -> NoReturn:
        raise NotSupportedError(
            f"{type(self).__name__}.{method}() works on a connection of psycopg, which Redstart does not use: "
            "it has a driver of its own. Use the methods of the database."
        )


class Psycopg2Adapter(_BasePsycopgAdapter):
    """The numbers of psycopg2, which hold unless ``prefer_psycopg3`` is given.

    Example:
        >>> from redstart import Psycopg2Adapter
        >>> Psycopg2Adapter().isolation_level_int("SERIALIZABLE")
        3
    """

    isolation_levels: ClassVar[dict[int, str]] = {
        1: "READ COMMITTED",
        2: "REPEATABLE READ",
        3: "SERIALIZABLE",
        4: "READ UNCOMMITTED",
    }


class Psycopg3Adapter(_BasePsycopgAdapter):
    """The numbers of psycopg 3.

    Example:
        >>> from redstart import Psycopg3Adapter
        >>> Psycopg3Adapter().isolation_level_int("SERIALIZABLE")
        4
    """

    isolation_levels: ClassVar[dict[int, str]] = {
        1: "READ UNCOMMITTED",
        2: "READ COMMITTED",
        3: "REPEATABLE READ",
        4: "SERIALIZABLE",
    }
