"""Sanic with Redstart's integration. Run it: `python examples/frameworks/sanic/integrated.py`."""

import os
import tempfile

from sanic import Sanic, json
from redstart import *
from redstart.db_url import connect, register_database
from redstart.pwasyncio import AsyncPostgresqlDatabase, AsyncSqliteDatabase
from redstart.integrations.sanic import setup

app = Sanic('RedstartApp')

register_database(AsyncPostgresqlDatabase, 'postgres', 'postgresql')
register_database(AsyncSqliteDatabase, 'sqlite')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/app.db')

class Message(db.Model):
    content = TextField()

app.config.REDSTART_REPORT = True
setup(app, db, create_tables=[Message])

@app.get('/message/')
async def message(request):
    # Get the latest message from the database.
    message = await db.get(Message.select().order_by(Message.id.desc()))
    return json({'content': message.content, 'id': message.id})

@app.post('/message/')
async def create_message(request):
    message = await Message.acreate(content=request.args.get('content'))
    return json({'id': message.id})

if __name__ == '__main__':
    app.run(port=int(os.environ.get('PORT', '8000')), single_process=True)
