"""FastAPI served by uvicorn: whose connection dependencies, endpoints, bodies and background tasks use."""

from __future__ import annotations

import asyncio
import threading

import anyio.to_thread
import pytest
import websockets
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, WebSocket
from fastapi.responses import StreamingResponse

from redstart import DatabaseProxy, ImproperlyConfigured, SqliteDatabase
from redstart.integrations.fastapi import ConnectionMiddleware, connection, lifespan
from unit.integrations.served import served, until

WAYS = ["middleware", "dependency", "both"]


@pytest.fixture(params=WAYS)
def app(request, db):
    """An application whose connections come by the middleware, by the dependency, or by both."""
    made = FastAPI(lifespan=lifespan(db))
    if request.param != "dependency":
        made.add_middleware(ConnectionMiddleware, database=db)
    if request.param != "middleware":
        made.router.dependencies.append(Depends(connection(db)))
    return made


@pytest.fixture
def behind(db):
    """An application with the middleware."""
    made = FastAPI()
    made.add_middleware(ConnectionMiddleware, database=db)
    return made


def ask(app, db, *paths):
    """Asks for some paths, one after the other; gives the answers when all connections are back."""

    async def main():
        async with served(app) as client:
            answers = [await client.get(path) for path in paths]
            await until(lambda: db.pool_stats()["in_use"] == 0)
            return answers

    return asyncio.run(main())


def test_the_dependency_gives_the_database(db, app):
    proxy = DatabaseProxy()
    proxy.initialize(db)

    @app.get("/")
    def one(given=Depends(connection(proxy))):
        assert given is proxy
        return given.connection() is db.connection()

    assert ask(app, db, "/")[0].json() is True


def test_an_async_endpoint_has_one_connection_from_its_first_query_on(db, in_use, app):
    @app.get("/")
    async def count():
        before = in_use()
        first = await db.aconnect()
        await db.note.acreate(text="one")
        shared = await asyncio.create_task(db.aconnect()) is first
        return [before, in_use(), shared, await db.count(db.note.select())]

    assert ask(app, db, "/")[0].json() == [0, 1, True, 1]


def test_a_sync_endpoint_has_one_connection_from_its_first_query_on(db, in_use, app):
    def ask_first(given=Depends(connection(db))):
        return given.connection()

    @app.get("/")
    def count(first=Depends(ask_first)):
        db.note.create(text="one")
        return [in_use(), db.connection() is first, db.note.select().count()]

    assert [one.json() for one in ask(app, db, "/", "/")] == [[1, True, 1], [1, True, 2]]


def test_an_endpoint_that_asks_nothing_takes_none(db, app):
    @app.get("/")
    async def nothing():
        return None

    db.close_idle()
    created = db.pool_stats()["created"]
    assert ask(app, db, "/", "/missing")[0].status_code == 200
    assert db.pool_stats()["created"] == created


@pytest.mark.parametrize(("error", "status"), [(ZeroDivisionError(), 500), (HTTPException(404), 404)])
def test_a_failing_endpoint_undoes_its_transaction_and_gives_back(db, app, error, status):
    @app.get("/async")
    async def fail():
        async with db.atomic():
            await db.note.acreate(text="undone")
            raise error

    @app.get("/sync")
    def fail_in_thread():
        with db.atomic():
            db.note.create(text="undone")
            raise error

    @app.get("/left")
    def leave_open():
        db.begin()
        db.note.create(text="undone")
        raise error

    paths = ["/async", "/sync", "/left"] * 2
    assert [one.status_code for one in ask(app, db, *paths)] == [status] * 6
    with db:
        assert db.note.select().count() == 0


@pytest.mark.parametrize("error", [None, HTTPException(409)])
def test_an_async_endpoint_is_in_the_transaction_of_a_sync_dependency(db, in_use, app, error):
    def transaction():
        with db.atomic():
            yield

    @app.get("/", dependencies=[Depends(transaction)])
    async def create():
        await db.note.acreate(text="one")
        # A task beside it is not.
        others = await asyncio.create_task(db.count(db.note.select()))
        if error is not None:
            raise error
        return [others, await db.count(db.note.select()), in_use()]

    answer = ask(app, db, "/")[0]
    assert (answer.status_code, answer.json()) == ((200, [0, 1, 1]) if error is None else (409, answer.json()))
    with db:
        assert db.note.select().count() == (1 if error is None else 0)


def stream_notes(app, db):
    """Adds streams of all notes, an async one and one in threads."""

    @app.get("/async")
    async def stream():
        async def body():
            async for note in db.iterate(db.note.select()):
                yield note.text

        return StreamingResponse(body())

    @app.get("/sync")
    def stream_in_threads():
        return StreamingResponse(note.text for note in db.note.select().iterator())


@pytest.mark.parametrize("path", ["/async", "/sync"])
def test_a_stream_has_the_connection_to_its_end(db, app, path):
    stream_notes(app, db)
    with db:
        db.note.insert_many([{"text": "0123456789"} for _ in range(50)]).execute()
    assert [len(one.text) for one in ask(app, db, path, path)] == [500, 500]


