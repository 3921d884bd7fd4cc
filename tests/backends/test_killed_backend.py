"""Sessions that the server ends: idle in the pool, in use, within a transaction; each error is of the right class."""

from __future__ import annotations

import asyncio
import contextlib
import threading

import pytest

from backends.sessions import assert_at_rest, pids, terminate, wait_for_running
from redstart import InterfaceError, OperationalError

LOST = (OperationalError, InterfaceError)


def pid_of(database):
    return database.connection().get_backend_pid()


@pytest.mark.spec("PH-006")
def test_a_session_that_ended_while_idle_in_the_pool_is_replaced_unseen(postgres_database, pooled):
    db = pooled(max_connections=2)
    with db.connection_context():
        first = pid_of(db)
    terminate(postgres_database, first)
    with db.connection_context():
        assert db.execute_sql("SELECT 1").fetchone() == (1,)
        assert pid_of(db) != first
    assert db.pool_stats()["size"] == 1


def test_all_idle_sessions_that_ended_are_replaced_unseen(postgres_database, pooled):
    db = pooled(max_connections=4)
    barrier = threading.Barrier(4)

    def use():
        with db.connection_context():
            barrier.wait()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended = pids(postgres_database)
    assert len(ended) == 4
    for pid in ended:
        terminate(postgres_database, pid)
    with db.connection_context():
        assert db.execute_sql("SELECT 1").fetchone() == (1,)
    assert not pids(postgres_database) & ended
    assert_at_rest(postgres_database, db)


def test_a_session_that_ended_while_in_use_fails_and_the_next_connection_works(postgres_database, pooled):
    db = pooled(max_connections=1)
    db.connect()
    terminate(postgres_database, pid_of(db))
    with pytest.raises(OperationalError, match="terminating connection"):
        db.execute_sql("SELECT 1")
    # Whoever goes on with it is told, and nothing is opened behind their back.
    with pytest.raises(LOST):
        db.execute_sql("SELECT 1")
    assert not db.is_connection_usable()
    assert db.close()
    db.connect()
    assert db.execute_sql("SELECT 1").fetchone() == (1,)
    db.close()
    assert_at_rest(postgres_database, db)


def test_a_plain_database_works_again_after_close(postgres_database):
    from redstart import PostgresqlDatabase

    db = PostgresqlDatabase(postgres_database.dsn())
    db.connect()
    terminate(postgres_database, pid_of(db))
    with pytest.raises(OperationalError):
        db.execute_sql("SELECT 1")
    assert db.close()
    assert db.execute_sql("SELECT 1").fetchone() == (1,)
    db.close()


def test_a_statement_that_runs_when_its_session_ends_fails_and_is_not_run_again(postgres_database, pooled):
    postgres_database.execute("CREATE SEQUENCE runs")
    db = pooled(max_connections=1)
    failures = []

    def run():
        try:
            with db.connection_context():
                db.execute_sql("SELECT nextval('runs'), pg_sleep(60)")
        except OperationalError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    terminate(postgres_database, wait_for_running(postgres_database, "pg_sleep(60)"))
    thread.join()
    assert len(failures) == 1
    assert postgres_database.execute("SELECT last_value, is_called FROM runs") == [(1, True)]
    assert_at_rest(postgres_database, db)


def test_a_transaction_whose_session_ends_fails_with_the_reason_and_leaves_nothing(postgres_database, pooled):
    postgres_database.execute("CREATE TABLE ledger (token text)")
    db = pooled(max_connections=1)
    with pytest.raises(OperationalError, match="terminating connection"), db.connection_context(), db.atomic():
        db.execute_sql("INSERT INTO ledger VALUES ('a')")
        terminate(postgres_database, pid_of(db))
        db.execute_sql("INSERT INTO ledger VALUES ('b')")
    assert db.transaction_depth() == 0
    assert postgres_database.execute("SELECT * FROM ledger") == []
    with db.connection_context(), db.atomic():
        db.execute_sql("INSERT INTO ledger VALUES ('c')")
    assert postgres_database.execute("SELECT * FROM ledger") == [("c",)]
    assert_at_rest(postgres_database, db)


def test_a_savepoint_whose_session_ends_does_not_let_the_rest_of_the_transaction_run(postgres_database, pooled):
    postgres_database.execute("CREATE TABLE ledger (token text)")
    db = pooled(max_connections=1)
    with pytest.raises(LOST), db.connection_context(), db.atomic():
        db.execute_sql("INSERT INTO ledger VALUES ('a')")
        with pytest.raises(LOST), db.atomic():
            terminate(postgres_database, pid_of(db))
            db.execute_sql("INSERT INTO ledger VALUES ('b')")
        db.execute_sql("INSERT INTO ledger VALUES ('c')")
    assert postgres_database.execute("SELECT * FROM ledger") == []
    with db.connection_context():
        assert db.execute_sql("SELECT 1").fetchone() == (1,)
    assert_at_rest(postgres_database, db)


