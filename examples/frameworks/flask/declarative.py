"""Flask with `flask_utils`: the database stands in the configuration. Run it: `python examples/frameworks/flask/declarative.py`."""

import os
import tempfile

from flask import Flask, request
from redstart import *
from redstart.flask_utils import FlaskDB, PaginatedQuery, get_object_or_404

DATABASE = os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/my_app.db'

app = Flask(__name__)
app.config.from_object(__name__)

# Opens the connection before each request and closes it after it.
db_wrapper = FlaskDB(app)

class Note(db_wrapper.Model):
    text = TextField()

@app.get('/notes')
def list_notes():
    pages = PaginatedQuery(Note.select().order_by(Note.id).dicts(), paginate_by=20)
    return {'notes': list(pages.get_object_list())}

@app.get('/notes/<int:id>')
def show_note(id):
    note = get_object_or_404(Note, Note.id == id)
    return {'id': note.id, 'text': note.text}

@app.post('/notes')
def create_note():
    note = Note.create(text=request.args['text'])
    return {'id': note.id, 'text': note.text}

with db_wrapper.database:
    db_wrapper.database.create_tables([Note])

if __name__ == '__main__':
    app.run(port=int(os.environ.get('PORT', '8000')))
