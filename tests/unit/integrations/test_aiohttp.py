"""aiohttp served by its own server: whose connection handlers, bodies, threads and WebSockets use."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from redstart import ImproperlyConfigured, SqliteDatabase
from redstart.integrations.aiohttp import setup
from unit.integrations.served import until


@pytest.fixture
def app(db):
    made = web.Application()
    setup(made, db)
    return made


def run(app, db, program):
    """Runs a program with a client; ends when all connections are back."""

    async def main():
        async with TestClient(TestServer(app)) as client:
            found = await program(client)
            await until(lambda: db.pool_stats()["in_use"] == 0)
            return found

    return asyncio.run(main())


def ask(app, db, *paths):
    """Asks for some paths, one after the other; gives status and text of each answer."""

    async def program(client):
        answers = [await client.get(path) for path in paths]
        return [(one.status, await one.text()) for one in answers]

    return run(app, db, program)


def test_a_handler_has_one_connection_from_its_first_query_on(db, in_use, app):
    async def count(request):
        before = in_use()
        first = await db.aconnect()
        await db.note.acreate(text="one")
        shared = await asyncio.create_task(db.aconnect()) is first
        threads = await asyncio.to_thread(db.connection) is first
        return web.json_response([before, in_use(), shared, threads, await db.count(db.note.select())])

    app.router.add_get("/", count)
    assert ask(app, db, "/", "/") == [(200, "[0, 1, true, true, 1]"), (200, "[0, 1, true, true, 2]")]


def test_a_handler_that_asks_nothing_takes_none(db, app):
    async def nothing(request):
        return web.Response()

    app.router.add_get("/", nothing)
    db.close_idle()
    created = db.pool_stats()["created"]
    assert [status for status, _ in ask(app, db, "/", "/missing")] == [200, 404]
    assert db.pool_stats()["created"] == created


@pytest.mark.parametrize(("error", "status"), [(ZeroDivisionError, 500), (web.HTTPForbidden, 403)])
def test_a_failing_handler_undoes_its_transaction_and_gives_back(db, app, error, status):
    async def fail(request):
        async with db.atomic():
            await db.note.acreate(text="undone")
            raise error

    app.router.add_get("/", fail)
    assert [status for status, _ in ask(app, db, "/", "/", "/")] == [status] * 3
    with db:
        assert db.note.select().count() == 0


def test_what_stands_behind_it_in_the_list_of_middleware_uses_its_connection(db, in_use, app):
    @web.middleware
    async def asking(request, handler):
        await db.note.acreate(text="one")
        return await handler(request)

    async def count(request):
        return web.json_response([in_use(), await db.count(db.note.select())])

    app.middlewares.append(asking)
    app.router.add_get("/", count)
    assert ask(app, db, "/")[0] == (200, "[1, 1]")


def fill(db):
    """Makes more rows than what lies in buffers on the way."""
    with db:
        db.note.insert_many([{"text": "x" * 100_000} for _ in range(300)]).execute()


def stream_notes(app, db):
    """Adds streams of all notes: one that its handler writes, one that is made when the handler has returned."""

    async def rows():
        async for note in db.iterate(db.note.select()):
            yield note.text.encode()

    async def written(request):
        response = web.StreamResponse()
        await response.prepare(request)
        async for chunk in rows():
            await response.write(chunk)
        return response

    async def meanwhile(request):
        await db.count(db.note.select())
        return web.Response(body=rows())

    app.router.add_get("/written", written)
    app.router.add_get("/meanwhile", meanwhile)


@pytest.mark.parametrize("path", ["/written", "/meanwhile"])
def test_a_stream_is_read_or_left(db, in_use, app, path):
    stream_notes(app, db)
    fill(db)

    async def program(client):
        for _ in range(2):
            assert len(await (await client.get(path)).read()) == 30_000_000
        for _ in range(3):
            response = await client.get(path)
            await response.content.readany()
            assert in_use() == 1
            response.close()
            await until(lambda: in_use() == 0)

    run(app, db, program)


@pytest.mark.parametrize(("hold", "times"), [("request", 1), ("query", 0)])
@pytest.mark.parametrize("path", ["/written", "/meanwhile"])
def test_a_held_connection_is_told_of(db, in_use, told, hold, times, path):
    app = web.Application()
    setup(app, db, hold=hold)

    async def rows():
        for _ in range(4):
            count = await db.count(db.note.select())
            held.append(in_use())
            yield str(count).encode()

    async def written(request):
        response = web.StreamResponse()
        await response.prepare(request)
        async for chunk in rows():
            await response.write(chunk)
        return response

    async def meanwhile(request):
        await db.count(db.note.select())
        return web.Response(body=rows())

    held = []
    app.router.add_get("/written", written)
    app.router.add_get("/meanwhile", meanwhile)
    assert ask(app, db, path) == [(200, "0000")]
    assert held == [hold == "request"] * 4
    assert len(told()) == times


def test_a_websocket_holds_nothing_between_messages(db, in_use, app):
    async def talk(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await db.note.acreate(text=message.data)
            await socket.send_str(str(in_use()))
        return socket

    app.router.add_get("/", talk)

    async def program(client):
        # Three clients, and a pool of two.
        sockets = [await client.ws_connect("/") for _ in range(3)]
        seen = []
        for one in sockets:
            await one.send_str("hello")
            seen.append(await one.receive_str())
        for one in sockets:
            await one.close()
        return seen

    assert run(app, db, program) == ["0", "0", "0"]


def test_a_task_that_outlives_its_request_has_a_connection_of_its_own(db, in_use, app):
    ended, tasks = asyncio.Event(), []

    async def later():
        await ended.wait()
        return await db.count(db.note.select())

    async def create(request):
        await db.note.acreate(text="one")
        tasks.append(asyncio.create_task(later()))
        return web.Response()

    app.router.add_get("/", create)

    async def program(client):
        await client.get("/")
        await until(lambda: in_use() == 0)
        ended.set()
        return await tasks[0]

    assert run(app, db, program) == 1


def test_an_application_within_another_uses_the_connection_of_the_outer_one(db, in_use):
    async def count(request):
        await db.note.acreate(text="one")
        return web.json_response([in_use(), await db.count(db.note.select())])

    app, plain, own = (web.Application() for _ in range(3))
    setup(app, db, report=True)
    setup(own, db)
    for inner, path in ((plain, "/plain"), (own, "/own")):
        inner.router.add_get("/", count)
        app.add_subapp(path, inner)

    async def program(client):
        answers = [await client.get(path) for path in ("/plain/", "/own/")]
        return [(await one.json(), one.headers["Server-Timing"].partition("desc=")[2]) for one in answers]

    desc = '"2 queries, 0 repeated"'
    assert run(app, db, program) == [([1, 1], desc), ([1, 2], desc)]


def test_many_requests_at_once_share_two_connections(db, app):
    async def create(request):
        async with db.atomic():
            note = await db.note.acreate(text="one")
        return web.json_response(note.id)

    app.router.add_get("/", create)

    async def program(client):
        answers = await asyncio.gather(*[client.get("/") for _ in range(40)])
        return sorted([await one.json() for one in answers])

    assert run(app, db, program) == list(range(1, 41))


def test_an_error_has_a_note_of_its_queries(db, told, caplog):
    app, caught = web.Application(), []

    @web.middleware
    async def watching(request, handler):
        try:
            return await handler(request)
        except ZeroDivisionError as error:
            caught.extend(error.__notes__)
            raise

    async def fail(request):
        await db.count(db.note.select())
        raise ZeroDivisionError

    app.middlewares.append(watching)
    setup(app, db, report=True)
    app.router.add_get("/", fail)
    caplog.set_level("INFO", "redstart.integrations")
    assert ask(app, db, "/")[0][0] == 500
    assert [note.partition(" in ")[0] for note in caught] == ["Database: GET /: 1 queries"]
    assert [line.partition(" in ")[0] for line in told()] == ["GET /: 1 queries"]


def test_tables_are_made_and_the_pool_is_closed(db, tmp_path):
    other = SqliteDatabase(tmp_path / "other.db")

    class Thing(other.Model):
        pass

    app = web.Application()
    setup(app, [db, other], create_tables=[Thing])

    async def count(request):
        await db.count(db.note.select())
        return web.json_response(await other.count(Thing.select()))

    app.router.add_get("/", count)
    assert ask(app, db, "/") == [(200, "0")]
    assert db.pool_stats()["size"] == 0


def test_what_begins_and_ends_with_the_application_finds_the_tables(db):
    app, counts = web.Application(), []

    class Thing(db.Model):
        pass

    async def whole(app):
        async with db:
            await Thing.acreate()
        yield
        counts.append(await db.count(Thing.select()))

    app.cleanup_ctx.append(whole)
    setup(app, db, create_tables=[Thing])
    assert ask(app, db, "/")[0][0] == 404
    assert counts == [1]
    assert db.pool_stats()["size"] == 0


def test_it_is_set_up_once(db, app):
    with pytest.raises(ImproperlyConfigured, match=r"<Application .* has Redstart's integration already"):
        setup(app, db)
