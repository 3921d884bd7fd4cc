"""What a task is refused: what would block its event loop, and what cannot be meant."""

import asyncio

import pytest

from redstart import CharField, DatabaseProxy, InterfaceError, Model, OperationalError, SqliteDatabase, fn, prefetch
from redstart.pwasyncio import AsyncSqliteDatabase, MissingGreenletBridge
from unit.database.shelf import Shelf

BLOCKING = {
    "get": (lambda shelf: shelf.Author.get(), "SELECT"),
    "get_by_id": (lambda shelf: shelf.Author.get_by_id(1), "SELECT"),
    "get_or_none": (lambda shelf: shelf.Author.get_or_none(name="Ada"), "SELECT"),
    "get_or_create": (lambda shelf: shelf.Author.get_or_create(name="Ada"), "SELECT"),
    "iteration": (lambda shelf: list(shelf.Author.select()), "SELECT"),
    "iterator": (lambda shelf: list(shelf.Author.select().iterator()), "SELECT"),
    "a model's iteration": (lambda shelf: list(shelf.Author), "SELECT"),
    "len": (lambda shelf: len(shelf.Author.select()), "SELECT"),
    "index": (lambda shelf: shelf.Author.select()[0], "SELECT"),
    "count": (lambda shelf: shelf.Author.select().count(), "SELECT COUNT"),
    "exists": (lambda shelf: shelf.Author.select().exists(), "SELECT"),
    "scalar": (lambda shelf: shelf.Author.select(fn.MAX(shelf.Author.id)).scalar(), "SELECT MAX"),
    "backref": (lambda shelf: list(shelf.Author(id=1).books), 'SELECT .* FROM "book"'),
    "prefetch": (lambda shelf: prefetch(shelf.Author.select(), shelf.Book), "SELECT"),
    "create": (lambda shelf: shelf.Author.create(name="no"), "INSERT"),
    "save": (lambda shelf: shelf.Author(id=1, name="no").save(), "UPDATE"),
    "delete_instance": (lambda shelf: shelf.Author(id=1).delete_instance(), "DELETE"),
    "execute": (lambda shelf: shelf.Author.insert(name="no").execute(), "INSERT"),
    "bulk_create": (lambda shelf: shelf.Author.bulk_create([shelf.Author(name="no")]), "INSERT"),
    "execute_sql": (lambda shelf: shelf.db.execute_sql("VACUUM"), "VACUUM"),
    "get_tables": (lambda shelf: shelf.db.get_tables(), "SELECT"),
    "create_tables": (lambda shelf: shelf.db.create_tables([shelf.Author]), "CREATE TABLE"),
    "connect": (lambda shelf: shelf.db.connect(), r"connect\(\)"),
    "close": (lambda shelf: shelf.db.close(), r"close\(\)"),
    "connection": (lambda shelf: shelf.db.connection(), r"connection\(\)"),
    "atomic": (lambda shelf: shelf.db.atomic().__enter__(), "BEGIN"),
    "begin": (lambda shelf: shelf.db.begin(), "BEGIN"),
    "commit": (lambda shelf: shelf.db.commit(), r"commit\(\)"),
    "rollback": (lambda shelf: shelf.db.rollback(), r"rollback\(\)"),
}


@pytest.mark.spec("AS-007")
@pytest.mark.parametrize(("use", "what"), BLOCKING.values(), ids=BLOCKING)
def test_what_would_block_the_loop_is_refused_by_name_with_the_way_out(shelf, use, what):
    async def task():
        async with shelf.db:
            await shelf.anames()
            with pytest.raises(MissingGreenletBridge, match=f"^{what}") as refused:
                use(shelf)
            return str(refused.value), await shelf.anames(), shelf.db.in_transaction()

    message, names, in_transaction = asyncio.run(task())
    for way_out in ("aexecute()", "acreate()", "'async with'", "'await db.run(function)'"):
        assert way_out in message
    assert (names, in_transaction) == (["Ada"], False)


@pytest.mark.spec("AS-007", "AS-015")
def test_a_relation_that_is_not_loaded_names_its_field_and_what_loads_it(shelf):
    async def task():
        async with shelf.db:
            book = await shelf.Book.aget_by_id(1)
            with pytest.raises(MissingGreenletBridge, match=r"^reading Book\.author runs a query") as refused:
                assert book.author
            loaded = await book.afetch(shelf.Book.author)
            return str(refused.value), book.author_id, book.author is loaded, loaded.name

    message, *found = asyncio.run(task())
    assert "'await row.afetch(Book.author)'" in message
    assert "join" in message
    assert 'FROM "author"' in message
    assert found == [1, True, "Ada"]


