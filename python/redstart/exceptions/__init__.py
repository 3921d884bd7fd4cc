"""The exceptions that Redstart raises, in peewee's tree.

Here stand re-exports only: the tree is in ``tree``, the classes of the drivers in
``driver``, the translation of foreign drivers' errors in ``wrapper``.
"""

from redstart.exceptions import driver
from redstart.exceptions.tree import (
    DatabaseError,
    DataError,
    DoesNotExist,
    ImproperlyConfigured,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    PeeweeException,
    ProgrammingError,
)
from redstart.exceptions.wrapper import EXCEPTIONS, ExceptionWrapper

__all__ = [
    "EXCEPTIONS",
    "DataError",
    "DatabaseError",
    "DoesNotExist",
    "ExceptionWrapper",
    "ImproperlyConfigured",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "PeeweeException",
    "ProgrammingError",
    "driver",
]
