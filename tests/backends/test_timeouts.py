"""Statements that take too long, and those that a user breaks off by Ctrl-C: the server stops them, too."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest

from backends.programs import environment
from backends.sessions import assert_at_rest, pids, running, wait_for_running, wait_until
from redstart import OperationalError, Select, fn

SLEEP = "SELECT pg_sleep(60)"


def assert_nobody_sleeps(database):
    wait_until(lambda: running(database, "pg_sleep") is None, "nobody runs the statement any more")


def test_a_statement_may_take_no_longer_than_the_database_says(postgres_database, pooled):
    db = pooled(max_connections=1, statement_timeout=0.1)
    with db.connection_context():
        for _ in range(3):
            with pytest.raises(OperationalError, match=r"(?i)time|cancel"):
                db.execute_sql(SLEEP)
            assert_nobody_sleeps(postgres_database)
            assert db.execute_sql("SELECT 1").fetchone() == (1,)
        with pytest.raises(OperationalError), db.atomic():
            db.execute_sql(SLEEP)
        assert db.execute_sql("SELECT 1").fetchone() == (1,)
    assert_at_rest(postgres_database, db)


def test_a_query_may_say_its_own_time(postgres_database, pooled):
    db = pooled(max_connections=1)
    slow = Select(columns=[fn.pg_sleep(60)]).bind(db)
    quick = Select(columns=[fn.pg_sleep(0)]).bind(db)
    with db.connection_context():
        with pytest.raises(OperationalError):
            slow.statement_timeout(0.1).execute()
        assert_nobody_sleeps(postgres_database)
        assert len(list(quick.statement_timeout(20))) == 1
    limited = pooled(max_connections=1, statement_timeout=0.1)
    with limited.connection_context():
        # Its own is stronger than the database's.
        assert len(list(Select(columns=[fn.pg_sleep(0.3)]).bind(limited).statement_timeout(20))) == 1
        with pytest.raises(OperationalError):
            list(Select(columns=[fn.pg_sleep(60)]).bind(limited))
    assert_at_rest(postgres_database, db)


def test_tasks_have_both_limits(postgres_database, awaited):
    db = awaited(pool_size=1, statement_timeout=0.1)

    async def main():
        async with db:
            for _ in range(3):
                with pytest.raises(OperationalError):
                    await db.aexecute_sql(SLEEP)
                assert (await db.aexecute_sql("SELECT 1")).fetchone() == (1,)
            assert len(await db.list(Select(columns=[fn.pg_sleep(0.3)]).statement_timeout(20))) == 1
            with pytest.raises(OperationalError):
                await db.list(Select(columns=[fn.pg_sleep(60)]).statement_timeout(0.05))
            with pytest.raises(OperationalError):
                async with db.atomic():
                    await db.aexecute_sql(SLEEP)
            with pytest.raises(OperationalError):
                await db.run(db.execute_sql, SLEEP)
            assert (await db.aexecute_sql("SELECT 1")).fetchone() == (1,)

    asyncio.run(main())
    assert_nobody_sleeps(postgres_database)
    assert_at_rest(postgres_database, db)


def test_a_server_that_says_nothing_more_is_given_up(own_postgres, postgres_database, pooled):
    """Its processes are stopped: neither an answer nor the end of a cancelled statement comes."""
    db = pooled(max_connections=1, statement_timeout=0.2)
    with db.connection_context():
        connection = db.connection()
        pid = connection.get_backend_pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(OperationalError):
                db.execute_sql("SELECT 1")
        finally:
            os.kill(pid, signal.SIGCONT)
    # Whoever still has the connection does not keep the session.
    wait_until(lambda: pid not in pids(postgres_database), "the session ends")
    assert connection.closed
    with db.connection_context():
        assert db.execute_sql("SELECT 1").fetchone() == (1,)
    assert_at_rest(postgres_database, db)


INTERRUPTED = """
import sys
from redstart.pool import PooledPostgresqlDatabase
db = PooledPostgresqlDatabase(sys.argv[1], max_connections=1)
db.connect()
first = db.connection().get_backend_pid()
for within in (False, True):
    print("ready", flush=True)
    try:
        if within:
            with db.atomic():
                db.execute_sql("INSERT INTO ledger VALUES ('interrupted')")
                db.execute_sql("SELECT pg_sleep(61)")
        else:
            db.execute_sql("SELECT pg_sleep(60)")
    except KeyboardInterrupt:
        row = db.execute_sql("SELECT 7, (SELECT count(*) FROM ledger)").fetchone()
        print(*row, db.transaction_depth(), db.connection().get_backend_pid() == first, flush=True)
"""


def test_ctrl_c_cancels_the_statement_on_the_server_and_the_connection_is_usable(postgres_database):
    postgres_database.execute("CREATE TABLE ledger (token text)")
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, postgres_database.dsn()],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            # The second statement, which begins when the first was broken off, stands within a transaction.
            for seconds in (60, 61):
                assert program.stdout.readline() == "ready\n"
                wait_for_running(postgres_database, f"pg_sleep({seconds})")
                program.send_signal(signal.SIGINT)
                assert program.stdout.readline() == "7 0 0 True\n"
                assert running(postgres_database, f"pg_sleep({seconds})") is None
            assert program.wait(20) == 0
        finally:
            program.kill()
    assert postgres_database.execute("SELECT * FROM ledger") == []


WAITING = """
import sys
from redstart.pool import PooledPostgresqlDatabase
db = PooledPostgresqlDatabase(sys.argv[1], max_connections=1, timeout=60)
import threading
held, done = threading.Event(), threading.Event()
def hold():
    with db.connection_context():
        held.set()
        done.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
print("ready", flush=True)
try:
    db.connect()
except KeyboardInterrupt:
    print(db.pool_stats()["waiting"], flush=True)
done.set()
thread.join()
with db.connection_context():
    print(db.execute_sql("SELECT 7").fetchone()[0], flush=True)
"""


def test_ctrl_c_ends_the_waiting_for_a_connection(postgres_database):
    with subprocess.Popen(
        [sys.executable, "-c", WAITING, postgres_database.dsn()],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            assert program.stdout.readline() == "ready\n"
            # It goes to wait, or has just begun to: either way it is interrupted, once or with the next signal.
            deadline = time.monotonic() + 20
            while program.poll() is None and time.monotonic() < deadline:
                program.send_signal(signal.SIGINT)
                if program.stdout.readline() == "0\n":
                    break
            assert program.stdout.readline() == "7\n"
            assert program.wait(20) == 0
        finally:
            program.kill()


ASYNC_INTERRUPTED = """
import asyncio, sys
from redstart.pwasyncio import AsyncPostgresqlDatabase
db = AsyncPostgresqlDatabase(sys.argv[1], pool_size=1)
async def main():
    async with db:
        print("ready", flush=True)
        await db.aexecute_sql("SELECT pg_sleep(60)")
try:
    asyncio.run(main())
except KeyboardInterrupt:
    async def again():
        async with db:
            print((await db.aexecute_sql("SELECT 7")).fetchone()[0], flush=True)
    asyncio.run(again())
"""


def test_ctrl_c_ends_a_loop_and_the_statement_of_its_task(postgres_database):
    with subprocess.Popen(
        [sys.executable, "-c", ASYNC_INTERRUPTED, postgres_database.dsn()],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            assert program.stdout.readline() == "ready\n"
            wait_for_running(postgres_database, "pg_sleep(60)")
            program.send_signal(signal.SIGINT)
            assert program.stdout.readline() == "7\n"
            assert program.wait(20) == 0
        finally:
            program.kill()
    assert_nobody_sleeps(postgres_database)
