"""Transactions of SQLite that end with an interruption, or an error that undoes them: the reason is raised."""

import asyncio
import gc
import os
import signal
import threading

import pytest

from redstart import IntegerField, IntegrityError, OperationalError, SqliteDatabase

ENDLESS = "INSERT INTO note (number) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"

#: As a full disk may do, it ends the transaction.
UNDOING = "INSERT OR ROLLBACK INTO note (number) VALUES (NULL)"


@pytest.fixture
def db(tmp_path):
    database = SqliteDatabase(tmp_path / "notes.db", statement_timeout=0.2)

    class Note(database.Model):
        number = IntegerField()

    with database:
        database.create_tables([Note])
    yield database
    database.close()


def count(database):
    return database.execute_sql("SELECT count(*) FROM note").fetchone()[0]


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize(
    ("sql", "error", "message"),
    [(ENDLESS, OperationalError, "statement timeout"), (UNDOING, IntegrityError, "NOT NULL constraint failed")],
    ids=["the limit of time", "a constraint"],
)
def test_the_error_that_undoes_the_transaction_is_what_a_block_ends_with(db, depth, sql, error, message):
    def nested(levels):
        with db.atomic():
            db.execute_sql("INSERT INTO note (number) VALUES (1)")
            if levels > 1:
                nested(levels - 1)
            else:
                db.execute_sql(sql)

    with pytest.raises(error, match=message):
        nested(depth)
    assert not db.in_transaction()
    assert count(db) == 0


def test_an_interruption_from_another_thread_does_too(db):
    db.connect()
    interruption = threading.Timer(0.1, db.connection().interrupt)
    interruption.start()
    with (
        pytest.raises(OperationalError, match=r"^(interrupted|canceling statement due to statement timeout)$"),
        db.atomic(),
    ):
        db.execute_sql(ENDLESS)
    interruption.join()
    assert count(db) == 0


@pytest.mark.parametrize("depth", [1, 2])
def test_a_cancelled_task_ends_with_its_cancellation(db, depth):
    async def nested(levels):
        async with db.atomic():
            await db.aexecute_sql("INSERT INTO note (number) VALUES (1)")
            if levels > 1:
                await nested(levels - 1)
            else:
                begun.set()
                await db.aexecute_sql(ENDLESS)

    async def block():
        async with db:
            await nested(depth)

    async def main():
        task = asyncio.create_task(block())
        await begun.wait()
        task.cancel()
        await asyncio.wait([task])
        return task

    begun = asyncio.Event()
    task = asyncio.run(main())
    assert task.cancelled()
    assert count(db) == 0


def test_a_cancelled_run_whose_connection_was_closed_is_nothing_to_tell_of(db):
    told = []

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))
        begun, goes_on = threading.Event(), threading.Event()

        def work():
            db.connection().close()
            begun.set()
            goes_on.wait()

        async with db:
            task = asyncio.create_task(db.run(work))
            await asyncio.to_thread(begun.wait)
            task.cancel()
            for _ in range(5):
                await asyncio.sleep(0)  # the task learns of it, and interrupts
            goes_on.set()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())
    gc.collect()
    assert told == []


@pytest.fixture
def locked(db, tmp_path):
    """The database while another connection writes to it."""
    other = SqliteDatabase(tmp_path / "notes.db")
    other.connect()
    other.execute_sql("BEGIN IMMEDIATE")
    yield db
    other.execute_sql("ROLLBACK")
    other.close()


def test_ctrl_c_ends_the_wait_for_a_lock(locked):
    locked.init(locked.database, timeout=60, statement_timeout=None)
    locked.connect()
    signaled = threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT))
    signaled.start()
    with pytest.raises(KeyboardInterrupt):
        locked.execute_sql("INSERT INTO note (number) VALUES (1)")
    signaled.join()
    assert count(locked) == 0


def test_the_limit_of_time_ends_the_wait_for_a_lock(locked):
    locked.init(locked.database, timeout=60)
    with pytest.raises(OperationalError, match="statement timeout"):
        locked.execute_sql("INSERT INTO note (number) VALUES (1)")
    assert count(locked) == 0


def test_what_is_raised_in_place_of_such_an_error_is_raised(db):
    with pytest.raises(LookupError), db.atomic():
        try:
            db.execute_sql(UNDOING)
        except IntegrityError as error:
            raise LookupError from error
    assert count(db) == 0


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_an_error_that_undoes_the_transaction_is_what_a_task_s_block_ends_with(db, depth):
    async def nested(levels):
        async with db.atomic():
            await db.aexecute_sql("INSERT INTO note (number) VALUES (1)")
            if levels > 1:
                await nested(levels - 1)
            else:
                await db.aexecute_sql(UNDOING)

    async def main():
        async with db:
            with pytest.raises(IntegrityError, match="NOT NULL constraint failed"):
                await nested(depth)

    asyncio.run(main())
    assert count(db) == 0
