"""A pool of five under fifty threads, five hundred tasks, and both: never more than five sessions, served in order."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from backends.sessions import assert_at_rest, pids, wait_until

from redstart import OperationalError
from redstart.pool import MaxConnectionsExceeded

SIZE = 5
THREADS = 50
TASKS = 500
#: A unit of work says how many sessions there are; what the server counts, no client can hide.
COUNT = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"


class Gauge:
    """How many sessions there were at most, as the server says, and who was served."""

    def __init__(self):
        self.most = 0
        self.served = 0
        self._lock = threading.Lock()

    def note(self, count):
        with self._lock:
            self.most = max(self.most, count)
            self.served += 1


def use_in_threads(db, gauge, rounds=4):
    def work():
        for _ in range(rounds):
            with db.connection_context():
                gauge.note(db.execute_sql(COUNT).fetchone()[0])

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def use_in_tasks(db, gauge):
    async def work():
        async with db:
            gauge.note((await db.aexecute_sql(COUNT)).fetchone()[0])

    await asyncio.gather(*(work() for _ in range(TASKS)))


def test_fifty_threads_share_five_sessions(postgres_database, pooled):
    db = pooled(max_connections=SIZE, timeout=30)
    gauge = Gauge()
    use_in_threads(db, gauge)
    assert gauge.served == 4 * THREADS
    assert 1 <= gauge.most <= SIZE
    assert db.pool_stats()["created"] <= SIZE
    assert_at_rest(postgres_database, db)


def test_five_hundred_tasks_share_five_sessions(postgres_database, awaited):
    db = awaited(pool_size=SIZE, acquire_timeout=30)
    gauge = Gauge()
    asyncio.run(use_in_tasks(db, gauge))
    assert gauge.served == TASKS
    assert 1 <= gauge.most <= SIZE
    assert db.pool_stats()["created"] <= SIZE
    assert_at_rest(postgres_database, db)


def test_threads_and_tasks_share_five_sessions(postgres_database, pooled):
    db = pooled(max_connections=SIZE, timeout=30)
    gauge = Gauge()

    async def main():
        await asyncio.gather(asyncio.to_thread(use_in_threads, db, gauge), use_in_tasks(db, gauge))

    asyncio.run(main())
    assert gauge.served == 4 * THREADS + TASKS
    assert 1 <= gauge.most <= SIZE
    assert db.pool_stats()["created"] <= SIZE
    assert_at_rest(postgres_database, db)


def test_blocking_code_of_more_tasks_than_connections_is_served(postgres_database, awaited):
    db = awaited(pool_size=SIZE, acquire_timeout=30)
    gauge = Gauge()

    def work():
        with db.atomic():
            gauge.note(db.execute_sql(COUNT).fetchone()[0])

    async def main():
        await asyncio.gather(*(db.run(work) for _ in range(100)))

    asyncio.run(main())
    assert gauge.served == 100
    assert gauge.most <= SIZE
    assert_at_rest(postgres_database, db)


def waits(db, number):
    wait_until(lambda: db.pool_stats()["waiting"] == number, f"{number} wait")


def test_threads_are_served_in_the_order_in_which_they_came(pooled):
    db = pooled(max_connections=1, timeout=30)
    served = []

    def work(number):
        with db.connection_context():
            served.append(number)

    db.connect()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for number, thread in enumerate(threads, 1):
        thread.start()
        waits(db, number)
    db.close()
    for thread in threads:
        thread.join()
    assert served == list(range(20))


def test_threads_and_tasks_stand_in_one_queue(pooled):
    db = pooled(max_connections=1, timeout=30)
    served = []

    def in_thread(number):
        with db.connection_context():
            served.append(number)

    async def in_task(number):
        async with db:
            served.append(number)

    async def main():
        await db.aconnect()
        tasks, threads = [], []
        for number in range(20):
            if number % 2:
                tasks.append(asyncio.create_task(in_task(number)))
            else:
                threads.append(threading.Thread(target=in_thread, args=(number,)))
                threads[-1].start()
            await asyncio.to_thread(waits, db, number + 1)
        await db.aclose()
        await asyncio.gather(*tasks)
        for thread in threads:
            await asyncio.to_thread(thread.join)

    asyncio.run(main())
    assert served == list(range(20))


@pytest.mark.spec("PH-002", "SB-078")
def test_waiting_threads_are_told_when_their_time_is_up_and_nothing_is_lost(postgres_database, pooled):
    db = pooled(max_connections=1, timeout=0.2)
    refused = []

    def work():
        started = time.monotonic()
        with pytest.raises(MaxConnectionsExceeded, match="timed out") as caught:
            db.connect()
        refused.append((time.monotonic() - started, str(caught.value)))

    with db.connection_context():
        threads = [threading.Thread(target=work) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert db.pool_stats()["waiting"] == 0
    assert len(refused) == 20
    # Nobody was sent away early, and the message says who has the connection.
    assert all(waited >= 0.19 for waited, _ in refused)
    assert all("MainThread" in message for _, message in refused)
    with db.connection_context():
        assert db.execute_sql("SELECT 1").fetchone() == (1,)
    assert_at_rest(postgres_database, db)


@pytest.mark.spec("AS-011")
def test_waiting_tasks_are_told_when_their_time_is_up_and_nothing_is_lost(postgres_database, awaited):
    db = awaited(pool_size=1, acquire_timeout=0.2)

    async def work():
        started = time.monotonic()
        with pytest.raises(OperationalError, match=r"Timed out acquiring connection from pool \(acquire_timeout=0.2\)"):
            await db.aconnect()
        return time.monotonic() - started

    async def main():
        async with db:
            waited = await asyncio.gather(*(work() for _ in range(100)))
            assert db.pool_stats()["waiting"] == 0
        assert all(one >= 0.19 for one in waited)
        async with db:
            assert (await db.aexecute_sql("SELECT 1")).fetchone() == (1,)

    asyncio.run(main())
    assert_at_rest(postgres_database, db)


def test_a_pool_without_a_time_refuses_at_once(pooled):
    db = pooled(max_connections=1)
    refused = []

    def work():
        with pytest.raises(MaxConnectionsExceeded):
            db.connect()
        refused.append(True)

    with db.connection_context():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert refused == [True]


def test_a_place_whose_connection_could_not_be_opened_is_free_again(own_postgres, postgres_database, pooled):
    db = pooled(max_connections=2, timeout=20)
    own_postgres.stop()
    for _ in range(5):
        with pytest.raises(OperationalError):
            db.connect()
    own_postgres.start()
    gauge = Gauge()
    use_in_threads(db, gauge, rounds=1)
    assert gauge.served == THREADS
    assert len(pids(postgres_database)) <= 2
