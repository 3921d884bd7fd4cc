"""The opening of a connection that the tasks and threads of one request share: one opens it, the others wait.

Nothing here knows how a connection is opened.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from concurrent.futures import Future
    from typing import Any


class Openings:
    """The openings that go on for one database, by the state that gets the connection."""

    __slots__ = ("_running",)

    def __init__(self) -> None:
        """Begins without any."""
        # The state is kept too, lest another one has its address.
        self._running: dict[int, tuple[Any, Future[None]]] = {}

    def claim(self, state: Any) -> tuple[Future[None], bool]:
        """Gives the end of a state's opening, and whether it is the caller who has to open and to call `end`.

        Args:
            state: The state.
        """
        from concurrent.futures import Future  # only requests need it

        own: Future[None] = Future()
        _, found = self._running.setdefault(id(state), (state, own))
        return found, found is own

    def end(self, state: Any, opening: Future[None]) -> None:
        """Lets those who wait look again, whether it was opened or not.

        Args:
            state: The state.
            opening: What `claim` has given.
        """
        del self._running[id(state)]
        opening.set_result(None)
