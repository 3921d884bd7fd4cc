"""Pyramid with Redstart's integration. Run it: `python examples/frameworks/pyramid/integrated.py`."""

import os
import tempfile
from wsgiref.simple_server import make_server

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPBadRequest
from pyramid.response import Response
from redstart import *
from redstart.db_url import connect

db = connect(os.environ.get('DATABASE_URL') or f'sqlite+pool:///{tempfile.mkdtemp()}/my_app.db')


class Note(db.Model):
    text = TextField()

def list_notes(request):
    return {'notes': list(Note.select().order_by(Note.id).dicts())}

def create_note(request):
    if 'text' not in request.GET:
        raise HTTPBadRequest('Say which text.')
    note = Note.create(text=request.GET['text'])
    return {'id': note.id, 'text': note.text}

def stream_notes(request):
    def lines():
        for note in Note.select().order_by(Note.id).iterator():
            yield f'{note.text}\n'.encode()
    return Response(app_iter=lines())

def main(global_settings, **settings):
    config = Configurator(settings={'redstart.database': db, 'redstart.report': True, **settings})
    config.include('redstart.integrations.pyramid')
    config.add_route('notes', '/notes')
    config.add_route('stream', '/stream')
    config.add_view(list_notes, route_name='notes', request_method='GET', renderer='json')
    config.add_view(create_note, route_name='notes', request_method='POST', renderer='json')
    config.add_view(stream_notes, route_name='stream')
    return config.make_wsgi_app()

with db:
    db.create_tables([Note])

if __name__ == '__main__':
    make_server('127.0.0.1', int(os.environ.get('PORT', '8000')), main({})).serve_forever()
