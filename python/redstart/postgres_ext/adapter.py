"""The adapters of peewee's extension: those of the plain database, which know of ``hstore`` too."""

from __future__ import annotations

from typing import Any, NoReturn

from redstart.database.postgres_adapter import Psycopg2Adapter, Psycopg3Adapter
from redstart.exceptions import NotSupportedError


class Psycopg2ExtAdapter(Psycopg2Adapter):
    """The numbers of psycopg2."""

    def register_hstore(self, conn: Any) -> NoReturn:
        """Refuses; ``PostgresqlExtDatabase(register_hstore=True)`` does it."""
        del conn
        self._refuse("register_hstore")


class Psycopg3ExtAdapter(Psycopg3Adapter):
    """The numbers of psycopg 3."""

    def register_hstore(self, conn: Any) -> NoReturn:
        """Refuses; ``PostgresqlExtDatabase(register_hstore=True)`` does it."""
        del conn
        self._refuse("register_hstore")


def register_hstore_pg3(*args: Any) -> NoReturn:
    """Refuses: it is a function of psycopg 3, which Redstart does not use.

    Raises:
        NotSupportedError: Always.
    """
    del args
    raise NotSupportedError(
        "register_hstore_pg3() works on a connection of psycopg 3, which Redstart does not use. "
        "Make the database with register_hstore=True."
    )
