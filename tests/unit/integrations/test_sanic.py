"""Sanic served by its own server: whose connection middleware, handlers, streams and WebSockets use."""

from __future__ import annotations

import asyncio
import itertools
import socket
from contextlib import asynccontextmanager

import httpx
import pytest
import websockets
from sanic import Sanic, empty, json, text
from sanic.exceptions import Forbidden

from redstart import ImproperlyConfigured, SqliteDatabase
from redstart.integrations.sanic import setup
from unit.integrations.served import PATIENCE, address, until
from unit.integrations.served import served as served_by_uvicorn

#: Sanic knows its applications by name.
NAMES = (f"App{number}" for number in itertools.count())


@pytest.fixture(autouse=True)
def several_applications(monkeypatch):
    """Lets Sanic, which rewrites its methods for an application, have many of them in a process."""
    monkeypatch.setattr(Sanic, "test_mode", True)


@pytest.fixture
def app(db):
    made = Sanic(next(NAMES), configure_logging=False)
    setup(made, db)
    return made


@asynccontextmanager
async def served(app):
    """Runs an application from start-up to shutdown; gives a client of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = await app.create_server(sock=listener, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        await server.after_start()
        try:
            async with httpx.AsyncClient(base_url=address(listener), timeout=PATIENCE) as client:
                yield client
        finally:
            await server.before_stop()
            server.close()
            await server.wait_closed()
            for connection in server.connections:
                connection.close()
            await until(lambda: not server.connections)
            await server.after_stop()


def ask(app, db, *paths):
    """Asks for some paths, one after the other by one connection; gives the answers when all connections are back."""

    async def main():
        async with served(app) as client:
            answers = []
            for path in paths:
                answers.append(await client.get(path))
                await until(lambda: db.pool_stats()["in_use"] == 0)
            return answers

    return asyncio.run(main())


def test_a_handler_has_one_connection_from_its_first_query_on(db, in_use, app):
    @app.get("/")
    async def count(request):
        before = in_use()
        first = await db.aconnect()
        await db.note.acreate(text="one")
        shared = await asyncio.create_task(db.aconnect()) is first
        threads = await asyncio.to_thread(db.connection) is first
        return json([before, in_use(), shared, threads, await db.count(db.note.select())])

    found = [one.json() for one in ask(app, db, "/", "/")]
    assert found == [[0, 1, True, True, 1], [0, 1, True, True, 2]]


def test_middleware_and_error_handlers_use_the_same(db, in_use, app):
    @app.on_request
    async def before(request):
        await db.note.acreate(text="one")

    @app.on_response
    async def after(request, response):
        response.headers["X-Seen"] = f"{in_use()} {await db.count(db.note.select())}"

    @app.exception(ZeroDivisionError)
    async def handle(request, error):
        return text(f"{in_use()} {await db.count(db.note.select())}", 418)

    @app.get("/")
    async def fail(request):
        raise ZeroDivisionError

    (answer,) = ask(app, db, "/")
    assert (answer.status_code, answer.text, answer.headers["X-Seen"]) == (418, "1 1", "1 1")


def test_a_handler_that_asks_nothing_takes_none(db, app):
    @app.get("/")
    async def nothing(request):
        return empty()

    db.close_idle()
    created = db.pool_stats()["created"]
    assert [one.status_code for one in ask(app, db, "/", "/missing")] == [204, 404]
    assert db.pool_stats()["created"] == created


@pytest.mark.parametrize(("error", "status"), [(ZeroDivisionError, 500), (Forbidden, 403)])
def test_a_failing_handler_undoes_its_transaction_and_gives_back(db, app, error, status):
    @app.get("/")
    async def fail(request):
        async with db.atomic():
            await db.note.acreate(text="undone")
            raise error

    assert [one.status_code for one in ask(app, db, "/", "/", "/")] == [status] * 3
    with db:
        assert db.note.select().count() == 0


def stream_notes(app, db):
    """Adds a stream of all notes, which fails at its end where that is asked for."""

    @app.get("/")
    async def stream(request):
        response = await request.respond()
        async for note in db.iterate(db.note.select()):
            await response.send(note.text)
        if "fails" in request.args:
            await db.count(db.note.select())
            raise ZeroDivisionError
        await response.eof()


def test_a_stream_is_read_or_left(db, in_use, app):
    stream_notes(app, db)

    async def main():
        async with served(app) as client:
            for _ in range(2):
                assert len((await client.get("/")).text) == 30_000_000
                await until(lambda: in_use() == 0)
            for _ in range(3):
                async with client.stream("GET", "/") as response:
                    async for _ in response.aiter_bytes():
                        break
                    assert in_use() == 1
                await until(lambda: in_use() == 0)

    with db:
        # More than what lies in buffers on the way.
        db.note.insert_many([{"text": "x" * 100_000} for _ in range(300)]).execute()
    asyncio.run(main())


def test_a_stream_that_breaks_off_gives_the_connection_back(db, in_use, app):
    stream_notes(app, db)

    async def main():
        async with served(app) as client:
            for _ in range(3):
                # Whether the client is told is Sanic's business.
                await asyncio.gather(client.get("/?fails=1"), return_exceptions=True)
                await until(lambda: in_use() == 0)

    with db:
        db.note.create(text="one")
    asyncio.run(main())


@pytest.mark.parametrize(("hold", "times"), [("request", 1), ("query", 0)])
def test_a_held_connection_is_told_of(db, in_use, told, hold, times):
    app = Sanic(next(NAMES), configure_logging=False)
    app.config.REDSTART_HOLD = hold
    setup(app, db)

    @app.get("/")
    async def stream(request):
        response = await request.respond()
        for _ in range(4):
            await response.send(str(await db.count(db.note.select())))
            held.append(in_use())

    held = []
    assert ask(app, db, "/")[0].text == "0000"
    assert held == [hold == "request"] * 4
    assert len(told()) == times


def test_a_client_that_leaves_during_a_slow_request_leaves_no_connection_behind(db, in_use, app):
    begun = asyncio.Event()

    @app.get("/")
    async def wait(request):
        async with db.atomic():
            await db.note.acreate(text="undone")
            begun.set()
            await asyncio.Event().wait()

    async def main():
        async with served(app) as client:
            _, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
            writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            await begun.wait()
            assert in_use() == 1
            writer.close()
            await until(lambda: in_use() == 0)

    asyncio.run(main())
    with db:
        assert db.note.select().count() == 0


def test_a_task_has_a_connection_of_its_own_after_the_request(db, in_use, app):
    ended, tasks = asyncio.Event(), []

    async def later():
        await ended.wait()
        return await db.count(db.note.select())

    @app.get("/")
    async def create(request):
        await db.note.acreate(text="one")
        tasks.append(asyncio.create_task(later()))
        return empty()

    async def main():
        async with served(app) as client:
            await client.get("/")
            await until(lambda: in_use() == 0)
            ended.set()
            found = await tasks[0]
            await until(lambda: in_use() == 0)
            return found

    assert asyncio.run(main()) == 1


def test_a_websocket_holds_nothing_between_messages(db, in_use, app):
    @app.websocket("/")
    async def talk(request, socket):
        async for message in socket:
            await db.note.acreate(text=message)
            await socket.send(str(in_use()))

    async def main():
        async with served(app) as client:
            place = str(client.base_url).replace("http:", "ws:")
            # Three clients, and a pool of two.
            sockets = [await websockets.connect(place) for _ in range(3)]
            seen = []
            for one in sockets:
                await one.send("hello")
                seen.append(await one.recv())
            for one in sockets:
                await one.close()
            return seen

    assert asyncio.run(main()) == ["0", "0", "0"]


def test_it_works_under_another_server(db, in_use, app):
    @app.get("/")
    async def count(request):
        await db.note.acreate(text="one")
        return json([in_use(), await db.count(db.note.select())])

    async def main():
        async with served_by_uvicorn(app) as client:
            answers = [await client.get(path) for path in ("/", "/missing", "/")]
            await until(lambda: in_use() == 0)
        assert db.pool_stats()["size"] == 0
        return [one.json() for one in answers[::2]]

    assert asyncio.run(main()) == [[1, 1], [1, 2]]


def test_many_requests_at_once_share_two_connections(db, app):
    @app.get("/")
    async def create(request):
        async with db.atomic():
            return text(str(await db.note.acreate(text="one")))

    async def main():
        async with served(app) as client:
            answers = await asyncio.gather(*[client.get("/") for _ in range(40)])
            await until(lambda: db.pool_stats()["in_use"] == 0)
            return sorted(int(one.text) for one in answers)

    assert asyncio.run(main()) == list(range(1, 41))


def test_a_report_is_a_header_a_line_and_a_note(db, told, caplog):
    app = Sanic(next(NAMES), configure_logging=False)
    app.config.REDSTART_REPORT = True
    setup(app, db)
    caught = []

    @app.exception(ZeroDivisionError)
    async def handle(request, error):
        caught.extend(error.__notes__)
        return empty(418)

    @app.get("/")
    async def fail(request):
        await db.count(db.note.select())
        raise ZeroDivisionError

    caplog.set_level("INFO", "redstart.integrations")
    (answer,) = ask(app, db, "/")
    assert answer.headers["Server-Timing"].endswith('desc="1 queries, 0 repeated"')
    assert [note.partition(" in ")[0] for note in caught] == ["Database: GET /: 1 queries"]
    assert [line.partition(" in ")[0] for line in told()] == ["GET /: 1 queries"]


def test_tables_are_made_and_the_pool_is_closed_each_time(db, tmp_path):
    other, app = SqliteDatabase(tmp_path / "other.db"), Sanic(next(NAMES), configure_logging=False)

    class Thing(other.Model):
        pass

    setup(app, [db, other], create_tables=[Thing])

    @app.get("/")
    async def count(request):
        await db.count(db.note.select())
        return text(str(await other.count(Thing.select())))

    assert ask(app, db, "/")[0].text == "0"
    assert db.pool_stats()["size"] == 0


@pytest.mark.parametrize("serve", [served, served_by_uvicorn], ids=["its own server", "uvicorn"])
def test_listeners_find_the_tables_and_hold_nothing_afterwards(db, in_use, serve):
    app, counts = Sanic(next(NAMES), configure_logging=False), []

    class Thing(db.Model):
        pass

    @app.before_server_start
    async def start(app):
        await Thing.acreate()

    @app.after_server_start
    async def started(app):
        counts.append(await db.count(Thing.select()))

    @app.after_server_stop
    async def stop(app):
        counts.append(await db.count(Thing.select()))

    setup(app, db, create_tables=[Thing])

    @app.get("/")
    async def held(request):
        return text(str(in_use()))

    async def main():
        async with serve(app) as client:
            return (await client.get("/")).text

    assert asyncio.run(main()) == "0"
    assert counts == [1, 1]
    assert db.pool_stats()["size"] == 0


def test_it_is_set_up_once(db, app):
    with pytest.raises(ImproperlyConfigured, match="has Redstart's integration already"):
        setup(app, db)
