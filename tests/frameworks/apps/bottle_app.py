"""Bottle, with its plugin, hooks as the application's middleware, and a mounted application."""

from __future__ import annotations

from bottle import Bottle, abort, redirect, request, response

from redstart.integrations.bottle import ConnectionPlugin
from redstart.integrations.conformance import blocking
from redstart.integrations.conformance.application import database

blocking.create_tables()
app, mounted = Bottle(), Bottle()
app.install(ConnectionPlugin(database))


@app.hook("before_request")
def before():
    if request.path == "/middleware":
        blocking.before()


@app.hook("after_request")
def after():
    blocking.after(request.path, request.query)


@app.get("/item/<id:int>")
@mounted.get("/item/<id:int>")
def item(id):
    return blocking.item(id) or abort(404)


@app.post("/item")
def add():
    response.status = 201
    return blocking.add(request.json["name"])


@app.get("/middleware")
def middleware():
    return blocking.item(1)


@app.get("/redirect")
def redirected():
    blocking.item(1)
    redirect("/item/1")


@app.get("/stream")
def stream():
    response.content_type = "text/plain"
    return blocking.stream()


for path, view in blocking.BY_QUERY.items():
    app.get(path, callback=lambda view=view: view(request.query))

app.mount("/mounted", mounted)
