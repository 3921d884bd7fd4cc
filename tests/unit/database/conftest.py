"""A database that is used synchronously and asynchronously."""

import pytest

from redstart import SqliteDatabase
from redstart.pool import PooledSqliteDatabase
from unit.database.shelf import Shelf


@pytest.fixture(params=[SqliteDatabase, PooledSqliteDatabase], ids=["plain", "pooled"])
def shelf(request, tmp_path):
    shelf = Shelf(request.param(tmp_path / "shelf.db", timeout=5)).fill()
    yield shelf
    shelf.end()
