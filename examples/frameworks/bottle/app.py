"""Bottle with peewee's hooks. Run it: `python examples/frameworks/bottle/app.py`."""

import os
import tempfile

from bottle import HTTPError, get, post, request, run
from bottle import hook
from redstart import *
from redstart.db_url import connect

db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/my_app.db')

@hook('before_request')
def _connect_db():
    db.connect()

@hook('after_request')
def _close_db():
    if not db.is_closed():
        db.close()


class Note(db.Model):
    text = TextField()

@get('/notes')
def list_notes():
    return {'notes': list(Note.select().order_by(Note.id).dicts())}

@post('/notes')
def create_note():
    if 'text' not in request.query:
        raise HTTPError(400, 'Say which text.')
    note = Note.create(text=request.query['text'])
    return {'id': note.id, 'text': note.text}

with db:
    db.create_tables([Note])

if __name__ == '__main__':
    run(port=int(os.environ.get('PORT', '8000')))
