"""Litestar with a plain ASGI middleware. Run it: `python examples/frameworks/litestar/app.py`."""

import os
import tempfile
from contextlib import asynccontextmanager

import uvicorn
from litestar import Litestar, get, post
from litestar.middleware import DefineMiddleware
from litestar.params import FromQuery
from redstart import *
from redstart.db_url import connect, register_database
from redstart.pwasyncio import AsyncPostgresqlDatabase, AsyncSqliteDatabase

register_database(AsyncPostgresqlDatabase, 'postgres', 'postgresql')
register_database(AsyncSqliteDatabase, 'sqlite')
# The document has: db = AsyncPostgresqlDatabase('peewee_test')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/app.db')

class User(db.Model):
    name = CharField()
    email = CharField(unique=True)

class PeeweeConnectionMiddleware:
    def __init__(self, app, database):
        self.app = app
        self.database = database

    async def __call__(self, scope, receive, send):
        if scope['type'] != 'http':
            # Pass lifespan / websocket scopes through untouched.
            await self.app(scope, receive, send)
            return
        async with self.database:  # Acquire a pooled connection for the task.
            await self.app(scope, receive, send)

@asynccontextmanager
async def lifespan(app):
    # Optionally create tables idempotently at startup.
    async with db:
        await db.acreate_tables([User])

    yield
    await db.close_pool()

@get('/users')
async def list_users() -> list[dict]:
    return await db.list(User.select().order_by(User.id).dicts())

@post('/users', status_code=200)
async def create_user(name: FromQuery[str], email: FromQuery[str]) -> dict:
    user = await User.acreate(name=name, email=email)
    return {'id': user.id, 'name': user.name}

app = Litestar(
    route_handlers=[list_users, create_user],
    middleware=[DefineMiddleware(PeeweeConnectionMiddleware, database=db)],
    lifespan=[lifespan])

if __name__ == '__main__':
    uvicorn.run(app, port=int(os.environ.get('PORT', '8000')))
