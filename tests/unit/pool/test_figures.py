"""What a pool tells: figures, holders, its logger."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from pathlib import Path

import pytest

from redstart import pool as module
from redstart.pool import MaxConnectionsExceeded
from unit.pool import holders
from unit.pool.holders import PATIENCE, figures, held, until

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
    first, *lines = str(caught.value).split("\n")
    assert first == "Exceeded maximum connections."
    assert len(lines) == 2
    for line in lines:
        assert re.fullmatch(rf"  thread worker, \d+\.\d s, {re.escape(holders.__file__)}:\d+", line)


@pytest.mark.spec("PH-002", "SB-078")
def test_a_timeout_prints_the_holders(make):
    db = make(max_connections=1, timeout=0.01)
    with held(db, 1, name="worker"), pytest.raises(MaxConnectionsExceeded) as caught:
        db.connect()
    pattern = (
        r"Max connections exceeded, timed out attempting to connect \(waited 0\.\d s\)\.\n  thread worker, \d+\.\d s"
    )
    assert re.fullmatch(pattern, str(caught.value))


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
