"""Flask with peewee's hooks. Run it: `python examples/frameworks/flask/app.py`."""

import os
import tempfile

from flask import Flask, request
from redstart import *
from redstart.db_url import connect

# The document has: db = SqliteDatabase('my_app.db')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/my_app.db')
app = Flask(__name__)

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
