"""Bottle with Redstart's plugin. Run it: `python examples/frameworks/bottle/integrated.py`."""

import os
import tempfile

from bottle import Bottle, HTTPError, request
from redstart import *
from redstart.db_url import connect
from redstart.integrations.bottle import ConnectionPlugin

db = connect(os.environ.get('DATABASE_URL') or f'sqlite+pool:///{tempfile.mkdtemp()}/my_app.db')
app = Bottle()
app.install(ConnectionPlugin(db, report=True))


class Note(db.Model):
    text = TextField()

@app.get('/notes')
def list_notes():
    return {'notes': list(Note.select().order_by(Note.id).dicts())}

@app.post('/notes')
def create_note():
    if 'text' not in request.query:
        raise HTTPError(400, 'Say which text.')
    note = Note.create(text=request.query['text'])
    return {'id': note.id, 'text': note.text}

@app.get('/stream')
def stream_notes():
    for note in Note.select().order_by(Note.id).iterator():
        yield f'{note.text}\n'

with db:
    db.create_tables([Note])

if __name__ == '__main__':
    app.run(port=int(os.environ.get('PORT', '8000')))