@pytest.mark.parametrize("path", ["/async", "/sync"])
def test_a_stream_that_a_client_leaves_gives_the_connection_back(db, in_use, app, path):
    stream_notes(app, db)
    with db:
        # More than what lies in buffers on the way.
        db.note.insert_many([{"text": "x" * 100_000} for _ in range(300)]).execute()

    async def main():
        async with served(app) as client:
            for _ in range(3):
                async with client.stream("GET", path) as response:
                    async for _ in response.aiter_bytes():
                        break
                    assert in_use() == 1
                await until(lambda: in_use() == 0)

    asyncio.run(main())


def test_a_background_task_asks_anew(db, in_use, app):
    seen = []

    async def later():
        seen.append(db.is_closed())
        seen.append(await db.count(db.note.select()))

    def later_in_thread():
        seen.append(db.note.select().count())
        seen.append(in_use())

    @app.get("/")
    def create(tasks: BackgroundTasks):
        db.note.create(text="one")
        tasks.add_task(later)
        tasks.add_task(later_in_thread)

    ask(app, db, "/")
    assert seen == [True, 1, 1, 1]


def test_a_websocket_holds_nothing_between_messages(db, in_use, app):
    @app.websocket("/")
    async def talk(socket: WebSocket):
        await socket.accept()
        async for text in socket.iter_text():
            await db.note.acreate(text=text)
            await socket.send_text(str(await db.count(db.note.select())))

    async def main():
        async with served(app) as client:
            address = str(client.base_url).replace("http:", "ws:")
            # Three clients, and a pool of two.
            sockets = [await websockets.connect(address) for _ in range(3)]
            seen = []
            for one in sockets:
                await one.send("hello")
                seen.append(await one.recv())
                await until(lambda: in_use() == 0)
            for one in sockets:
                await one.close()
            return seen

    assert asyncio.run(main()) == ["1", "2", "3"]


def own_dependency(db, threads):
    """A dependency as users write it, which tells its threads."""

    def get_db():
        threads.append(threading.get_ident())
        db.connect(reuse_if_open=True)
        try:
            with db.atomic():
                yield db
        finally:
            threads.append(threading.get_ident())
            if not db.is_closed():
                db.close()

    return get_db


def test_a_users_dependency_has_the_same_transaction_on_three_threads(db, in_use, behind):
    threads, release = [], threading.Event()

    async def occupy_thread():
        # The thread that has just worked is the one that is taken next.
        occupied.append(asyncio.ensure_future(anyio.to_thread.run_sync(release.wait)))
        await asyncio.sleep(0)

    occupied = []
    get_db = own_dependency(db, threads)

    @behind.get("/")
    def create(tasks: BackgroundTasks, given=Depends(get_db), occupied=Depends(occupy_thread), fails: bool = False):
        threads.insert(1, threading.get_ident())
        given.note.create(text="one")
        tasks.add_task(occupy_thread)
        if fails:
            raise HTTPException(404)
        return [in_use(), given.in_transaction(), given.note.select().count()]

    async def main():
        async with served(behind) as client:
            found = await client.get("/")
            await until(lambda: in_use() == 0)
            assert len(set(threads)) == len(threads) == 3
            threads.clear()
            release.set()
            await asyncio.gather(*occupied)
            failed = await client.get("/", params={"fails": True})
            await until(lambda: in_use() == 0)
            return found.json(), failed.status_code

    assert asyncio.run(main()) == ([1, True, 1], 404)
    with db:
        assert db.note.select().count() == 1


def test_many_requests_at_once_share_two_connections(db, behind):
    get_db = own_dependency(db, [])

    @behind.get("/sync")
    def create(given=Depends(get_db)):
        return given.note.create(text="one").id

    @behind.get("/async")
    async def count(given=Depends(connection(db))):
        return await given.count(given.note.select())

    async def main():
        async with served(behind) as client:
            answers = await asyncio.gather(*[client.get(path) for path in ["/sync", "/async"] * 20])
            assert {one.status_code for one in answers} == {200}
            assert sorted(one.json() for one in answers[::2]) == list(range(1, 21))
            await until(lambda: db.pool_stats()["in_use"] == 0)

    asyncio.run(main())


def test_the_lifespan_makes_tables_and_closes_the_pool(tmp_path, db):
    other = SqliteDatabase(tmp_path / "other.db")

    class Thing(other.Model):
        pass

    app = FastAPI(lifespan=lifespan([db, other], create_tables=[Thing]))

    @app.get("/")
    def count():
        with other:
            return Thing.select().count()

    assert ask(app, db, "/")[0].json() == 0
    assert db.pool_stats()["size"] == 0


def test_a_model_of_another_database_is_refused(db):
    class Stray(SqliteDatabase(":memory:").Model):
        pass

    async def main():
        async with lifespan(db, create_tables=[Stray])(None):
            pass

    with pytest.raises(ImproperlyConfigured, match="The table of Stray cannot be made"):
        asyncio.run(main())


def test_the_middleware_is_registered_once(db, behind):
    behind.add_middleware(ConnectionMiddleware, database=db)
    with pytest.raises(ImproperlyConfigured, match="two ConnectionMiddleware for one database"):
        behind.build_middleware_stack()


def test_the_report_counts_what_dependencies_ask(db):
    app = FastAPI()
    app.add_middleware(ConnectionMiddleware, database=db, report=True)

    @app.get("/")
    def count(given=Depends(connection(db))):
        return given.note.select().count()

    assert ask(app, db, "/")[0].headers["Server-Timing"].endswith('desc="1 queries, 0 repeated"')
