"""FastAPI on peewee with asyncpg or on Redstart, whichever `BENCH_WEB_LIB` names: the document's middleware."""

import importlib
import os
from contextlib import asynccontextmanager

from fastapi import FastAPI

lib = importlib.import_module(os.environ["BENCH_WEB_LIB"])
playhouse = "playhouse" if os.environ["BENCH_WEB_LIB"] == "peewee" else "redstart"
database = importlib.import_module(f"{playhouse}.pwasyncio").AsyncPostgresqlDatabase
db = database(
    os.environ["BENCH_WEB_NAME"], host=os.environ["BENCH_WEB_HOST"], user=os.environ["BENCH_WEB_USER"], pool_size=8
)


class Item(db.Model):
    name = lib.TextField()
    price = lib.DoubleField()
    active = lib.BooleanField()
    rank = lib.IntegerField()

    class Meta:
        table_name = "item"


def as_dict(row):
    return {"id": row.id, "name": row.name, "price": row.price, "active": row.active, "rank": row.rank}


class PeeweeConnectionMiddleware:
    def __init__(self, app, database):
        self.app = app
        self.database = database

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        async with self.database:
            await self.app(scope, receive, send)


@asynccontextmanager
async def lifespan(app):
    yield
    await db.close_pool()


app = FastAPI(lifespan=lifespan)
if playhouse == "redstart":
    from redstart.integrations.asgi import ConnectionMiddleware

    app.add_middleware(ConnectionMiddleware, database=db)
else:
    app.add_middleware(PeeweeConnectionMiddleware, database=db)


@app.get("/item/{key}")
async def item(key: int):
    if playhouse == "redstart":
        return as_dict(await Item.aget_by_id(key))
    return as_dict(await db.get(Item.select().where(Item.id == key)))


@app.get("/items")
async def items():
    return [as_dict(row) for row in await db.list(Item.select().order_by(Item.id).limit(20))]
