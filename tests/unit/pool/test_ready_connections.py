"""A connection that is idle, alive and prepared: how it is taken, and what a program may put in its way."""

from __future__ import annotations

import asyncio

import pytest

from redstart import OperationalError
from redstart.integrations.request_scope import RequestScope
from redstart.integrations.settings import Settings
from redstart.pool import PooledSqliteDatabase


@pytest.fixture
def db(make):
    db = make(max_connections=2)
    with db.connection_context():
        db.execute_sql("CREATE TABLE note (text)")
    return db


def use_in_ways(db):
    """Take the connection in each way there is, and give it back; yield the name of the way."""
    db.connect()
    yield "connect"
    db.close()
    db.execute_sql("SELECT 1")
    yield "a statement"
    db.close()
    with RequestScope(Settings(db)):
        db.execute_sql("SELECT 1")
        yield "a request"

    async def task():
        async with db:
            await db.aexecute_sql("SELECT 1")

    asyncio.run(task())
    yield "a task"


def test_the_same_one_is_used_again_and_again(db):
    for way in use_in_ways(db):
        assert db.pool_stats()["created"] == 1, way
    stats = db.pool_stats()
    assert (stats["in_use"], stats["idle"], stats["recycled"]) == (0, 1, 0)


@pytest.mark.parametrize("name", ["_connect", "_initialize_connection"])
@pytest.mark.parametrize("where", ["class", "subclass", "object"])
def test_what_a_program_does_to_a_connection_is_done_each_time(make, monkeypatch, name, where):
    calls = []
    usual = getattr(PooledSqliteDatabase, name)

    def own(self, *args):
        calls.append(name)
        return usual(self, *args)

    db = make(type("Own", (PooledSqliteDatabase,), {name: own} if where == "subclass" else {}))
    db.connect()
    db.close()
    if where == "class":
        monkeypatch.setattr(PooledSqliteDatabase, name, own)
    elif where == "object":
        monkeypatch.setattr(db, name, lambda *args: own(db, *args), raising=False)
    for way in use_in_ways(db):
        # A task opens its connections by the engine, unless the class says otherwise.
        assert calls or way == "a task"
        calls.clear()


def test_a_connect_of_a_program_s_own_is_called_by_a_statement(make):
    calls = []

    class Own(PooledSqliteDatabase):
        def connect(self, *args, **kwargs):
            calls.append(args)
            return super().connect(*args, **kwargs)

    db = make(Own)
    for _ in range(3):
        db.execute_sql("SELECT 1")
        db.close()
    assert len(calls) == 3


def test_a_statement_timeout_holds_for_one_that_was_opened_before_it_was_said(db):
    db.init(db.database, statement_timeout=0.05)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    for _ in use_in_ways(db):
        if not db.is_closed():
            with pytest.raises(OperationalError):
                db.execute_sql(endless)


def test_it_is_not_taken_for_a_state_that_somebody_opens_a_connection_for(db):
    state = db._scopes.current()
    assert state.claim_opening() is None
    assert not db._take(state)
    # Another one who wants to open it waits for the end.
    waited = state.claim_opening()
    assert not waited.done()
    state.end_opening()
    assert waited.done()
    assert db._take(state)
    assert not db._take(state)
    db.close()
    stats = db.pool_stats()
    assert (stats["in_use"], stats["idle"]) == (0, 1)


def test_one_with_a_transaction_left_open_is_undone_before_it_is_taken_again(db):
    db.connect()
    db.execute_sql("BEGIN")
    db.execute_sql("INSERT INTO note VALUES ('left')")
    db.close()
    with db.connection_context():
        assert not db.in_transaction()
        assert db.execute_sql("SELECT count(*) FROM note").fetchone() == (0,)
    assert db.pool_stats()["created"] == 1
