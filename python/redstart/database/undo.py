"""The undoing of blocks where there is more to it than a statement: the connection is lost, or was only lent."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_undone(database: Any) -> bool:
    """Tells whether the server has ended the connection, and has undone with it what was open.

    Args:
        database: The database.
    """
    state = database._state.current()
    return not state.closed and not getattr(state.conn, "is_alive", True)


def undo_to(database: Any, savepoint: Any) -> None:
    """Undoes what a savepoint holds, also on a connection whose task was cancelled.

    Args:
        database: The database.
        savepoint: The savepoint.
    """
    if is_undone(database):
        return
    state = database._state.current()
    if state.abandoned:
        # Every other statement is refused there; but what was done by half must not stay.
        state.conn.cursor().execute(f"ROLLBACK TO SAVEPOINT {savepoint.quoted_sid};")
    else:
        savepoint.rollback(begin=False)
