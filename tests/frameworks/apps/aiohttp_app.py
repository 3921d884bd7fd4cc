"""aiohttp, with an application within the application."""

from __future__ import annotations

import asyncio

from aiohttp import WSMsgType, web

from redstart.integrations.aiohttp import setup
from redstart.integrations.conformance import awaited, blocking
from redstart.integrations.conformance.application import Item, database

TASKS = web.AppKey("tasks", set)


@web.middleware
async def own_middleware(request, handler):
    if request.path == "/middleware":
        await awaited.before()
    response = await handler(request)
    awaited.after(request.path, request.query)
    return response


def json_or_404(found):
    if found is None:
        raise web.HTTPNotFound
    return web.json_response(found)


async def item(request):
    return json_or_404(await awaited.item(int(request.match_info.get("id", 1))))


async def add(request):
    return web.json_response(await awaited.add((await request.json())["name"]), status=201)


async def in_thread(request):
    return json_or_404(await asyncio.to_thread(blocking.item, int(request.match_info["id"])))


async def redirect(request):
    await awaited.item(1)
    raise web.HTTPFound("/item/1")


async def stream(request):
    return web.Response(body=awaited.stream(), content_type="text/plain")


async def background(request):
    async def later():
        # The task that has answered ends with the response.
        await asyncio.wait([serving])
        await awaited.add(request.query["name"])

    serving = asyncio.current_task()
    request.app[TASKS].add(asyncio.create_task(later()))
    return web.json_response({})


async def websocket(request):
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        if message.type == WSMsgType.TEXT:
            await socket.send_str(str((await awaited.add(message.data))["id"]))
    return socket


def by_query(view):
    async def endpoint(request):
        return web.json_response(await view(request.query))

    return endpoint


def make_app(arguments=None):
    app = web.Application()
    app[TASKS] = set()
    setup(app, database, create_tables=[Item])
    app.middlewares.append(own_middleware)
    app.add_routes(
        [
            web.get("/item/{id}", item),
            web.post("/item", add),
            web.get("/thread/{id}", in_thread),
            web.get("/middleware", item),
            web.get("/redirect", redirect),
            web.get("/stream", stream),
            web.get("/background", background),
            web.get("/websocket", websocket),
            *(web.get(path, by_query(view)) for path, view in awaited.BY_QUERY.items()),
        ]
    )
    mounted = web.Application()
    mounted.add_routes([web.get("/item/{id}", item)])
    app.add_subapp("/mounted", mounted)
    return app


async def served():
    """For gunicorn, which calls it in the worker."""
    return make_app()
