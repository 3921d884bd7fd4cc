"""Tasks and threads that go on when the request that has started them has ended: nothing of theirs is done by half."""

from __future__ import annotations

import asyncio
import contextvars
import threading

import pytest

from redstart import InterfaceError
from redstart.integrations.request_scope import RequestScope
from redstart.integrations.settings import Settings

HOLDS = ["request", "query"]


@pytest.mark.parametrize("hold", HOLDS)
def test_a_transaction_is_carried_to_its_end(db, in_use, hold):
    async def main():
        begun, ended = asyncio.Event(), asyncio.Event()

        async def write():
            async with db.atomic():
                await db.note.acreate(text="one")
                begun.set()
                await ended.wait()
                await db.note.acreate(text="two")

        with RequestScope(Settings(db, hold=hold)):
            task = asyncio.create_task(write())
            await begun.wait()
        assert in_use() == 1
        assert await db.count(db.note.select()) == 0
        ended.set()
        await task
        assert await db.count(db.note.select()) == 2
        await db.aclose()
        assert in_use() == 0

    asyncio.run(main())


def test_one_that_is_cancelled_undoes_all(db, in_use):
    async def main():
        begun = asyncio.Event()

        async def write():
            async with db.atomic():
                await db.note.acreate(text="one")
                begun.set()
                await asyncio.Event().wait()

        with RequestScope(Settings(db)):
            task = asyncio.create_task(write())
            await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert in_use() == 0

    asyncio.run(main())
    with db:
        assert db.note.select().count() == 0


def test_what_a_task_leaves_open_ends_with_the_task(db, in_use):
    async def main():
        begun, ended = asyncio.Event(), asyncio.Event()

        async def write():
            await db.atomic().__aenter__()
            await db.note.acreate(text="one")
            begun.set()
            await ended.wait()
            await db.note.acreate(text="two")

        with RequestScope(Settings(db)):
            task = asyncio.create_task(write())
            await begun.wait()
        assert in_use() == 1
        ended.set()
        await task
        while in_use():
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(main(), 30))
    with db:
        assert db.note.select().count() == 0


def test_a_stream_is_read_to_its_end(db, in_use):
    async def main():
        begun, ended = asyncio.Event(), asyncio.Event()
        found = []

        async def read():
            async for note in db.iterate(db.note.select().order_by(db.note.id), buffer_size=1):
                found.append(note.text)
                begun.set()
                await ended.wait()

        with RequestScope(Settings(db)):
            task = asyncio.create_task(read())
            await begun.wait()
        assert in_use() == 1
        ended.set()
        await task
        assert found == ["a", "b", "c"]
        assert in_use() == 0

    with db:
        db.note.insert_many([{"text": text} for text in "abc"]).execute()
    asyncio.run(main())


def test_a_stream_is_over_when_its_own_request_is(db, in_use):
    async def main():
        with RequestScope(Settings(db)):
            rows = db.iterate(db.note.select(), buffer_size=1)
            assert (await anext(rows)).text == "a"
        assert in_use() == 0
        with pytest.raises(InterfaceError, match="has ended"):
            await anext(rows)

    with db:
        db.note.insert_many([{"text": text} for text in "abc"]).execute()
    asyncio.run(main())


def test_a_thread_loses_its_transaction_and_is_told_so(db, in_use):
    begun, ended, told = threading.Event(), threading.Event(), []

    def write():
        try:
            with db.atomic():
                db.note.create(text="one")
                begun.set()
                ended.wait(30)
                db.note.create(text="two")
        except InterfaceError as error:
            told.append(str(error))

    scope = RequestScope(Settings(db)).enter()
    thread = threading.Thread(target=contextvars.copy_context().run, args=(write,))
    thread.start()
    assert begun.wait(30)
    scope.leave()
    assert in_use() == 0
    ended.set()
    thread.join(30)
    assert len(told) == 1
    assert "its transaction was rolled back" in told[0]
    with db:
        assert db.note.select().count() == 0


def test_nothing_is_given_back_that_another_task_still_uses(db, in_use):
    async def main():
        begun, counted = threading.Event(), threading.Event()

        def look_twice():
            first = db.connection()
            begun.set()
            assert counted.wait(30)
            return first is db.connection()

        with RequestScope(Settings(db, hold="query")):
            await db.note.acreate(text="one")
            assert in_use() == 0
            task = asyncio.create_task(db.run(look_twice))
            await asyncio.to_thread(begun.wait, 30)
            assert await db.count(db.note.select()) == 1
            assert in_use() == 1
            counted.set()
            assert await task
            assert in_use() == 0

    asyncio.run(main())
