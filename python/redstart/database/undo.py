"""The undoing of blocks where there is more to it than a statement: the connection is lost, or was only lent."""

from __future__ import annotations

from redstart.exceptions import InterfaceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


#: The SQLSTATE of a statement that was cancelled or took too long.
_QUERY_CANCELED = "57014"
_SQLITE_ERROR = 1


def is_gone(transaction: Any, state: Any, error: Any) -> bool:
    """Tells whether a transaction's connection was given back before its block ended, and all undone with it.

    The running state may be another request's by then: a generator that nobody reads any more ends anywhere.

    Args:
        transaction: The transaction.
        state: The running state.
        error: What the block ends with.

    Raises:
        InterfaceError: It ends without an error, and nobody would know.
    """
    # Who pushes something of his own onto the stack, as peewee allows, has begun something in its place.
    if any(block is transaction or block is None for block in state.transactions):
        return False
    if error is None:
        raise InterfaceError("This transaction's connection was closed or given back before its end: it was undone.")
    return True


def is_undone(database: Any, error: Any) -> bool:
    """Tells whether the database has undone the whole transaction itself.

    Args:
        database: The database.
        error: What the block ends with.
    """
    return is_lost(database) or is_undone_by(database, error)


def is_lost(database: Any) -> bool:
    """Tells whether the server has ended the connection, and undone with it what was open.

    Args:
        database: The database.
    """
    state = database._scopes.current()
    return not state.closed and not getattr(state.conn, "is_alive", True)


def is_undone_by(database: Any, error: Any) -> bool:
    """Tells whether an error has undone the whole transaction: in SQLite an interruption or a full disk may.

    The sources are https://www.sqlite.org/c3ref/interrupt.html and https://www.sqlite.org/lang_transaction.html.

    Args:
        database: The database.
        error: What the block ends with.
    """
    return (is_interruption(error) or is_undoing(error)) and has_no_transaction(database)


def has_no_transaction(database: Any) -> bool:
    """Tells whether the running state's connection is in no transaction.

    Args:
        database: The database.
    """
    state = database._scopes.current()
    try:
        return not state.closed and not getattr(state.conn, "in_transaction", True)
    except InterfaceError:
        # It is lost: what was begun on it is another matter.
        return False


def is_undoing(error: Any) -> bool:
    """Tells whether an error is one with which SQLite may end a transaction, or was raised in place of such a one.

    Args:
        error: What the block ends with.
    """
    while error is not None:
        # That there is no transaction to end, and what is wrong with a statement, is SQLITE_ERROR.
        code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
        if code is not None and code != _SQLITE_ERROR:
            return True
        error = error.__context__
    return False


def is_interruption(error: Any) -> bool:
    """Tells whether a block ends because it was interrupted: a cancelled task, Ctrl-C, the limit of time.

    Args:
        error: What the block ends with.
    """
    if error is None:
        return False
    is_told = str(error) == "interrupted" or getattr(error, "sqlstate", None) == _QUERY_CANCELED
    return is_told or not isinstance(error, Exception)


def undo_to(database: Any, savepoint: Any, error: Any) -> None:
    """Undoes what a savepoint holds, also on a connection whose task was cancelled.

    Args:
        database: The database.
        savepoint: The savepoint.
        error: What the block ends with.
    """
    if is_undone(database, error):
        return
    state = database._scopes.current()
    if state.abandoned:
        # Every other statement is refused there; but what was done by half must not stay.
        state.conn.cursor().execute(f"ROLLBACK TO SAVEPOINT {savepoint.quoted_sid};")
    else:
        savepoint.rollback(begin=False)
