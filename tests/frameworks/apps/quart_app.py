"""Quart, with hooks as the application's middleware; what comes nearest to a mounted application is a blueprint."""

from __future__ import annotations

from quart import Blueprint, Quart, abort, redirect, request, websocket

from redstart.integrations.conformance import awaited, blocking
from redstart.integrations.conformance.application import Item, database
from redstart.integrations.quart import init_app

app, mounted = Quart(__name__), Blueprint("mounted", __name__)
init_app(app, database, create_tables=[Item])


@app.before_request
async def before():
    if request.path == "/middleware":
        await awaited.before()


@app.after_request
async def after(response):
    awaited.after(request.path, request.args)
    return response


@app.get("/item/<int:id>")
@mounted.get("/item/<int:id>")
async def item(id):
    return await awaited.item(id) or abort(404)


@app.post("/item")
async def add():
    return await awaited.add((await request.json)["name"]), 201


@app.get("/thread/<int:id>")
def in_thread(id):
    return blocking.item(id)


@app.get("/middleware")
async def middleware():
    return await awaited.item(1)


@app.get("/redirect")
async def redirected():
    await awaited.item(1)
    return redirect("/item/1")


@app.get("/stream")
async def stream():
    return awaited.stream(), {"Content-Type": "text/plain"}


@app.get("/background")
async def background():
    app.add_background_task(awaited.add, request.args["name"])
    return {}


@app.websocket("/websocket")
async def socket():
    while True:
        made = await awaited.add(await websocket.receive())
        await websocket.send(str(made["id"]))


def by_query(view):
    async def endpoint():
        return await view(request.args)

    return endpoint


for path, view in awaited.BY_QUERY.items():
    app.add_url_rule(path, path, by_query(view))

app.register_blueprint(mounted, url_prefix="/mounted")
