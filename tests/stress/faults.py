"""What happens to the server while the load runs: sessions end, statements are cancelled, it pauses and restarts."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import psycopg2

from servers.server_process import children_of

if TYPE_CHECKING:
    from servers.postgres import PostgresServer

#: One hand of faults, dealt in another order each time.
DECK = ["terminate"] * 22 + ["cancel"] * 22 + ["pause"] * 2 + ["restart"] * 2
#: How many seconds pass between two faults, and how long a pause is.
BETWEEN, PAUSE = (0.02, 0.3), (0.1, 0.8)
SESSIONS = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
BUSY = SESSIONS + " AND state = 'active'"


class Faults:
    """Makes faults on a server, past the code under test."""

    def __init__(self, server: PostgresServer, dbname: str, seed: int) -> None:
        """Takes the server, the database whose sessions are meant, and the seed of the run."""
        self._server = server
        self._dbname = dbname
        self._chance = random.Random(f"{seed}/faults")
        self._connection: Any = None
        self._deck: list[str] = []
        self.counts: Counter[str] = Counter()

    def run(self, end: float) -> None:
        """Makes faults until the moment of `time.monotonic` has come."""
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, self._chance.uniform(*BETWEEN)))
            if not self._deck:
                self._deck = self._chance.sample(DECK, len(DECK))
            fault = self._deck.pop()
            if getattr(self, fault)():
                self.counts[fault] += 1
        self._hang_up()

    def terminate(self) -> bool:
        """Ends a session, whatever it does; returns whether there was one."""
        return self._signal(SESSIONS, "SELECT pg_terminate_backend(%s)")

    def cancel(self) -> bool:
        """Cancels a statement; returns whether one ran."""
        return self._signal(BUSY, "SELECT pg_cancel_backend(%s)")

    def restart(self) -> bool:
        """Restarts the server, which ends all sessions."""
        self._hang_up()
        self._server.restart("fast")
        return True

    def pause(self) -> bool:
        """Stops all processes of the server for a moment, as a machine that swaps or is moved does."""
        main = self._server.process.pid
        stopped = [main, *children_of(main)]
        try:
            for pid in stopped:
                _send(pid, signal.SIGSTOP)
            time.sleep(self._chance.uniform(*PAUSE))
        finally:
            for pid in stopped:
                _send(pid, signal.SIGCONT)
        return True

    def _signal(self, whom: str, how: str) -> bool:
        with self._cursor() as cursor:
            cursor.execute(whom, (self._dbname,))
            sessions = sorted(pid for (pid,) in cursor.fetchall())
            if not sessions:
                return False
            cursor.execute(how, (self._chance.choice(sessions),))
            return bool(cursor.fetchone()[0])

    def _cursor(self) -> Any:
        if self._connection is None:
            self._connection = psycopg2.connect(self._server.dsn())
            self._connection.autocommit = True
        return self._connection.cursor()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _send(pid: int, number: signal.Signals) -> None:
    # A session may have ended since.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
