"""Sanic with hooks. Run it: `python examples/frameworks/sanic/app.py`."""

import os
import tempfile

from sanic import Sanic, json
from redstart import *
from redstart.db_url import connect, register_database
from redstart.pwasyncio import *

app = Sanic('PeeweeApp')

register_database(AsyncPostgresqlDatabase, 'postgres', 'postgresql')
register_database(AsyncSqliteDatabase, 'sqlite')
# The document has: db = AsyncPostgresqlDatabase('peewee_test', host='10.8.0.1', user='postgres')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/app.db')

class Message(db.Model):
    content = TextField()

@app.on_request
async def open_connection(request):
    await db.aconnect()  # Obtain connection from connection pool.

@app.on_response
async def close_connection(request, response):
    await db.aclose()  # Return connection to pool.

@app.before_server_start
async def setup_db(app):
    async with db:
        await db.acreate_tables([Message])

@app.before_server_stop
async def shutdown_db(app):
    await db.close_pool()

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
