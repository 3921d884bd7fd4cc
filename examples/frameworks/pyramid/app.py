"""Pyramid with peewee's request factory. Run it: `python examples/frameworks/pyramid/app.py`."""

import os
import tempfile
from wsgiref.simple_server import make_server

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPBadRequest
from pyramid.request import Request
from redstart import *
from redstart.db_url import connect

# The document has: db = SqliteDatabase('my_app.db')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/my_app.db')

class MyRequest(Request):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        db.connect()
        self.add_finished_callback(self._close_db)

    def _close_db(self, request):
        if not db.is_closed():
            db.close()


class Note(db.Model):
    text = TextField()

def list_notes(request):
    return {'notes': list(Note.select().order_by(Note.id).dicts())}

def create_note(request):
    if 'text' not in request.GET:
        raise HTTPBadRequest('Say which text.')
    note = Note.create(text=request.GET['text'])
    return {'id': note.id, 'text': note.text}

# In your application factory:
def main(global_settings, **settings):
    config = Configurator(settings=settings)
    config.set_request_factory(MyRequest)
    config.add_route('notes', '/notes')
    config.add_view(list_notes, route_name='notes', request_method='GET', renderer='json')
    config.add_view(create_note, route_name='notes', request_method='POST', renderer='json')
    return config.make_wsgi_app()

with db:
    db.create_tables([Note])

if __name__ == '__main__':
    make_server('127.0.0.1', int(os.environ.get('PORT', '8000')), main({})).serve_forever()
