"""The placeholder for a database that is chosen later."""

from __future__ import annotations

from typing import Any

from redstart.database.atomic import _atomic
from redstart.database.connection_context import ConnectionContext
from redstart.database.manual_commit import _manual
from redstart.database.savepoint import _savepoint
from redstart.database.transaction import _transaction
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

    def atomic(self, *args: Any, **kwargs: Any) -> _atomic:
        """Gives a block that is a transaction or a savepoint."""
        return _atomic(self, *args, **kwargs)

    def manual_commit(self) -> _manual:
        """Gives a block in which the caller begins and commits."""
        return _manual(self)

    def transaction(self, *args: Any, **kwargs: Any) -> _transaction:
        """Gives a block that is a transaction."""
        return _transaction(self, *args, **kwargs)

    def savepoint(self) -> _savepoint:
        """Gives a block that is a savepoint."""
        return _savepoint(self)

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
