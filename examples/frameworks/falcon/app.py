"""Falcon with peewee's middleware. Run it: `python examples/frameworks/falcon/app.py`."""

import os
import tempfile
from wsgiref.simple_server import make_server

import falcon
from redstart import *
from redstart.db_url import connect

# The document has: db = SqliteDatabase('my_app.db')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/my_app.db')

class DatabaseMiddleware:
    def process_request(self, req, resp):
        db.connect()

    def process_response(self, req, resp, resource, req_succeeded):
        if not db.is_closed():
            db.close()

app = falcon.App(middleware=[DatabaseMiddleware()])


class Note(db.Model):
    text = TextField()

class Notes:
    def on_get(self, req, resp):
        resp.media = {'notes': list(Note.select().order_by(Note.id).dicts())}

    def on_post(self, req, resp):
        note = Note.create(text=req.get_param('text', required=True))
        resp.media = {'id': note.id, 'text': note.text}

app.add_route('/notes', Notes())

with db:
    db.create_tables([Note])

if __name__ == '__main__':
    make_server('127.0.0.1', int(os.environ.get('PORT', '8000')), app).serve_forever()
