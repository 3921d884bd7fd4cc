"""FastAPI on asyncpg and its pool."""

import os
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI

from apps import constants

COLUMNS = ("id", "name", "price", "active", "rank")
ONE = "SELECT id, name, price, active, rank FROM item WHERE id = $1"
MANY = "SELECT id, name, price, active, rank FROM item ORDER BY id LIMIT 20"


@asynccontextmanager
async def lifespan(app):
    async with asyncpg.create_pool(os.environ["BENCH_WEB_URL"], min_size=4, max_size=8) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/constant/{key}")
async def constant(key: int):
    return constants.row(key)


@app.get("/constants")
async def all_constants():
    return constants.rows()


@app.get("/item/{key}")
async def item(key: int):
    async with app.state.pool.acquire() as connection:
        return dict(await connection.fetchrow(ONE, key))


@app.get("/items")
async def items():
    async with app.state.pool.acquire() as connection:
        return [dict(row) for row in await connection.fetch(MANY)]
