"""Generators that stop in the middle of a block, as the body of a response does that its client no longer reads.

Python ends them when nothing holds them any more: within any other request.
"""

from __future__ import annotations

import asyncio
import gc

import pytest

from redstart import InterfaceError
from redstart.integrations.request_scope import RequestScope
from redstart.integrations.settings import Settings


def in_transaction(db):
    with db.atomic():
        db.note.create(text="abandoned")
        yield


def in_savepoint(db):
    with db.atomic():
        db.note.create(text="abandoned")
        with db.atomic():
            yield


def in_manual_commit(db):
    with db.manual_commit():
        db.begin()
        db.note.create(text="abandoned")
        yield


def in_connection_context(db):
    with db.connection_context():
        db.begin()
        db.note.create(text="abandoned")
        yield


async def in_transaction_of_a_task(db):
    async with db.atomic():
        await db.note.acreate(text="abandoned")
        yield


async def in_savepoint_of_a_task(db):
    async with db.atomic():
        await db.note.acreate(text="abandoned")
        async with db.atomic():
            yield


async def in_manual_commit_of_a_task(db):
    async with db.manual_commit():
        await db.aexecute_sql("begin")
        await db.note.acreate(text="abandoned")
        yield


BODIES = [in_transaction, in_savepoint, in_manual_commit, in_connection_context]
BODIES_OF_TASKS = [in_transaction_of_a_task, in_savepoint_of_a_task, in_manual_commit_of_a_task]


@pytest.mark.parametrize("make_body", BODIES)
def test_its_end_leaves_the_transaction_of_another_request_alone(db, in_use, make_body):
    with RequestScope(Settings(db)):
        body = make_body(db)
        next(body)
    assert in_use() == 0
    with RequestScope(Settings(db)):
        with db.connection_context(), pytest.raises(KeyError), db.atomic():
            db.note.create(text="first")
            del body
            gc.collect()
            assert db.transaction_depth() == 1
            db.note.create(text="second")
            raise KeyError
        assert db.note.select().count() == 0
    assert in_use() == 0


@pytest.mark.parametrize("make_body", BODIES_OF_TASKS)
def test_its_end_leaves_the_transaction_of_another_requests_task_alone(db, in_use, make_body):
    told = []

    async def begin(bodies):
        with RequestScope(Settings(db)):
            bodies.append(make_body(db))
            await anext(bodies[0])

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        bodies = []
        await asyncio.create_task(begin(bodies))
        # It is undone in the background.
        while in_use():
            await asyncio.sleep(0.001)
        with RequestScope(Settings(db)):
            with pytest.raises(KeyError):
                async with db.atomic():
                    await db.note.acreate(text="first")
                    bodies.clear()
                    gc.collect()
                    # The event loop ends it in a task of its own.
                    while len(asyncio.all_tasks()) > 1:
                        await asyncio.sleep(0)
                    assert db.transaction_depth() == 1
                    await db.note.acreate(text="second")
                    raise KeyError
            assert await db.count(db.note.select()) == 0

    asyncio.run(main())
    assert told == []
    assert in_use() == 0


@pytest.mark.parametrize("make_body", [in_transaction, in_savepoint])
def test_who_goes_on_after_the_end_of_his_connection_is_told_that_all_was_undone(db, make_body):
    with RequestScope(Settings(db)):
        body = make_body(db)
        next(body)
    with pytest.raises(InterfaceError, match="was undone"):
        next(body)
    with db.connection_context():
        assert db.note.select().count() == 0
