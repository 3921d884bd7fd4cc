"""Starlette served by uvicorn: other middleware, streams, background tasks, WebSockets, mounted applications."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
import websockets
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.endpoints import WebSocketEndpoint
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute

from redstart import DatabaseProxy, ImproperlyConfigured
from redstart.integrations.starlette import ConnectionMiddleware, lifespan
from unit.integrations.served import served, until


class Asking(BaseHTTPMiddleware):
    """Middleware of the usual kind, which asks before and after the endpoint, in another task."""

    async def dispatch(self, request, call_next):
        """Notes what it sees in headers."""
        db, pool = request.app.state.db, request.app.state.db.pool_stats
        before = await db.count(db.note.select())
        response = await call_next(request)
        response.headers["X-Seen"] = f"{before} {await db.count(db.note.select())} {pool()['in_use']}"
        return response


@pytest.fixture(params=["none", "in front", "behind"])
def make(request, db):
    """Makes an application with given routes, and other middleware in front of ours, behind it, or none."""

    def made(*routes, **settings):
        middleware = [Middleware(ConnectionMiddleware, database=db, **settings)]
        if request.param == "behind":
            middleware.append(Middleware(Asking))
        elif request.param == "in front":
            middleware.insert(0, Middleware(BaseHTTPMiddleware, dispatch=lambda request, call_next: call_next(request)))
        app = Starlette(routes=list(routes), middleware=middleware, lifespan=lifespan(db))
        app.state.db, app.state.asks = db, request.param == "behind"
        return app

    return made


def ask(app, db, *paths):
    """Asks for some paths, one after the other; gives the answers when all connections are back."""

    async def main():
        async with served(app) as client:
            answers = [await client.get(path) for path in paths]
            await until(lambda: db.pool_stats()["in_use"] == 0)
            return answers

    return asyncio.run(main())


def test_endpoints_and_middleware_use_one_connection(db, in_use, make):
    async def create(request):
        await db.note.acreate(text="one")
        return JSONResponse([in_use()])

    def create_in_thread(request):
        db.note.create(text="one")
        return JSONResponse([in_use()])

    app = make(Route("/async", create), Route("/sync", create_in_thread))
    answers = ask(app, db, "/async", "/sync", "/missing")
    assert [one.status_code for one in answers] == [200, 200, 404]
    assert [one.json() for one in answers[:2]] == [[1], [1]]
    if app.state.asks:
        assert [one.headers["X-Seen"] for one in answers] == ["0 1 1", "1 2 1", "2 2 1"]


def test_nothing_is_taken_where_nothing_is_asked(db):
    middleware = [Middleware(ConnectionMiddleware, database=db)]
    app = Starlette(routes=[Route("/", lambda request: PlainTextResponse(""))], middleware=middleware)
    db.close_idle()
    created = db.pool_stats()["created"]
    ask(app, db, "/", "/missing")
    assert db.pool_stats()["created"] == created


@pytest.mark.parametrize(("error", "status"), [(ZeroDivisionError(), 500), (HTTPException(403), 403)])
def test_a_failing_endpoint_undoes_its_transaction_and_gives_back(db, make, error, status):
    async def fail(request):
        async with db.atomic():
            await db.note.acreate(text="undone")
            raise error

    def fail_in_thread(request):
        with db.atomic():
            db.note.create(text="undone")
            raise error

    app = make(Route("/async", fail), Route("/sync", fail_in_thread))
    assert [one.status_code for one in ask(app, db, *["/async", "/sync"] * 2)] == [status] * 4
    with db:
        assert db.note.select().count() == 0


@pytest.mark.parametrize("hold", ["request", "query"])
def test_a_stream_is_read_or_left(db, in_use, make, hold):
    async def stream(request):
        async def body():
            async for note in db.iterate(db.note.select()):
                yield note.text

        return StreamingResponse(body())

    async def main():
        async with served(make(Route("/", stream), hold=hold)) as client:
            assert len((await client.get("/")).text) == 30_000_000
            async with client.stream("GET", "/") as response:
                async for _ in response.aiter_bytes():
                    break
                assert in_use() >= 1
            await until(lambda: in_use() == 0)

    with db:
        db.note.insert_many([{"text": "x" * 100_000} for _ in range(300)]).execute()
    asyncio.run(main())


def test_events_hold_nothing_between_queries_where_that_is_said(db, in_use, make):
    go_on = asyncio.Event()

    async def events(request):
        async def body():
            for _ in range(3):
                yield f"data: {await db.count(db.note.select())}\n\n"
                await go_on.wait()

        return StreamingResponse(body(), media_type="text/event-stream")

    async def listen(client):
        return (await client.get("/")).text

    async def main():
        async with served(make(Route("/", events), hold="query")) as client:
            # Five listeners, and a pool of two.
            listeners = [asyncio.create_task(listen(client)) for _ in range(5)]
            opened = [False]
            while not opened[0]:
                async with client.stream("GET", "/") as response:
                    async for _ in response.aiter_bytes():
                        opened[0] = True
                        break
            await until(lambda: in_use() == 0)
            go_on.set()
            return await asyncio.gather(*listeners)

    assert asyncio.run(main()) == ["data: 0\n\n" * 3] * 5


def test_a_background_task_asks_anew(db, in_use, make):
    seen = []

    async def later():
        seen.append(db.is_closed())
        seen.append(await db.count(db.note.select()))

    async def create(request):
        await db.note.acreate(text="one")
        return PlainTextResponse("", background=BackgroundTask(later))

    app = make(Route("/", create))
    ask(app, db, "/")
    assert seen == [True, 1]


def test_a_websocket_holds_nothing_between_messages(db, in_use, make):
    class Talk(WebSocketEndpoint):
        encoding = "text"

        async def on_receive(self, websocket, data):
            await db.note.acreate(text=data)
            await websocket.send_text(str(in_use()))

    async def main():
        async with served(make(WebSocketRoute("/", Talk))) as client:
            address = str(client.base_url).replace("http:", "ws:")
            sockets = [await websockets.connect(address) for _ in range(3)]
            seen = []
            for one in sockets:
                await one.send("hello")
                seen.append(await one.recv())
            for one in sockets:
                await one.close()
            return seen

    assert asyncio.run(main()) == ["0", "0", "0"]


def test_mounted_applications_use_the_connection_of_the_outer_one(db, in_use, make):
    async def create(request):
        await db.note.acreate(text="one")
        return JSONResponse([in_use(), await db.count(db.note.select())])

    plain = Starlette(routes=[Route("/", create)])
    own = Starlette(routes=[Route("/", create)], middleware=[Middleware(ConnectionMiddleware, database=db)])
    app = make(Mount("/plain", plain), Mount("/own", own))
    assert [one.json() for one in ask(app, db, "/plain/", "/own/")] == [[1, 1], [1, 2]]


def test_an_error_has_a_note_of_its_queries(db, make, told, caplog):
    async def fail(request):
        await db.count(db.note.select())
        raise ZeroDivisionError

    app = make(Route("/", fail), report=True)
    caplog.set_level("INFO", "redstart.integrations")
    caught = []

    async def watched(scope, receive, send):
        try:
            await app(scope, receive, send)
        except ZeroDivisionError as error:
            caught.extend(error.__notes__)
            raise

    assert ask(watched, db, "/")[0].status_code == 500
    assert [note.partition(" in ")[0] for note in caught] == [f"Database: GET /: {1 + app.state.asks} queries"]
    assert [line.partition(" in ")[0] for line in told()] == [f"GET /: {1 + app.state.asks} queries"]


def test_the_start_of_an_application_holds_nothing_afterwards(db, in_use):
    async def answer(request):
        return PlainTextResponse(str(in_use()))

    @asynccontextmanager
    async def own(app):
        async with lifespan(db)(app):
            await db.note.acreate(text="at the start")
            yield
            assert await db.count(db.note.select()) == 1

    middleware = [Middleware(ConnectionMiddleware, database=db)]
    (response,) = ask(Starlette(routes=[Route("/", answer)], middleware=middleware, lifespan=own), db, "/")
    assert response.text == "0"
    assert db.pool_stats()["size"] == 0


def test_what_a_start_opens_by_a_block_is_left_to_it(db, in_use):
    async def answer(request):
        return PlainTextResponse(str(in_use()))

    @asynccontextmanager
    async def own(app):
        async with db, db.atomic():
            await db.note.acreate(text="at the start")
            yield

    async def main():
        middleware = [Middleware(ConnectionMiddleware, database=db)]
        async with served(Starlette(routes=[Route("/", answer)], middleware=middleware, lifespan=own)) as client:
            assert (await client.get("/")).text == "1"

    asyncio.run(main())
    with db:
        assert db.note.select().count() == 1


def test_a_proxy_may_get_its_database_after_the_start(db, in_use):
    async def answer(request):
        return PlainTextResponse(f"{await db.count(db.note.select())} {in_use()}")

    async def main():
        proxy = DatabaseProxy()
        app = Starlette(routes=[Route("/", answer)], middleware=[Middleware(ConnectionMiddleware, database=proxy)])
        async with served(app) as client:
            proxy.initialize(db)
            assert (await client.get("/")).text == "0 1"

    asyncio.run(main())


def test_the_middleware_is_registered_once(db):
    app = Starlette(middleware=[Middleware(ConnectionMiddleware, database=db)] * 2)
    with pytest.raises(ImproperlyConfigured, match="two ConnectionMiddleware for one database"):
        app.build_middleware_stack()
