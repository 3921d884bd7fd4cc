"""Watches the connections of an application and tells what it saw at `/probe`.

The tests read it; an application needs nothing of this.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from redstart import Database


class Probe:
    """Counts the requests of a process and those which began or ended with an open connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._threads: set[int] = set()
        self._requests = self._found_open = self._left_open = 0

    def watch(self, app: Flask) -> None:
        """Registers the probe's hooks.

        Called before the application registers its own: hooks run in order at the start of a request and in
        reverse order at its end, so the probe sees what was before and what comes after.
        """
        app.before_request(self._at_start)
        app.teardown_request(self._at_end)
        app.add_url_rule("/probe", view_func=self.report)

    def report(self) -> dict[str, Any]:
        """Returns the counts, and how the connection of this very request looks from inside of it."""
        with self._lock:
            return {
                "pid": os.getpid(),
                "requests": self._requests,
                "found_open": self._found_open,
                "left_open": self._left_open,
                "threads": len(self._threads),
                "is_closed": self._database.is_closed(),
            }

    def _at_start(self) -> None:
        open_already = not self._database.is_closed()
        with self._lock:
            self._threads.add(threading.get_ident())
            self._found_open += open_already

    def _at_end(self, _exc: BaseException | None) -> None:
        still_open = not self._database.is_closed()
        with self._lock:
            self._requests += 1
            self._left_open += still_open
