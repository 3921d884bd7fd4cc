"""An ASGI application without a framework."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import AsyncExitStack, aclosing
from urllib.parse import parse_qsl

from redstart.integrations.asgi import ConnectionMiddleware, prepared
from redstart.integrations.conformance import awaited, blocking
from redstart.integrations.conformance.application import Item, database

HOLD = os.environ.get("HOLD", "request")


async def routes(scope, receive, send):
    path, query = scope["path"], dict(parse_qsl(scope["query_string"].decode()))
    if path in awaited.BY_QUERY:
        await respond(send, await awaited.BY_QUERY[path](query))
    elif path == "/item" and scope["method"] == "POST":
        await respond(send, await awaited.add(json.loads(await body_of(receive))["name"]))
    elif path.startswith("/item/"):
        await respond(send, await awaited.item(int(path.rpartition("/")[2])), head=scope["method"] == "HEAD")
    elif path.startswith("/thread/"):
        await respond(send, await asyncio.to_thread(blocking.item, int(path.rpartition("/")[2])))
    elif path == "/middleware":
        await respond(send, await awaited.item(1))
    elif path == "/redirect":
        await awaited.item(1)
        await send({"type": "http.response.start", "status": 302, "headers": [(b"location", b"/item/1")]})
        await send({"type": "http.response.body"})
    elif path == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        async with aclosing(awaited.stream()) as parts:
            async for part in parts:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})
    elif path == "/background":
        await respond(send, {})
        await awaited.add(query["name"])
    else:
        await respond(send, None)


async def body_of(receive):
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def respond(send, found, *, head=False):
    text = json.dumps(found).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 404 if found is None else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else text})


async def websocket(receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        made = await awaited.add(message["text"])
        await send({"type": "websocket.send", "text": str(made["id"])})


async def lifespan(receive, send):
    async with AsyncExitStack() as stack:
        await receive()
        await stack.enter_async_context(prepared(database, create_tables=[Item]))
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def with_middleware(scope, receive, send):
    """The application's own middleware, what is mounted, and what is no request."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "websocket":
        await websocket(receive, send)
    elif scope["path"].startswith("/mounted/"):
        await awaited.item(1)
        inner = {**scope, "root_path": "/mounted", "path": scope["path"].removeprefix("/mounted")}
        await ConnectionMiddleware(routes, database, hold=HOLD)(inner, receive, send)
    elif scope["path"] == "/middleware":
        await awaited.before()
        sent = []

        async def keep(message):
            sent.append(message)

        await routes(scope, receive, keep)
        awaited.after(scope["path"], dict(parse_qsl(scope["query_string"].decode())))
        for message in sent:
            await send(message)
    else:
        await routes(scope, receive, send)


application = ConnectionMiddleware(with_middleware, database, hold=HOLD)
