"""What a database does for tasks, where it is one that is used synchronously, too."""

import asyncio
import contextlib
import contextvars
import sys
import threading

import pytest

from redstart import IntegrityError, ModelSelect, SqliteDatabase
from redstart.integrations.request_scope import RequestScope
from redstart.integrations.settings import Settings
from unit.database.shelf import Shelf

WORD = contextvars.ContextVar("WORD", default="unset")
RUNS = {"asyncio": asyncio.run}
if sys.platform != "win32":
    import uvloop

    RUNS["uvloop"] = uvloop.run


@pytest.fixture(params=RUNS.values(), ids=RUNS)
def run(request):
    return request.param


# One object for both.


def test_one_database_serves_blocking_code_tasks_and_threads(shelf, run):
    found = {}

    async def task():
        async with shelf.db:
            await shelf.Author.acreate(name="Bea")
            thread = threading.Thread(target=in_a_thread)
            thread.start()
            await asyncio.to_thread(thread.join)
            found["task"] = await shelf.anames()

    def in_a_thread():
        with shelf.db.connection_context():
            shelf.Author.create(name="Cay")
            found["thread"] = shelf.names()

    shelf.db.connect()
    run(task())
    found["main"] = shelf.names()
    assert found == {who: ["Ada", "Bea", "Cay"] for who in ("thread", "task", "main")}


def test_a_task_has_no_part_in_the_connection_of_its_thread(shelf):
    async def task():
        before = shelf.db.is_closed()
        async with shelf.db:
            return before, await shelf.db.count(shelf.Author.select()), shelf.db.in_transaction()

    shelf.db.connect()
    mine = shelf.db.connection()
    assert asyncio.run(task())[1:] == (1, False)
    assert shelf.db.connection() is mine


def test_a_task_that_only_uses_it_synchronously_may_block(shelf):
    async def task():
        with shelf.db.connection_context(), shelf.db.atomic():
            shelf.Author.create(name="Bea")
            return [book.author.name for book in shelf.Book], shelf.names()

    assert asyncio.run(task()) == (["Ada"], ["Ada", "Bea"])


def test_relations_that_were_loaded_with_their_rows_are_read(shelf):
    async def task():
        async with shelf.db:
            joined = await shelf.db.get(shelf.Book.select(shelf.Book, shelf.Author).join(shelf.Author))
            (author,) = await shelf.db.aprefetch(shelf.Author.select(), shelf.Book)
            in_a_thread = await shelf.db.run(lambda: shelf.Book.get().author.name)
            return joined.author.name, [book.title for book in author.books], in_a_thread

    assert asyncio.run(task()) == ("Ada", ["Notes"], "Ada")


# Blocking code in a thread.


@pytest.mark.spec("AS-002")
def test_context_variables_go_into_run_and_come_back(shelf):
    other = contextvars.ContextVar("other")

    def function():
        seen = WORD.get()
        WORD.set("set within")
        other.set("new within")
        return seen

    async def task():
        WORD.set("set outside")
        return await shelf.db.run(function), WORD.get(), other.get()

    assert asyncio.run(task()) == ("set outside", "set within", "new within")
    assert WORD.get() == "unset"


def test_context_variables_of_a_function_that_fails_are_the_callers_alone(shelf):
    def function():
        WORD.set("set within")
        raise LookupError(WORD.get())

    async def task():
        with pytest.raises(LookupError, match="set within"):
            await shelf.db.run(function)
        return WORD.get()

    assert asyncio.run(task()) == "unset"


def test_context_variables_are_seen_by_hooks_of_a_model_in_a_task(shelf):
    class Signed(shelf.Author):
        class Meta:
            table_name = "author"

        def save(self, *args, **kwargs):
            self.name = f"{self.name} by {WORD.get()}"
            return super().save(*args, **kwargs)

    async def task(word):
        WORD.set(word)
        await Signed.acreate(name=f"note {word}")

    async def both():
        await asyncio.gather(task("one"), task("two"))
        return sorted(await shelf.anames())

    assert asyncio.run(both()) == ["Ada", "note one by one", "note two by two"]


