"""What a pool takes: numbers, connections in advance, ages and idle times, asking whether a connection lives."""

from __future__ import annotations

import asyncio

import pytest

from redstart import NotSupportedError, OperationalError, SqliteDatabase
from redstart import pool as module
from redstart.database import checkout
from redstart.pool import MaxConnectionsExceeded, PooledDatabase, PooledMySQLDatabase
from unit.pool.holders import figures, held, in_thread, pass_by

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
