"""PgBouncer in transaction mode: the ordinary things work without a setting, also for clients that take turns."""

from __future__ import annotations

import asyncio
import threading

import pytest

from redstart import ForeignKeyField, IntegerField, IntegrityError, PostgresqlDatabase, TextField
from redstart.pool import PooledPostgresqlDatabase
from redstart.pwasyncio import AsyncPostgresqlDatabase
from servers.pgbouncer import PgBouncer
from servers.postgres import PostgresServer


@pytest.fixture(scope="module")
def single(postgres_server):
    """PgBouncer with one session for everybody."""
    if not isinstance(postgres_server, PostgresServer):
        pytest.skip("a given server has no PgBouncer of ours")
    with PgBouncer(postgres_server, pool_size=1) as one:
        yield one


@pytest.fixture
def dsn(single, postgres_database):
    yield single.dsn(postgres_database.name)
    # The sessions that PgBouncer holds would keep the database from being dropped.
    postgres_database.server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (postgres_database.name,)
    )


def models(db):
    class Author(db.Model):
        name = TextField(unique=True)
        visits = IntegerField(default=0)

    class Book(db.Model):
        author = ForeignKeyField(Author, backref="books")
        title = TextField()

    return Author, Book


def use_models(db):
    """Does what applications do."""
    Author, Book = models(db)
    db.create_tables([Author, Book])
    with db.atomic():
        ann = Author.create(name="Ann")
        Book.insert_many([{"author": ann, "title": f"Book {number}"} for number in range(250)]).execute()
    with db.atomic() as transaction:
        Author.create(name="Gone")
        transaction.rollback()
    with db.atomic():
        Author.create(name="Bob")
        with pytest.raises(IntegrityError), db.atomic():
            Author.create(name="Carl")
            Author.create(name="Ann")
    assert sorted(one.name for one in Author.select()) == ["Ann", "Bob"]
    for _ in range(3):
        Author.insert(name="Ann", visits=1).on_conflict(
            conflict_target=[Author.name], update={Author.visits: Author.visits + 1}
        ).execute()
    assert Author.get(Author.name == "Ann").visits == 3
    assert Author.get_by_id(ann.id).books.count() == 250
    assert {book.author.name for book in Book.select(Book, Author).join(Author)} == {"Ann"}
    ann.visits = 10
    ann.save()
    assert Author.update(visits=Author.visits + 1).where(Author.name == "Ann").execute() == 1
    assert Author.get_or_create(name="Ann")[1] is False
    assert Book.delete().where(Book.title == "Book 0").execute() == 1
    assert db.get_tables() == ["author", "book"]
    assert [column.name for column in db.get_columns("book")] == ["id", "author_id", "title"]
    assert [key.dest_table for key in db.get_foreign_keys("book")] == ["author"]
    assert "author_name" in [index.name for index in db.get_indexes("author")]
    return Author, Book


@pytest.mark.parametrize("cls", [PostgresqlDatabase, PooledPostgresqlDatabase])
def test_models_transactions_savepoints_upserts_and_introspection(dsn, cls):
    db = cls(dsn)
    with db.connection_context():
        _, Book = use_models(db)
        with db.atomic():
            assert sum(1 for _ in Book.select().iterator()) == 249


def test_a_server_side_cursor_within_a_transaction(dsn):
    from redstart.postgres_ext import PostgresqlExtDatabase, ServerSide

    db = PostgresqlExtDatabase(dsn)
    with db.connection_context():
        _, Book = use_models(db)
        with db.atomic():
            assert sum(1 for _ in ServerSide(Book.select(), array_size=20)) == 249
    db.close()


def test_tasks_do_the_same_and_stream(dsn):
    db = AsyncPostgresqlDatabase(dsn, pool_size=3)

    async def main():
        async with db:
            Author, Book = await db.run(use_models, db)
            async with db.atomic():
                dan = await Author.acreate(name="Dan")
                assert (await Author.aget_by_id(dan.id)).name == "Dan"
            async with db.atomic():
                assert len([row async for row in db.iterate(Book.select())]) == 249
            assert len([row async for row in db.iterate(Book.select(), buffer_size=10)]) == 249
        for _ in range(3):
            await asyncio.gather(*(count(Author) for _ in range(20)))
        await db.close_pool()

    async def count(Author):
        async with db:
            assert await db.count(Author.select()) == 3

    asyncio.run(main())


def test_two_clients_that_take_turns_on_one_session_see_their_own_statements(dsn, postgres_database):
    """Each has its own idea of what is prepared on the session, which both use."""
    first, second = PostgresqlDatabase(dsn), PostgresqlDatabase(dsn)
    first.connect()
    second.connect()
    for number in range(20):
        for one, word in ((first, "first"), (second, "second")):
            assert one.execute_sql("SELECT %s::text, %s::int", (word, number)).fetchone() == (word, number)
            assert one.execute_sql(f"SELECT '{word}', %s::int", (number,)).fetchone() == (word, number)
        # The same number of statements, which are not the same.
        assert first.execute_sql(f"SELECT {number}, %s::int", (1,)).fetchone() == (number, 1)
        assert second.execute_sql(f"SELECT {-number}, %s::text", ("x",)).fetchone() == (-number, "x")
        with first.atomic():
            assert first.execute_sql("SELECT %s::int", (number,)).fetchone() == (number,)
    first.close()
    second.close()


def test_threads_and_tasks_of_many_clients_share_one_session(dsn, postgres_database):
    postgres_database.execute("CREATE TABLE ledger (token text)")
    failures = []

    def work(number):
        db = PooledPostgresqlDatabase(dsn, max_connections=2)
        try:
            for step in range(20):
                with db.connection_context(), db.atomic():
                    token = f"{number} {step}"
                    db.execute_sql("INSERT INTO ledger VALUES (%s)", (token,))
                    assert db.execute_sql("SELECT count(*) FROM ledger WHERE token = %s", (token,)).fetchone() == (1,)
        except Exception as error:
            failures.append(error)
        finally:
            db.close_all()

    async def in_task(db, number):
        async with db, db.atomic():
            await db.aexecute_sql("INSERT INTO ledger VALUES (%s)", (f"task {number}",))

    async def main():
        db = AsyncPostgresqlDatabase(dsn, pool_size=4, acquire_timeout=30)
        await asyncio.gather(*(in_task(db, number) for number in range(50)))
        await db.close_pool()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    asyncio.run(main())
    for thread in threads:
        thread.join()
    assert failures == []
    assert postgres_database.execute("SELECT count(*), count(DISTINCT token) FROM ledger") == [(150, 150)]


def test_a_cancelled_statement_is_cancelled_through_pgbouncer(dsn):
    db = AsyncPostgresqlDatabase(dsn, pool_size=1)

    async def main():
        async with db:
            for _ in range(3):
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(db.aexecute_sql("SELECT pg_sleep(60)"), 0.2)
            assert (await db.aexecute_sql("SELECT 1")).fetchone() == (1,)
        await db.close_pool()

    asyncio.run(main())


def test_a_pgbouncer_that_was_restarted_is_found_again(single, dsn):
    db = PooledPostgresqlDatabase(dsn, max_connections=2)
    with db.connection_context():
        assert db.execute_sql("SELECT %s::int", (1,)).fetchone() == (1,)
    single.stop()
    single.start()
    with db.connection_context():
        assert db.execute_sql("SELECT %s::int", (1,)).fetchone() == (1,)
    db.close_all()
