"""What an application measures itself, and says by the report's header, stays beside the report."""

from __future__ import annotations

import asyncio

import cherrypy
import falcon.testing
import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from django.http import HttpResponse
from django.test import Client, override_settings
from flask import Flask
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from sanic import Sanic, text
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import redstart.integrations.aiohttp
import redstart.integrations.cherrypy
import redstart.integrations.flask
import redstart.integrations.sanic
from redstart.integrations.falcon import ConnectionMiddleware as FalconMiddleware
from redstart.integrations.starlette import ConnectionMiddleware
from unit.integrations import test_cherrypy, test_django, test_sanic

OWN = {"Server-Timing": 'cache;dur=1.5;desc="a, b"'}


def flask(db):
    app = Flask("measuring")
    redstart.integrations.flask.init_app(app, db, report=True)

    @app.get("/")
    def answer():
        return str(db.note.select().count()), OWN

    return app.test_client().get("/").headers.getlist("Server-Timing")


def django(db):
    def answer(request):
        return HttpResponse(str(db.note.select().count()), headers=OWN)

    urls = test_django.Urls(db, None)
    urls.urlpatterns = [test_django.path("", answer)]
    given = {"ROOT_URLCONF": urls, "REDSTART_DATABASE": db, "REDSTART_REPORT": True}
    with override_settings(MIDDLEWARE=["redstart.integrations.django.ConnectionMiddleware"], **given):
        return [Client().get("/").headers["Server-Timing"]]


def pyramid(db):
    config = Configurator(settings={"redstart.database": db, "redstart.report": True})
    config.include("redstart.integrations.pyramid")
    config.add_route("answer", "/")
    config.add_view(lambda request: Response(str(db.note.select().count()), headers=OWN), route_name="answer")
    return Request.blank("/").get_response(config.make_wsgi_app()).headers.getall("Server-Timing")


def cherrypy_(db):
    class Root:
        @cherrypy.expose
        def index(self):
            cherrypy.response.headers.update(OWN)
            return str(db.note.select().count())

    plugin = redstart.integrations.cherrypy.set_up(db, report=True)
    try:
        return [test_cherrypy.Answer(cherrypy.Application(Root(), script_name=""), "/").timing()]
    finally:
        plugin.unsubscribe()


def falcon_(db):
    class Resource:
        def on_get(self, req, resp):
            resp.set_headers(OWN)
            resp.text = str(db.note.select().count())

    app = falcon.App(middleware=[FalconMiddleware(db, report=True)])
    app.add_route("/", Resource())
    return [falcon.testing.TestClient(app).simulate_get("/").headers["Server-Timing"]]


def starlette(db):
    async def answer(request):
        return PlainTextResponse(str(await db.count(db.note.select())), headers=OWN)

    middleware = [Middleware(ConnectionMiddleware, database=db, report=True)]
    app = Starlette(routes=[Route("/", answer)], middleware=middleware)

    async def main():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return (await client.get("/")).headers.get_list("Server-Timing")

    return asyncio.run(main())


def aiohttp(db):
    async def answer(request):
        return web.Response(text=str(await db.count(db.note.select())), headers=OWN)

    async def main():
        app = web.Application()
        redstart.integrations.aiohttp.setup(app, db, report=True)
        app.router.add_get("/", answer)
        async with TestClient(TestServer(app)) as client:
            return (await client.get("/")).headers.getall("Server-Timing")

    return asyncio.run(main())


def sanic(db):
    app = Sanic(next(test_sanic.NAMES), configure_logging=False)
    redstart.integrations.sanic.setup(app, db, report=True)

    @app.get("/")
    async def answer(request):
        return text(str(await db.count(db.note.select())), headers=OWN)

    return [test_sanic.ask(app, db, "/")[0].headers["Server-Timing"]]


@pytest.mark.parametrize(
    "answer",
    [flask, django, pyramid, cherrypy_, falcon_, starlette, aiohttp, sanic],
    ids=lambda answer: answer.__name__,
)
def test_both_are_told(db, monkeypatch, answer):
    monkeypatch.setattr(Sanic, "test_mode", True)
    told = ", ".join(answer(db))
    assert told.startswith('cache;dur=1.5;desc="a, b", db;dur=')
    assert told.endswith('desc="1 queries, 0 repeated"')
    assert told.count("db;dur=") == 1
