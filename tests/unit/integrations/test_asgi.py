"""The ASGI middleware, called as a server calls it."""

from __future__ import annotations

import asyncio

import pytest

from redstart import ImproperlyConfigured, SqliteDatabase, TextField
from redstart.integrations.asgi import ConnectionMiddleware, prepared
from redstart.pwasyncio import AsyncPostgresqlDatabase


def request(app, kind="http", on_send=None):
    """Calls an application for one request; returns what it has sent."""
    sent = []

    async def receive():
        return {"type": f"{kind}.request"}

    async def send(message):
        sent.append(message)
        if on_send is not None:
            on_send(message)

    scope = {"type": kind, "method": "GET", "path": "/notes"}
    asyncio.run(app(scope, receive, send))
    return sent


async def respond(send, *chunks):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def test_the_connection_is_back_when_the_response_is_sent(db, in_use):
    async def app(scope, receive, send):
        await db.note.acreate(text="one")
        assert in_use() == 1
        await respond(send)
        # A background task of Starlette's.
        assert in_use() == 0
        assert await db.count(db.note.select()) == 1
        assert in_use() == 1

    seen = []
    sent = request(ConnectionMiddleware(app, db), on_send=lambda message: seen.append((message["type"], in_use())))
    assert seen == [("http.response.start", 1), ("http.response.body", 0)]
    assert sent[0]["headers"] == []
    assert in_use() == 0


def test_handlers_in_threads_have_the_same(db, in_use):
    async def app(scope, receive, send):
        first = await db.aconnect()
        assert await asyncio.to_thread(db.connection) is first
        await asyncio.to_thread(db.note.create, text="one")
        assert in_use() == 1
        await respond(send)

    request(ConnectionMiddleware(app, db))
    assert in_use() == 0


def test_a_child_task_has_the_same_as_behind_starlettes_base_http_middleware(db, in_use):
    async def app(scope, receive, send):
        first = await db.aconnect()
        assert await asyncio.create_task(db.aconnect()) is first
        assert in_use() == 1
        await respond(send)

    request(ConnectionMiddleware(app, db))
    assert in_use() == 0


def test_a_task_may_undo_what_its_requests_write(db, in_use):
    async def app(scope, receive, send):
        async with db.atomic():
            await db.note.acreate(text="undone")
        await respond(send)

    async def main():
        async def send(message):
            assert in_use() == 1

        async with db.atomic() as transaction:
            await ConnectionMiddleware(app, db)({"type": "http"}, None, send)
            assert await db.count(db.note.select()) == 1
            await transaction.arollback()
        assert await db.count(db.note.select()) == 0

    asyncio.run(main())


@pytest.mark.parametrize(("hold", "times"), [("request", 1), ("query", 0)])
def test_a_stream(db, in_use, told, hold, times):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(4):
            count = await db.count(db.note.select())
            await send({"type": "http.response.body", "body": str(count).encode(), "more_body": True})
            assert in_use() == (hold == "request")
        await send({"type": "http.response.body", "body": b""})

    request(ConnectionMiddleware(app, db, hold=hold))
    assert len(told()) == times
    assert in_use() == 0


def test_a_websocket_holds_nothing_between_queries(db, in_use):
    async def app(scope, receive, send):
        await db.note.acreate(text="one")
        assert in_use() == 0

    request(ConnectionMiddleware(app, db), "websocket")


@pytest.mark.parametrize("error", [ZeroDivisionError, asyncio.CancelledError])
def test_an_error_or_a_disconnect_ends_the_scope(db, in_use, error):
    async def app(scope, receive, send):
        async with db.atomic():
            await db.note.acreate(text="undone")
            raise error

    with pytest.raises(error):
        request(ConnectionMiddleware(app, db))
    assert in_use() == 0
    with db:
        assert db.note.select().count() == 0


def test_a_report_is_a_header(db):
    async def app(scope, receive, send):
        await db.note.acreate(text="one")
        await respond(send)

    (name, value) = request(ConnectionMiddleware(app, db, report=True))[0]["headers"][0]
    assert name == b"server-timing"
    assert value.endswith(b'desc="1 queries, 0 repeated"')


def test_the_lifespan_is_passed_through(db):
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    request(ConnectionMiddleware(app, db), "lifespan")
    assert seen == ["lifespan"]


def test_one_that_stands_twice_around_an_application_is_refused(db, tmp_path):
    other = SqliteDatabase(tmp_path / "other.db")
    once = ConnectionMiddleware(None, db)
    ConnectionMiddleware(once, other)
    with pytest.raises(ImproperlyConfigured, match="two ConnectionMiddleware for one database"):
        ConnectionMiddleware(ConnectionMiddleware(once, other), [db])


def test_processes_that_make_the_same_tables_at_once_wait_for_each_other(postgres_database):
    class Model(AsyncPostgresqlDatabase(None).Model):
        a = TextField(index=True)
        b = TextField(index=True)

    async def main():
        proxies = []
        for _ in range(8):
            # Each is what another process has.
            database = AsyncPostgresqlDatabase(postgres_database.dsn())
            models = [
                type(f"Thing{number}", (Model,), {"Meta": type("Meta", (), {"database": database})})
                for number in range(5)
            ]
            proxies.append(prepared(database, create_tables=models))
        await asyncio.gather(*[one.__aenter__() for one in proxies])
        await asyncio.gather(*[one.__aexit__(None, None, None) for one in proxies])

    asyncio.run(main())
    assert postgres_database.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'thing%'") == [(5,)]


def test_prepared_makes_tables_and_closes_pools(db, tmp_path):
    other = SqliteDatabase(tmp_path / "other.db")

    class Thing(other.Model):
        pass

    async def main():
        async with prepared([db, other], create_tables=[db.note, Thing]), db:
            await db.note.acreate(text="one")
        assert db.pool_stats()["size"] == 0

    asyncio.run(main())
    assert Thing.table_exists()
    other.close()
