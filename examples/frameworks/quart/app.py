"""Quart with hooks. Run it: `python examples/frameworks/quart/app.py`."""

import os
import tempfile

from quart import Quart, request
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

app = Quart(__name__)

@app.before_serving
async def _create_tables():
    # Optionally create tables idempotently at startup.
    async with db:
        await db.acreate_tables([User])

@app.after_serving
async def _close_pool():
    await db.close_pool()

@app.before_request
async def _db_connect():
    await db.aconnect()

@app.teardown_request
async def _db_close(exc):
    if not db.is_closed():
        await db.aclose()

@app.get('/users')
async def list_users():
    return await db.list(User.select().order_by(User.id).dicts())

@app.post('/users')
async def create_user():
    user = await User.acreate(name=request.args['name'], email=request.args['email'])
    return {'id': user.id, 'name': user.name}

if __name__ == '__main__':
    app.run(port=int(os.environ.get('PORT', '8000')))
