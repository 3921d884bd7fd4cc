"""What a pool does beyond peewee's: settings, figures, holders, fairness, tasks, forks. On SQLite."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sqlite3
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from redstart import Database, IntegerField, NotSupportedError, OperationalError, SqliteDatabase
from redstart import pool as module
from redstart.database import checkout
from redstart.pool import MaxConnectionsExceeded, PooledDatabase, PooledMySQLDatabase, PooledSqliteDatabase

PATIENCE = 30


@pytest.fixture
def make(tmp_path):
    """Make pools over one file; all their connections are closed afterwards."""
    made = []

    def make(cls=PooledSqliteDatabase, **options):
        made.append(cls(str(tmp_path / "app.db"), **options))
        return made[-1]

    yield make
    for db in made:
        if not db.deferred:
            db.close_all()


def until(condition):
    """Wait for a condition; fails where it does not come."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come"
        time.sleep(0.001)


async def soon(condition):
    """Wait for a condition in a task."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come"
        await asyncio.sleep(0.001)


def pass_by(seconds):
    """Let an age be reached, by the clock that the pool reads."""
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() > end)


class Held:
    """A thread that has a connection from `start` to `stop`."""

    def __init__(self, db, name=None):
        self.db = db
        self.error = None
        self._up, self._down = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, name=name)

    def _run(self):
        try:
            self.db.connect()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            self.error = error
        self._up.set()
        self._down.wait(PATIENCE)
        if self.error is None:
            self.db.close()

    def start(self):
        self.thread.start()
        assert self._up.wait(PATIENCE)
        return self

    def stop(self):
        self._down.set()
        self.thread.join(PATIENCE)


@contextmanager
def held(db, count, name=None):
    """Have so many connections in use by threads."""
    holders = [Held(db, name).start() for _ in range(count)]
    try:
        yield holders
    finally:
        for one in holders:
            one.stop()


def in_thread(function):
    """Give what a function gives in another thread, or the exception."""
    outcome = []

    def run():
        try:
            outcome.append(function())
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            outcome.append(error)

    thread = threading.Thread(target=run, name="another")
    thread.start()
    thread.join(PATIENCE)
    return outcome[0]


def figures(db, *names):
    """Give some of a pool's figures."""
    stats = db.pool_stats()
    return tuple(stats[name] for name in names)


# Numbers.


@pytest.mark.spec("PH-001")
@pytest.mark.parametrize(
    "name", ["max_connections", "stale_timeout", "min_connections", "max_lifetime", "idle_timeout"]
)
def test_negative_numbers_are_refused_by_name(make, name):
    with pytest.raises(ValueError, match=f"{name} is -1: it takes a positive number, or None"):
        make(**{name: -1})
    db = make()
    with pytest.raises(ValueError, match=f"{name} is -1"):
        db.init(db.database, **{name: "-1"})
    setattr(db, f"_{name}", None)


@pytest.mark.spec("PH-001", "PH-009")
def test_further_numbers_may_be_text_and_be_given_later(make):
    db = make(min_connections="2", max_lifetime="1.5", idle_timeout="10", probe_after="3")
    assert (db._min_connections, db._max_lifetime, db._idle_timeout, db._probe_after) == (2, 1.5, 10, 3)
    db.init(db.database, min_connections="1", max_lifetime=9, idle_timeout=None, probe_after=0.5, track_checkouts=True)
    assert (db._min_connections, db._max_lifetime, db._idle_timeout, db._probe_after) == (1, 9, None, 0.5)
    assert db._track_checkouts is True
    assert db.connect_params == {}


@pytest.mark.spec("PH-002")
def test_a_timeout_below_zero_does_not_wait(make):
    db = make(max_connections=1, timeout=-5)
    with held(db, 1), pytest.raises(MaxConnectionsExceeded):
        db.connect()


@pytest.mark.spec("PH-001")
def test_a_pool_for_mysql_cannot_connect_yet():
    db = PooledMySQLDatabase("app", max_connections=3)
    for _ in range(4):
        with pytest.raises(NotSupportedError, match="no driver"):
            db.connect()
    assert figures(db, "in_use", "size") == (0, 0)


# Connections in advance, ages, idle times.


def test_connections_are_opened_in_advance(make):
    db = make(min_connections=3, max_connections=5)
    assert figures(db, "size") == (0,)
    db.connect()
    assert figures(db, "size", "in_use", "idle") == (4, 1, 3)
    db.close()
    assert figures(db, "size", "in_use", "idle", "created") == (4, 0, 4, 4)


def test_the_limit_goes_for_connections_in_advance_too(make):
    db = make(min_connections=10, max_connections=3)
    db.connect()
    assert figures(db, "size", "in_use", "idle") == (3, 1, 2)
    with held(db, 2):
        assert figures(db, "size", "in_use", "idle") == (3, 3, 0)


