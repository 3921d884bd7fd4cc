"""Flask, with a second Flask application mounted by Werkzeug's dispatcher."""

from __future__ import annotations

from flask import Flask, abort, redirect, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from redstart.integrations.conformance import blocking
from redstart.integrations.conformance.application import database
from redstart.integrations.flask import init_app

blocking.create_tables()
app, mounted = Flask(__name__), Flask("mounted")


@app.before_request
def before():
    if request.path == "/middleware":
        blocking.before()


@app.after_request
def after(response):
    blocking.after(request.path, request.args)
    return response


@app.get("/item/<int:id>")
@mounted.get("/item/<int:id>")
def item(id):
    return blocking.item(id) or abort(404)


@app.post("/item")
def add():
    return blocking.add(request.json["name"]), 201


@app.get("/middleware")
def middleware():
    return blocking.item(1)


@app.get("/redirect")
def redirected():
    blocking.item(1)
    return redirect("/item/1")


@app.get("/stream")
def stream():
    return blocking.stream(), {"Content-Type": "text/plain"}


for path, view in blocking.BY_QUERY.items():
    app.add_url_rule(path, path, lambda view=view: view(request.args))

app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/mounted": mounted})
init_app(app, database)