def test_a_commit_whose_session_ended_is_an_error(postgres_database, pooled):
    postgres_database.execute("CREATE TABLE ledger (token text)")
    db = pooled(max_connections=1)
    with pytest.raises(OperationalError), db.connection_context(), db.atomic():
        db.execute_sql("INSERT INTO ledger VALUES ('a')")
        terminate(postgres_database, pid_of(db))
    assert postgres_database.execute("SELECT * FROM ledger") == []
    assert_at_rest(postgres_database, db)


@pytest.mark.spec("AS-006")
def test_a_task_gets_another_connection_for_one_that_ended(postgres_database, awaited):
    db = awaited(pool_size=1)

    async def main():
        first = (await db.aconnect()).get_backend_pid()
        terminate(postgres_database, first)
        # Whether the end is seen before the statement is sent is a matter of moments.
        with contextlib.suppress(OperationalError):
            await db.aexecute_sql("SELECT 1")
        assert (await db.aexecute_sql("SELECT 1")).fetchone() == (1,)
        second = (await db.aconnect()).get_backend_pid()
        assert second != first
        await db.aclose()
        terminate(postgres_database, second)
        async with db:
            assert (await db.aexecute_sql("SELECT 1")).fetchone() == (1,)

    asyncio.run(main())
    assert_at_rest(postgres_database, db)


def test_a_task_statement_that_runs_when_its_session_ends_is_not_run_again(postgres_database, awaited):
    postgres_database.execute("CREATE SEQUENCE runs")
    db = awaited(pool_size=1)

    async def run():
        async with db:
            await db.aexecute_sql("SELECT nextval('runs'), pg_sleep(60)")

    async def main():
        task = asyncio.create_task(run())
        pid = await asyncio.to_thread(wait_for_running, postgres_database, "pg_sleep(60)")
        await asyncio.to_thread(terminate, postgres_database, pid)
        with pytest.raises(OperationalError):
            await task

    asyncio.run(main())
    assert postgres_database.execute("SELECT last_value, is_called FROM runs") == [(1, True)]
    assert_at_rest(postgres_database, db)


def test_a_task_transaction_whose_session_ends_fails_and_leaves_nothing(postgres_database, awaited):
    postgres_database.execute("CREATE TABLE ledger (token text)")
    db = awaited(pool_size=1)

    async def main():
        with pytest.raises(LOST):
            async with db.atomic():
                await db.aexecute_sql("INSERT INTO ledger VALUES ('a')")
                terminate(postgres_database, (await db.aconnect()).get_backend_pid())
                await db.aexecute_sql("INSERT INTO ledger VALUES ('b')")
        async with db.atomic():
            await db.aexecute_sql("INSERT INTO ledger VALUES ('c')")

    asyncio.run(main())
    assert postgres_database.execute("SELECT * FROM ledger") == [("c",)]
    assert_at_rest(postgres_database, db)


def test_a_task_savepoint_whose_session_ends_does_not_let_the_rest_run(postgres_database, awaited):
    postgres_database.execute("CREATE TABLE ledger (token text)")
    db = awaited(pool_size=1)

    async def main():
        with pytest.raises(LOST):
            async with db.atomic():
                with pytest.raises(LOST):
                    async with db.atomic():
                        terminate(postgres_database, (await db.aconnect()).get_backend_pid())
                        await db.aexecute_sql("INSERT INTO ledger VALUES ('b')")
                await db.aexecute_sql("INSERT INTO ledger VALUES ('c')")
        async with db.atomic():
            await db.aexecute_sql("INSERT INTO ledger VALUES ('d')")

    asyncio.run(main())
    assert postgres_database.execute("SELECT * FROM ledger") == [("d",)]
    assert_at_rest(postgres_database, db)


def test_a_stream_whose_session_ends_fails_and_the_task_goes_on(postgres_database, awaited):
    from redstart import Select, fn

    db = awaited(pool_size=1)
    query = Select(columns=[fn.generate_series(1, 100000)]).bind(db)

    async def main():
        with pytest.raises(LOST):
            async for _ in db.iterate(query):
                terminate(postgres_database, (await db.aconnect()).get_backend_pid())
        assert (await db.aexecute_sql("SELECT 1")).fetchone() == (1,)

    asyncio.run(main())
    assert_at_rest(postgres_database, db)
