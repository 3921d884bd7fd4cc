"""Serves an ASGI application by uvicorn on a free port, in the running event loop, and asks it over HTTP."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import asynccontextmanager

import httpx
import uvicorn

#: How long anything may take that has to happen.
PATIENCE = 20.0


@asynccontextmanager
async def served(app):
    """Runs an application from start-up to shutdown; gives a client of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on", ws="websockets-sansio"))
        running = asyncio.create_task(server.serve([listener]))
        await until(lambda: server.started or running.done())
        assert server.started, "the application has not started"
        try:
            async with httpx.AsyncClient(base_url=address(listener), timeout=PATIENCE) as client:
                yield client
        finally:
            server.should_exit = True
            await asyncio.wait_for(running, PATIENCE)


def address(listener):
    """Gives where a socket listens."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


async def until(condition):
    """Waits until something is so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        await asyncio.sleep(0.005)
