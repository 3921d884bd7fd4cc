"""Quart served by uvicorn: whose connection hooks, handlers, bodies and WebSockets use."""

from __future__ import annotations

import asyncio
import logging

import pytest
import websockets
from quart import Quart, abort, stream_with_context, websocket

from redstart import ImproperlyConfigured, SqliteDatabase
from redstart.integrations.quart import init_app
from unit.integrations.served import served, until


@pytest.fixture
def app(db):
    made = Quart("notes")
    init_app(made, db)
    # Errors are provoked here.
    made.logger.setLevel(logging.CRITICAL)
    return made


def ask(app, db, *paths):
    """Asks for some paths, one after the other; gives the answers when all connections are back."""

    async def main():
        async with served(app) as client:
            answers = [await client.get(path) for path in paths]
            await until(lambda: db.pool_stats()["in_use"] == 0)
            return answers

    return asyncio.run(main())


def test_handlers_have_one_connection_from_their_first_query_on(db, in_use, app):
    @app.get("/async")
    async def count():
        before = in_use()
        first = await db.aconnect()
        await db.note.acreate(text="one")
        shared = await asyncio.create_task(db.aconnect()) is first
        return [before, in_use(), shared, await db.count(db.note.select())]

    @app.get("/sync")
    def count_in_thread():
        before = in_use()
        db.note.create(text="one")
        return [before, in_use(), db.note.select().count()]

    assert [one.json() for one in ask(app, db, "/async", "/sync")] == [[0, 1, True, 1], [0, 1, 2]]


def test_hooks_and_error_pages_use_the_same(db, in_use, app):
    @app.before_request
    async def before():
        await db.note.acreate(text="one")

    @app.after_request
    async def after(response):
        response.headers["X-Seen"] = f"{in_use()} {await db.count(db.note.select())}"
        return response

    @app.errorhandler(404)
    async def missing(error):
        return str(await db.count(db.note.select())), 404

    (answer,) = ask(app, db, "/missing")
    assert (answer.status_code, answer.text, answer.headers["X-Seen"]) == (404, "1", "1 1")


def test_a_handler_that_asks_nothing_takes_none(db, app):
    @app.get("/")
    async def nothing():
        return ""

    db.close_idle()
    created = db.pool_stats()["created"]
    assert [one.status_code for one in ask(app, db, "/", "/missing")] == [200, 404]
    assert db.pool_stats()["created"] == created


@pytest.mark.parametrize("status", [500, 403])
def test_a_failing_handler_undoes_its_transaction_and_gives_back(db, app, status):
    def end():
        if status == 500:
            raise ZeroDivisionError
        abort(status)

    @app.get("/async")
    async def fail():
        async with db.atomic():
            await db.note.acreate(text="undone")
            end()

    @app.get("/sync")
    def fail_in_thread():
        with db.atomic():
            db.note.create(text="undone")
            end()

    assert [one.status_code for one in ask(app, db, *["/async", "/sync"] * 2)] == [status] * 4
    with db:
        assert db.note.select().count() == 0


@pytest.mark.parametrize("wrap", [lambda body: body, stream_with_context], ids=["plain", "stream_with_context"])
def test_a_stream_is_read_or_left(db, in_use, app, wrap):
    @app.get("/")
    async def stream():
        @wrap
        async def body():
            async for note in db.iterate(db.note.select()):
                yield note.text

        return body()

    async def main():
        async with served(app) as client:
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


def test_a_background_task_has_a_connection_of_its_own(db, in_use, app):
    ended, seen = asyncio.Event(), []

    async def later():
        await ended.wait()
        seen.append(await db.count(db.note.select()))

    @app.get("/")
    async def create():
        await db.note.acreate(text="one")
        app.add_background_task(later)
        return ""

    async def main():
        async with served(app) as client:
            await client.get("/")
            await until(lambda: in_use() == 0)
            ended.set()
            await until(lambda: seen)
            await until(lambda: in_use() == 0)

    asyncio.run(main())
    assert seen == [1]


def test_a_websocket_holds_nothing_between_messages(db, in_use, app):
    @app.websocket("/")
    async def talk():
        while True:
            await db.note.acreate(text=await websocket.receive())
            await websocket.send(str(in_use()))

    async def main():
        async with served(app) as client:
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


