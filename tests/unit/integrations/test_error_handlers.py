"""Handlers of errors that a framework runs outside of its middleware: they have connections, and give them back."""

# Litestar reads the annotations of handlers, which stand in functions here.
import asyncio
import logging
from typing import Any

import falcon
import falcon.asgi
import falcon.testing
import httpx
import pytest
from fastapi import FastAPI
from litestar import Litestar, Response, asgi, get
from litestar.exceptions import HTTPException, InternalServerException, NotFoundException
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route

from redstart.integrations.asgi import ConnectionMiddleware as AnyMiddleware
from redstart.integrations.falcon import ConnectionMiddleware as FalconMiddleware
from redstart.integrations.falcon import explain_errors
from redstart.integrations.litestar import RedstartPlugin
from redstart.integrations.starlette import ConnectionMiddleware


def ask(app, *paths):
    """Asks for some paths; gives the answers."""

    async def main():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(main())


def timing(answer):
    return answer.headers.get("server-timing", "").partition("desc=")[2]


async def fail(request):
    """An endpoint."""
    raise ZeroDivisionError


@pytest.fixture
def lines(told, caplog):
    """What the integrations have said of each request."""
    caplog.set_level("INFO", "redstart.integrations")
    return lambda: [line.partition(" in ")[0] for line in told()]


@pytest.fixture
def logged(capsys, caplog):
    """What Falcon has logged: one kind of it to the server's stream of errors, the other one to the log."""
    return lambda: capsys.readouterr().err + caplog.text


class Handler:
    """Handles errors by asking the database."""

    def __init__(self, db, in_use):
        self.db, self.in_use, self.times = db, in_use, 0

    def sync(self, request, error):
        self.times += 1
        return JSONResponse([self.db.note.select().count(), self.in_use()], 500)

    async def awaited(self, request, error):
        self.times += 1
        return JSONResponse([await self.db.count(self.db.note.select()), self.in_use()], 500)


@pytest.mark.parametrize("kind", ["sync", "awaited"])
@pytest.mark.parametrize("key", [Exception, 500])
@pytest.mark.parametrize("report", [True, False])
def test_starlettes_handler_of_every_error(db, in_use, lines, kind, key, report):
    handler = Handler(db, in_use)
    app = Starlette(
        routes=[Route("/", fail)],
        exception_handlers={key: getattr(handler, kind)},
        middleware=[Middleware(ConnectionMiddleware, database=db, report=report)],
    )
    for _ in range(3):
        (answer,) = ask(app, "/")
        assert (answer.status_code, answer.json()) == (500, [0, 1])
        assert timing(answer) == ('"1 queries, 0 repeated"' if report else "")
        assert in_use() == 0
    assert handler.times == 3
    assert lines() == (["GET /: 0 queries", "GET /: 1 queries"] * 3 if report else [])


def test_fastapis_handler_of_every_error(db, in_use):
    app, handler = FastAPI(), Handler(db, in_use)
    app.get("/")(lambda: 1 / 0)
    app.exception_handler(Exception)(handler.awaited)
    app.add_middleware(ConnectionMiddleware, database=db)
    assert [answer.json() for answer in ask(app, "/", "/")] == [[0, 1], [0, 1]]
    assert in_use() == 0


def test_a_handler_with_several_databases_has_those_of_both_middleware(db, in_use, tmp_path):
    other = type(db)(tmp_path / "other.db")

    def handle(request, error):
        other.execute_sql("select 1")
        return JSONResponse([db.note.select().count(), other.pool_stats()["in_use"]], 500)

    middleware = [Middleware(ConnectionMiddleware, database=one, report=True) for one in (db, other)]
    app = Starlette(routes=[Route("/", fail)], exception_handlers={500: handle}, middleware=middleware)
    assert [answer.json() for answer in ask(app, "/", "/")] == [[0, 1], [0, 1]]
    assert (in_use(), other.pool_stats()["in_use"]) == (0, 0)
    other.close_all()


def test_an_error_that_other_middleware_handles_is_left_to_it(db):
    class Handling(BaseHTTPMiddleware):
        async def dispatch(self, request, call_next):
            try:
                return await call_next(request)
            except ZeroDivisionError as error:
                return PlainTextResponse(error.__notes__[0].partition(" in ")[0], 418)

    middleware = [Middleware(Handling), Middleware(ConnectionMiddleware, database=db, report=True)]
    app = Starlette(debug=True, routes=[Route("/", fail)], middleware=middleware)
    (answer,) = ask(app, "/")
    assert (answer.status_code, answer.text) == (418, "Database: GET /: 0 queries")


def test_an_error_still_reaches_the_server(db):
    app = Starlette(routes=[Route("/", fail)], middleware=[Middleware(ConnectionMiddleware, database=db, report=True)])

    async def main():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
            await client.get("/")

    with pytest.raises(ZeroDivisionError):
        asyncio.run(main())


def test_the_answers_of_a_mounted_application_have_the_header(db):
    middleware = [Middleware(ConnectionMiddleware, database=db, report=True)]
    mounted = Starlette(routes=[Route("/", fail)], middleware=middleware)
    app = Starlette(routes=[Mount("/below", mounted)], middleware=middleware)
    (answer,) = ask(app, "/below/")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert timing(answer)
    (answer,) = ask(AnyMiddleware(Starlette(routes=[Route("/", fail)]), db, report=True), "/")
    assert timing(answer) == '"0 queries, 0 repeated"'


