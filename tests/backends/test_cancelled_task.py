"""Tasks cancelled at every await of what they do with the database.

No connection is lost, none is handed out in a state that is not its own, and no session is left in a transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading

import pytest
import uvloop

from backends.sessions import PATIENCE, assert_at_rest, running, terminate, wait_for_running, wait_until
from backends.steps import MOMENTS, CancelledAt, company, run_on
from redstart import InternalError, Select, fn

CANCELLATIONS = 120
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


async def connect_anew(db):
    await db.close_pool()
    await db.aconnect()
    await db.aclose()


async def query(db):
    async with db:
        assert (await db.aexecute_sql("SELECT 'foreign'")).fetchone() == ("foreign",)
        assert len((await db.aexecute_sql("SELECT 'foreign' FROM generate_series(1, 2000)")).fetchall()) == 2000


async def transaction(db):
    async with db, db.atomic():
        await db.aexecute_sql("INSERT INTO ledger VALUES ('foreign')")
        async with db.atomic():
            await db.aexecute_sql("SELECT set_config('application_name', 'foreign', true)")
        await db.aexecute_sql("DELETE FROM ledger")


async def transaction_without_close(db):
    async with db.atomic():
        await db.aexecute_sql("INSERT INTO ledger VALUES ('foreign')")
        await db.aexecute_sql("DELETE FROM ledger")


async def failing_transaction(db):
    with contextlib.suppress(ZeroDivisionError):
        async with db, db.atomic():
            await db.aexecute_sql("INSERT INTO ledger VALUES ('foreign')")
            with contextlib.suppress(KeyError):
                async with db.atomic():
                    raise KeyError
            raise ZeroDivisionError


async def stream(db):
    numbers = Select(columns=[fn.generate_series(1, 250)]).bind(db)
    async with db:
        assert len([row async for row in db.iterate(numbers)]) == 250


async def blocking_code(db):
    def work():
        with db.atomic():
            db.execute_sql("INSERT INTO ledger VALUES ('foreign')")
            db.execute_sql("DELETE FROM ledger")

    await db.run(work)


OPERATIONS = [connect_anew, query, transaction, transaction_without_close, failing_transaction, stream, blocking_code]


async def probe(db, word):
    """Asserts that the connection which a task has, or gets next, is like a new one."""
    async with db:
        connection = await db.aconnect()
        assert connection.get_transaction_status() == 0
        cursor = await db.aexecute_sql(
            "SELECT %s, current_setting('application_name'), pg_current_xact_id_if_assigned()", (word,)
        )
        assert cursor.fetchall() == [(word, "", None)]
        assert connection.get_transaction_status() == 0


async def cancel_at_every_await(db, operation, wanted, goes_on):
    """Cancels an operation at each of its awaits and moments, round after round; returns how often."""
    done = step = empty = 0
    busy = None
    while done < wanted:
        step += 1
        reached = False
        for moment in MOMENTS:
            attempt = CancelledAt(operation(db), step, moment)
            word = f"{operation.__name__} {step} {moment}"
            # What has ended before the cancellation arrived counts as well: it ends in order.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.create_task(until_its_end(db, attempt, word if goes_on else None))
            reached = reached or attempt.reached
            done += attempt.reached
            await probe(db, word)
        if not reached:
            # Whether an answer is there at once, so that nobody waits, is a matter of moments; a loop that has
            # something else to do does not look for it.
            empty = empty + 1 if step == 1 else 0
            if empty == 10 and busy is None:
                busy = asyncio.create_task(keep_busy())
            assert empty < 100, "the operation never waits"
            step = 0
    if busy is not None:
        busy.cancel()
    return done


async def keep_busy():
    while True:
        await asyncio.sleep(0)


async def use(db):
    async with db:
        await db.aexecute_sql("SELECT 1")


async def until_its_end(db, attempt, word):
    """Awaits an attempt; with a word, the task survives the cancellation, as under `asyncio.timeout`, and goes on."""
    try:
        await attempt
    except asyncio.CancelledError:
        if word is None:
            raise
    if word is not None:
        assert db.transaction_depth() == 0
        await probe(db, f"the same task, {word}")


@pytest.mark.spec("AS-009")
@pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)
@pytest.mark.parametrize("goes_on", [False, True], ids=["the task ends", "the task goes on"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_task_cancelled_anywhere_leaves_nothing(postgres_database, awaited, operation, goes_on, new_loop):
    postgres_database.execute("CREATE TABLE ledger (token text)")
    db = awaited(pool_size=2, acquire_timeout=5)
    # Seven operations, two ways to go on and two loops come to more than 2,000 in all.
    wanted = CANCELLATIONS if new_loop is asyncio.new_event_loop else CANCELLATIONS // 4
    assert run_on(new_loop, cancel_at_every_await(db, operation, wanted, goes_on)) >= wanted
    assert_at_rest(postgres_database, db)
    assert db.pool_stats()["size"] <= 2
    assert postgres_database.execute("SELECT * FROM ledger") == []


async def inner_block(db):
    async with db.atomic():
        await db.aexecute_sql("INSERT INTO ledger VALUES ('inner 1')")
        await db.aexecute_sql("INSERT INTO ledger VALUES ('inner 2')")


async def inner_blocking_code(db):
    def work():
        with db.atomic():
            db.execute_sql("INSERT INTO ledger VALUES ('inner 1')")
            db.execute_sql("INSERT INTO ledger VALUES ('inner 2')")

    await db.run(work)


@pytest.mark.parametrize("inner", [inner_block, inner_blocking_code])
def test_an_inner_block_that_is_cancelled_is_undone_as_a_whole(postgres_database, awaited, inner):
    postgres_database.execute("CREATE TABLE ledger (token text)")
    db = awaited(pool_size=1)
    kept = []

    async def outer(step, moment):
        attempt = CancelledAt(inner(db), step, moment)
        try:
            async with db.atomic():
                await db.aexecute_sql("INSERT INTO ledger VALUES ('outer')")
                with contextlib.suppress(asyncio.CancelledError):
                    await attempt
                await db.aexecute_sql("INSERT INTO ledger VALUES ('outer')")
        except InternalError:
            # Where it is not known whether the inner block was ended, the outer one is refused.
            assert attempt.reached
        found = [token for (token,) in (await db.aexecute_sql("DELETE FROM ledger RETURNING token")).fetchall()]
        kept.append(found)
        return attempt.reached

    async def main():
        async with company():
            # When a thread is cancelled, it is a matter of moments how far it has come.
            for _ in range(100):
                for moment in MOMENTS:
                    step = 1
                    while await asyncio.create_task(outer(step, moment)) and step < 20:
                        step += 1
                if whole[1] in kept:
                    return

    whole = [["outer", "inner 1", "inner 2", "outer"], ["outer", "outer"], []]
    asyncio.run(main())
    assert whole[0] in kept
    assert whole[1] in kept
    assert all(found in whole for found in kept)
    assert_at_rest(postgres_database, db)


@pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)
def test_a_task_cancelled_while_it_waits_for_a_connection_leaves_the_queue(postgres_database, awaited, new_loop):
    db = awaited(pool_size=1, acquire_timeout=20)

    async def main():
        for round_ in range(30):
            async with db:
                waiting = [asyncio.create_task(use(db)) for _ in range(6)]
                while db.pool_stats()["waiting"] < 6:
                    await asyncio.sleep(0)
                for task in waiting[round_ % 3 :: 2]:
                    task.cancel()
                await asyncio.sleep(0)
            # Now the connection is handed to one of them; that one may be cancelled in this very moment.
            waiting[round_ % 6].cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            assert db.pool_stats()["waiting"] == 0
            await probe(db, f"round {round_}")

    run_on(new_loop, main())
    assert_at_rest(postgres_database, db)


@pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)
def test_a_connection_that_was_given_to_a_task_in_the_moment_of_its_cancellation_stays_in_the_pool(
    postgres_database, awaited, new_loop
):
    db = awaited(pool_size=1, acquire_timeout=20)

    async def process():
        async with db:
            return (await db.aexecute_sql("SELECT pg_backend_pid()")).fetchone()[0]

    async def main():
        before = await process()
        async with db:
            task = asyncio.create_task(use(db))
            while db.pool_stats()["waiting"] < 1:
                await asyncio.sleep(0)
            given = task._fut_waiter
        while not given.done():
            await asyncio.sleep(0)
        # It has the connection and does not know it yet.
        assert db.pool_stats()["in_use"] == 1
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        stats = db.pool_stats()
        assert (stats["in_use"], stats["idle"], stats["recycled"]) == (0, 1, 0)
        assert await process() == before

    run_on(new_loop, main())
    assert_at_rest(postgres_database, db)


@pytest.mark.parametrize("statement", ["SELECT pg_sleep(60)", "SELECT count(*) FROM generate_series(1, 1000000000)"])
def test_a_cancelled_task_cancels_its_statement_on_the_server(postgres_database, awaited, statement):
    db = awaited(pool_size=1)

    async def run():
        async with db:
            await db.aexecute_sql(statement)

    async def main():
        task = asyncio.create_task(run())
        pid = await asyncio.to_thread(wait_for_running, postgres_database, statement[-20:])
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await probe(db, "next")
        return pid

    asyncio.run(main())
    # Nobody runs it any more, on this session or on another.
    assert_at_rest(postgres_database, db)


def test_a_task_that_survives_its_cancellation_cancels_the_statement_though_it_asks_nothing_more(
    postgres_database, awaited
):
    db = awaited(pool_size=1)

    async def cancel(task):
        await asyncio.to_thread(wait_for_running, postgres_database, "pg_sleep(60)")
        task.cancel()

    async def main():
        async with db:
            cancelling = asyncio.create_task(cancel(asyncio.current_task()))
            with pytest.raises(asyncio.CancelledError):
                await db.aexecute_sql("SELECT pg_sleep(60)")
            await cancelling
            await asyncio.to_thread(
                wait_until, lambda: running(postgres_database, "pg_sleep(60)") is None, "the statement ends"
            )
            await probe(db, "next")

    asyncio.run(main())
    assert_at_rest(postgres_database, db)


def test_a_cancelled_run_cancels_the_statement_that_its_thread_waits_for(postgres_database, awaited):
    db = awaited(pool_size=1)
    ended = []

    def work():
        try:
            db.execute_sql("SELECT pg_sleep(60)")
        except BaseException as error:
            ended.append(type(error).__name__)
            raise

    async def main():
        task = asyncio.create_task(db.run(work))
        await asyncio.to_thread(wait_for_running, postgres_database, "pg_sleep(60)")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended == ["OperationalError"]
        await probe(db, "next")

    asyncio.run(main())
    assert_at_rest(postgres_database, db)


def test_a_cancelled_run_whose_session_ends_in_this_moment_is_cancelled(postgres_database, awaited):
    db = awaited(pool_size=1)
    ended = threading.Event()

    def work():
        try:
            db.execute_sql("SELECT pg_sleep(60)")
        finally:
            ended.set()

    async def use():
        async with db:
            await db.run(work)

    async def main():
        unseen = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unseen.append(context))
        task = asyncio.create_task(use())
        pid = await asyncio.to_thread(wait_for_running, postgres_database, "pg_sleep(60)")
        task.cancel()
        # The loop hears of neither before both have happened.
        terminate(postgres_database, pid)
        assert ended.wait(PATIENCE)
        await asyncio.wait([task])
        assert task.cancelled()
        await probe(db, "next")
        del task
        gc.collect()
        assert not unseen

    asyncio.run(main())
    assert_at_rest(postgres_database, db)


def test_a_statement_within_wait_for_ends_with_the_time(postgres_database, awaited):
    db = awaited(pool_size=1)

    async def main():
        for _ in range(5):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(db.aexecute_sql("SELECT pg_sleep(60)"), 0.02)
        await probe(db, "next")
        await db.aclose()

    asyncio.run(main())
    assert_at_rest(postgres_database, db)


def test_a_loop_that_ends_with_tasks_still_running_leaves_no_session_in_a_transaction(postgres_database, awaited):
    db = awaited(pool_size=3)
    postgres_database.execute("CREATE TABLE ledger (token text)")

    async def run(number):
        async with db.atomic():
            await db.aexecute_sql("INSERT INTO ledger VALUES ('foreign')")
            await db.aexecute_sql("SELECT pg_sleep(60)")

    async def main():
        for number in range(3):
            asyncio.create_task(run(number))  # noqa: RUF006  they are left behind
        await asyncio.to_thread(
            wait_until, lambda: sum("active" in one for one in states_of(postgres_database)) == 3, "all three run"
        )

    asyncio.run(main())
    assert_at_rest(postgres_database, db)
    asyncio.run(probe(db, "next loop"))
    assert postgres_database.execute("SELECT * FROM ledger") == []


def states_of(database):
    from backends.sessions import states

    return states(database)
