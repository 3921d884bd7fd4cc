"""Pools over one file."""

from __future__ import annotations

import pytest

from redstart.pool import PooledSqliteDatabase


@pytest.fixture
def make(tmp_path):
    """Make pools over one file; all their connections are closed afterwards."""
    made = []

    def make(cls=PooledSqliteDatabase, **options):
        made.append(cls(str(tmp_path / "app.db"), **options))
        return made[-1]

    yield make
    for db in made:
        if not db.deferred:
            db.close_all()
