"""What a driver raises: the exceptions of PEP 249.

The engine raises the classes of ``tree``; the driver's view of the same failure is
an instance of one of these, kept as ``orig``. Nothing is raised from here itself.
"""

from __future__ import annotations

__all__ = [
    "DataError",
    "DatabaseError",
    "Diagnostics",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
]


class Diagnostics:
    """What PostgreSQL said beside its message; None where it said nothing.

    The names are libpq's: ``severity``, ``sqlstate``, ``message_primary``, ``message_detail``,
    ``message_hint``, ``statement_position``, ``context``, ``schema_name``, ``table_name``,
    ``column_name``, ``datatype_name``, ``constraint_name``, ``source_file`` and so on
    (https://www.postgresql.org/docs/current/protocol-error-fields.html).
    """

    def __getattr__(self, name: str) -> str | None:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


class Error(Exception):
    """The base of a driver's errors.

    Attributes:
        sqlite_errorcode: SQLite's extended result code.
        sqlite_errorname: The name of that code, as in ``SQLITE_CONSTRAINT_UNIQUE``.
        sqlstate: The standard's five-character code, where the database gives one.
    """

    sqlite_errorcode: int | None = None
    sqlite_errorname: str | None = None
    sqlstate: str | None = None

    @property
    def diag(self) -> Diagnostics:
        """What PostgreSQL said beside its message."""
        found: Diagnostics | None = self.__dict__.get("_diag")
        if found is None:
            found = self.__dict__["_diag"] = Diagnostics()
        return found

    @property
    def pgcode(self) -> str | None:
        """The five-character code, under the name that it has in psycopg2."""
        return self.sqlstate

    @property
    def pgerror(self) -> str | None:
        """The message, under the name that it has in psycopg2; None where the server sent none."""
        return str(self) if self.sqlstate else None


class InterfaceError(Error):
    """The driver was used wrongly."""


class DatabaseError(Error):
    """The base of what the database itself reports."""


class DataError(DatabaseError):
    """A value does not fit."""


class IntegrityError(DatabaseError):
    """A constraint is broken."""


class InternalError(DatabaseError):
    """The database is in a state in which it takes no statements."""


class NotSupportedError(DatabaseError):
    """The database has no such feature."""


class OperationalError(DatabaseError):
    """The database could not do its work."""


class ProgrammingError(DatabaseError):
    """The statement is wrong."""
