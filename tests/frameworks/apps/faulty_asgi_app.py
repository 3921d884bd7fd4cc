"""The ASGI application with one fault, which `FAULT` names."""

from __future__ import annotations

import asyncio
import os
from contextvars import Context

import asgi_app

from redstart.integrations.conformance import awaited, blocking
from redstart.integrations.conformance.application import Item, database


def with_threads_without_context():
    """Plain functions run in threads that know nothing of the request."""

    async def to_thread(function, *args):
        return await asyncio.get_running_loop().run_in_executor(None, function, *args)

    asgi_app.asyncio = type("asyncio", (), {"to_thread": staticmethod(to_thread)})


def with_websockets_that_hold():
    """A WebSocket has a connection for its whole life."""
    websocket = asgi_app.websocket

    async def holding(receive, send):
        async with database:
            await websocket(receive, send)

    asgi_app.websocket = holding


def with_a_task_that_holds():
    """What runs after the response starts a task that is no part of the request, and that never ends."""
    tasks = set()

    async def hold():
        async with database:
            await database.count(Item.select())
            await asyncio.Event().wait()

    async def add(name):
        tasks.add(Context().run(asyncio.get_running_loop().create_task, hold()))
        return await asyncio.to_thread(blocking.add, name)

    awaited.add = add


globals()[os.environ["FAULT"]]()
application = asgi_app.application
