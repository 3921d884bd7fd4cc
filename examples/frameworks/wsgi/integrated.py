"""Any WSGI application with Redstart's middleware. Run it: `python examples/frameworks/wsgi/integrated.py`."""

import json
import os
import tempfile
from urllib.parse import parse_qs
from wsgiref.simple_server import make_server

from redstart import *
from redstart.db_url import connect
from redstart.integrations.wsgi import ConnectionMiddleware

db = connect(os.environ.get('DATABASE_URL') or f'sqlite+pool:///{tempfile.mkdtemp()}/my_app.db')


class Note(db.Model):
    text = TextField()

def application(environ, start_response):
    def answer(status, value):
        start_response(status, [('Content-Type', 'application/json')])
        return [json.dumps(value).encode()]

    def lines():
        for note in Note.select().order_by(Note.id).iterator():
            yield f'{note.text}\n'.encode()

    if environ['PATH_INFO'] == '/stream':
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return lines()
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
application = ConnectionMiddleware(application, db, report=True)

with db:
    db.create_tables([Note])

if __name__ == '__main__':
    make_server('127.0.0.1', int(os.environ.get('PORT', '8000')), application).serve_forever()
