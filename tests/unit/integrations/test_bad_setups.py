"""What every integration says of a set-up that cannot work: it names the thing and the way out."""

from __future__ import annotations

import asyncio
import io
import itertools
import sys

import bottle
import cherrypy
import falcon
import falcon.asgi
import falcon.testing
import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from django.http import HttpResponse
from django.test import AsyncClient, Client, override_settings
from django.urls import path
from fastapi import Depends, FastAPI
from flask import Flask
from litestar import Litestar, get
from pyramid.config import Configurator
from pyramid.response import Response
from quart import Quart
from sanic import Sanic, empty
from starlette.applications import Starlette

import redstart.integrations.aiohttp
import redstart.integrations.cherrypy
import redstart.integrations.falcon
import redstart.integrations.fastapi
import redstart.integrations.flask
import redstart.integrations.pyramid
import redstart.integrations.quart
import redstart.integrations.sanic
import redstart.integrations.starlette
from redstart import DatabaseProxy, ImproperlyConfigured, SqliteDatabase
from redstart.integrations import asgi, wsgi
from redstart.integrations.bottle import ConnectionPlugin
from redstart.integrations.litestar import RedstartPlugin
from redstart.pwasyncio import AsyncSqliteDatabase
from unit.integrations.test_django import MIDDLEWARE
from unit.integrations.test_sanic import served as served_by_sanic

NAMES = (f"Bad{number}" for number in itertools.count())


@pytest.fixture(autouse=True)
def several_applications(monkeypatch):
    """Lets Sanic have many of them in a process."""
    monkeypatch.setattr(Sanic, "test_mode", True)


