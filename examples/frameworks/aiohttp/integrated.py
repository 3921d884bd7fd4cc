"""aiohttp with Redstart's integration. Run it: `python examples/frameworks/aiohttp/integrated.py`."""

import os
import tempfile

from aiohttp import web
from redstart import *
from redstart.db_url import connect, register_database
from redstart.pwasyncio import AsyncPostgresqlDatabase, AsyncSqliteDatabase
from redstart.integrations.aiohttp import setup

register_database(AsyncPostgresqlDatabase, 'postgres', 'postgresql')
register_database(AsyncSqliteDatabase, 'sqlite')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/app.db')

class User(db.Model):
    name = CharField()
    email = CharField(unique=True)

async def list_users(request):
    return web.json_response(await db.list(User.select().order_by(User.id).dicts()))

async def create_user(request):
    user = await User.acreate(**request.query)
    return web.json_response({'id': user.id, 'name': user.name})

app = web.Application()
setup(app, db, create_tables=[User], report=True)
app.add_routes([web.get('/users', list_users), web.post('/users', create_user)])

if __name__ == '__main__':
    web.run_app(app, port=int(os.environ.get('PORT', '8000')))
