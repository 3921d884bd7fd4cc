"""What the server says of the sessions that a test has opened, and ways to disturb them.

Everything here goes past the code under test, through psycopg2. Nothing here opens a connection of Redstart's.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.fixtures import TestDatabase

#: How long anything may take that has to happen; what takes longer never happens.
PATIENCE = 20.0

CLIENTS = """
    SELECT pid, state, wait_event_type, query FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def wait_until(condition: Callable[[], Any], what: str) -> Any:
    """Asks until the answer is true, and gives it.

    Raises:
        AssertionError: It does not become true.
    """
    end = time.monotonic() + PATIENCE
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {PATIENCE} s")
        time.sleep(0.005)


def pids(database: TestDatabase) -> set[int]:
    """Gives the process of each session of a database."""
    return {pid for pid, *_ in database.execute(CLIENTS)}


def states(database: TestDatabase) -> list[str]:
    """Gives what each session of a database does: `idle`, `active`, `idle in transaction` and so on."""
    # One that is just starting does nothing yet.
    return sorted(state or "starting" for _, state, *_ in database.execute(CLIENTS))


def terminate(database: TestDatabase, pid: int) -> None:
    """Ends a session as an administrator does, and waits until it has gone."""
    database.execute("SELECT pg_terminate_backend(%s)", (pid,))
    wait_until(lambda: pid not in pids(database), f"session {pid} ends")


def running(database: TestDatabase, text: str) -> int | None:
    """Gives the process of a session that runs a statement which holds a text."""
    for pid, state, _, query in database.execute(CLIENTS):
        if state == "active" and text in query:
            return int(pid)
    return None


def wait_for_running(database: TestDatabase, text: str) -> int:
    """Waits until some session runs a statement which holds a text, and gives its process."""
    return int(wait_until(lambda: running(database, text), f"a statement with {text!r} runs"))


def assert_at_rest(database: TestDatabase, pool: Any) -> None:
    """Asserts that nobody has a connection of a pool, and that no session on the server is in a transaction.

    Args:
        database: The database on the server.
        pool: The Redstart database.
    """
    wait_until(lambda: pool.pool_stats()["in_use"] == 0, f"nothing is in use ({pool.pool_stats()})")
    wait_until(lambda: set(states(database)) <= {"idle"}, "no session is in a transaction")
