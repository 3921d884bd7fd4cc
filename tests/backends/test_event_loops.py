"""One database object on many event loops: one after the other, and at once in two threads."""

from __future__ import annotations

import asyncio
import threading

import pytest
import uvloop

from backends.sessions import assert_at_rest, pids
from backends.steps import run_on
from redstart import OperationalError

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


async def ask(db):
    async with db, db.atomic():
        return (await db.aexecute_sql("SELECT pg_backend_pid()")).fetchone()[0]


@pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)
def test_a_loop_after_another_uses_the_same_connection(postgres_database, awaited, new_loop):
    db = awaited(pool_size=2)
    found = {run_on(new_loop, ask(db)) for _ in range(10)}
    assert len(found) == 1
    assert_at_rest(postgres_database, db)


def test_loops_of_different_kinds_use_the_same_connection(awaited):
    db = awaited(pool_size=2)
    assert len({run_on(new_loop, ask(db)) for new_loop in [*LOOPS.values()] * 3}) == 1


def test_a_loop_that_left_its_connection_open_gives_it_back(postgres_database, awaited):
    db = awaited(pool_size=1, acquire_timeout=5)

    async def forget():
        return (await db.aexecute_sql("SELECT pg_backend_pid()")).fetchone()[0]

    found = {asyncio.run(forget()) for _ in range(10)}
    assert len(found) == 1
    assert_at_rest(postgres_database, db)


def test_a_loop_that_was_closed_in_the_middle_of_a_statement_leaves_the_pool_whole(postgres_database, awaited):
    db = awaited(pool_size=1, acquire_timeout=10)
    for _ in range(3):
        loop = asyncio.new_event_loop()
        task = loop.create_task(ask_and_sleep(db))
        loop.call_later(0.05, loop.stop)
        loop.run_forever()
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()
        assert asyncio.run(ask(db))
    assert_at_rest(postgres_database, db)


async def ask_and_sleep(db):
    async with db, db.atomic():
        await db.aexecute_sql("SELECT pg_sleep(60)")


@pytest.mark.parametrize("first", LOOPS.values(), ids=LOOPS)
@pytest.mark.parametrize("second", LOOPS.values(), ids=LOOPS)
def test_two_loops_in_two_threads_share_a_pool(postgres_database, awaited, first, second):
    db = awaited(pool_size=3, acquire_timeout=20)
    most, failures = [0], []

    async def work():
        async with db, db.atomic():
            count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            most[0] = max(most[0], (await db.aexecute_sql(count)).fetchone()[0])

    async def main():
        await asyncio.gather(*(work() for _ in range(100)))

    def run(new_loop):
        try:
            run_on(new_loop, main())
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=run, args=(new_loop,)) for new_loop in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert most[0] <= 3
    assert_at_rest(postgres_database, db)


def test_a_connection_given_back_on_one_loop_wakes_a_task_of_another(awaited):
    db = awaited(pool_size=1, acquire_timeout=20)
    waiting, served = threading.Event(), []

    async def wait():
        async with db:
            served.append((await db.aexecute_sql("SELECT 7")).fetchone())

    def run():
        waiting.set()
        asyncio.run(wait())

    async def main():
        async with db:
            thread = threading.Thread(target=run)
            thread.start()
            await asyncio.to_thread(waiting.wait)
            while db.pool_stats()["waiting"] == 0:
                await asyncio.sleep(0)
        await asyncio.to_thread(thread.join)

    asyncio.run(main())
    assert served == [(7,)]


def test_the_same_database_serves_threads_and_tasks(postgres_database, pooled):
    db = pooled(max_connections=2, timeout=10)
    with db.connection_context():
        first = db.connection().get_backend_pid()
    assert asyncio.run(ask(db)) == first
    with db.connection_context():
        assert db.connection().get_backend_pid() == first
    assert pids(postgres_database) == {first}


def test_close_pool_on_one_loop_leaves_the_next_a_pool_that_opens_again(postgres_database, awaited):
    db = awaited(pool_size=2)

    async def main():
        first = await ask(db)
        await db.close_pool()
        return first

    found = {asyncio.run(main()) for _ in range(3)}
    assert len(found) == 3
    assert_at_rest(postgres_database, db)


def test_an_exception_in_aexit_gives_the_connection_back(postgres_database, awaited):
    """The exit of the inner block fails: a deferred constraint, a lost connection, and a block of the user's own."""
    db = awaited(pool_size=1, acquire_timeout=5)
    postgres_database.execute("CREATE TABLE parent (id int PRIMARY KEY)")
    postgres_database.execute("CREATE TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")

    class Failing:
        async def __aenter__(self):
            await db.aexecute_sql("INSERT INTO parent VALUES (1)")

        async def __aexit__(self, *error):
            raise ZeroDivisionError

    async def main():
        from redstart import IntegrityError

        with pytest.raises(IntegrityError):
            async with db, db.atomic():
                await db.aexecute_sql("INSERT INTO child VALUES (1)")
        with pytest.raises(ZeroDivisionError):
            async with db, db.atomic(), Failing():
                pass
        with pytest.raises(OperationalError):
            async with db, db.atomic():
                await db.aexecute_sql("SELECT 1")
                postgres_database.execute("SELECT pg_terminate_backend(%s)", ((await db.aconnect()).get_backend_pid(),))
        async with db:
            cursor = await db.aexecute_sql("SELECT (SELECT count(*) FROM parent), (SELECT count(*) FROM child)")
            assert cursor.fetchone() == (0, 0)

    asyncio.run(main())
    assert_at_rest(postgres_database, db)


@pytest.mark.spec("AS-008", "AS-009")
def test_requests_that_forget_to_close_give_their_connections_back_at_their_end(postgres_database, awaited):
    db = awaited(pool_size=2, acquire_timeout=5)
    postgres_database.execute("CREATE TABLE ledger (token text)")

    async def request(number):
        # No `async with db`, and a transaction that no block ends.
        await db.aexecute_sql("BEGIN")
        await db.aexecute_sql("INSERT INTO ledger VALUES (%s)", (str(number),))

    async def main():
        for start in range(0, 100, 10):
            await asyncio.gather(*(asyncio.create_task(request(start + number)) for number in range(10)))

    asyncio.run(main())
    assert_at_rest(postgres_database, db)
    assert postgres_database.execute("SELECT * FROM ledger") == []


def test_threads_that_end_without_close_give_their_connections_back(postgres_database, pooled):
    db = pooled(max_connections=2, timeout=10)
    postgres_database.execute("CREATE TABLE ledger (token text)")

    def request():
        db.execute_sql("BEGIN")
        db.execute_sql("INSERT INTO ledger VALUES ('forgotten')")

    for _ in range(10):
        thread = threading.Thread(target=request)
        thread.start()
        thread.join()
    assert_at_rest(postgres_database, db)
    assert len(pids(postgres_database)) <= 2
    assert postgres_database.execute("SELECT * FROM ledger") == []