def test_many_requests_at_once_share_two_connections(db, app):
    @app.get("/async")
    async def create():
        async with db.atomic():
            return str(await db.note.acreate(text="one"))

    @app.get("/sync")
    def create_in_thread():
        with db.atomic():
            return str(db.note.create(text="one"))

    async def main():
        async with served(app) as client:
            answers = await asyncio.gather(*[client.get(path) for path in ["/async", "/sync"] * 20])
            await until(lambda: db.pool_stats()["in_use"] == 0)
            return sorted(int(one.text) for one in answers)

    assert asyncio.run(main()) == list(range(1, 41))


def test_the_test_client_of_quart_is_served_too(db, in_use, app):
    @app.get("/")
    async def count():
        await db.note.acreate(text="one")
        return [in_use(), await db.count(db.note.select())]

    async def main():
        async with app.test_app() as running:
            answer = await running.test_client().get("/")
            await until(lambda: in_use() == 0)
            return await answer.get_json()

    assert asyncio.run(main()) == [1, 1]


def test_a_report_is_a_header_a_line_and_a_note(db, told, caplog):
    app = Quart("reports")
    app.config["REDSTART_REPORT"] = True
    init_app(app, db)

    @app.get("/")
    async def fail():
        await db.count(db.note.select())
        raise ZeroDivisionError

    caplog.set_level("INFO", "redstart.integrations")
    (answer,) = ask(app, db, "/")
    assert answer.status_code == 500
    assert answer.headers["Server-Timing"].endswith('desc="1 queries, 0 repeated"')
    errors = [record.exc_info[1] for record in caplog.records if record.exc_info]
    assert [note.partition(" in ")[0] for error in errors for note in error.__notes__] == ["Database: GET /: 1 queries"]
    assert [line.partition(" in ")[0] for line in told()] == ["GET /: 1 queries"]


@pytest.mark.parametrize("config", [{}, {"REDSTART_HOLD": "query"}])
def test_the_configuration_says_how_long_a_connection_is_held(db, in_use, config):
    app = Quart("notes")
    app.config.update(config)
    init_app(app, db)

    @app.get("/")
    async def count():
        await db.count(db.note.select())
        return [in_use()]

    assert ask(app, db, "/")[0].json() == [0 if config else 1]


def test_tables_are_made_and_the_pool_is_closed(db, tmp_path):
    other, app = SqliteDatabase(tmp_path / "other.db"), Quart("things")

    class Thing(other.Model):
        pass

    init_app(app, [db, other], create_tables=[Thing])

    @app.get("/")
    async def count():
        await db.count(db.note.select())
        return str(await other.count(Thing.select()))

    assert ask(app, db, "/")[0].text == "0"
    assert db.pool_stats()["size"] == 0


def test_functions_that_run_before_and_after_serving_find_the_tables_and_hold_no_connection(db, in_use):
    app, counts = Quart("things"), []

    class Thing(db.Model):
        pass

    init_app(app, db, create_tables=[Thing])

    @app.before_serving
    async def before():
        await Thing.acreate()

    @app.get("/")
    async def held():
        return str(in_use())

    @app.after_serving
    async def after():
        counts.append(await db.count(Thing.select()))

    assert ask(app, db, "/")[0].text == "0"
    assert counts == [1]
    assert db.pool_stats()["size"] == 0


def test_an_application_may_serve_again(db, app):
    @app.get("/")
    async def count():
        return str(await db.count(db.note.select()))

    assert [ask(app, db, "/")[0].text for _ in range(2)] == ["0", "0"]


def test_it_is_set_up_once(db, app):
    with pytest.raises(ImproperlyConfigured, match="<Quart 'notes'> has Redstart's integration already"):
        init_app(app, db)


def test_a_wrong_setting_changes_nothing(db):
    app = Quart("notes")
    app.config["REDSTART_HOLD"] = "forever"
    with pytest.raises(ImproperlyConfigured, match="hold='forever' is unknown"):
        init_app(app, db)
    init_app(app, db, hold="query")
