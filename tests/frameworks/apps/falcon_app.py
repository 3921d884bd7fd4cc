"""Falcon, as a WSGI and as an ASGI application."""

from __future__ import annotations

import asyncio

import falcon
import falcon.asgi

from redstart.integrations.conformance import awaited, blocking
from redstart.integrations.conformance.application import Item, database
from redstart.integrations.falcon import ConnectionMiddleware


def found_or_404(found):
    if found is None:
        raise falcon.HTTPNotFound
    return found


class OwnMiddleware:
    def process_request(self, req, resp):
        if req.path == "/middleware":
            blocking.before()

    def process_response(self, req, resp, resource, req_succeeded):
        blocking.after(req.path, req.params)

    async def process_request_async(self, req, resp):
        if req.path == "/middleware":
            await awaited.before()

    async def process_response_async(self, req, resp, resource, req_succeeded):
        awaited.after(req.path, req.params)


class Row:
    def on_get(self, req, resp, id=1):
        resp.media = found_or_404(blocking.item(id))

    on_head = on_get


class NewRow:
    def on_post(self, req, resp):
        resp.media, resp.status = blocking.add(req.media["name"]), 201


class Redirect:
    def on_get(self, req, resp):
        blocking.item(1)
        raise falcon.HTTPFound("/item/1")


class Stream:
    def on_get(self, req, resp):
        resp.content_type, resp.stream = "text/plain", blocking.stream()


class ByQuery:
    def __init__(self, view):
        self.view = view

    def on_get(self, req, resp):
        resp.media = self.view(req.params)


class AsyncRow:
    async def on_get(self, req, resp, id=1):
        resp.media = found_or_404(await awaited.item(id))

    on_head = on_get


class AsyncNewRow:
    async def on_post(self, req, resp):
        resp.media, resp.status = await awaited.add((await req.get_media())["name"]), 201


class AsyncRedirect:
    async def on_get(self, req, resp):
        await awaited.item(1)
        raise falcon.HTTPFound("/item/1")


class AsyncStream:
    async def on_get(self, req, resp):
        resp.content_type, resp.stream = "text/plain", awaited.stream()


class AsyncByQuery:
    def __init__(self, view):
        self.view = view

    async def on_get(self, req, resp):
        resp.media = await self.view(req.params)


class InThread:
    async def on_get(self, req, resp, id):
        resp.media = await asyncio.to_thread(blocking.item, id)


class Background:
    async def on_get(self, req, resp):
        async def later():
            await awaited.add(req.params["name"])

        resp.media = {}
        resp.schedule(later)


class Socket:
    async def on_websocket(self, req, socket):
        await socket.accept()
        try:
            while True:
                made = await awaited.add(await socket.receive_text())
                await socket.send_text(str(made["id"]))
        except falcon.WebSocketDisconnected:
            pass


def wsgi():
    blocking.create_tables()
    app = falcon.App(middleware=[ConnectionMiddleware(database), OwnMiddleware()])
    add_routes(app, Row(), NewRow(), Redirect(), Stream())
    for path, view in blocking.BY_QUERY.items():
        app.add_route(path, ByQuery(view))
    return app


def asgi():
    app = falcon.asgi.App(middleware=[ConnectionMiddleware(database, create_tables=[Item]), OwnMiddleware()])
    add_routes(app, AsyncRow(), AsyncNewRow(), AsyncRedirect(), AsyncStream())
    app.add_route("/thread/{id:int}", InThread())
    app.add_route("/background", Background())
    app.add_route("/websocket", Socket())
    for path, view in awaited.BY_QUERY.items():
        app.add_route(path, AsyncByQuery(view))
    return app


def add_routes(app, row, new_row, redirect, stream):
    for path, resource in (
        ("/item/{id:int}", row),
        ("/item", new_row),
        ("/middleware", row),
        ("/redirect", redirect),
        ("/stream", stream),
    ):
        app.add_route(path, resource)


wsgi_app, asgi_app = wsgi(), asgi()
