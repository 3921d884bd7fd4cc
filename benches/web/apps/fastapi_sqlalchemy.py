"""FastAPI on SQLAlchemy with asyncpg, a session for each request."""

import os

from fastapi import FastAPI
from sqlalchemy import URL, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from apps.sqlalchemy_models import Item, as_dict

app = FastAPI()
address = URL.create(
    "postgresql+asyncpg",
    username=os.environ["BENCH_WEB_USER"],
    database=os.environ["BENCH_WEB_NAME"],
    query={"host": os.environ["BENCH_WEB_HOST"]},
)
engine = create_async_engine(address, pool_size=8)


@app.get("/item/{key}")
async def item(key: int):
    async with AsyncSession(engine) as session:
        return as_dict(await session.get_one(Item, key))


@app.get("/items")
async def items():
    async with AsyncSession(engine) as session:
        return [as_dict(row) for row in await session.scalars(select(Item).order_by(Item.id).limit(20))]
