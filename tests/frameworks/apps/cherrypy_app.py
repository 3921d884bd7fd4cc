"""CherryPy under its own server, with a tool as the application's middleware, and a mounted application.

python cherrypy_app.py
"""

from __future__ import annotations

import json
import os

import cherrypy

from redstart.integrations.cherrypy import set_up
from redstart.integrations.conformance import blocking
from redstart.integrations.conformance.application import database


@cherrypy.tools.register("before_handler", name="own_before")
def before():
    if cherrypy.request.path_info == "/middleware":
        blocking.before()


@cherrypy.tools.register("before_finalize", name="own_after")
def after():
    blocking.after(cherrypy.request.path_info, cherrypy.request.params)


class Rows:
    @cherrypy.expose
    @cherrypy.tools.json_out()
    def item(self, id=None):
        if cherrypy.request.method == "POST":
            cherrypy.response.status = 201
            return blocking.add(json.load(cherrypy.request.body)["name"])
        found = blocking.item(int(id))
        if found is None:
            raise cherrypy.NotFound
        return found


class Root(Rows):
    @cherrypy.expose
    @cherrypy.tools.json_out()
    def middleware(self, fail):
        return blocking.item(1)

    @cherrypy.expose
    def redirect(self):
        blocking.item(1)
        raise cherrypy.HTTPRedirect("/item/1")

    @cherrypy.expose
    @cherrypy.config(**{"response.stream": True})
    def stream(self):
        cherrypy.response.headers["Content-Type"] = "text/plain"
        return blocking.stream()


def by_query(view):
    @cherrypy.expose
    @cherrypy.tools.json_out()
    def handler(**query):
        return view(query)

    return handler


if __name__ == "__main__":
    blocking.create_tables()
    set_up(database)
    root = Root()
    for path, view in blocking.BY_QUERY.items():
        setattr(root, path[1:], by_query(view))
    cherrypy.config.update(
        {
            "server.socket_host": "127.0.0.1",
            "server.socket_port": int(os.environ["PORT"]),
            "server.thread_pool": 16,
            # Twenty clients come at the same moment, and the queue has room for five.
            "server.socket_queue_size": 100,
            "engine.autoreload.on": False,
        }
    )
    cherrypy.tree.mount(Rows(), "/mounted")
    cherrypy.quickstart(root, "/", {"/": {"tools.own_before.on": True, "tools.own_after.on": True}})
