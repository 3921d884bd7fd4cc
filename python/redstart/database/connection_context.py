"""The block with a connection of its own span, and no transaction."""

from __future__ import annotations

from redstart.callable_context import _callable_context_manager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ConnectionContext(_callable_context_manager):
    """Opens the connection on entry, and closes it when the outermost block ends."""

    __slots__ = ("db",)

    def __init__(self, db: Any) -> None:
        """Takes the database."""
        self.db = db

    def __enter__(self) -> None:
        self.db._open_if_closed().ctx.append(self)

    def __exit__(self, *error: object) -> None:
        state = self.db._scopes.current()
        if not any(block is self for block in state.ctx):
            # Its connection was given back; these are another request's.
            return
        state.enter()
        try:
            state.ctx.pop()
            if not state.ctx:
                self.db.close()
        finally:
            state.exit()

    def _fresh(self) -> ConnectionContext:
        return type(self)(self.db)
