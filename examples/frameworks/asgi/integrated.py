"""Any ASGI application with Redstart's middleware. Run it: `python examples/frameworks/asgi/integrated.py`."""

import json
import os
import tempfile
from urllib.parse import parse_qsl

import uvicorn
from redstart import *
from redstart.db_url import connect, register_database
from redstart.pwasyncio import AsyncPostgresqlDatabase, AsyncSqliteDatabase
from redstart.integrations.asgi import ConnectionMiddleware, prepared

register_database(AsyncPostgresqlDatabase, 'postgres', 'postgresql')
register_database(AsyncSqliteDatabase, 'sqlite')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/app.db')

class User(db.Model):
    name = CharField()
    email = CharField(unique=True)

async def lifespan(receive, send):
    await receive()
    async with prepared(db, create_tables=[User]):
        await send({'type': 'lifespan.startup.complete'})
        await receive()
    await send({'type': 'lifespan.shutdown.complete'})

async def answer(send, status, value):
    headers = [(b'content-type', b'application/json')]
    await send({'type': 'http.response.start', 'status': status, 'headers': headers})
    await send({'type': 'http.response.body', 'body': json.dumps(value).encode()})

async def stream(send):
    await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-type', b'text/plain')]})
    async for user in db.iterate(User.select().order_by(User.id)):
        await send({'type': 'http.response.body', 'body': f'{user.name}\n'.encode(), 'more_body': True})
    await send({'type': 'http.response.body'})

async def application(scope, receive, send):
    if scope['type'] == 'lifespan':
        await lifespan(receive, send)
    elif scope['type'] != 'http':
        raise RuntimeError('This application has no WebSockets.')
    elif scope['path'] == '/stream':
        await stream(send)
    elif scope['path'] != '/users':
        await answer(send, 404, {})
    elif scope['method'] == 'GET':
        await answer(send, 200, await db.list(User.select().order_by(User.id).dicts()))
    else:
        user = await User.acreate(**dict(parse_qsl(scope['query_string'].decode())))
        await answer(send, 200, {'id': user.id, 'name': user.name})

# Wrap your ASGI app:
application = ConnectionMiddleware(application, db, report=True)

if __name__ == '__main__':
    uvicorn.run(application, port=int(os.environ.get('PORT', '8000')))
