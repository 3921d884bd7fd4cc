"""What is asked of a pool's connection before it is used again, and from where it is asked for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from redstart._engine import Connection

if TYPE_CHECKING:
    from types import FrameType


def is_alive(conn: Any) -> bool:
    """Tells whether a connection is known to be of use; asks nobody.

    Args:
        conn: The engine's connection, or one of a foreign driver.
    """
    if isinstance(conn, Connection):
        return conn.is_alive
    return not getattr(conn, "closed", False)


def answers(conn: Connection) -> bool:
    """Asks the server whether a connection lives.

    Args:
        conn: The connection.
    """
    try:
        conn.ping()
    except Exception:  # noqa: BLE001 - a connection that fails is dead, whatever it says
        return False
    return True


async def aanswers(conn: Connection) -> bool:
    """Does what `answers` does, without blocking.

    Args:
        conn: The connection.
    """
    try:
        await conn.aping()
    except Exception:  # noqa: BLE001 - a connection that fails is dead, whatever it says
        return False
    return True


def undo(conn: Any) -> bool:
    """Undoes what was left open on a connection; tells whether the connection is of use.

    Within an event loop nothing is undone of the engine's: the pool does so in the background.

    Args:
        conn: The engine's connection, or one of a foreign driver.
    """
    try:
        # Of a foreign driver it is not known how it tells; the engine's may have to wait until it can tell.
        if not isinstance(conn, Connection) or (not _in_loop() and conn.in_transaction):
            conn.rollback()
    except Exception:  # noqa: BLE001 - whatever it was, the connection is of no more use
        return False
    return True


def _in_loop() -> bool:
    """Tells whether the running thread runs an event loop, which must not wait."""
    events = sys.modules.get("asyncio.events")
    return events is not None and events._get_running_loop() is not None


def place() -> str | None:
    """Gives the file and line outside of this package that asks for a connection."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("redstart."):
        frame = frame.f_back
    return None if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"
