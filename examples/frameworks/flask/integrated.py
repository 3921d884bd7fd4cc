"""Flask with Redstart's integration. Run it: `python examples/frameworks/flask/integrated.py`."""

import os
import tempfile

from flask import Flask, request
from redstart import *
from redstart.db_url import connect
from redstart.integrations.flask import init_app

db = connect(os.environ.get('DATABASE_URL') or f'sqlite+pool:///{tempfile.mkdtemp()}/my_app.db')
app = Flask(__name__)
init_app(app, db, report=True)


class Note(db.Model):
    text = TextField()

@app.get('/notes')
def list_notes():
    return {'notes': list(Note.select().order_by(Note.id).dicts())}

@app.post('/notes')
def create_note():
    note = Note.create(text=request.args['text'])
    return {'id': note.id, 'text': note.text}

@app.get('/stream')
def stream_notes():
    def lines():
        for note in Note.select().order_by(Note.id).iterator():
            yield f'{note.text}\n'
    return lines()

with db:
    db.create_tables([Note])

if __name__ == '__main__':
    app.run(port=int(os.environ.get('PORT', '8000')))
