"""The engine's direct way to a connection: whoever comes to watch or to override something is noticed at once."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from redstart import InterfaceError, SqliteDatabase
from redstart.integrations.request_scope import RequestScope
from redstart.integrations.settings import Settings
from redstart.pool import PooledSqliteDatabase
from unit.database.shelf import Shelf


class Plain(SqliteDatabase):
    pass


class Pooled(PooledSqliteDatabase):
    pass


@pytest.fixture(params=[Plain, Pooled], ids=["plain", "pooled"])
def shelf(request, tmp_path):
    # Only what a pool takes from memory, and not from a file, is taken by the engine itself.
    shelf = Shelf(request.param(":memory:" if request.param is Pooled else tmp_path / "shelf.db")).fill()
    shelf.db.connect()
    use_in_ways(shelf)
    assert shelf.db._route.is_current
    yield shelf
    shelf.end()


def use_in_ways(shelf):
    """Run one statement in each way that the engine may take by itself; return how many."""
    author = shelf.Author.get_by_id(1)
    author.save()
    assert shelf.names() == ["Ada"]
    return 3


@pytest.mark.parametrize("where", ["class", "object"])
def test_a_way_of_running_statements_that_is_overridden_later(shelf, monkeypatch, where):
    seen = []
    usual = shelf.db.execute_sql

    def own(*args):
        seen.append(args[-2:])
        return usual(*args[-2:])

    with monkeypatch.context() as patch:
        patch.setattr(type(shelf.db) if where == "class" else shelf.db, "execute_sql", own)
        assert use_in_ways(shelf) == len(seen)
    seen.clear()
    use_in_ways(shelf)
    assert not seen
    assert shelf.db._route.is_current


def test_a_hook_that_is_added_later(shelf):
    seen = []
    shelf.db.query_hooks.append(seen.append)
    assert use_in_ways(shelf) == len(seen)
    shelf.db.query_hooks = [seen.remove]
    shelf.db.query_hooks.insert(0, seen.append)
    seen.clear()
    use_in_ways(shelf)
    assert not seen
    shelf.db.query_hooks.pop()
    assert use_in_ways(shelf) == len(seen)


def test_a_logger_that_is_listened_to_later(shelf, caplog):
    with caplog.at_level(logging.DEBUG, "peewee"):
        caplog.clear()
        assert use_in_ways(shelf) == len([record for record in caplog.records if record.name == "peewee"])
    caplog.clear()
    use_in_ways(shelf)
    assert not caplog.records
    try:
        logging.getLogger("peewee").setLevel(logging.DEBUG)
        logging.disable(logging.DEBUG)
        use_in_ways(shelf)
        assert not caplog.records
        logging.disable(logging.NOTSET)
        assert use_in_ways(shelf) == len([record for record in caplog.records if record.name == "peewee"])
    finally:
        logging.getLogger("peewee").setLevel(logging.NOTSET)
        logging.disable(logging.NOTSET)


def test_logging_that_is_imported_later():
    program = """
import sys
from redstart import Model, SqliteDatabase
db = SqliteDatabase(":memory:")
class Note(Model):
    class Meta:
        database = db
db.create_tables([Note])
Note.create()
Note.get_by_id(1)
Note.get_by_id(1)
assert db._route.is_current and "logging" not in sys.modules
import logging
logging.basicConfig(level=logging.DEBUG, format="%(name)s")
Note.get_by_id(1)
list(Note.select())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.split() == ["peewee", "peewee"]


@pytest.mark.parametrize("where", ["class", "object"])
def test_what_a_program_does_when_a_connection_goes_back(monkeypatch, where):
    db = Pooled(":memory:")
    seen = []
    usual = db._close

    def own(*args):
        seen.append(args[-1])
        usual(args[-1])

    def ask():
        with RequestScope(Settings(db)):
            db.execute_sql("SELECT 1")

    ask()
    ask()
    with monkeypatch.context() as patch:
        patch.setattr(Pooled if where == "class" else db, "_close", own)
        ask()
        ask()
        assert len(seen) == 2
    ask()
    assert len(seen) == 2
    assert db.pool_stats()["created"] == 1
    db.close_all()


def test_a_request_s_connection_is_taken_and_goes_back_past_the_methods(monkeypatch):
    db = Pooled(":memory:")
    db.connect()
    db.close()
    # None of these is public.
    for name in ("_take", "_end_scope", "_let_go"):
        monkeypatch.delattr(next(cls for cls in Pooled.__mro__ if name in cls.__dict__), name)
    db._plan_route()
    for _ in range(3):
        with RequestScope(Settings(db)):
            assert db._route.connection() is not None
            assert db.pool_stats()["in_use"] == 1
        assert db.pool_stats()["in_use"] == 0
    monkeypatch.undo()
    db.close_all()


def test_a_setting_that_is_changed_later(shelf):
    shelf.db.autoconnect = False
    shelf.db.close()
    with pytest.raises(InterfaceError, match="not opened"):
        shelf.Author.get_by_id(1)
    # A request opens its own.
    if isinstance(shelf.db, Pooled):
        with RequestScope(Settings(shelf.db)):
            assert shelf.Author.get_by_id(1).name == "Ada"
    shelf.db.autoconnect = True


def test_a_setting_that_is_changed_meanwhile_is_not_missed():
    class Hasty(SqliteDatabase):
        def _make_route(self, *args, **kwargs):
            found = super()._make_route(*args, **kwargs)
            if self.autoconnect:
                self.autoconnect = False
            return found

    shelf = Shelf(Hasty(":memory:"))
    shelf.db.connect()
    shelf.db.create_tables([shelf.Author])
    shelf.db.close()
    with pytest.raises(InterfaceError, match="not opened"):
        shelf.names()


def test_another_file_is_another_database(tmp_path):
    shelf = Shelf(PooledSqliteDatabase(str(tmp_path / "one.db"))).fill()
    assert shelf.names() == shelf.names() == ["Ada"]
    shelf.db.init(str(tmp_path / "two.db"))
    shelf.fill()
    shelf.Author.update(name="Bob").execute()
    assert shelf.names() == ["Bob"]
    shelf.end()
