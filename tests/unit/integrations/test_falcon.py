"""The Falcon middleware, in applications of both kinds, asked by Falcon's own test clients."""

from __future__ import annotations

import asyncio
import io
import threading

import falcon
import falcon.asgi
import falcon.testing
import pytest

from redstart import ImproperlyConfigured
from redstart.integrations.falcon import ConnectionMiddleware
from redstart.pwasyncio import AsyncSqliteDatabase


@pytest.fixture
def filled(db):
    with db:
        db.note.insert_many([{"text": f"{number:03}"} for number in range(300)]).execute()


class Resource:
    """Answers GET by a function."""

    def __init__(self, function):
        self._function = function

    def on_get(self, req, resp):
        self._function(resp)


class AsyncResource(Resource):
    async def on_get(self, req, resp):
        await self._function(resp)


def wsgi_app(db, in_use, **settings):
    app = falcon.App(middleware=[ConnectionMiddleware(db, **settings)])

    def count(resp):
        resp.text = f"{db.note.select().count()} {in_use()}"

    def none(resp):
        resp.text = str(in_use())

    def fails(resp):
        with db.atomic():
            db.note.create(text="undone")
            raise ZeroDivisionError

    def missing(resp):
        count(resp)
        raise falcon.HTTPNotFound

    def texts():
        for note in db.note.select().iterator():
            yield note.text.encode()

    def stream(resp):
        resp.stream = texts()

    def not_modified(resp):
        stream(resp)
        resp.status = falcon.HTTP_304

    def text_instead(resp):
        stream(resp)
        resp.text = f"{db.note.select().count()} {in_use()}"

    def file(resp):
        count(resp)
        resp.text, resp.stream = None, io.BytesIO(b"text")

    for function in (count, none, fails, missing, stream, not_modified, text_instead, file):
        app.add_route(f"/{function.__name__}", Resource(function))
    return app


def asgi_app(db, in_use, **settings):
    app = falcon.asgi.App(middleware=[ConnectionMiddleware(db, **settings)])

    async def count(resp):
        resp.text = f"{await db.count(db.note.select())} {in_use()}"

    async def none(resp):
        resp.text = str(in_use())

    async def thread(resp):
        same = await asyncio.to_thread(db.connection) is await db.aconnect()
        resp.text = f"{same} {in_use()}"

    async def fails(resp):
        async with db.atomic():
            await db.note.acreate(text="undone")
            raise ZeroDivisionError

    async def missing(resp):
        await count(resp)
        raise falcon.HTTPNotFound

    async def texts():
        async for note in db.iterate(db.note.select(), buffer_size=1):
            yield note.text.encode()

    async def stream(resp):
        resp.stream = texts()
        await db.count(db.note.select())

    async def events(resp):
        async def emit():
            async for note in db.iterate(db.note.select(), buffer_size=1):
                yield falcon.asgi.SSEvent(text=note.text)

        resp.sse = emit()

    async def background(resp):
        async def later():
            assert in_use() == 0
            await db.note.acreate(text="later")

        resp.text = str(await db.count(db.note.select()))
        resp.schedule(later)

    for function in (count, none, thread, fails, missing, stream, events, background):
        app.add_route(f"/{function.__name__}", AsyncResource(function))
    return app


class Server:
    """Calls an ASGI application, in a task for each request as servers do."""

    def __init__(self, app):
        self._app = app

    async def ask(self, path, *, leaves_after=None, kind="http", messages=(), method="GET"):
        """Gives what was sent; the client may leave after some parts of a body."""
        left, sent = asyncio.Event(), []
        incoming = [{"type": f"{kind}.connect" if kind == "websocket" else "http.request"}, *messages]

        async def receive():
            if incoming:
                return incoming.pop(0)
            await left.wait()
            return {"type": f"{kind}.disconnect"}

        async def send(message):
            sent.append(message)
            if leaves_after is not None and len(sent) > leaves_after:
                left.set()
                # A server that waits for a slow client, and then ends the task.
                asyncio.current_task().cancel()
                await asyncio.sleep(0)

        scope = {"type": kind, "method": method, "path": path, "headers": [], "query_string": b""}
        scope |= {"http_version": "1.1", "asgi": {"version": "3.0"}, "scheme": "http", "server": ("x", 80)}
        task = asyncio.create_task(self._app(scope, receive, send))
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()
        # Callbacks of the task come with the next turn of the loop.
        await asyncio.sleep(0)
        return sent


def bodies(sent):
    return [message["body"] for message in sent if message.get("body")]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/none", (200, "0")), ("/count", (200, "0 1")), ("/fails", (500,)), ("/missing", (404,)), ("/no", (404,))],
)
@pytest.mark.parametrize("kind", [wsgi_app, asgi_app])
def test_a_request_gives_its_connection_back(db, in_use, capsys, kind, path, expected):
    client = falcon.testing.TestClient(kind(db, in_use))
    for _ in range(3):
        answer = client.get(path)
        assert (answer.status_code, answer.text)[: len(expected)] == expected
        assert in_use() == 0


