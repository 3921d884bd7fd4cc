"""CherryPy with peewee's listeners. Run it: `python examples/frameworks/cherrypy/app.py`."""

import os
import tempfile

import cherrypy
from redstart import *
from redstart.db_url import connect

# The document has: db = SqliteDatabase('my_app.db')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/my_app.db')

def _db_connect():
    db.connect()

def _db_close():
    if not db.is_closed():
        db.close()

cherrypy.engine.subscribe('before_request', _db_connect)
cherrypy.engine.subscribe('after_request', _db_close)


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

with db:
    db.create_tables([Note])

if __name__ == '__main__':
    cherrypy.config.update({'server.socket_port': int(os.environ.get('PORT', '8000'))})
    cherrypy.quickstart(Root())
