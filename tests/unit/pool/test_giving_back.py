"""What becomes of a connection that is given back, closed, left by its thread, or carried into another process."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading

import pytest

from redstart import Database, ProgrammingError, RawQuery
from redstart.pool import MaxConnectionsExceeded, PooledDatabase
from unit.pool.holders import PATIENCE, figures, held, in_thread

MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n"

# Giving back.


@pytest.mark.spec("PH-007")
def test_a_transaction_that_was_left_open_is_undone_before_the_next_connect(make):
    db = make(max_connections=1)
    with db:
        db.execute_sql("create table note (text)")
    for _ in range(100):
        db.connect()
        db.begin()
        db.execute_sql("insert into note values ('lost')")
        db.close()
    with db:
        assert db.execute_sql("select count(*) from note").fetchone() == (0,)
    assert figures(db, "created") == (1,)


def test_rows_that_were_not_read_hold_no_lock_for_the_next_one(make):
    db = make(max_connections=1)
    with db:
        db.execute_sql("create table note (text)")
        db.execute_sql(f"insert into note {MANY}")
    with db:
        left = iter(db.execute_sql("select text from note"))
        assert next(left) == (1,)
    with db:
        db.execute_sql("drop table note")
        with pytest.raises(ProgrammingError, match="read them before"):
            list(left)
    assert figures(db, "created") == (1,)


@pytest.mark.parametrize("is_awaited", [True, False])
def test_a_stream_that_a_task_left_holds_no_lock_for_the_next_one(make, is_awaited):
    db = make(max_connections=1)
    with db:
        db.execute_sql("create table note (text)")
        db.execute_sql(f"insert into note {MANY}")

    async def leave():
        rows = db.iterate(RawQuery("select text from note").bind(db), buffer_size=1)
        async with db:
            await anext(rows)
        if is_awaited:
            await rows.aclose()
        async with db:
            await db.aexecute_sql("drop table note")

    asyncio.run(leave())
    assert figures(db, "created") == (1,)


@pytest.mark.spec("PH-007")
def test_a_connection_that_cannot_be_cleaned_is_closed(make):
    class Unclean(sqlite3.Connection):
        closed_at = 0

        def rollback(self):
            raise sqlite3.OperationalError("cannot")

    class Foreign(Database):
        def _connect(self):
            return sqlite3.connect(self.database, factory=Unclean, check_same_thread=False)

    class PooledForeign(PooledDatabase, Foreign):
        pass

    db = make(PooledForeign)
    db.connect()
    first = db.connection()
    db.close()
    assert figures(db, "size", "in_use") == (0, 0)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        first.execute("select 1")
    assert db.connect()


@pytest.mark.spec("PH-007")
def test_a_foreign_connection_is_rolled_back(make):
    class Foreign(Database):
        def _connect(self):
            return sqlite3.connect(self.database, isolation_level=None, check_same_thread=False)

    class PooledForeign(PooledDatabase, Foreign):
        pass

    db = make(PooledForeign, max_connections=1)
    db.connect()
    conn = db.connection()
    db.execute_sql("create table note (text)")
    conn.execute("begin")
    conn.execute("insert into note values ('lost')")
    db.close()
    assert not conn.in_transaction
    db.connect()
    assert db.connection() is conn
    assert db.execute_sql("select count(*) from note").fetchone() == (0,)


@pytest.mark.spec("PH-010")
def test_a_thread_that_ends_gives_its_connection_back(make):
    db = make(max_connections=1)
    with db:
        db.execute_sql("create table note (text)")

    def forgets():
        db.connect()
        db.begin()
        db.execute_sql("insert into note values ('lost')")

    for _ in range(20):
        thread = threading.Thread(target=forgets)
        thread.start()
        thread.join(PATIENCE)
    assert figures(db, "in_use", "idle", "created") == (0, 1, 1)
    with db:
        assert db.execute_sql("select count(*) from note").fetchone() == (0,)


@pytest.mark.spec("PH-010")
def test_a_thread_that_has_ended_takes_nothing_from_others(make):
    db = make(max_connections=1)
    go, ready = threading.Event(), threading.Event()

    def lends():
        db.connect()
        db.close()
        ready.set()
        go.wait(PATIENCE)

    thread = threading.Thread(target=lends)
    thread.start()
    ready.wait(PATIENCE)
    db.connect()
    conn = db.connection()
    go.set()
    thread.join(PATIENCE)
    assert figures(db, "in_use") == (1,)
    assert conn.execute("select 1").fetchone() == (1,)


def test_one_connection_for_all_threads_stays_when_a_thread_ends(make):
    db = make(thread_safe=False, max_connections=1)
    assert in_thread(db.connect) is True
    assert not db.is_closed()
    assert db.execute_sql("select 1").fetchone() == (1,)


def test_a_function_that_runs_for_a_task_may_connect_for_it(make):
    db = make(max_connections=1)

    async def main():
        await db.run(db.connect)
        stats = figures(db, "in_use")
        return stats, await db.run(lambda: db.execute_sql("select 1").fetchone())

    assert asyncio.run(main()) == ((1,), (1,))
    assert figures(db, "in_use") == (0,)


def test_a_transaction_that_a_task_left_is_undone(make):
    db = make(max_connections=1, timeout=PATIENCE)
    with db:
        db.execute_sql("create table note (text)")

    async def forgets():
        await db.aconnect()
        await db.aexecute_sql("begin")
        await db.aexecute_sql("insert into note values ('lost')")

    async def main():
        for _ in range(10):
            await asyncio.create_task(forgets())
        async with db:
            return (await db.aexecute_sql("select count(*) from note")).fetchone()

    assert asyncio.run(asyncio.wait_for(main(), PATIENCE)) == (0,)


@pytest.mark.spec("PH-008")
def test_close_stale_closes_those_of_other_threads(make):
    db = make(max_connections=2)
    with held(db, 2):
        assert db.close_stale(3600) == 0
        assert db.close_stale(0) == 2
        assert figures(db, "in_use", "size") == (0, 0)
        db.connect()
        assert figures(db, "in_use") == (1,)
    assert figures(db, "in_use", "size") == (1, 1)


@pytest.mark.spec("PH-008")
def test_dispose_closes_nothing(make):
    db = make()
    with held(db, 1) as (holder,):
        db.connect()
        mine = db.connection()
        db.dispose()
        assert mine.execute("select 1").fetchone() == (1,)
        assert figures(db, "size", "in_use", "idle") == (0, 0, 0)
        holder.stop()
        assert holder.error is None
    assert figures(db, "size") == (0,)
    mine.close()


@pytest.mark.spec("PH-009")
def test_another_database_gets_other_connections(make, tmp_path):
    db = make()
    with held(db, 2) as holders:
        holders[0].stop()
        db.init(str(tmp_path / "other.db"))
        assert figures(db, "idle", "in_use") == (0, 0)
        db.connect()
        assert db.execute_sql("pragma database_list").fetchone()[2].endswith("other.db")
        db.close()
    assert figures(db, "size", "idle") == (1, 1)
    db.init(str(tmp_path / "other.db"), max_connections=7)
    assert figures(db, "idle", "max_connections") == (1, 7)


def test_a_smaller_limit_closes_what_is_too_much(make):
    db = make(max_connections=5)
    with held(db, 4):
        db.init(db.database, max_connections=2)
        with pytest.raises(MaxConnectionsExceeded):
            db.connect()
    assert figures(db, "size", "in_use") == (2, 0)


# Processes.


@pytest.mark.spec("PH-010", "SB-079")
def test_the_child_of_a_fork_has_a_pool_of_its_own(make):
    db = make(max_connections=2)
    with held(db, 1):
        db.connect()
        db.begin()
        db.execute_sql("create table note (text)")
        child = os.fork()
        if child == 0:
            status = 1
            try:
                fine = db.is_closed() and figures(db, "size", "in_use", "idle") == (0, 0, 0)
                with db.connection_context():
                    fine = fine and db.execute_sql("select 1").fetchone() == (1,)
                status = 0 if fine and figures(db, "in_use", "created") == (0, 1) else 2
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        db.execute_sql("insert into note values ('kept')")
        db.commit()
        assert figures(db, "in_use") == (2,)
    assert db.execute_sql("select * from note").fetchall() == [("kept",)]
