"""Starlette, with a middleware of the kind that runs the endpoint in another task."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse, RedirectResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute

from redstart.integrations.conformance import awaited, blocking
from redstart.integrations.conformance.application import Item, database
from redstart.integrations.starlette import ConnectionMiddleware, lifespan


class OwnMiddleware(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        if request.url.path == "/middleware":
            await awaited.before()
        response = await call_next(request)
        awaited.after(request.url.path, request.query_params)
        return response


def json_or_404(found):
    if found is None:
        raise HTTPException(404)
    return JSONResponse(found)


async def item(request):
    return json_or_404(await awaited.item(request.path_params.get("id", 1)))


def in_thread(request):
    return json_or_404(blocking.item(request.path_params["id"]))


async def add(request):
    return JSONResponse(await awaited.add((await request.json())["name"]), 201)


async def redirect(request):
    await awaited.item(1)
    return RedirectResponse("/item/1")


async def stream(request):
    return StreamingResponse(awaited.stream(), media_type="text/plain")


async def background(request):
    return JSONResponse({}, background=BackgroundTask(awaited.add, request.query_params["name"]))


async def websocket(socket):
    await socket.accept()
    async for name in socket.iter_text():
        await socket.send_text(str((await awaited.add(name))["id"]))


def by_query(view):
    async def endpoint(request):
        return JSONResponse(await view(request.query_params))

    return endpoint


app = Starlette(
    routes=[
        Route("/item/{id:int}", item),
        Route("/item", add, methods=["POST"]),
        Route("/thread/{id:int}", in_thread),
        Route("/middleware", item),
        Route("/redirect", redirect),
        Route("/stream", stream),
        Route("/background", background),
        WebSocketRoute("/websocket", websocket),
        Mount("/mounted", Starlette(routes=[Route("/item/{id:int}", item)])),
        *(Route(path, by_query(view)) for path, view in awaited.BY_QUERY.items()),
    ],
    middleware=[Middleware(ConnectionMiddleware, database=database), Middleware(OwnMiddleware)],
    lifespan=lifespan(database, create_tables=[Item]),
)
