"""Starlette with a plain ASGI middleware. Run it: `python examples/frameworks/starlette/app.py`."""

import os
import tempfile
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route
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

async def list_users(request):
    return JSONResponse(await db.list(User.select().order_by(User.id).dicts()))

async def create_user(request):
    user = await User.acreate(**request.query_params)
    return JSONResponse({'id': user.id, 'name': user.name})

app = Starlette(
    lifespan=lifespan,
    routes=[
        Route('/users', list_users),
        Route('/users', create_user, methods=['POST']),
    ],
    middleware=[Middleware(PeeweeConnectionMiddleware, database=db)])

if __name__ == '__main__':
    uvicorn.run(app, port=int(os.environ.get('PORT', '8000')))
