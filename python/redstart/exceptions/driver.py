"""What a driver raises: the exceptions of PEP 249.

The engine raises the classes of ``tree``; the driver's view of the same failure is
an instance of one of these, kept as ``orig``. Nothing is raised from here itself.
"""

from __future__ import annotations

__all__ = [
    "DataError",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
]


class Error(Exception):
    """The base of a driver's errors.

    Attributes:
        sqlite_errorcode: SQLite's extended result code.
        sqlite_errorname: The name of that code, as in ``SQLITE_CONSTRAINT_UNIQUE``.
    """

    sqlite_errorcode: int | None = None
    sqlite_errorname: str | None = None


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
