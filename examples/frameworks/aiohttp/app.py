"""aiohttp with a middleware. Run it: `python examples/frameworks/aiohttp/app.py`."""

import os
import tempfile

from aiohttp import web
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

@web.middleware
async def db_middleware(request, handler):
    async with db:  # Acquire a pooled connection for the task.
        return await handler(request)

async def on_startup(app):
    # Optionally create tables idempotently at startup.
    async with db:
        await db.acreate_tables([User])

async def on_cleanup(app):
    await db.close_pool()

async def list_users(request):
    return web.json_response(await db.list(User.select().order_by(User.id).dicts()))

async def create_user(request):
    user = await User.acreate(**request.query)
    return web.json_response({'id': user.id, 'name': user.name})

app = web.Application(middlewares=[db_middleware])
app.on_startup.append(on_startup)
app.on_cleanup.append(on_cleanup)
app.add_routes([web.get('/users', list_users), web.post('/users', create_user)])

if __name__ == '__main__':
    web.run_app(app, port=int(os.environ.get('PORT', '8000')))
