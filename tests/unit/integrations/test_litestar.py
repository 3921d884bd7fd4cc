"""Litestar served by uvicorn: whose connection handlers, dependencies, bodies and WebSockets use."""

# Litestar reads the annotations of handlers, which stand in functions here.
import asyncio

import pytest
import websockets
from litestar import Litestar, Router, WebSocket, asgi, get, websocket
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency, Provide
from litestar.exceptions import PermissionDeniedException
from litestar.middleware import DefineMiddleware
from litestar.params import FromQuery
from litestar.response import Response, Stream

from redstart import ImproperlyConfigured, SqliteDatabase
from redstart.integrations.litestar import RedstartPlugin
from unit.integrations.served import served, until


@pytest.fixture
def make(db):
    """Makes an application with given handlers."""

    def made(*handlers, plugin=None, **settings):
        return Litestar(list(handlers), plugins=[plugin or RedstartPlugin(db)], logging_config=None, **settings)

    return made


def ask(app, db, *paths):
    """Asks for some paths, one after the other; gives the answers when all connections are back."""

    async def main():
        async with served(app) as client:
            answers = [await client.get(path) for path in paths]
            await until(lambda: db.pool_stats()["in_use"] == 0)
            return answers

    return asyncio.run(main())


def test_handlers_have_one_connection_from_their_first_query_on(db, in_use, make):
    @get("/async")
    async def count() -> list:
        before = in_use()
        first = await db.aconnect()
        await db.note.acreate(text="one")
        shared = await asyncio.create_task(db.aconnect()) is first
        return [before, in_use(), shared, await db.count(db.note.select())]

    @get("/sync", sync_to_thread=True)
    def count_in_thread() -> list:
        before = in_use()
        db.note.create(text="one")
        return [before, in_use(), db.note.select().count()]

    answers = ask(make(count, Router("/below", route_handlers=[count_in_thread])), db, "/async", "/below/sync")
    assert [one.json() for one in answers] == [[0, 1, True, 1], [0, 1, 2]]


def test_dependencies_use_the_same(db, in_use, make):
    async def transaction():
        async with db.atomic():
            yield db

    @get("/", dependencies={"given": Provide(transaction)})
    async def create(given: NamedDependency[object]) -> list:
        await given.note.acreate(text="one")
        return [in_use(), given.in_transaction(), await given.count(given.note.select())]

    assert [one.json() for one in ask(make(create), db, "/", "/")] == [[1, True, 1], [1, True, 2]]


def test_a_handler_that_asks_nothing_takes_none(db, make):
    @get("/")
    async def nothing() -> None:
        pass

    app = make(nothing)
    db.close_idle()
    created = db.pool_stats()["created"]
    assert [one.status_code for one in ask(app, db, "/", "/missing")] == [200, 404]
    assert db.pool_stats()["created"] == created


@pytest.mark.parametrize(("error", "status"), [(ZeroDivisionError(), 500), (PermissionDeniedException(), 403)])
def test_a_failing_handler_undoes_its_transaction_and_gives_back(db, make, error, status):
    @get("/async")
    async def fail() -> None:
        async with db.atomic():
            await db.note.acreate(text="undone")
            raise error

    @get("/sync", sync_to_thread=True)
    def fail_in_thread() -> None:
        with db.atomic():
            db.note.create(text="undone")
            raise error

    app = make(fail, fail_in_thread)
    assert [one.status_code for one in ask(app, db, *["/async", "/sync"] * 2)] == [status] * 4
    with db:
        assert db.note.select().count() == 0


def test_other_middleware_uses_the_same(db, in_use, make):
    class Asking:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            await db.note.acreate(text="one")
            await self.app(scope, receive, send)

    @get("/")
    async def count() -> list:
        return [in_use(), await db.count(db.note.select())]

    app = make(count, middleware=[DefineMiddleware(Asking)])
    assert ask(app, db, "/")[0].json() == [1, 1]


def test_a_mounted_application_uses_the_same(db, in_use, make):
    @asgi("/mounted", is_mount=True, copy_scope=True)
    async def mounted(scope: dict, receive: object, send: object) -> None:
        await db.note.acreate(text="one")
        body = f"{in_use()} {await db.count(db.note.select())}".encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    assert ask(make(mounted), db, "/mounted")[0].text == "1 1"


