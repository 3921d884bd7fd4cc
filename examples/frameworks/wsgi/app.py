"""Any WSGI application with the document's middleware. Run it: `python examples/frameworks/wsgi/app.py`."""

import json
import os
import tempfile
from urllib.parse import parse_qs
from wsgiref.simple_server import make_server

from redstart import *
from redstart.db_url import connect

db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/my_app.db')

class PeeweeMiddleware:
    def __init__(self, app, database):
        self.app = app
        self.db = database

    def __call__(self, environ, start_response):
        self.db.connect()
        try:
            return self.app(environ, start_response)
        finally:
            if not self.db.is_closed():
                self.db.close()


class Note(db.Model):
    text = TextField()

def application(environ, start_response):
    def answer(status, value):
        start_response(status, [('Content-Type', 'application/json')])
        return [json.dumps(value).encode()]

    if environ['PATH_INFO'] != '/notes':
        return answer('404 Not Found', {})
    if environ['REQUEST_METHOD'] == 'GET':
        return answer('200 OK', {'notes': list(Note.select().order_by(Note.id).dicts())})
    text = parse_qs(environ['QUERY_STRING']).get('text')
    if not text:
        return answer('400 Bad Request', {})
    note = Note.create(text=text[0])
    return answer('200 OK', {'id': note.id, 'text': note.text})

# Wrap your WSGI app:
application = PeeweeMiddleware(application, db)

with db:
    db.create_tables([Note])

if __name__ == '__main__':
    make_server('127.0.0.1', int(os.environ.get('PORT', '8000')), application).serve_forever()
