"""The scope of a request: when a connection is taken, who shares it, and who has one for himself."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading

import pytest

from redstart import DatabaseProxy, ImproperlyConfigured, IntegrityError, SqliteDatabase
from redstart.integrations.request_scope import RequestScope, current_scope
from redstart.integrations.settings import Settings


def in_thread(function):
    """Runs a function in another thread, in a copy of the running context."""
    found = []
    context = contextvars.copy_context()
    thread = threading.Thread(target=lambda: found.append(context.run(function)))
    thread.start()
    thread.join()
    return found[0]


def test_a_scope_that_asks_nothing_takes_no_connection(db, in_use):
    created = db.pool_stats()["created"]
    db.close_idle()
    with RequestScope(Settings(db)) as scope:
        assert current_scope() is scope
        assert in_use() == 0
    assert current_scope() is None
    assert db.pool_stats()["created"] == created


def test_the_first_query_takes_one_and_the_end_gives_it_back(db, in_use):
    with RequestScope(Settings(db)):
        db.note.create(text="one")
        assert in_use() == 1
        assert db.note.select().count() == 1
        assert in_use() == 1
    assert in_use() == 0
    assert db.is_closed()


def test_it_opens_although_nothing_opens_by_itself(tmp_path):
    database = SqliteDatabase(tmp_path / "a.db", autoconnect=False)
    with RequestScope(Settings(database)):
        assert database.execute_sql("select 1").fetchone() == (1,)
    assert database.is_closed()


def test_threads_of_a_request_share_its_connection_and_its_transaction(db, in_use):
    def conn():
        return db.connection()

    def begin():
        block = db.atomic()
        block.__enter__()
        db.note.create(text="in a block")
        return block

    with RequestScope(Settings(db)):
        first = conn()
        assert in_thread(conn) is first
        # As a dependency of FastAPI's does: set-up, use and end on three threads.
        block = in_thread(begin)
        assert in_thread(conn) is first
        assert in_thread(db.in_transaction)
        in_thread(lambda: block.__exit__(None, None, None))
        assert not db.in_transaction()
        assert in_use() == 1
    assert in_use() == 0
    assert db.note.select().count() == 1
    db.close()


def test_tasks_that_a_request_starts_share_its_connection(db, in_use):
    async def main():
        with RequestScope(Settings(db)):
            first = await db.aconnect()
            assert await asyncio.create_task(db.aconnect()) is first
            await asyncio.gather(*[db.note.acreate(text=str(number)) for number in range(5)])
            assert in_use() == 1
            assert await db.run(db.connection) is first
        assert in_use() == 0

    asyncio.run(main())


@pytest.mark.parametrize("hold", ["request", "query"])
def test_tasks_that_ask_first_at_the_same_time_share_one_connection(db, in_use, hold):
    async def main():
        # None is idle: it takes some time to open one.
        db.close_idle()
        created = db.pool_stats()["created"]
        with RequestScope(Settings(db, hold=hold)):
            await asyncio.gather(*[db.count(db.note.select()) for _ in range(8)])
            assert in_use() == (hold == "request")
        assert in_use() == 0
        return db.pool_stats()["created"] - created

    assert asyncio.run(main()) == 1


def test_tasks_that_wait_for_a_full_pool_wait_for_one_connection(db, in_use):
    async def main():
        release = asyncio.Event()

        async def hold():
            async with db:
                await release.wait()

        holders = [asyncio.create_task(hold()) for _ in range(2)]
        while in_use() < 2:
            await asyncio.sleep(0)
        with RequestScope(Settings(db)):
            waiting = [asyncio.create_task(db.count(db.note.select())) for _ in range(4)]
            await asyncio.sleep(0)
            # It was the one that had asked the pool.
            waiting[0].cancel()
            release.set()
            found = await asyncio.gather(*waiting, return_exceptions=True)
            await asyncio.gather(*holders)
            assert in_use() == 1
        return [type(one) for one in found]

    assert asyncio.run(main()) == [asyncio.CancelledError, int, int, int]
    assert in_use() == 0


def test_threads_that_ask_first_at_the_same_time_share_one_connection(db, in_use):
    for _ in range(5):
        db.close_idle()
        created = db.pool_stats()["created"]
        barrier = threading.Barrier(4)

        def ask(barrier=barrier):
            barrier.wait()
            db.note.select().count()

        with RequestScope(Settings(db)):
            threads = [threading.Thread(target=contextvars.copy_context().run, args=(ask,)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert in_use() == 1
        assert in_use() == 0
        assert db.pool_stats()["created"] == created + 1


def test_a_request_that_ends_while_its_connection_is_opened_keeps_none(db, in_use):
    async def main():
        db.close_idle()
        with RequestScope(Settings(db)):
            # It has one of its own in the end, until it ends itself.
            late = asyncio.create_task(db.count(db.note.select()))
            await asyncio.sleep(0)
        await late
        while in_use():
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(main(), 30))


def test_a_task_with_a_transaction_has_the_connection_for_itself(db, in_use):
    async def main():
        begun, seen = asyncio.Event(), asyncio.Event()

        async def write():
            async with db.atomic():
                await db.note.acreate(text="secret")
                begun.set()
                await seen.wait()
                # A task that is started within belongs to it.
                assert await asyncio.create_task(db.count(db.note.select())) == 1

        async def look():
            await begun.wait()
            assert in_use() == 1
            count = await db.count(db.note.select())
            assert in_use() == 2
            seen.set()
            return count

        with RequestScope(Settings(db)):
            _, count = await asyncio.gather(write(), look())
            assert count == 0
            assert await db.count(db.note.select()) == 1
        assert in_use() == 0

    asyncio.run(main())


@pytest.mark.parametrize("asks_first", [False, True])
def test_transactions_of_tasks_stay_on_the_connections_that_they_began_on(db, in_use, asks_first):
    async def main():
        async def write(number):
            async with db.atomic():
                # The first one to end shares the request's connection again; the other one stays where it is.
                await db.note.acreate(text=f"{number} begun")
                await asyncio.sleep(0.01 * number)
                await db.note.acreate(text=f"{number} ended")
                if number == 2:
                    raise LookupError

        with RequestScope(Settings(db)):
            if asks_first:
                await db.count(db.note.select())
            outcomes = await asyncio.gather(*[write(number) for number in (1, 2)], return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [type(None), LookupError]
            notes = await db.list(db.note.select().order_by(db.note.id))
            assert [note.text for note in notes] == ["1 begun", "1 ended"]
        while in_use():
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(main(), 30))


def test_transactions_of_threads_stay_on_the_connections_that_they_began_on(db, in_use):
    first_has_begun, first_has_ended, second_has_begun = (threading.Event() for _ in range(3))

    async def first():
        async with db.atomic():
            first_has_begun.set()
            assert await asyncio.to_thread(second_has_begun.wait, 30)
        first_has_ended.set()

    def second():
        assert first_has_begun.wait(30)
        with db, db.atomic():
            own = db.connection()
            second_has_begun.set()
            assert first_has_ended.wait(30)
            db.note.create(text="second")
            assert db.connection() is own

    async def main():
        with RequestScope(Settings(db)):
            await db.count(db.note.select())
            await asyncio.gather(first(), asyncio.to_thread(second))
            assert await db.count(db.note.select()) == 1
            assert in_use() == 1
        assert in_use() == 0

    asyncio.run(asyncio.wait_for(main(), 60))


def test_a_scope_ends_once(db, in_use):
    scope = RequestScope(Settings(db)).enter()
    db.connection()
    scope.leave()
    with RequestScope(Settings(db)) as other:
        db.connection()
        scope.leave()
        assert current_scope() is other
        assert in_use() == 1
    assert in_use() == 0


def test_scopes_may_end_in_any_order(db):
    first, second = RequestScope(Settings(db)).enter(), RequestScope(Settings(db)).enter()
    assert current_scope() is second
    first.leave()
    assert current_scope() is second
    second.leave()
    assert current_scope() is None


def test_what_was_left_open_is_undone(db, in_use):
    with RequestScope(Settings(db)):
        db.begin()
        db.note.create(text="lost")
    with RequestScope(Settings(db)):
        block = db.atomic()
        block.__enter__()
        db.note.create(text="lost, too")
    with RequestScope(Settings(db)):
        assert db.note.select().count() == 0
    assert in_use() == 0


def test_a_task_that_outlives_its_request_has_a_connection_of_its_own(db, in_use):
    async def main():
        ended = asyncio.Event()

        async def later():
            await ended.wait()
            async with db:
                assert in_use() == 1
                return await db.count(db.note.select())

        with RequestScope(Settings(db)):
            await db.note.acreate(text="one")
            task = asyncio.create_task(later())
        assert in_use() == 0
        ended.set()
        assert await task == 1
        assert in_use() == 0

    asyncio.run(main())


def test_between_queries_nothing_is_held_where_that_is_said(db, in_use):
    async def main():
        with RequestScope(Settings(db, hold="query")):
            await db.note.acreate(text="one")
            assert in_use() == 0
            assert [note.text for note in await db.list(db.note.select())] == ["one"]
            assert in_use() == 0
            async with db.atomic():
                await db.note.acreate(text="two")
                assert in_use() == 1
            assert in_use() == 0
            async for note in db.iterate(db.note.select(), buffer_size=1):
                assert note.text
                assert in_use() == 1
                # Another query of the same task goes on the connection that is held.
                assert await db.count(db.note.select()) == 2
                assert in_use() == 1
            assert in_use() == 0
            async with db:
                await db.count(db.note.select())
                assert in_use() == 1
            assert in_use() == 0

    asyncio.run(main())


def test_between_the_statements_of_a_transaction_without_a_block_the_connection_is_held(db, in_use):
    async def main():
        with RequestScope(Settings(db, hold="query")) as scope:
            for end, count in (("rollback", 0), ("commit", 1)):
                await db.aexecute_sql("begin")
                await db.note.acreate(text="one")
                with pytest.raises(IntegrityError):
                    await db.note.insert(id=1, text=None).aexecute()
                assert in_use() == 1
                await db.aexecute_sql(end)
                assert in_use() == 0
                assert await db.count(db.note.select()) == count
            # What nobody has ended is undone with the response.
            await db.aexecute_sql("begin")
            await db.note.acreate(text="two")
            scope.rest()
            # It is made ready in the background.
            while in_use():
                await asyncio.sleep(0.001)
            assert await db.count(db.note.select()) == 1

    asyncio.run(asyncio.wait_for(main(), 30))


def test_an_inner_scope_leaves_a_database_to_the_outer_one(db, in_use, tmp_path):
    other = SqliteDatabase(tmp_path / "other.db")
    with RequestScope(Settings(db)):
        first = db.connection()
        with RequestScope(Settings([db, other])):
            assert db.connection() is first
            other.execute_sql("select 1")
        assert other.is_closed()
        assert db.connection() is first
    assert in_use() == 0


def test_without_a_report_nothing_is_counted(db, caplog):
    caplog.set_level("INFO", "redstart.integrations")
    with RequestScope(Settings(db)) as scope:
        db.note.select().count()
    assert scope.report is None
    # No query passes by a hook.
    assert db.query_hooks == []
    assert caplog.messages == []
    with RequestScope(Settings(db, report=True)):
        assert len(db.query_hooks) == 1


def test_a_report_tells_what_was_repeated(db, caplog):
    settings = Settings(db, report=True)
    with caplog.at_level(logging.INFO, "redstart.integrations"), RequestScope(settings, name="GET /notes") as scope:
        for number in range(4):
            db.note.create(text=str(number))
        db.note.select().count()
        assert scope.report.queries == 5
        assert scope.report.repeated == 3
        name, value = scope.report.header()
    assert name == "Server-Timing"
    assert value.startswith("db;dur=")
    assert value.endswith('desc="5 queries, 3 repeated"')
    (record,) = [one for one in caplog.records if one.name == "redstart.integrations"]
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith("GET /notes: 5 queries in ")
    assert "; repeated: 4 x INSERT INTO " in record.getMessage()


def test_a_report_counts_what_tasks_run(db):
    async def main():
        with RequestScope(Settings(db, report=True)) as scope:
            await db.note.acreate(text="one")
            await asyncio.create_task(db.list(db.note.select()))
            await db.run(lambda: db.note.select().count())
            return scope.report.queries

    assert asyncio.run(main()) == 3


def test_a_report_counts_what_runs_in_an_inner_scope(db, tmp_path):
    other = SqliteDatabase(tmp_path / "other.db")
    with RequestScope(Settings([db, other], report=True)) as outer:
        with RequestScope(Settings(db)):
            db.note.select().count()
        with RequestScope(Settings(other, report=True)) as inner:
            other.execute_sql("select 1")
            db.note.select().count()
        db.note.select().count()
        assert (outer.report.queries, inner.report.queries) == (4, 2)


def test_an_error_has_a_note_of_its_queries(db):
    with pytest.raises(ZeroDivisionError) as caught, RequestScope(Settings(db, report=True), name="GET /"):
        db.note.select().count()
        raise ZeroDivisionError
    (note,) = caught.value.__notes__
    assert note.startswith("Database: GET /: 1 queries in ")


@pytest.mark.parametrize(
    ("database", "settings", "message"),
    [
        (SqliteDatabase(":memory:"), {"hold": "forever"}, "hold='forever' is unknown"),
        ("notes.db", {}, "'notes.db' is no database"),
        ([], {}, "was given no database"),
    ],
)
def test_wrong_settings_are_refused_by_name(database, settings, message):
    with pytest.raises(ImproperlyConfigured, match=message):
        Settings(database, **settings)


@pytest.mark.parametrize(
    ("database", "message"),
    [(SqliteDatabase(None), r"database\.init"), (DatabaseProxy(), r"proxy\.initialize")],
)
def test_a_database_that_is_not_known_yet_is_told_of(database, message):
    scope = RequestScope(Settings(database))
    with pytest.raises(ImproperlyConfigured, match=message):
        scope.enter()
    assert current_scope() is None


def test_a_proxy_is_the_database_that_it_stands_for(db, in_use):
    proxy = DatabaseProxy()
    settings = Settings(proxy)
    proxy.initialize(db)
    with RequestScope(settings):
        db.connection()
        assert in_use() == 1
    assert in_use() == 0