def ask_wsgi(app):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "SCRIPT_NAME": "", "QUERY_STRING": "", "HTTP_HOST": "x"}
    environ |= {"SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": "x", "SERVER_PORT": "80", "wsgi.url_scheme": "http"}
    environ |= {"wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": False}
    environ |= {"wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr}
    body = app(environ, lambda status, headers, error=None: None)
    for _ in body:
        pass
    getattr(body, "close", lambda: None)()


async def ask_asgi(app):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        return (await client.get("/")).text


def wsgi_(*databases):
    app = lambda environ, start_response: [b""]  # noqa: E731 - it is wrapped below
    for database in databases:
        app = wsgi.ConnectionMiddleware(app, database)
    ask_wsgi(app)


def flask(*databases):
    app = Flask("bad")
    for database in databases:
        redstart.integrations.flask.init_app(app, database)
    ask_wsgi(app)


def bottle_(*databases):
    app = bottle.Bottle()
    for database in databases:
        app.install(ConnectionPlugin(database))
    ask_wsgi(app)


def pyramid(*databases):
    config = Configurator(settings={"redstart.database": databases[0]})
    for _ in databases:
        # Pyramid itself ignores a second one; this is what it cannot know to be the same.
        redstart.integrations.pyramid.includeme(config)
    config.add_route("all", "/")
    config.add_view(lambda request: Response(), route_name="all")
    ask_wsgi(config.make_wsgi_app())


def cherrypy_(*databases):
    class Root:
        index = cherrypy.expose(lambda _: "")

    plugins = []
    try:
        plugins.extend(redstart.integrations.cherrypy.set_up(database) for database in databases)
        ask_wsgi(cherrypy.Application(Root(), ""))
    finally:
        for plugin in plugins:
            plugin.unsubscribe()


def falcon_(*databases):
    app = falcon.App()
    for database in databases:
        app.add_middleware(redstart.integrations.falcon.ConnectionMiddleware(database))
    ask_wsgi(app)


def django(*databases):
    class Urls:
        urlpatterns = [path("", lambda request: HttpResponse())]

    names = [MIDDLEWARE] * len(databases)
    with override_settings(MIDDLEWARE=names, ROOT_URLCONF=Urls, REDSTART_DATABASE=databases[0]):
        Client().get("/")


def django_async(*databases):
    async def view(request):
        return HttpResponse()

    class Urls:
        urlpatterns = [path("", view)]

    names = [MIDDLEWARE] * len(databases)
    with override_settings(MIDDLEWARE=names, ROOT_URLCONF=Urls, REDSTART_DATABASE=databases[0]):
        asyncio.run(AsyncClient().get("/"))


def asgi_(*databases):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    for database in databases:
        app = asgi.ConnectionMiddleware(app, database)
    asyncio.run(ask_asgi(app))


def starlette(*databases):
    app = Starlette()
    for database in databases:
        app.add_middleware(redstart.integrations.starlette.ConnectionMiddleware, database=database)
    asyncio.run(ask_asgi(app))


def fastapi(*databases):
    app = FastAPI()
    for database in databases:
        app.add_middleware(redstart.integrations.fastapi.ConnectionMiddleware, database=database)
    asyncio.run(ask_asgi(app))


def fastapi_dependency(database):
    app = FastAPI()
    depends = Depends(redstart.integrations.fastapi.connection(database))
    app.get("/", dependencies=[depends])(lambda: None)
    asyncio.run(ask_asgi(app))


def prepared(database):
    async def main():
        async with asgi.prepared(database):
            pass

    asyncio.run(main())


def quart(*databases):
    app = Quart("bad")
    for database in databases:
        redstart.integrations.quart.init_app(app, database)
    asyncio.run(ask_asgi(app))


def litestar(*databases):
    @get("/")
    async def nothing() -> None: ...

    app = Litestar(
        [nothing], plugins=[RedstartPlugin(database) for database in databases], debug=True, logging_config=None
    )
    # It shows what it does not log.
    return asyncio.run(ask_asgi(app))


def falcon_async(*databases):
    app = falcon.asgi.App()
    for database in databases:
        app.add_middleware(redstart.integrations.falcon.ConnectionMiddleware(database))
    asyncio.run(ask_asgi(app))


def aiohttp(*databases):
    async def nothing(request):
        return web.Response()

    async def main():
        app = web.Application()
        for database in databases:
            redstart.integrations.aiohttp.setup(app, database)
        app.router.add_get("/", nothing)
        async with TestServer(app) as server, TestClient(server) as client:
            await client.get("/")

    asyncio.run(main())


def sanic(*databases):
    app = Sanic(next(NAMES), configure_logging=False)
    for database in databases:
        redstart.integrations.sanic.setup(app, database)
    app.get("/")(lambda request: empty())

    async def main():
        async with served_by_sanic(app) as client:
            await client.get("/")

    asyncio.run(main())


BLOCKING = [wsgi_, flask, bottle_, pyramid, cherrypy_, falcon_, django]
ASYNC = [asgi_, starlette, fastapi, quart, litestar, falcon_async, aiohttp, sanic, django_async]
#: These can stand once only.
ONCE = [fastapi_dependency, prepared]


@pytest.fixture
def told_by(caplog, capsys):
    """Serves a request; gives what was raised, answered, or written where the framework writes errors to."""

    def serve(framework, *databases):
        try:
            answer = framework(*databases) or ""
        except ImproperlyConfigured as error:
            answer = f"ImproperlyConfigured: {error}"
        return answer + caplog.text + capsys.readouterr().err

    return serve


@pytest.mark.parametrize("framework", [*BLOCKING, *ASYNC, *ONCE])
def test_a_good_set_up_is_not_complained_of(told_by, framework):
    assert "ImproperlyConfigured" not in told_by(framework, SqliteDatabase(":memory:"))


@pytest.mark.parametrize("framework", [*BLOCKING, *ASYNC, *ONCE])
def test_a_proxy_without_a_database(told_by, framework):
    message = "DatabaseProxy of this integration has no database yet: call proxy.initialize(database) before the first"
    assert message in told_by(framework, DatabaseProxy())


@pytest.mark.parametrize("framework", [*BLOCKING, *ASYNC, *ONCE])
def test_a_database_without_a_name(told_by, framework):
    message = "SqliteDatabase of this integration does not know its database yet: call database.init(...) before"
    assert message in told_by(framework, SqliteDatabase(None))


@pytest.mark.parametrize("framework", [*BLOCKING, *ASYNC])
def test_a_second_registration(told_by, framework):
    db = SqliteDatabase(":memory:")
    told = told_by(framework, db, db)
    assert any(word in told for word in (" twice", " two ", " already", "more than once")), told
    assert any(way in told for way in ("once", "give it one", "the first only")), told


@pytest.mark.parametrize("framework", BLOCKING)
def test_a_database_of_an_event_loop_where_there_is_none(told_by, framework, tmp_path):
    told = told_by(framework, AsyncSqliteDatabase(tmp_path / "a.db"))
    assert "AsyncSqliteDatabase belongs to an event loop" in told
    assert "use PooledSqliteDatabase, or the integration of an ASGI framework" in told


async def asgi_application(scope, receive, send):
    """Is called with three arguments."""


def wsgi_application(environ, start_response):
    """Is called with two."""


def test_a_middleware_around_an_application_of_the_other_kind(db):
    with pytest.raises(ImproperlyConfigured, match=r"is a WSGI application: put redstart\.integrations\.wsgi\.Conn"):
        asgi.ConnectionMiddleware(wsgi_application, db)
    with pytest.raises(ImproperlyConfigured, match=r"<Flask 'shop'> is a WSGI application"):
        asgi.ConnectionMiddleware(Flask("shop"), db)
    with pytest.raises(ImproperlyConfigured, match=r"is an ASGI application: put redstart\.integrations\.asgi\.Conn"):
        wsgi.ConnectionMiddleware(asgi_application, db)
    with pytest.raises(ImproperlyConfigured, match=r"is an ASGI application"):
        wsgi.ConnectionMiddleware(Starlette(), db)
    # One that does not tell is believed.
    wsgi.ConnectionMiddleware(lambda *arguments: [], db)
    asgi.ConnectionMiddleware(lambda *arguments: None, db)


def test_an_extension_in_an_application_of_its_sister(db):
    with pytest.raises(ImproperlyConfigured, match=r"<Quart 'a'> is no Flask application: use redstart\.\S+\.quart"):
        redstart.integrations.flask.init_app(Quart("a"), db)
    with pytest.raises(ImproperlyConfigured, match=r"<Flask 'a'> is no Quart application: use redstart\.\S+\.flask"):
        redstart.integrations.quart.init_app(Flask("a"), db)


def test_tables_that_falcons_wsgi_application_would_never_make(db, capsys):
    app = falcon.App(middleware=[redstart.integrations.falcon.ConnectionMiddleware(db, create_tables=[db.note])])
    assert falcon.testing.TestClient(app).get("/").status_code == 500
    assert "leave create_tables out, and call database.create_tables(...)" in capsys.readouterr().err
