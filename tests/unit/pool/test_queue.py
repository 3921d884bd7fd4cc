"""Who waits for a connection: threads and tasks in one queue, first come, first served."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager

import pytest

from redstart import IntegerField
from unit.pool.holders import PATIENCE, Held, figures, held, until

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
            while figures(db, "waiting") != (number + 1,):
                await asyncio.sleep(0.001)
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
            while figures(db, "waiting") != (1,):
                await asyncio.sleep(0.001)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert figures(db, "waiting") == (0,)
        async with db:
            return figures(db, "in_use")

    assert asyncio.run(main()) == (1,)
