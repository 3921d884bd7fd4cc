"""Any ASGI application with the document's middleware. Run it: `python examples/frameworks/asgi/app.py`."""

import json
import os
import tempfile
from urllib.parse import parse_qsl

import uvicorn
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

async def lifespan(receive, send):
    while True:
        message = await receive()
        if message['type'] == 'lifespan.startup':
            async with db:
                await db.acreate_tables([User])
        else:
            await db.close_pool()
        await send({'type': message['type'] + '.complete'})
        if message['type'] == 'lifespan.shutdown':
            return

async def answer(send, status, value):
    headers = [(b'content-type', b'application/json')]
    await send({'type': 'http.response.start', 'status': status, 'headers': headers})
    await send({'type': 'http.response.body', 'body': json.dumps(value).encode()})

async def application(scope, receive, send):
    if scope['type'] == 'lifespan':
        await lifespan(receive, send)
    elif scope['type'] != 'http':
        raise RuntimeError('This application has no WebSockets.')
    elif scope['path'] != '/users':
        await answer(send, 404, {})
    elif scope['method'] == 'GET':
        await answer(send, 200, await db.list(User.select().order_by(User.id).dicts()))
    else:
        user = await User.acreate(**dict(parse_qsl(scope['query_string'].decode())))
        await answer(send, 200, {'id': user.id, 'name': user.name})

# Wrap your ASGI app:
application = PeeweeConnectionMiddleware(application, db)

if __name__ == '__main__':
    uvicorn.run(application, port=int(os.environ.get('PORT', '8000')))