def test_connections_in_advance_are_prepared(make):
    db = make(min_connections=1, pragmas={"foreign_keys": 1})
    db.register_function(lambda: 42, "answer", 0)
    db.connect()

    def another():
        with db.connection_context():
            return db.foreign_keys, db.execute_sql("select answer()").fetchone()

    assert in_thread(another) == (1, (42,))
    assert figures(db, "created") == (3,)


def test_one_that_cannot_be_opened_in_advance_harms_nobody(make):
    class Limited(SqliteDatabase):
        opened = 0

        def _connect(self):
            if self.opened == 2:
                raise OperationalError("the server takes no more")
            self.opened += 1
            return super()._connect()

    class PooledLimited(PooledDatabase, Limited):
        pass

    db = make(PooledLimited, min_connections=5)
    assert db.connect()
    assert figures(db, "size", "in_use", "idle") == (2, 1, 1)
    assert db.close()


def test_an_old_connection_is_replaced(make):
    db = make(max_lifetime=0.01)
    db.connect()
    first = db.connection()
    pass_by(0.01)
    db.close()
    db.connect()
    assert db.connection() is not first
    assert figures(db, "created", "recycled", "size") == (2, 1, 1)
    with pytest.raises(Exception, match="closed"):
        first.execute("select 1")


def test_each_connection_has_a_life_of_its_own(make):
    given = []

    class Lease:
        """A lease that notes by what its connection's life is multiplied."""

        def opened(self, conn, factor):
            given.append(factor)

    db = make(max_lifetime=3600)
    for _ in range(100):
        db._fill(Lease(), object())
    assert all(0.9 <= factor <= 1 for factor in given)
    assert len(set(given)) > 90


def test_connections_that_are_idle_for_long_are_closed(make):
    db = make(idle_timeout=0.01, min_connections=1)
    with held(db, 4):
        pass
    assert figures(db, "idle") == (5,)
    pass_by(0.01)
    db.connect()
    assert figures(db, "in_use", "idle") == (1, 1)
    db.close()


def test_connections_that_are_used_are_not_idle(make):
    db = make(idle_timeout=60)
    with held(db, 3):
        pass
    db.connect()
    assert figures(db, "in_use", "idle", "recycled") == (1, 2, 0)


def test_a_task_closes_idle_connections_too(make):
    db = make(idle_timeout=0.01)
    with held(db, 3):
        pass
    pass_by(0.01)

    async def main():
        async with db:
            return figures(db, "in_use", "idle")

    assert asyncio.run(main()) == (1, 0)


# Whether a connection lives.


@pytest.mark.spec("PH-006")
@pytest.mark.parametrize(("probe_after", "asked"), [(0, 1), ("0", 1), (3600, 0), (None, 0)])
def test_only_connections_that_were_idle_for_long_are_asked(make, monkeypatch, probe_after, asked):
    seen = []
    monkeypatch.setattr(module, "answers", lambda conn: seen.append(conn) or True)
    db = make(probe_after=probe_after)
    db.connect()
    first = db.connection()
    db.close()
    assert seen == []
    db.connect()
    assert seen == [first] * asked
    assert db.connection() is first


@pytest.mark.spec("PH-006")
def test_one_that_does_not_answer_is_replaced(make, monkeypatch):
    db = make(probe_after=0)
    with held(db, 3):
        pass
    monkeypatch.setattr(module, "answers", lambda conn: False)
    db.connect()
    assert figures(db, "size", "created") == (1, 4)


@pytest.mark.spec("PH-006")
def test_asking_a_connection_tells_whether_it_lives(make):
    db = make()
    db.connect()
    conn = db.connection()
    assert checkout.answers(conn)
    assert asyncio.run(checkout.aanswers(conn))
    conn.close()
    assert not checkout.answers(conn)
    assert not asyncio.run(checkout.aanswers(conn))


def test_a_task_asks_as_well(make, monkeypatch):
    seen = []

    async def aanswers(conn):
        seen.append(conn)
        return False

    monkeypatch.setattr(module, "aanswers", aanswers)
    db = make(probe_after=0)
    with held(db, 2):
        pass

    async def main():
        async with db:
            return figures(db, "size", "created")

    assert asyncio.run(main()) == (1, 3)
    assert len(seen) == 2


# Figures and holders.


