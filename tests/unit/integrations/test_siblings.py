"""Tasks and threads of one request that each have a block of their own at the same time."""

from __future__ import annotations

import asyncio
import contextvars
import threading

import pytest

from redstart.integrations.request_scope import RequestScope
from redstart.integrations.settings import Settings

HOLDS = ["request", "query"]


@pytest.mark.parametrize("hold", HOLDS)
def test_transactions_at_the_same_time_are_each_done_or_undone(db, in_use, hold):
    async def main():
        first_begun, second_written, first_ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def first():
            async with db.atomic():
                first_begun.set()
                await second_written.wait()
            first_ended.set()

        async def second():
            await first_begun.wait()
            async with db.atomic():
                await db.note.acreate(text="second")
                second_written.set()
                # The request's connection is free from here on, but this transaction is not on it.
                await first_ended.wait()
                assert await db.count(db.note.select()) == 1
                assert db.transaction_depth() == 1
                async with db.atomic():
                    await db.note.acreate(text="in a savepoint")
                raise KeyError

        with RequestScope(Settings(db, hold=hold)):
            outcomes = await asyncio.gather(first(), second(), return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [type(None), KeyError]
            assert await db.count(db.note.select()) == 0
        assert in_use() == 0

    asyncio.run(main())


def test_a_task_with_a_transaction_of_its_own_has_the_requests_connection_afterwards(db, in_use):
    async def main():
        first_begun, second_ended = asyncio.Event(), asyncio.Event()

        async def first():
            async with db.atomic():
                first_begun.set()
                await second_ended.wait()
            return await db.aconnect()

        async def second():
            await first_begun.wait()
            async with db.atomic():
                own = await db.aconnect()
                assert await asyncio.create_task(db.aconnect()) is own
            second_ended.set()
            await first_task
            return await db.aconnect(), own

        with RequestScope(Settings(db)):
            first_task = asyncio.create_task(first())
            shared, own = await second()
            assert shared is await first_task
            assert shared is not own
        await asyncio.sleep(0)

    asyncio.run(main())
    assert in_use() == 0


def test_an_opened_block_of_one_task_does_not_end_that_of_another(db, in_use):
    async def main():
        first_begun, second_opened, first_opened, second_closed = [asyncio.Event() for _ in range(4)]

        async def first():
            async with db.atomic():
                first_begun.set()
                await second_opened.wait()
            async with db:
                conn = await db.aconnect()
                first_opened.set()
                await second_closed.wait()
                assert not db.is_closed()
                return await db.aconnect() is conn

        async def second():
            await first_begun.wait()
            async with db:
                own = await db.aconnect()
                second_opened.set()
                await first_opened.wait()
                assert await db.aconnect() is own
            second_closed.set()
            return True

        with RequestScope(Settings(db)):
            assert await asyncio.gather(first(), second()) == [True, True]
        assert in_use() == 0

    asyncio.run(main())


def test_a_thread_keeps_the_transaction_that_it_began_beside_the_requests(db, in_use):
    """As a sync function does that a handler gives to a thread while another task has a transaction."""

    def write(begun, go_on):
        with db.atomic():
            db.note.create(text="from a thread")
            begun.set()
            assert go_on.wait(20)
            assert db.note.select().count() == 1
        db.close()

    async def main():
        begun, go_on = threading.Event(), threading.Event()
        with RequestScope(Settings(db)):
            # As a task has it that was started before.
            context = contextvars.copy_context()
            async with db.atomic():
                thread = threading.Thread(target=lambda: context.run(write, begun, go_on))
                thread.start()
                await asyncio.to_thread(begun.wait, 20)
                assert in_use() == 2
            go_on.set()
            await asyncio.to_thread(thread.join)
            assert await db.count(db.note.select()) == 1
        assert in_use() == 0

    asyncio.run(main())
