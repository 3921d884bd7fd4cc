"""FastAPI with a plain ASGI middleware that opens and closes the connection. Run it: `python examples/frameworks/fastapi/middleware.py`."""

import os
import tempfile
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
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
    async with db:
        await db.acreate_tables([User])
    yield
    await db.close_pool()

app = FastAPI(lifespan=lifespan)
app.add_middleware(PeeweeConnectionMiddleware, database=db)

# Async queries.
@app.get('/users')
async def list_users():
    return await db.list(User.select().dicts())

@app.post('/users')
async def create_user(name: str, email: str):
    user = await User.acreate(name=name, email=email)
    return {'id': user.id, 'name': user.name}

if __name__ == '__main__':
    uvicorn.run(app, port=int(os.environ.get('PORT', '8000')))