def test_the_figures_of_a_pool(make):
    db = make(max_connections=4)
    empty = {"size": 0, "in_use": 0, "idle": 0, "waiting": 0, "created": 0, "recycled": 0, "max_connections": 4}
    assert db.pool_stats() == {**empty, "holders": []}
    started = time.time()
    with held(db, 2, name="worker"):
        db.connect()
        db.close()
        stats = db.pool_stats()
        assert {name: stats[name] for name in empty} == {**empty, "size": 3, "in_use": 2, "idle": 1, "created": 3}
        for holder in stats["holders"]:
            assert holder["label"] == "thread worker"
            assert holder["place"] is None
            assert 0 <= holder["held"] < PATIENCE
            assert started - 1 < holder["since"] <= time.time()
    assert figures(db, "in_use", "idle", "created", "recycled") == (0, 3, 3, 0)
    db.close_idle()
    assert figures(db, "size", "idle") == (0, 0)


def test_who_waits_is_counted(make):
    db = make(max_connections=1, timeout=PATIENCE)
    with held(db, 1) as (holder,):
        waiter = threading.Thread(target=lambda: (db.connect(), db.close()))
        waiter.start()
        until(lambda: figures(db, "waiting") == (1,))
        holder.stop()
        waiter.join(PATIENCE)
    assert figures(db, "waiting", "in_use") == (0, 0)


def test_the_place_of_a_checkout_is_noted_on_demand(make):
    db = make(track_checkouts=True)
    db.connect()
    line = connect_line(test_the_place_of_a_checkout_is_noted_on_demand)
    (holder,) = db.pool_stats()["holders"]
    assert holder == {**holder, "label": "thread MainThread", "place": f"{__file__}:{line}"}
    db.close()


def test_a_statement_that_connects_is_the_place(make):
    db = make(track_checkouts=True)
    db.execute_sql("select 1")
    (holder,) = db.pool_stats()["holders"]
    assert holder["place"].startswith(f"{__file__}:")
    db.close()


def connect_line(function):
    """Give the line of a test in which it connects."""
    code = function.__code__
    text = Path(__file__).read_text(encoding="utf-8").splitlines()
    start = code.co_firstlineno
    return next(number for number in range(start, start + 9) if text[number - 1].strip() == "db.connect()")


def test_the_place_in_a_task(make):
    db = make(track_checkouts=True)

    async def main():
        asyncio.current_task().set_name("reader")
        async with db:
            return db.pool_stats()["holders"]

    (holder,) = asyncio.run(main())
    assert holder["label"] == "task reader"
    assert holder["place"].startswith(f"{__file__}:")


@pytest.mark.spec("PH-002", "SB-078")
def test_a_refusal_prints_the_holders(make):
    db = make(max_connections=2, track_checkouts=True)
    with held(db, 2, name="worker"), pytest.raises(MaxConnectionsExceeded) as caught:
        db.connect()
    first, *holders = str(caught.value).split("\n")
    assert first == "Exceeded maximum connections."
    assert len(holders) == 2
    for line in holders:
        assert re.fullmatch(rf"  thread worker, \d+\.\d s, {re.escape(__file__)}:\d+", line)


@pytest.mark.spec("PH-002", "SB-078")
def test_a_timeout_prints_the_holders(make):
    db = make(max_connections=1, timeout=0.01)
    with held(db, 1, name="worker"), pytest.raises(MaxConnectionsExceeded) as caught:
        db.connect()
    first, second = str(caught.value).split("\n")
    assert re.fullmatch(r"Max connections exceeded, timed out attempting to connect \(waited \d\.\d s\)\.", first)
    assert re.fullmatch(r"  thread worker, \d+\.\d s", second)


# Fairness.


def test_who_waits_first_is_served_first(make):
    db = make(max_connections=1, timeout=PATIENCE)
    served = []
    threads = []
    with held(db, 1):
        for number in range(6):

            def run(number=number):
                with db.connection_context():
                    served.append(number)

            threads.append(threading.Thread(target=run))
            threads[-1].start()
            until(lambda number=number: figures(db, "waiting") == (number + 1,))
    for thread in threads:
        thread.join(PATIENCE)
    assert served == list(range(6))


def test_nobody_overtakes_who_waits(make):
    db = make(max_connections=1, timeout=PATIENCE)
    order = []
    holder = Held(db).start()

    def wait():
        with db.connection_context():
            order.append("who waited")

    thread = threading.Thread(target=wait)
    thread.start()
    until(lambda: figures(db, "waiting") == (1,))
    holder.stop()
    with db.connection_context():
        order.append("who came later")
    thread.join(PATIENCE)
    assert order == ["who waited", "who came later"]


def test_threads_and_tasks_share_one_queue(make):
    db = make(max_connections=1, timeout=PATIENCE)
    order = []

    def thread(number):
        with db.connection_context():
            order.append(number)

    async def task(number):
        async with db:
            order.append(number)

    async def main():
        holder = Held(db).start()
        waiting = []
        for number in range(6):
            work = asyncio.to_thread(thread, number) if number % 2 else task(number)
            waiting.append(asyncio.create_task(work))
            await soon(lambda number=number: figures(db, "waiting") == (number + 1,))
        holder.stop()
        await asyncio.gather(*waiting)

    asyncio.run(asyncio.wait_for(main(), PATIENCE))
    assert order == list(range(6))