def litestar(db, *handlers, exception_handlers=None, report=False, **settings):
    plugins = [RedstartPlugin(db, report=report)]
    made = {"exception_handlers": exception_handlers or {}, "logging_config": None, **settings}
    return Litestar(list(handlers), plugins=plugins, **made)


@pytest.mark.parametrize("report", [True, False])
def test_litestars_handler_of_what_is_not_found(db, in_use, lines, report):

    def missing(request: Any, error: Exception) -> Response:
        return Response([db.note.select().count(), in_use()], status_code=404)

    @get("/item")
    async def item() -> None:
        raise NotFoundException

    app = litestar(db, item, exception_handlers={404: missing}, report=report)
    # There is no route for one of them, so that no middleware is asked.
    for answer in ask(app, *["/item", "/nowhere"] * 3):
        assert (answer.status_code, answer.json()) == (404, [0, 1])
        assert timing(answer) == ('"1 queries, 0 repeated"' if report else "")
        assert in_use() == 0
    assert lines() == (["GET /item: 1 queries", "GET /nowhere: 1 queries"] * 3 if report else [])


def test_litestars_own_answer_to_what_is_not_found_takes_no_connection(db, told):
    db.close_idle()
    created = db.pool_stats()["created"]
    answer, *_ = ask(litestar(db, report=True), "/nowhere", "/nowhere")
    assert (answer.status_code, timing(answer), told()) == (404, "", [])
    assert db.pool_stats()["created"] == created


def test_what_an_application_mounted_in_litestar_does_not_find(db, in_use):
    async def missing(request, error):
        return JSONResponse([await db.count(db.note.select()), in_use()], 404)

    mounted = Starlette(exception_handlers={404: missing})

    @asgi("/below", is_mount=True, copy_scope=True)
    async def below(scope: Any, receive: Any, send: Any) -> None:
        await mounted(scope, receive, send)

    for answer in ask(litestar(db, below, report=True), *["/below/nowhere"] * 3):
        assert (answer.status_code, answer.json()) == (404, [0, 1])
        assert timing(answer) == '"1 queries, 0 repeated"'
    assert in_use() == 0


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("report", [True, False])
@pytest.mark.parametrize("key", [HTTPException, Exception, InternalServerException, 500])
def test_litestars_handlers_are_chosen_as_before(db, debug, report, key):
    def own(request: Any, error: Exception) -> Response:
        return Response("own", status_code=418)

    @get("/")
    async def first() -> None:
        raise InternalServerException

    @get("/near", exception_handlers={key: own})
    async def near() -> None:
        raise InternalServerException

    @get("/plain")
    async def plain() -> None:
        raise ZeroDivisionError

    app = litestar(db, first, near, plain, exception_handlers={key: own}, report=report, debug=debug)
    expected = [418, 418, 418 if key in {Exception, 500} else 500]
    assert [answer.status_code for answer in ask(app, "/", "/near", "/plain")] == expected
    app = litestar(db, first, near, plain, report=report, debug=debug)
    assert [answer.status_code for answer in ask(app, "/", "/near", "/plain")] == [500, 418, 500]


class Failing:
    """A resource of Falcon's."""

    def __init__(self, db):
        self._db = db

    def on_get(self, req, resp):
        self._db.note.select().count()
        raise ZeroDivisionError


class FailingAsync(Failing):
    async def on_get(self, req, resp):
        await self._db.count(self._db.note.select())
        raise ZeroDivisionError

    async def on_websocket(self, req, ws):
        await ws.accept()
        await self.on_get(req, None)


def falcon_app(kind, resource, db, *, explains):
    app = kind(middleware=[FalconMiddleware(db, report=True)])
    if explains:
        explain_errors(app)
    app.add_route("/", resource(db))
    return app


@pytest.mark.parametrize(("kind", "resource"), [(falcon.App, Failing), (falcon.asgi.App, FailingAsync)])
def test_falcons_log_says_what_was_asked(db, lines, logged, caplog, kind, resource):
    answers = []
    for explains in (False, True):
        answers.append(falcon.testing.TestClient(falcon_app(kind, resource, db, explains=explains)).get("/"))
        text = logged()
        assert "ZeroDivisionError" in text
        assert ("Database: GET /: 1 queries in " in text) is explains
        assert lines() == ["GET /: 1 queries"]
        caplog.clear()
    plain, explained = answers
    assert (explained.status_code, explained.text) == (plain.status_code, plain.text) == (500, plain.text)
    assert explained.headers.keys() == plain.headers.keys()
    assert {answer.headers["Server-Timing"].partition("desc=")[2] for answer in answers} == {'"1 queries, 0 repeated"'}


@pytest.mark.parametrize("explains", [True, False])
def test_falcons_websocket_is_closed_as_before(db, in_use, caplog, explains):
    async def main():
        app = falcon_app(falcon.asgi.App, FailingAsync, db, explains=explains)
        async with falcon.testing.ASGIConductor(app) as conductor, conductor.simulate_ws("/") as socket:
            with pytest.raises(falcon.WebSocketDisconnected) as closed:
                await socket.receive_text()
        return closed.value.code

    caplog.set_level(logging.ERROR, "falcon")
    assert asyncio.run(main()) == 1011
    assert ("Database: WEBSOCKET /: 1 queries in " in caplog.text) is explains
    assert in_use() == 0
