"""The placeholder for a database that is chosen later."""

from __future__ import annotations

from typing import Any

from redstart.database.connection_context import ConnectionContext
from redstart.database.transaction_methods import TransactionMethods
from redstart.proxy import Proxy


class DatabaseProxy(Proxy):
    """Stands for a database; its blocks can be used as decorators before that is known.

    Example:
        >>> from redstart import DatabaseProxy, SqliteDatabase
        >>> db = DatabaseProxy()
        >>> @db.atomic()
        ... def depth():
        ...     return db.transaction_depth()
        >>> db.initialize(SqliteDatabase(":memory:"))
        >>> depth()
        1
    """

    __slots__ = ("_Model",)

    _Model: Any

    def connection_context(self) -> ConnectionContext:
        """Gives a block with an open connection."""
        return ConnectionContext(self)

    # What they give asks the database, and not before it is entered.
    atomic = TransactionMethods.atomic
    manual_commit = TransactionMethods.manual_commit
    transaction = TransactionMethods.transaction
    savepoint = TransactionMethods.savepoint

    @property
    def Model(self) -> Any:  # noqa: N802 - peewee's name
        """A base class for models bound to this database."""
        try:
            return object.__getattribute__(self, "_Model")
        except AttributeError:
            from redstart.database.base import base_model

            model = base_model(self)
            self._set("_Model", model)
            return model
