"""The database and the two models of the application. No request is handled here."""

from __future__ import annotations

import datetime
import os
from typing import Any

from redstart import CharField, DateTimeField, ForeignKeyField, Model, SqliteDatabase, TextField

# Foreign keys are off in SQLite unless a connection asks for them; the write-ahead log lets readers
# go on while another request writes.
PRAGMAS = {"foreign_keys": 1, "journal_mode": "wal"}

db = SqliteDatabase(os.environ.get("FLASK_APP_DATABASE", "my_app.db"), pragmas=PRAGMAS)


class BaseModel(Model):
    """Binds the models of the application to its database."""

    class Meta:
        database = db


class User(BaseModel):
    """Somebody who writes tweets."""

    username = CharField(unique=True)
    joined = DateTimeField(default=datetime.datetime.now)

    def as_json(self) -> dict[str, Any]:
        """Returns what a client may see of the user."""
        return {"id": self.id, "username": self.username, "joined": self.joined.isoformat()}


class Tweet(BaseModel):
    """A short text of one user."""

    user = ForeignKeyField(User, backref="tweets", on_delete="CASCADE")
    content = TextField()
    created = DateTimeField(default=datetime.datetime.now, index=True)

    def as_json(self) -> dict[str, Any]:
        """Returns what a client may see of the tweet, without its user."""
        return {"id": self.id, "content": self.content, "created": self.created.isoformat()}
