"""Quart with Redstart's integration. Run it: `python examples/frameworks/quart/integrated.py`."""

import os
import tempfile

from quart import Quart, request
from redstart import *
from redstart.db_url import connect, register_database
from redstart.pwasyncio import AsyncPostgresqlDatabase, AsyncSqliteDatabase
from redstart.integrations.quart import init_app

register_database(AsyncPostgresqlDatabase, 'postgres', 'postgresql')
register_database(AsyncSqliteDatabase, 'sqlite')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/app.db')

class User(db.Model):
    name = CharField()
    email = CharField(unique=True)

app = Quart(__name__)
app.config['REDSTART_REPORT'] = True
init_app(app, db, create_tables=[User])

@app.get('/users')
async def list_users():
    return await db.list(User.select().order_by(User.id).dicts())

@app.post('/users')
async def create_user():
    user = await User.acreate(name=request.args['name'], email=request.args['email'])
    return {'id': user.id, 'name': user.name}

if __name__ == '__main__':
    app.run(port=int(os.environ.get('PORT', '8000')))