def test_run_works_on_the_tasks_connection_and_in_its_transaction(shelf):
    def blocks(name):
        with shelf.db.atomic():
            shelf.Author.create(name=name)
        return shelf.db.connection(), shelf.db.transaction_depth()

    async def task():
        async with shelf.db:
            mine = await shelf.db.aconnect()
            with pytest.raises(LookupError):
                async with shelf.db.atomic():
                    borrowed, depth = await shelf.db.run(blocks, name="undone")
                    raise LookupError
            return borrowed is mine, depth, await shelf.anames()

    assert asyncio.run(task()) == (True, 1, ["Ada"])


# Databases, tasks, blocks.


def test_two_databases_in_one_task_keep_apart(shelf, tmp_path):
    other = Shelf(SqliteDatabase(tmp_path / "other.db")).fill()

    async def task():
        async with shelf.db, other.db:
            async with shelf.db.atomic():
                with pytest.raises(LookupError):
                    async with other.db.atomic():
                        await shelf.Author.acreate(name="kept")
                        await other.Author.acreate(name="undone")
                        depths = shelf.db.transaction_depth(), other.db.transaction_depth()
                        raise LookupError
                assert (shelf.db.in_transaction(), other.db.in_transaction()) == (True, False)
            return depths, await shelf.anames(), await other.anames()

    assert asyncio.run(task()) == ((1, 1), ["Ada", "kept"], ["Ada"])
    other.end()


def test_a_query_runs_on_the_database_that_is_named(shelf, tmp_path):
    other = Shelf(SqliteDatabase(tmp_path / "other.db")).fill()

    async def task():
        await other.Author.acreate(name="elsewhere")
        query = shelf.Author.select().order_by(shelf.Author.id)
        own, elsewhere = await query.clone().aexecute(), await query.clone().aexecute(other.db)
        return [[row.name for row in rows] for rows in (own, elsewhere)]

    assert asyncio.run(task()) == [["Ada"], ["Ada", "elsewhere"]]
    other.end()


def test_a_query_of_ones_own_may_run_several_statements(shelf):
    class Counted(ModelSelect):
        def get(self, database=None):
            row = super().get(database)
            row.number = self.count(database)
            return row

        def exists(self, database=None):
            return self.count(database) > 0 and super().exists(database)

    async def task():
        query = Counted(shelf.Author, (shelf.Author.id, shelf.Author.name))
        async with shelf.db:
            row = await shelf.db.get(query)
            return row.name, row.number, await shelf.db.exists(query)

    assert asyncio.run(task()) == ("Ada", 1, True)


def test_tasks_that_await_one_query_get_the_rows_of_it(shelf):
    async def ask(query):
        async with shelf.db:
            return list(await query.aexecute())

    async def main():
        query = shelf.Author.select()
        found = await asyncio.gather(*(ask(query) for _ in range(3)))
        async with shelf.db:
            await shelf.Author.acreate(name="Bea")
            again = list(await query.aexecute())
        return [author.name for author in again], [rows[0] is again[0] for rows in found]

    assert asyncio.run(main()) == (["Ada"], [True] * 3)


@pytest.mark.spec("AS-005", "AS-010")
def test_a_tasks_connection_and_transaction_are_its_own(shelf):
    async def look():
        before = shelf.db.in_transaction()
        async with shelf.db:
            return before, shelf.db.in_transaction(), await shelf.db.aconnect(), await shelf.anames()

    async def parent():
        async with shelf.db, shelf.db.atomic():
            await shelf.Author.acreate(name="parent")
            mine = await shelf.db.aconnect()
            found = [await look(), *await asyncio.gather(look(), look()), await asyncio.create_task(look())]
            return [(before, within, conn is mine, names) for before, within, conn, names in found]

    own, *children = asyncio.run(parent())
    assert own == (True, True, True, ["Ada", "parent"])
    assert children == [(False, False, False, ["Ada"])] * 3


