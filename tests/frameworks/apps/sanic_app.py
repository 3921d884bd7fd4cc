"""Sanic, with its hooks as the application's middleware; what comes nearest to a mounted application is a blueprint."""

from __future__ import annotations

import asyncio

from sanic import Blueprint, NotFound, Sanic, json, redirect

from redstart.integrations.conformance import awaited, blocking
from redstart.integrations.conformance.application import Item, database
from redstart.integrations.sanic import setup

app, mounted = Sanic("Conformance"), Blueprint("mounted", url_prefix="/mounted")
setup(app, database, create_tables=[Item])


@app.on_request
async def own_middleware(request):
    if request.path == "/middleware":
        await awaited.before()
        # Where a middleware for responses fails, Sanic logs that and sends the response all the same.
        awaited.after(request.path, request.args)


@app.route("/item/<id:int>", methods=["GET", "HEAD"])
@mounted.get("/item/<id:int>")
async def item(request, id):
    found = await awaited.item(id)
    if found is None:
        raise NotFound
    return json(found)


@app.post("/item")
async def add(request):
    return json(await awaited.add(request.json["name"]), 201)


@app.get("/thread/<id:int>")
async def in_thread(request, id):
    return json(await asyncio.to_thread(blocking.item, id))


@app.get("/middleware")
async def middleware(request):
    return json(await awaited.item(1))


@app.get("/redirect")
async def redirected(request):
    await awaited.item(1)
    return redirect("/item/1")


@app.get("/stream")
async def stream(request):
    response = await request.respond(content_type="text/plain")
    async for part in awaited.stream():
        await response.send(part)


@app.get("/background")
async def background(request):
    app.add_task(awaited.add(request.args.get("name")))
    return json({})


@app.websocket("/websocket")
async def websocket(request, socket):
    while (name := await socket.recv()) is not None:
        await socket.send(str((await awaited.add(name))["id"]))


def by_query(view):
    async def endpoint(request):
        return json(await view({name: values[0] for name, values in request.args.items()}))

    return endpoint


for path, view in awaited.BY_QUERY.items():
    app.add_route(by_query(view), path, name=path[1:])

app.blueprint(mounted)
