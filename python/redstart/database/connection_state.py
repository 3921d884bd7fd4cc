"""What ``db._state`` is: the states of a database's connection, one for each scope.

Which scope has which state is the engine's business. Here stands what programs written for peewee do with it: they read
the current one, and give a database another object to keep it in a context.
"""

from __future__ import annotations

from redstart._engine import ConnectionState, Scopes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _of_the_current(name: str, text: str) -> Any:
    """Gives an attribute that is the current state's."""

    def get(self: _ConnectionState) -> Any:
        return getattr(self._current(), name)

    def put(self: _ConnectionState, value: Any) -> None:
        setattr(self._current(), name, value)

    return property(get, put, doc=text)


class _ConnectionState:
    """The state of the connection in the current scope.

    A subclass that defines ``__setattr__`` says that it keeps the state elsewhere, as in a ``ContextVar``. Given to
    a database as ``db._state``, its ``reset()`` begins a state for the current context and those copied from it.

    Example:
        >>> from redstart import SqliteDatabase
        >>> db = SqliteDatabase(":memory:")
        >>> db.connect(), db._state.closed, db._state.transactions
        (True, False, [])
    """

    if TYPE_CHECKING:
        _scopes: Scopes | None
        _own: ConnectionState

    def __init__(self, **kwargs: Any) -> None:
        """Makes a state that no database has yet."""
        super().__init__(**kwargs)
        # Past what a subclass says about attributes.
        object.__setattr__(self, "_scopes", None)
        object.__setattr__(self, "_own", ConnectionState())

    def _attach(self, scopes: Scopes) -> None:
        """Makes it that of a database."""
        object.__setattr__(self, "_scopes", scopes)

    def _current(self) -> ConnectionState:
        scopes = self._scopes
        return self._own if scopes is None else scopes.current()

    def reset(self) -> None:
        """Forgets the connection of the current scope."""
        if self._scopes is not None and type(self).__setattr__ is not object.__setattr__:
            self._scopes.bind(ConnectionState())
        else:
            self._current().reset()

    def set_connection(self, conn: Any) -> None:
        """Notes the connection of the current scope.

        Args:
            conn: The driver's connection.
        """
        self._current().set_connection(conn)

    closed = _of_the_current("closed", "Whether the current scope has no connection.")
    conn = _of_the_current("conn", "The driver's connection, or None.")
    ctx = _of_the_current("ctx", "The contexts that the database was entered with.")
    transactions = _of_the_current("transactions", "The open transactions and savepoints.")
    commit_callbacks = _of_the_current("callbacks", "What is called after the outermost commit.")