@pytest.mark.parametrize("reads_all", [True, False])
def test_a_stream_of_wsgi_has_it_until_it_is_read_or_closed(db, in_use, filled, reads_all):
    body = wsgi_app(db, in_use)(falcon.testing.create_environ("/stream"), lambda status, headers: None)
    chunks = iter(body)
    assert next(chunks) == b"000"
    assert in_use() == 1
    if reads_all:
        assert len(list(chunks)) == 299
    body.close()
    assert in_use() == 0


@pytest.mark.parametrize(
    ("path", "method"), [("/stream", "HEAD"), ("/not_modified", "GET"), ("/text_instead", "GET"), ("/file", "GET")]
)
def test_nothing_is_held_for_a_stream_that_is_not_read(db, in_use, path, method):
    environ = falcon.testing.create_environ(path, method=method)
    wsgi_app(db, in_use)(environ, lambda status, headers: None)
    assert in_use() == 0


@pytest.mark.parametrize("path", ["/stream", "/events"])
@pytest.mark.parametrize("leaves_after", [None, 3])
def test_a_stream_of_asgi_has_it_until_it_is_read_or_left(db, in_use, filled, path, leaves_after):
    async def main():
        server = Server(asgi_app(db, in_use))
        for _ in range(3):
            sent = await server.ask(path, leaves_after=leaves_after)
            assert b"000" in bodies(sent)[0]
            assert len(bodies(sent)) == (leaves_after or 300)
            assert in_use() == 0
        await server.ask("/stream", method="HEAD")
        assert in_use() == 0

    asyncio.run(main())


def test_threads_of_a_request_have_its_connection_and_callbacks_their_own(db, in_use):
    async def main():
        server = Server(asgi_app(db, in_use))
        assert bodies(await server.ask("/thread")) == [b"True 1"]
        assert bodies(await server.ask("/background")) == [b"0"]
        later = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*later)
        await asyncio.sleep(0)
        assert in_use() == 0
        assert await db.count(db.note.select()) == 1

    asyncio.run(main())


def test_a_websocket_holds_nothing_between_queries(db, in_use):
    seen = []

    class Socket:
        async def on_websocket(self, req, ws):
            await ws.accept()
            while True:
                text = await ws.receive_text()
                await db.note.acreate(text=text)
                seen.append((text, in_use()))
                if text == "fail":
                    await db.aconnect()
                    raise ZeroDivisionError

    async def main():
        app = asgi_app(db, in_use)
        app.add_route("/socket", Socket())
        messages = [{"type": "websocket.receive", "text": text} for text in ("one", "two", "fail")]
        await Server(app).ask("/socket", kind="websocket", messages=messages)
        assert seen == [("one", 0), ("two", 0), ("fail", 0)]
        assert in_use() == 0

    asyncio.run(main())


def test_tables_are_made_at_the_start_and_pools_closed_at_the_end(tmp_path):
    database = AsyncSqliteDatabase(tmp_path / "a.db", pool_size=1)

    class Thing(database.Model):
        pass

    async def main():
        app = falcon.asgi.App(middleware=[ConnectionMiddleware(database, create_tables=[Thing])])

        class Things:
            async def on_get(self, req, resp):
                resp.media = await database.count(Thing.select())

        app.add_route("/things", Things())
        async with falcon.testing.ASGIConductor(app) as conductor:
            for _ in range(3):
                assert (await conductor.simulate_get("/things")).json == 0
        assert database.pool_stats()["size"] == 0

    asyncio.run(main())


@pytest.mark.parametrize("kind", [wsgi_app, asgi_app])
def test_a_report_is_a_header(db, in_use, kind):
    client = falcon.testing.TestClient(kind(db, in_use, report=True))
    assert client.get("/count").headers["Server-Timing"].endswith('desc="1 queries, 0 repeated"')


def test_requests_at_once_have_their_own(db, in_use):
    async def main():
        server = Server(asgi_app(db, in_use))
        answers = await asyncio.gather(*[server.ask("/thread") for _ in range(20)])
        assert {bodies(sent)[0].split()[0] for sent in answers} == {b"True"}
        assert in_use() == 0

    asyncio.run(main())
    client, seen = falcon.testing.TestClient(wsgi_app(db, in_use)), []
    threads = [threading.Thread(target=lambda: seen.append(client.get("/count").status_code)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [200] * 20
    assert in_use() == 0


@pytest.mark.parametrize("kind", [wsgi_app, asgi_app])
def test_a_second_set_up_is_refused(db, in_use, capsys, caplog, kind):
    app = kind(db, in_use)
    app.add_middleware(ConnectionMiddleware(db))
    assert falcon.testing.TestClient(app).get("/count").status_code == 500
    # One kind writes to the server's stream of errors, the other one to the log.
    assert "The application has Redstart's ConnectionMiddleware twice" in capsys.readouterr().err + caplog.text
    assert in_use() == 0


def test_a_database_of_an_event_loop_is_refused_in_wsgi(in_use, tmp_path, capsys):
    app = falcon.App(middleware=[ConnectionMiddleware(AsyncSqliteDatabase(tmp_path / "a.db"))])
    assert falcon.testing.TestClient(app).get("/").status_code == 500
    assert "AsyncSqliteDatabase belongs to an event loop" in capsys.readouterr().err
    with pytest.raises(ImproperlyConfigured, match="hold='x' is unknown"):
        ConnectionMiddleware(AsyncSqliteDatabase(tmp_path / "a.db"), hold="x")
