"""FastAPI on Tortoise with asyncpg."""

import os
from contextlib import asynccontextmanager

from fastapi import FastAPI
from tortoise import fields
from tortoise.contrib.fastapi import RegisterTortoise
from tortoise.models import Model


class Item(Model):
    id = fields.IntField(primary_key=True)
    name = fields.TextField()
    price = fields.FloatField()
    active = fields.BooleanField()
    rank = fields.IntField()

    class Meta:
        table = "item"


def as_dict(row):
    return {"id": row.id, "name": row.name, "price": row.price, "active": row.active, "rank": row.rank}


CREDENTIALS = {
    "host": os.environ["BENCH_WEB_HOST"],
    "port": 5432,
    "user": os.environ["BENCH_WEB_USER"],
    "password": None,
    "database": os.environ["BENCH_WEB_NAME"],
    "minsize": 4,
    "maxsize": 8,
}
CONFIG = {
    "connections": {"default": {"engine": "tortoise.backends.asyncpg", "credentials": CREDENTIALS}},
    "apps": {"models": {"models": ["apps.fastapi_tortoise"], "default_connection": "default"}},
}


@asynccontextmanager
async def lifespan(app):
    async with RegisterTortoise(app, config=CONFIG):
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/item/{key}")
async def item(key: int):
    return as_dict(await Item.get(id=key))


@app.get("/items")
async def items():
    return [as_dict(row) for row in await Item.all().order_by("id").limit(20)]
