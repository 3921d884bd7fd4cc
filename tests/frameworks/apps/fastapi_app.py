"""FastAPI: the connection comes as a dependency in most routes, and by the middleware in all of them."""

from __future__ import annotations

from typing import Any

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request, WebSocket
from fastapi.responses import RedirectResponse, StreamingResponse
from pydantic import BaseModel

from redstart.integrations.conformance import awaited, blocking
from redstart.integrations.conformance.application import Item, database
from redstart.integrations.fastapi import ConnectionMiddleware, connection, lifespan

app = FastAPI(lifespan=lifespan(database, create_tables=[Item]))
mounted = FastAPI()
app.mount("/mounted", mounted)
database_of_request = Depends(connection(database))


class NewItem(BaseModel):
    name: str


@app.middleware("http")
async def own_middleware(request: Request, call_next: Any) -> Any:
    if request.url.path == "/middleware":
        await awaited.before()
    response = await call_next(request)
    awaited.after(request.url.path, request.query_params)
    return response


app.add_middleware(ConnectionMiddleware, database=database)


@app.get("/item/{id}")
@app.head("/item/{id}")
@mounted.get("/item/{id}")
async def item(id: int) -> dict[str, Any]:
    found = await awaited.item(id)
    if found is None:
        raise HTTPException(404)
    return found


@app.post("/item", status_code=201)
async def add(data: NewItem) -> dict[str, Any]:
    return await awaited.add(data.name)


@app.get("/thread/{id}")
def in_thread(id: int, db: Any = database_of_request) -> Any:
    return blocking.item(id)


@app.get("/middleware")
async def middleware() -> Any:
    return await awaited.item(1)


@app.get("/redirect")
async def redirect() -> RedirectResponse:
    await awaited.item(1)
    return RedirectResponse("/item/1")


@app.get("/stream")
async def stream() -> StreamingResponse:
    return StreamingResponse(awaited.stream(), media_type="text/plain")


@app.get("/background")
async def background(name: str, tasks: BackgroundTasks, db: Any = database_of_request) -> dict[str, Any]:
    tasks.add_task(awaited.add, name)
    return {}


@app.websocket("/websocket")
async def websocket(socket: WebSocket) -> None:
    await socket.accept()
    async for name in socket.iter_text():
        await socket.send_text(str((await awaited.add(name))["id"]))


def by_query(path: str) -> None:
    @app.get(path)
    async def endpoint(request: Request) -> dict[str, Any]:
        return await awaited.BY_QUERY[path](request.query_params)


for one in awaited.BY_QUERY:
    by_query(one)
