"""The database and the models."""

import os
import tempfile

from redstart import *
from redstart.db_url import connect

database = connect(os.environ.get('DATABASE_URL') or f'sqlite+pool:///{tempfile.mkdtemp()}/my_app.db')


class Note(database.Model):
    text = TextField()

with database:
    database.create_tables([Note])
