"""Litestar with Redstart's plugin. Run it: `python examples/frameworks/litestar/integrated.py`."""

import os
import tempfile

import uvicorn
from litestar import Litestar, get, post
from litestar.params import FromQuery
from redstart import *
from redstart.db_url import connect, register_database
from redstart.pwasyncio import AsyncPostgresqlDatabase, AsyncSqliteDatabase
from redstart.integrations.litestar import RedstartPlugin

register_database(AsyncPostgresqlDatabase, 'postgres', 'postgresql')
register_database(AsyncSqliteDatabase, 'sqlite')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/app.db')

class User(db.Model):
    name = CharField()
    email = CharField(unique=True)

@get('/users')
async def list_users() -> list[dict]:
    return await db.list(User.select().order_by(User.id).dicts())

@post('/users', status_code=200)
async def create_user(name: FromQuery[str], email: FromQuery[str]) -> dict:
    user = await User.acreate(name=name, email=email)
    return {'id': user.id, 'name': user.name}

app = Litestar(
    route_handlers=[list_users, create_user],
    plugins=[RedstartPlugin(db, create_tables=[User], report=True)])

if __name__ == '__main__':
    uvicorn.run(app, port=int(os.environ.get('PORT', '8000')))
