"""Pyramid, with a tween as the application's middleware, and an application that is mounted as a view."""

from __future__ import annotations

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.response import Response
from pyramid.wsgi import wsgiapp2

from redstart.integrations.conformance import blocking
from redstart.integrations.conformance.application import database


def own_tween_factory(handler, registry):
    def own_tween(request):
        if request.path == "/middleware":
            blocking.before()
        response = handler(request)
        blocking.after(request.path, request.params)
        return response

    return own_tween


def item(request):
    found = blocking.item(int(request.matchdict.get("id", 1)))
    if found is None:
        raise HTTPNotFound
    return found


def add(request):
    request.response.status = 201
    return blocking.add(request.json_body["name"])


def redirect(request):
    blocking.item(1)
    return HTTPFound("/item/1")


def stream(request):
    return Response(app_iter=blocking.stream(), content_type="text/plain")


def with_item():
    config = Configurator(settings={"redstart.database": database})
    config.include("redstart.integrations.pyramid")
    config.add_route("item", "/item/{id}")
    config.add_view(item, route_name="item", renderer="json")
    return config


def application():
    blocking.create_tables()
    config = with_item()
    config.add_tween(f"{__name__}.own_tween_factory", under="redstart.integrations.pyramid.connection_tween_factory")
    views = {"/item": add, "/middleware": item, "/redirect": redirect, "/stream": stream}
    views |= {path: lambda request, view=view: view(request.params) for path, view in blocking.BY_QUERY.items()}
    for path, view in views.items():
        config.add_route(path, path)
        config.add_view(view, route_name=path, renderer="json")
    config.add_route("mounted", "/mounted/*subpath")
    config.add_view(wsgiapp2(with_item().make_wsgi_app()), route_name="mounted")
    return config.make_wsgi_app()
