"""Flask with a pool: the hooks are the same. Run it: `python examples/frameworks/flask/pooled.py`."""

import os
import tempfile

from flask import Flask, request
from redstart import *
from redstart.db_url import connect, register_database
from redstart.pool import PooledPostgresqlDatabase, PooledSqliteDatabase

register_database(PooledPostgresqlDatabase, 'postgres', 'postgresql')
register_database(PooledSqliteDatabase, 'sqlite')
# The document has: db = PooledPostgresqlDatabase('app', host='10.8.0.1', user='postgres')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/my_app.db')
app = Flask(__name__)

# Note that when using the pooled implementation the hooks are the exact
# same. Opening and closing the connection simply acquires and releases it
# from the pool for the lifetime of the request.
@app.before_request
def _db_connect():
    db.connect()

@app.teardown_request
def _db_close(exc):
    if not db.is_closed():
        db.close()


class Note(db.Model):
    text = TextField()

@app.get('/notes')
def list_notes():
    return {'notes': list(Note.select().order_by(Note.id).dicts())}

@app.post('/notes')
def create_note():
    note = Note.create(text=request.args['text'])
    return {'id': note.id, 'text': note.text}

with db:
    db.create_tables([Note])

if __name__ == '__main__':
    app.run(port=int(os.environ.get('PORT', '8000')))