@pytest.mark.spec("PH-010")
def test_the_limit_holds_for_threads_and_tasks_together(make):
    db = make(max_connections=3, timeout=0, pragmas={"journal_mode": "wal"})

    class Row(db.Model):
        number = IntegerField()

    with db:
        db.create_tables([Row])
    lock, now, most = threading.Lock(), [0], [0]

    @contextmanager
    def counted():
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        try:
            yield
        finally:
            with lock:
                now[0] -= 1

    def thread(number):
        for step in range(5):
            with db.connection_context(), counted():
                Row.create(number=number * 100 + step)

    async def task(number):
        for step in range(5):
            async with db:
                with counted():
                    await Row.acreate(number=number * 100 + step)

    async def main():
        await asyncio.gather(*(task(number) for number in range(20, 40)))

    threads = [threading.Thread(target=thread, args=(number,)) for number in range(10)]
    for one in threads:
        one.start()
    asyncio.run(asyncio.wait_for(main(), PATIENCE))
    for one in threads:
        one.join(PATIENCE)
    with db:
        numbers = sorted(row.number for row in Row.select())
    assert numbers == [number * 100 + step for number in [*range(10), *range(20, 40)] for step in range(5)]
    assert most[0] <= 3
    assert figures(db, "in_use", "waiting") == (0, 0)
    assert figures(db, "size")[0] <= 3


def test_a_task_that_gives_up_waiting_leaves_the_queue(make):
    db = make(max_connections=1, timeout=PATIENCE)

    async def main():
        with held(db, 1):
            waiting = asyncio.create_task(db.aconnect())
            await soon(lambda: figures(db, "waiting") == (1,))
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert figures(db, "waiting") == (0,)
        async with db:
            return figures(db, "in_use")

    assert asyncio.run(main()) == (1,)


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


# Classes of one's own.


@pytest.mark.spec("DB-080")
def test_what_a_user_s_class_prepares_is_prepared_each_time(make):
    prepared = []

    class Tenant(SqliteDatabase):
        def _initialize_connection(self, conn):
            super()._initialize_connection(conn)
            prepared.append(conn)

    class PooledTenant(PooledDatabase, Tenant):
        pass

    class TenantPool(PooledSqliteDatabase):
        def _initialize_connection(self, conn):
            super()._initialize_connection(conn)
            prepared.append(conn)

    for cls in (PooledTenant, TenantPool):
        db = make(cls)
        for _ in range(3):
            with db:
                assert prepared[-1] is db.connection()
        assert len(prepared) == 3
        prepared.clear()


@pytest.mark.spec("DB-080")
def test_it_is_for_tasks_as_well(make):
    prepared = []

    class TenantPool(PooledSqliteDatabase):
        def _initialize_connection(self, conn):
            super()._initialize_connection(conn)
            prepared.append(conn)

    db = make(TenantPool)

    async def main():
        for _ in range(3):
            async with db:
                assert prepared[-1] is await db.aconnect()

    asyncio.run(main())
    assert len(prepared) == 3


@pytest.mark.spec("DB-080")
def test_a_class_may_close_in_its_own_way(make):
    closed = []

    class Own(SqliteDatabase):
        def _close(self, conn):
            closed.append(conn)
            super()._close(conn)

    class PooledOwn(PooledDatabase, Own):
        pass

    db = make(PooledOwn)
    for empty in (db.manual_close, db.close_all):
        db.connect()
        conn = db.connection()
        empty()
        assert closed == [conn]
        closed.clear()


def test_a_preparation_that_fails_costs_no_slot(make):
    class Fails(PooledSqliteDatabase):
        def _initialize_connection(self, conn):
            raise OperationalError("not prepared")

    db = make(Fails, max_connections=1)
    for _ in range(3):
        with pytest.raises(OperationalError, match="not prepared"):
            db.connect()

    async def main():
        for _ in range(3):
            with pytest.raises(OperationalError, match="not prepared"):
                await db.aconnect()

    asyncio.run(main())
    assert figures(db, "in_use", "size") == (0, 0)


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


# The logger.


@pytest.mark.spec("PH-010")
def test_the_logger_tells_what_happens_to_each_connection(make, caplog):
    caplog.set_level(logging.DEBUG, logger="peewee.pool")
    db = make(stale_timeout=60)
    db.connect()
    number = id(db.connection())
    db.close()
    db.connect()
    db.manual_close()
    assert module.logger is logging.getLogger("peewee.pool")
    assert [record.getMessage() for record in caplog.records] == [
        f"Created new connection {number}.",
        f"Returning {number} to pool.",
        f"Connection {number} not in use, ignoring close.",
    ]
