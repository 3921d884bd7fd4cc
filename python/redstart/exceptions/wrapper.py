"""Translation of the errors of drivers that are not Redstart's own.

The engine raises the classes of ``tree`` by itself. A database whose ``_connect``
gives another DB-API connection has its errors translated here, by name.
"""

from __future__ import annotations

from redstart.exceptions.tree import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    PeeweeException,
    ProgrammingError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

#: The class that stands for a driver's exception, by the name of the latter.
EXCEPTIONS: dict[str, type[PeeweeException]] = {
    "ConstraintError": IntegrityError,
    "DatabaseError": DatabaseError,
    "DataError": DataError,
    "IntegrityConstraintViolationError": IntegrityError,
    "IntegrityError": IntegrityError,
    "InterfaceError": InterfaceError,
    "InternalClientError": InternalError,
    "InternalError": InternalError,
    "NotSupportedError": NotSupportedError,
    "OperationalError": OperationalError,
    "PostgresConnectionError": OperationalError,
    "ProgrammingError": ProgrammingError,
    "QueryCanceledError": OperationalError,
    "SyntaxOrAccessError": ProgrammingError,
    "TransactionRollbackError": OperationalError,
    "UndefinedFunction": ProgrammingError,
    "UniqueViolation": IntegrityError,
}


class ExceptionWrapper:
    """A context in which a driver's exceptions become Redstart's.

    Example:
        >>> import sqlite3
        >>> from redstart.exceptions import EXCEPTIONS, ExceptionWrapper, IntegrityError
        >>> try:
        ...     with ExceptionWrapper(EXCEPTIONS):
        ...         raise sqlite3.IntegrityError("no two alike")
        ... except IntegrityError as error:
        ...     print(type(error.orig).__module__, error)
        sqlite3 no two alike
    """

    __slots__ = ("exceptions",)

    def __init__(self, exceptions: dict[str, type[PeeweeException]]) -> None:
        """Makes a context that translates by this map.

        Args:
            exceptions: Redstart's classes by the names of the driver's.
        """
        self.exceptions = exceptions

    def __enter__(self) -> None:
        """Starts the translation."""

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exc_type is None or exc_value is None:
            return
        translated = translate(exc_value, self.exceptions)
        if translated is not None:
            # The driver's exception is the context, not the cause, as in peewee.
            raise translated.with_traceback(traceback)


__exception_wrapper__ = ExceptionWrapper(EXCEPTIONS)


def translate(
    error: BaseException, exceptions: dict[str, type[PeeweeException]] = EXCEPTIONS
) -> PeeweeException | None:
    """Gives the exception to raise instead of a driver's, or None to let it pass.

    Args:
        error: What the driver raised.
        exceptions: Redstart's classes by the names of the driver's.
    """
    if isinstance(error, PeeweeException) and error.orig is not None:
        return None
    kind: type[Any] = type(error)
    found = exceptions.get(kind.__name__) or exceptions.get(kind.__bases__[0].__name__)
    if found is None or not isinstance(error, Exception):
        return None
    return found(error)
