"""CherryPy with Redstart's plugin. Run it: `python examples/frameworks/cherrypy/integrated.py`."""

import os
import tempfile

import cherrypy
from redstart import *
from redstart.db_url import connect
from redstart.integrations.cherrypy import set_up

db = connect(os.environ.get('DATABASE_URL') or f'sqlite+pool:///{tempfile.mkdtemp()}/my_app.db')
set_up(db, report=True)


class Note(db.Model):
    text = TextField()

class Root:
    @cherrypy.expose
    @cherrypy.tools.json_out()
    def notes(self, text=None):
        if cherrypy.request.method == 'POST':
            if text is None:
                raise cherrypy.HTTPError(400, 'Say which text.')
            note = Note.create(text=text)
            return {'id': note.id, 'text': note.text}
        return {'notes': list(Note.select().order_by(Note.id).dicts())}

    @cherrypy.expose
    @cherrypy.config(**{'response.stream': True})
    def stream(self):
        def lines():
            for note in Note.select().order_by(Note.id).iterator():
                yield f'{note.text}\n'.encode()
        return lines()

with db:
    db.create_tables([Note])

if __name__ == '__main__':
    cherrypy.config.update({'server.socket_port': int(os.environ.get('PORT', '8000'))})
    cherrypy.quickstart(Root())
