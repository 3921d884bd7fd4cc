"""The tree of exceptions, as peewee names it.

Only classes stand here: which error of a database becomes which class is decided
by the engine, and by ``wrapper`` for drivers that are not Redstart's own.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class PeeweeException(Exception):  # noqa: N818 - peewee's name
    """The base of every error that comes from a database or from its set-up.

    Attributes:
        orig: The driver's exception, where there was one.
        sqlstate: The standard's five-character code, where the database gives one.
        constraint: The name of the broken constraint, where the database gives it.
    """

    orig: Any = None
    sqlstate: str | None = None
    constraint: str | None = None

    def __init__(self, *args: Any) -> None:
        """Takes the driver's exception as the only argument, or a message.

        Args:
            *args: A message, or one exception whose arguments become this one's.
        """
        if len(args) == 1 and isinstance(args[0], Exception):
            self.orig = args[0]
            args = args[0].args
        super().__init__(*args)


class ImproperlyConfigured(PeeweeException):
    """Something needed is missing: a driver, a database, a setting."""


class InterfaceError(PeeweeException):
    """The interface was used wrongly: a closed or uninitialised database."""


class DatabaseError(PeeweeException):
    """The base of the errors that a database reports."""


class DataError(DatabaseError):
    """A value does not fit its column."""


class IntegrityError(DatabaseError):
    """A constraint is broken: unique, not null, foreign key, check."""


class InternalError(DatabaseError):
    """The database is in a state in which it takes no statements."""


class NotSupportedError(DatabaseError):
    """The database has no such feature."""


class OperationalError(DatabaseError):
    """The database could not do its work: locked, unreachable, interrupted."""


class ProgrammingError(DatabaseError):
    """The statement is wrong, or the cursor is used wrongly."""


class DoesNotExist(Exception):  # noqa: N818 - peewee's name
    """No row matched. Every model has a subclass of its own, ``Model.DoesNotExist``."""
