"""What each framework's error page for debugging shows of the failed request's queries, and its header."""

from __future__ import annotations

import asyncio
import io
import itertools
import logging
import re
from html import unescape

import bottle
import cherrypy
import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from fastapi import FastAPI
from flask import Flask
from litestar import Litestar, get
from pyramid.config import Configurator
from quart import Quart
from sanic import Sanic
from sanic.application.constants import Mode
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from werkzeug.debug import DebuggedApplication

import redstart.integrations.aiohttp
import redstart.integrations.cherrypy
import redstart.integrations.flask
import redstart.integrations.quart
import redstart.integrations.sanic
from redstart.integrations.bottle import ConnectionPlugin
from redstart.integrations.litestar import RedstartPlugin
from redstart.integrations.report import Report
from redstart.integrations.starlette import ConnectionMiddleware
from redstart.integrations.wsgi import ConnectionMiddleware as WsgiMiddleware
from unit.integrations.test_sanic import served as served_by_sanic

#: Sanic knows its applications by name.
NAMES = (f"Failing{number}" for number in itertools.count())
HTML, TEXT, JSON = "text/html", "text/plain", "application/json"


@pytest.fixture(autouse=True)
def settings_of_whole_processes(monkeypatch):
    """Lets Sanic have many applications; keeps CherryPy and Quart from writing to the terminal."""
    monkeypatch.setattr(Sanic, "test_mode", True)
    cherrypy.log.screen = False
    yield
    bottle.debug(False)


class Page:
    """An answer."""

    def __init__(self, status, headers, text):
        self.status, self.text = int(str(status)[:3]), unescape(text)
        self.headers = {name.lower(): value for name, value in dict(headers).items()}

    def shows_what_was_asked(self):
        return re.search(r"GET /: 3 queries in [0-9.]+ ms; repeated: 3 x SELECT COUNT", self.text) is not None

    def timing(self):
        return self.headers.get("server-timing", "").partition("desc=")[2]


