"""A server that restarts under load or goes and comes back: errors of the right class, then everybody works again.

Every unit of work has a token, so that a statement which ran twice would be seen in the ledger.
"""

from __future__ import annotations

import asyncio
import threading
from itertools import count

import pytest

from backends.sessions import assert_at_rest, wait_until
from redstart import InterfaceError, OperationalError

LOST = (OperationalError, InterfaceError)
WORKERS = 6


class Work:
    """What the workers of a test have done, and whether they shall stop."""

    def __init__(self):
        self.confirmed = []
        self.refused = []
        self.unexpected = []
        self.stop = False
        self._numbers = count()

    def token(self):
        return f"token {next(self._numbers)}"

    def failed(self, error):
        (self.refused if isinstance(error, LOST) else self.unexpected).append(error)

    def goes_on(self):
        """Whether more is confirmed from now on."""
        before = len(self.confirmed)
        wait_until(lambda: len(self.confirmed) > before + 5 * WORKERS or self.unexpected, "the workers work")
        assert self.unexpected == []


def work_in_thread(db, work):
    pause = threading.Event()
    while not work.stop:
        token = work.token()
        try:
            with db.connection_context(), db.atomic():
                db.execute_sql("INSERT INTO ledger VALUES (%s)", (token,))
            work.confirmed.append(token)
        except Exception as error:
            work.failed(error)
            # Whoever is refused at once does not keep the machine from starting the server.
            pause.wait(0.01)


async def work_in_task(db, work):
    while not work.stop:
        token = work.token()
        try:
            async with db, db.atomic():
                await db.aexecute_sql("INSERT INTO ledger VALUES (%s)", (token,))
            work.confirmed.append(token)
        except Exception as error:
            work.failed(error)
            await asyncio.sleep(0.01)


def assert_ledger(database, work):
    found = [token for (token,) in database.execute("SELECT token FROM ledger")]
    assert len(found) == len(set(found))
    assert set(work.confirmed) <= set(found)
    # What is there without having been confirmed is a COMMIT whose answer was lost: one for each worker and fault.
    assert len(set(found) - set(work.confirmed)) <= 3 * WORKERS


def disturb(server, work):
    work.goes_on()
    server.restart("fast")
    work.goes_on()
    server.kill()
    server.start()
    work.goes_on()
    server.stop("immediate")
    refused = len(work.refused)
    wait_until(lambda: len(work.refused) > refused + WORKERS or work.unexpected, "all are refused")
    server.start()
    work.goes_on()


def test_threads_go_on_working_after_the_server_was_restarted_killed_and_gone(own_postgres, postgres_database, pooled):
    db = pooled(max_connections=WORKERS, timeout=20)
    work = Work()
    postgres_database.execute("CREATE TABLE ledger (token text)")
    threads = [threading.Thread(target=work_in_thread, args=(db, work)) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    try:
        disturb(own_postgres, work)
    finally:
        work.stop = True
        for thread in threads:
            thread.join()
    assert work.unexpected == []
    assert_ledger(postgres_database, work)
    assert_at_rest(postgres_database, db)


def test_tasks_go_on_working_after_the_server_was_restarted_killed_and_gone(own_postgres, postgres_database, awaited):
    db = awaited(pool_size=WORKERS // 2, acquire_timeout=20)
    work = Work()
    postgres_database.execute("CREATE TABLE ledger (token text)")

    async def main():
        tasks = [asyncio.create_task(work_in_task(db, work)) for _ in range(WORKERS)]
        try:
            await asyncio.to_thread(disturb, own_postgres, work)
        finally:
            work.stop = True
            await asyncio.gather(*tasks)

    asyncio.run(main())
    assert work.unexpected == []
    assert_ledger(postgres_database, work)
    assert_at_rest(postgres_database, db)


def test_a_server_that_has_gone_is_an_operational_error_and_one_that_is_back_serves(own_postgres, pooled):
    db = pooled(max_connections=2)
    with db.connection_context():
        assert db.execute_sql("SELECT 1").fetchone() == (1,)
    own_postgres.stop()
    for _ in range(3):
        with pytest.raises(OperationalError):
            db.connect()
        assert db.is_closed()
    assert db.pool_stats()["in_use"] == 0
    own_postgres.start()
    with db.connection_context():
        assert db.execute_sql("SELECT 1").fetchone() == (1,)


def test_a_task_is_told_that_the_server_has_gone_and_served_when_it_is_back(own_postgres, awaited):
    db = awaited(pool_size=2)

    async def main():
        async with db:
            assert (await db.aexecute_sql("SELECT 1")).fetchone() == (1,)
        own_postgres.stop()
        for _ in range(3):
            with pytest.raises(OperationalError):
                await db.aconnect()
        assert db.pool_stats()["in_use"] == 0
        own_postgres.start()
        async with db:
            assert (await db.aexecute_sql("SELECT 1")).fetchone() == (1,)

    asyncio.run(main())
