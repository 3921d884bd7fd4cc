"""Litestar, with hooks as the application's middleware, and a mounted application with the plugin."""

from __future__ import annotations

from typing import Any

from litestar import HttpMethod, Litestar, Request, WebSocket, asgi, get, post, route, websocket
from litestar.background_tasks import BackgroundTask
from litestar.enums import ScopeType
from litestar.exceptions import NotFoundException, WebSocketDisconnect
from litestar.middleware import ASGIMiddleware
from litestar.response import Redirect, Response, Stream
from litestar.types import ASGIApp, Receive, Scope, Send  # noqa: TC002 - Litestar reads annotations

from redstart.integrations.conformance import awaited, blocking
from redstart.integrations.conformance.application import Item, database
from redstart.integrations.litestar import RedstartPlugin


class OwnMiddleware(ASGIMiddleware):
    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        request = Request(scope)
        if scope["path"] == "/middleware":
            await awaited.before()
        sent = []

        async def keep(message: Any) -> None:
            sent.append(message)

        await next_app(scope, receive, keep if scope["path"] == "/middleware" else send)
        awaited.after(scope["path"], request.query_params)
        for message in sent:
            await send(message)


@route("/item/{id:int}", http_method=[HttpMethod.GET, HttpMethod.HEAD])
async def item(id: int) -> dict[str, Any]:
    found = await awaited.item(id)
    if found is None:
        raise NotFoundException
    return found


mounted = asgi("/mounted", is_mount=True, copy_scope=True)(Litestar([item], plugins=[RedstartPlugin(database)]))


@post("/item")
async def add(data: dict[str, str]) -> dict[str, Any]:
    return await awaited.add(data["name"])


@get("/thread/{id:int}", sync_to_thread=True)
def in_thread(id: int) -> Any:
    return blocking.item(id)


@get("/middleware")
async def middleware() -> Any:
    return await awaited.item(1)


@get("/redirect")
async def redirect() -> Redirect:
    await awaited.item(1)
    return Redirect("/item/1")


@get("/stream")
async def stream() -> Stream:
    return Stream(awaited.stream(), media_type="text/plain")


@get("/background")
async def background(request: Request) -> Response[dict[str, Any]]:
    return Response({}, background=BackgroundTask(awaited.add, request.query_params["name"]))


@websocket("/websocket")
async def socket(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            made = await awaited.add(await socket.receive_text())
            await socket.send_text(str(made["id"]))
    except WebSocketDisconnect:
        pass


def by_query(path: str) -> Any:
    @get(path)
    async def endpoint(request: Request) -> dict[str, Any]:
        return await awaited.BY_QUERY[path](request.query_params)

    return endpoint


app = Litestar(
    [
        item,
        mounted,
        add,
        in_thread,
        middleware,
        redirect,
        stream,
        background,
        socket,
        *map(by_query, awaited.BY_QUERY),
    ],
    middleware=[OwnMiddleware()],
    plugins=[RedstartPlugin(database, create_tables=[Item])],
)