def test_a_connection_stays_open_until_the_outermost_block_ends(shelf, run):
    async def task():
        async with shelf.db as same:
            outer = await shelf.db.aconnect()
            async with shelf.db:
                inner = await shelf.db.aconnect()
            between = await shelf.db.aconnect()
            with pytest.raises(LookupError):
                async with shelf.db:
                    raise LookupError
            assert same is shelf.db
            assert outer is inner is between is await shelf.db.aconnect()
        return await shelf.db.aclose()

    assert run(task()) is False


def test_blocks_do_the_same_on_every_loop(shelf, run):
    told = []

    async def task():
        async with shelf.db.atomic() as transaction:
            shelf.db.after_commit(lambda: told.append("committed"))
            await shelf.Author.acreate(name="Bea")
            with pytest.raises(IntegrityError):
                async with shelf.db.atomic():
                    await shelf.Author.acreate(name="undone")
                    await shelf.Author.acreate(name="Bea")
            async with shelf.db.savepoint() as savepoint:
                await shelf.Author.acreate(name="undone, too")
                await savepoint.arollback()
            assert told == []
            await transaction.acommit()
            await shelf.Author.acreate(name="not committed")
            await transaction.arollback()
        assert not shelf.db.in_transaction()
        await decorated("Cay")
        with pytest.raises(LookupError):
            await decorated("lost", LookupError)
        rows = [author.name async for author in shelf.db.iterate(shelf.Author.select(), buffer_size=1)]
        await shelf.db.aclose()
        return rows

    @shelf.db.atomic()
    async def decorated(name, error=None):
        await shelf.Author.acreate(name=name)
        if error:
            raise error

    assert run(task()) == ["Ada", "Bea", "Cay"]
    assert told == ["committed"]


def test_a_cancelled_block_is_undone_on_every_loop(shelf, run):
    async def task():
        begun = asyncio.Event()

        async def endless():
            async with shelf.db, shelf.db.atomic():
                await shelf.Author.acreate(name="undone")
                begun.set()
                await asyncio.Event().wait()

        child = asyncio.create_task(endless())
        await begun.wait()
        child.cancel()
        await asyncio.wait([child])
        async with shelf.db:
            return child.cancelled(), await shelf.anames()

    assert run(task()) == (True, ["Ada"])


@pytest.mark.spec("AS-012")
def test_a_model_stands_for_the_query_of_all_its_rows(shelf):
    async def task():
        async with shelf.db:
            return (await shelf.db.get(shelf.Author)).name, [row.name for row in await shelf.db.list(shelf.Author)]

    assert asyncio.run(task()) == ("Ada", ["Ada"])


@pytest.mark.parametrize("is_bound", [False, True])
def test_an_opened_block_within_a_transaction_leaves_it_alone(shelf, is_bound):
    """As where a function that opens the database is called within a transaction."""

    async def write(*, fails):
        async with shelf.db.atomic():
            await shelf.Author.acreate(name="Bea")
            async with shelf.db:
                await shelf.Author.acreate(name="Cay")
            assert shelf.db.in_transaction()
            await shelf.Author.acreate(name="Dan")
            if fails:
                raise KeyError

    async def task():
        with RequestScope(Settings(shelf.db)) if is_bound else contextlib.nullcontext():
            with pytest.raises(KeyError):
                await write(fails=True)
            assert await shelf.anames() == ["Ada"]
            await write(fails=False)
            assert await shelf.anames() == ["Ada", "Bea", "Cay", "Dan"]

    asyncio.run(task())


def test_an_opened_block_undoes_what_was_left_open_within(shelf):
    async def task():
        async with shelf.db:
            await shelf.db.atomic().__aenter__()
            await shelf.Author.acreate(name="Bea")
        assert not shelf.db.in_transaction()
        assert await shelf.anames() == ["Ada"]

    asyncio.run(task())