# Wrong use.


async def asynchronous_for(rows):
    return [row async for row in rows]


async def asynchronous_with(context):
    async with context:
        return


async def awaited(thing):
    return await thing


async def first_of(stream):
    return await stream.__anext__()


WRONG = {
    "await a query": (lambda s: awaited(s.Author.select()), TypeError, "ModelSelect"),
    "await a database": (lambda s: awaited(s.db), TypeError, "SqliteDatabase"),
    "await a block": (lambda s: awaited(s.db.atomic()), TypeError, "_atomic"),
    "async for a query": (lambda s: asynchronous_for(s.Author.select()), TypeError, "__aiter__.*ModelSelect"),
    "async with a query": (lambda s: asynchronous_with(s.Author.select()), TypeError, "ModelSelect"),
    "text for a query": (lambda s: s.db.aexecute("SELECT 1"), TypeError, r"not str.*aexecute_sql\(\)"),
    "a model for a query": (lambda s: s.db.aexecute(s.Author), TypeError, r"not the class Author.*Model\.select\(\)"),
    "a stream of text": (lambda s: first_of(s.db.iterate("SELECT 1")), TypeError, r"iterate\(\).*not str"),
    "a stream of a model": (lambda s: first_of(s.db.iterate(s.Author)), TypeError, "not the class Author"),
    "nothing to run": (lambda s: s.db.run(s.Author.select()), TypeError, "ModelSelect"),
    "no relation": (lambda s: s.Book(id=1).afetch("title"), ValueError, "is no foreign key of Book"),
    "no field": (lambda s: s.Book(id=1).afetch("nothing"), KeyError, "nothing"),
}


@pytest.mark.spec("AS-015", "AS-024")
@pytest.mark.parametrize(("use", "error", "message"), WRONG.values(), ids=WRONG)
def test_wrong_use_is_refused_and_leaves_the_connection_usable(shelf, use, error, message):
    async def task():
        async with shelf.db:
            with pytest.raises(error, match=message):
                await use(shelf)
            return await shelf.anames()

    assert asyncio.run(task()) == ["Ada"]


@pytest.mark.spec("AS-013", "AS-014")
def test_what_has_no_database_says_so():
    class Loose(Model):
        name = CharField()

    async def task():
        uses = (
            lambda: Loose.acreate(name="x"),
            lambda: Loose.aget(name="x"),
            lambda: Loose.aget_or_create(name="x"),
            lambda: Loose(id=1, name="x").asave(),
            lambda: Loose(id=1).adelete_instance(),
            lambda: Loose.select().aexecute(),
        )
        for use in uses:
            with pytest.raises(InterfaceError, match=r"^Loose is not bound to a database|^Query must be bound"):
                await use()

    asyncio.run(task())


def test_a_database_that_is_not_known_yet_says_so():
    proxy, deferred = DatabaseProxy(), SqliteDatabase(None)

    async def task():
        with pytest.raises(InterfaceError, match="must be initialized"):
            await deferred.aconnect()
        with pytest.raises(AttributeError, match="uninitialized"):
            await proxy.aconnect()

    asyncio.run(task())


@pytest.mark.spec("AS-006")
def test_a_connection_is_not_closed_within_its_transaction(shelf):
    async def task():
        async with shelf.db.atomic():
            with pytest.raises(OperationalError, match="while transaction is open"):
                await shelf.db.aclose()
            await shelf.Author.acreate(name="Bea")
        return await shelf.db.aclose(), await shelf.db.aclose()

    assert asyncio.run(task()) == (True, False)
    assert shelf.names() == ["Ada", "Bea"]


def test_a_database_that_may_not_open_by_itself_refuses_statements(tmp_path):
    shelf = Shelf(SqliteDatabase(tmp_path / "shelf.db", autoconnect=False)).fill()

    async def task():
        with pytest.raises(InterfaceError, match="not opened"):
            await shelf.anames()
        async with shelf.db:
            return await shelf.anames()

    assert asyncio.run(task()) == ["Ada"]


@pytest.mark.spec("AS-017")
def test_a_coroutine_function_is_nothing_to_call_after_a_commit(tmp_path):
    shelf = Shelf(AsyncSqliteDatabase(tmp_path / "shelf.db")).fill()

    async def coroutine():
        raise AssertionError("called")

    async def task():
        async with shelf.db.atomic():
            with pytest.raises(ValueError, match="takes a plain function"):
                shelf.db.after_commit(coroutine)
        await shelf.db.close_pool()

    asyncio.run(task())