def test_a_stream_is_read_or_left(db, in_use, make):
    @get("/")
    async def stream() -> Stream:
        async def body():
            async for note in db.iterate(db.note.select()):
                yield note.text

        return Stream(body())

    async def main():
        async with served(make(stream)) as client:
            assert len((await client.get("/")).text) == 30_000_000
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


def test_a_background_task_asks_anew(db, make):
    seen = []

    async def later():
        seen.append(db.is_closed())
        seen.append(await db.count(db.note.select()))

    @get("/")
    async def create() -> Response:
        await db.note.acreate(text="one")
        return Response("", background=BackgroundTask(later))

    ask(make(create), db, "/")
    assert seen == [True, 1]


def test_a_websocket_holds_nothing_between_messages(db, in_use, make):
    @websocket("/")
    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        async for text in socket.iter_data(mode="text"):
            await db.note.acreate(text=text)
            await socket.send_text(str(in_use()))

    async def main():
        async with served(make(talk)) as client:
            address = str(client.base_url).replace("http:", "ws:")
            # Three clients, and a pool of two.
            sockets = [await websockets.connect(address) for _ in range(3)]
            seen = []
            for one in sockets:
                await one.send("hello")
                seen.append(await one.recv())
            for one in sockets:
                await one.close()
            return seen

    assert asyncio.run(main()) == ["0", "0", "0"]


def test_many_requests_at_once_share_two_connections(db, make):
    @get("/async")
    async def create() -> int:
        async with db.atomic():
            return (await db.note.acreate(text="one")).id

    @get("/sync", sync_to_thread=True)
    def create_in_thread() -> int:
        with db.atomic():
            return db.note.create(text="one").id

    async def main():
        async with served(make(create, create_in_thread)) as client:
            answers = await asyncio.gather(*[client.get(path) for path in ["/async", "/sync"] * 20])
            await until(lambda: db.pool_stats()["in_use"] == 0)
            return sorted(one.json() for one in answers)

    assert asyncio.run(main()) == list(range(1, 41))


def test_a_report_is_a_header_a_line_and_a_note(db, make, told, caplog):
    @get("/")
    async def count(fails: FromQuery[bool] = False) -> int:
        found = await db.count(db.note.select())
        if fails:
            raise ZeroDivisionError
        return found

    async def note(error, scope):
        caught.extend(error.__notes__)

    caught = []
    caplog.set_level("INFO", "redstart.integrations")
    app = make(count, plugin=RedstartPlugin(db, report=True), after_exception=[])
    app.after_exception.append(note)
    fine, failed = ask(app, db, "/", "/?fails=1")
    for one in (fine, failed):
        assert one.headers["Server-Timing"].endswith('desc="1 queries, 0 repeated"')
    assert failed.status_code == 500
    assert [one.partition(" in ")[0] for one in caught] == ["Database: GET /: 1 queries"]
    assert [line.partition(" in ")[0] for line in told()] == ["GET /: 1 queries"] * 2


def test_tables_are_made_and_the_pool_is_closed(db, make, tmp_path):
    other = SqliteDatabase(tmp_path / "other.db")

    class Thing(other.Model):
        pass

    @get("/")
    async def count() -> int:
        await db.count(db.note.select())
        return await other.count(Thing.select())

    app = make(count, plugin=RedstartPlugin([db, other], create_tables=[Thing]))
    assert ask(app, db, "/")[0].json() == 0
    assert db.pool_stats()["size"] == 0


def test_the_start_and_the_end_of_an_application_find_the_tables_and_hold_nothing(db, in_use, make):
    class Thing(db.Model):
        pass

    @get("/")
    async def held() -> int:
        return in_use()

    async def start() -> None:
        await Thing.acreate()

    async def stop() -> None:
        counts.append(await db.count(Thing.select()))

    counts = []
    app = make(held, plugin=RedstartPlugin(db, create_tables=[Thing]), on_startup=[start], on_shutdown=[stop])
    assert ask(app, db, "/")[0].json() == 0
    assert counts == [1]
    assert db.pool_stats()["size"] == 0


def test_it_is_a_plugin_once(db):
    with pytest.raises(ImproperlyConfigured, match="Litestar application has two RedstartPlugin"):
        Litestar(plugins=[RedstartPlugin(db), RedstartPlugin(db)])
