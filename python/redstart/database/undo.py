"""The undoing of blocks where there is more to it than a statement: the connection is lost, or was only lent."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


#: The SQLSTATE of a statement that was cancelled or took too long.
_QUERY_CANCELED = "57014"


def is_undone(database: Any, error: Any) -> bool:
    """Tells whether the database has undone the whole transaction itself.

    Args:
        database: The database.
        error: What the block ends with.
    """
    state = database._state.current()
    if not state.closed and not getattr(state.conn, "is_alive", True):
        # A server does so when it ends the connection.
        return True
    return is_undone_by(database, error)


def is_undone_by(database: Any, error: Any) -> bool:
    """Tells whether an interruption has undone the whole transaction: of a statement that writes, in SQLite.

    The source is https://www.sqlite.org/c3ref/interrupt.html. The interruption may be a cancelled task's, Ctrl-C or the
    limit of time.

    Args:
        database: The database.
        error: What the block ends with.
    """
    is_interruption = str(error) == "interrupted" or getattr(error, "sqlstate", None) == _QUERY_CANCELED
    if error is None or (isinstance(error, Exception) and not is_interruption):
        return False
    state = database._state.current()
    return not state.closed and not getattr(state.conn, "in_transaction", True)


def undo_to(database: Any, savepoint: Any, error: Any) -> None:
    """Undoes what a savepoint holds, also on a connection whose task was cancelled.

    Args:
        database: The database.
        savepoint: The savepoint.
        error: What the block ends with.
    """
    if is_undone(database, error):
        return
    state = database._state.current()
    if state.abandoned:
        # Every other statement is refused there; but what was done by half must not stay.
        state.conn.cursor().execute(f"ROLLBACK TO SAVEPOINT {savepoint.quoted_sid};")
    else:
        savepoint.rollback(begin=False)
