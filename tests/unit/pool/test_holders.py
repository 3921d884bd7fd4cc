"""Who has connections, who waits, and in which order they are served."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from redstart import IntegerField
from redstart.pool import MaxConnectionsExceeded
from unit.pool.users import PATIENCE, Held, figures, held, soon, until


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
        assert re.fullmatch(r"  thread worker, \d+\.\d s, .*users\.py:\d+", line)


@pytest.mark.spec("PH-002", "SB-078")
def test_a_timeout_prints_the_holders(make):
    db = make(max_connections=1, timeout=0.01)
    with held(db, 1, name="worker"), pytest.raises(MaxConnectionsExceeded) as caught:
        db.connect()
    first, second = str(caught.value).split("\n")
    assert re.fullmatch(r"Max connections exceeded, timed out attempting to connect \(waited \d\.\d s\)\.", first)
    assert re.fullmatch(r"  thread worker, \d+\.\d s", second)


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
