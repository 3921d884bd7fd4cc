"""A pool of two connections to a file, with a table of notes."""

from __future__ import annotations

import pytest

from redstart import TextField
from redstart.integrations.request_scope import current_scope
from redstart.pool import PooledSqliteDatabase


@pytest.fixture
def db(tmp_path):
    database = PooledSqliteDatabase(
        tmp_path / "notes.db", max_connections=2, timeout=5, pragmas={"journal_mode": "wal"}
    )

    class Note(database.Model):
        text = TextField()

    with database:
        database.create_tables([Note])
    database.note = Note
    yield database
    database.close_all()


@pytest.fixture
def in_use(db):
    return lambda: db.pool_stats()["in_use"]


@pytest.fixture
def told(caplog):
    """What the integrations have written to the log; pools write to another one."""
    return lambda: [record.getMessage() for record in caplog.records if record.name == "redstart.integrations"]


@pytest.fixture(autouse=True)
def _no_scope_is_left():
    yield
    assert current_scope() is None