def ask_wsgi(app, accept):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "SCRIPT_NAME": "", "QUERY_STRING": "", "HTTP_ACCEPT": accept}
    environ |= {"SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": "x", "SERVER_PORT": "80", "HTTP_HOST": "x"}
    environ |= {"wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO()}
    environ |= {"wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": False}
    started = []
    body = app(environ, lambda status, headers, error=None: started.extend((status, headers)))
    text = b"".join(body).decode()
    getattr(body, "close", lambda: None)()
    return Page(*started[:2], text)


async def ask_asgi(app, accept):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        return page_of(await client.get("/", headers={"Accept": accept}))


def page_of(response):
    return Page(response.status_code, response.headers, response.text)


class Failing:
    """Makes an application of each framework, all of whose requests fail after three queries."""

    def __init__(self, db, *, debug):
        self._db, self._debug = db, debug

    def fail(self, *_):
        for _ in range(3):
            self._db.note.select().count()
        raise ZeroDivisionError

    async def fail_async(self, *_):
        for _ in range(3):
            await self._db.count(self._db.note.select())
        raise ZeroDivisionError

    def flask(self, accept):
        app = Flask("failing")
        redstart.integrations.flask.init_app(app, self._db, report=True)
        app.get("/")(self.fail)
        app.debug = self._debug
        return ask_wsgi(DebuggedApplication(app) if self._debug else app, accept)

    def pyramid(self, accept):
        config = Configurator(settings={"redstart.database": self._db, "redstart.report": "true"})
        config.include("redstart.integrations.pyramid")
        config.add_route("all", "/")
        config.add_view(self.fail, route_name="all")
        return ask_wsgi(DebuggedApplication(config.make_wsgi_app()), accept)

    def wsgi(self, accept):
        return ask_wsgi(DebuggedApplication(WsgiMiddleware(self.fail, self._db, report=True)), accept)

    def bottle(self, accept):
        bottle.debug(self._debug)
        app = bottle.Bottle()
        app.install(ConnectionPlugin(self._db, report=True))
        app.route("/")(self.fail)
        return ask_wsgi(app, accept)

    def cherrypy(self, accept):
        class Root:
            index = cherrypy.expose(lambda _: self.fail())

        plugin = redstart.integrations.cherrypy.set_up(self._db, report=True)
        try:
            app = cherrypy.Application(Root(), "", {"/": {"request.show_tracebacks": self._debug}})
            app.log.screen = False
            return ask_wsgi(app, accept)
        finally:
            plugin.unsubscribe()

    def quart(self, accept):
        app = Quart("failing")
        app.debug = self._debug
        app.logger.setLevel(logging.CRITICAL)
        redstart.integrations.quart.init_app(app, self._db, report=True)
        app.get("/")(self.fail_async)
        return asyncio.run(ask_asgi(app, accept))

    def starlette(self, accept):
        app = Starlette(
            debug=self._debug,
            routes=[Route("/", self.fail_async)],
            middleware=[Middleware(ConnectionMiddleware, database=self._db, report=True)],
        )
        return asyncio.run(ask_asgi(app, accept))

    def fastapi(self, accept):
        app = FastAPI(debug=self._debug)

        @app.get("/")
        def fail():
            self.fail()

        app.add_middleware(ConnectionMiddleware, database=self._db, report=True)
        return asyncio.run(ask_asgi(app, accept))

    def litestar(self, accept):
        @get("/")
        async def fail() -> None:
            await self.fail_async()

        app = Litestar([fail], debug=self._debug, plugins=[RedstartPlugin(self._db, report=True)], logging_config=None)
        return asyncio.run(ask_asgi(app, accept))

    def aiohttp(self, accept):
        async def main():
            app = web.Application()
            redstart.integrations.aiohttp.setup(app, self._db, report=True)
            app.router.add_get("/", self.fail_async)
            # It is aiohttp's switch.
            asyncio.get_running_loop().set_debug(self._debug)
            async with TestClient(TestServer(app)) as client:
                answer = await client.get("/", headers={"Accept": accept})
                return Page(answer.status, answer.headers, await answer.text())

        return asyncio.run(main())

    def sanic(self, accept):
        app = Sanic(next(NAMES), configure_logging=False)
        app.config.FALLBACK_ERROR_FORMAT = "auto"
        app.state.mode = Mode.DEBUG if self._debug else Mode.PRODUCTION
        redstart.integrations.sanic.setup(app, self._db, report=True)
        app.get("/")(self.fail_async)

        async def main():
            async with served_by_sanic(app) as client:
                return page_of(await client.get("/", headers={"Accept": accept}))

        return asyncio.run(main())


#: Each framework's page, in all forms that it has.
PAGES = [
    *[(name, HTML) for name in ("flask", "bottle", "cherrypy", "quart", "fastapi", "starlette", "litestar")],
    *[(name, HTML) for name in ("aiohttp", "sanic")],
    *[(name, TEXT) for name in ("starlette", "litestar", "aiohttp", "sanic")],
    *[(name, JSON) for name in ("litestar", "sanic")],
]
#: Those whose page is made by a debugger around the application.
AROUND = ["flask", "pyramid", "wsgi"]


def test_a_page_has_the_line_escaped_below_its_first_heading():
    report = Report("GET /<b>")
    assert report.into_page("<h2>a</h2><h3>b</h3>") == (
        "<h2>a</h2><p>Database: GET /&lt;b&gt;: 0 queries in 0.00 ms</p><h3>b</h3>"
    )
    assert report.into_page("page").startswith("page<p>Database: ")


@pytest.mark.parametrize(("framework", "accept"), [*PAGES, ("pyramid", HTML), ("wsgi", HTML)])
def test_the_page_for_debugging_shows_what_was_asked(db, in_use, caplog, framework, accept):
    caplog.set_level(logging.CRITICAL)
    page = getattr(Failing(db, debug=True), framework)(accept)
    assert page.status == 500
    assert page.shows_what_was_asked(), page.text
    assert page.timing() == ("" if framework in AROUND else '"3 queries, 2 repeated"')
    assert in_use() == 0


@pytest.mark.parametrize(("framework", "accept"), PAGES)
def test_other_pages_show_nothing_and_have_the_header(db, in_use, caplog, framework, accept):
    caplog.set_level(logging.CRITICAL)
    page = getattr(Failing(db, debug=False), framework)(accept)
    assert page.status == 500
    assert "queries" not in page.text
    assert "SELECT" not in page.text
    assert page.timing() == '"3 queries, 2 repeated"'
    assert in_use() == 0
