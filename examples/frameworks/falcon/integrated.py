"""Falcon with Redstart's middleware. Run it: `python examples/frameworks/falcon/integrated.py`."""

import os
import tempfile
from wsgiref.simple_server import make_server

import falcon
from redstart import *
from redstart.db_url import connect
from redstart.integrations.falcon import ConnectionMiddleware

db = connect(os.environ.get('DATABASE_URL') or f'sqlite+pool:///{tempfile.mkdtemp()}/my_app.db')
app = falcon.App(middleware=[ConnectionMiddleware(db, report=True)])


class Note(db.Model):
    text = TextField()

class Notes:
    def on_get(self, req, resp):
        resp.media = {'notes': list(Note.select().order_by(Note.id).dicts())}

    def on_post(self, req, resp):
        note = Note.create(text=req.get_param('text', required=True))
        resp.media = {'id': note.id, 'text': note.text}

class Stream:
    def on_get(self, req, resp):
        def lines():
            for note in Note.select().order_by(Note.id).iterator():
                yield f'{note.text}\n'.encode()
        resp.stream = lines()

app.add_route('/notes', Notes())
app.add_route('/stream', Stream())

with db:
    db.create_tables([Note])

if __name__ == '__main__':
    make_server('127.0.0.1', int(os.environ.get('PORT', '8000')), app).serve_forever()
