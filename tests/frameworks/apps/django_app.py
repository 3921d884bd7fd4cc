"""Django in one file: plain views for WSGI, and for ASGI coroutines beside a plain one."""

from __future__ import annotations

import json
import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import Http404, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.urls import include, path
from django.utils.decorators import async_only_middleware

from redstart.integrations.conformance import awaited, blocking
from redstart.integrations.conformance.application import database
from redstart.pwasyncio import AsyncDatabaseMixin


def own_middleware(get_response):
    """The application's own middleware, of the kind that Django runs in a thread where it serves ASGI."""

    def middleware(request):
        if request.path == "/middleware":
            blocking.before()
        response = get_response(request)
        blocking.after(request.path, request.GET)
        return response

    return middleware


@async_only_middleware
def own_async_middleware(get_response):
    async def middleware(request):
        if request.path == "/middleware":
            await awaited.before()
        response = await get_response(request)
        awaited.after(request.path, request.GET)
        return response

    return middleware


def json_or_404(found):
    if found is None:
        raise Http404
    return JsonResponse(found)


def item(request, id=1):
    return json_or_404(blocking.item(id))


def add(request):
    return JsonResponse(blocking.add(json.loads(request.body)["name"]), status=201)


def redirect(request):
    blocking.item(1)
    return HttpResponseRedirect("/item/1")


def stream(request):
    return StreamingHttpResponse(blocking.stream(), content_type="text/plain")


def by_query(view):
    return lambda request: JsonResponse(view(request.GET))


async def aitem(request, id=1):
    return json_or_404(await awaited.item(id))


async def aadd(request):
    return JsonResponse(await awaited.add(json.loads(request.body)["name"]), status=201)


async def aredirect(request):
    await awaited.item(1)
    return HttpResponseRedirect("/item/1")


async def astream(request):
    return StreamingHttpResponse(awaited.stream(), content_type="text/plain")


def aby_query(view):
    async def endpoint(request):
        return JsonResponse(await view(request.GET))

    return endpoint


def routes(item, add, redirect, stream, by_query):
    """Gives the routes; its last one has the views that take all from the query string."""
    wrap, views = by_query
    return [
        path("item/<int:id>", item),
        path("item", add),
        path("middleware", item),
        path("redirect", redirect),
        path("stream", stream),
        path("mounted/", include([path("item/<int:id>", item)])),
        *(path(name[1:], wrap(view)) for name, view in views.items()),
    ]


class Blocking:
    """The routes for WSGI, as Django looks for them in a module."""

    urlpatterns = routes(item, add, redirect, stream, (by_query, blocking.BY_QUERY))


class Awaited:
    """The routes for ASGI."""

    urlpatterns = [
        *routes(aitem, aadd, aredirect, astream, (aby_query, awaited.BY_QUERY)),
        path("thread/<int:id>", item),
    ]


# A plain middleware puts the one before it into a thread too, where a database of an event loop is refused.
OWN = "own_async_middleware" if isinstance(database, AsyncDatabaseMixin) else "own_middleware"
settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=Awaited if os.environ.get("VIEWS") == "awaited" else Blocking,
    SECRET_KEY="not secret",
    REDSTART_DATABASE="redstart.integrations.conformance.application.database",
    MIDDLEWARE=["redstart.integrations.django.ConnectionMiddleware", f"{__name__}.{OWN}"],
)
blocking.create_tables()
wsgi, asgi = get_wsgi_application(), get_asgi_application()
