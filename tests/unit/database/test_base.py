"""Settings, connections and the running of statements."""

import copy
import logging
import threading

import pytest

from redstart import DatabaseError, InterfaceError, OperationalError, SqliteDatabase


@pytest.mark.spec("DB-011", "SB-077")
def test_a_deferred_database_says_so():
    db = SqliteDatabase(None)
    assert db.is_closed()
    for use in (db.connect, db.close, lambda: db.execute_sql("select 1")):
        with pytest.raises(InterfaceError, match="database must be initialized before opening a connection"):
            use()
    db.init(":memory:")
    assert db.connect() is True
    assert db.close() is True


@pytest.mark.spec("DB-014", "DB-015", "SB-072")
def test_connections_are_opened_and_closed_once():
    db = SqliteDatabase(":memory:")
    assert db.connect() is True
    with pytest.raises(OperationalError, match="Connection already opened"):
        db.connect()
    assert db.connect(reuse_if_open=True) is False
    assert (db.close(), db.close()) == (True, False)


@pytest.mark.spec("DB-018", "SB-074")
def test_each_thread_has_its_own_connection():
    db, seen = SqliteDatabase(":memory:"), []
    db.connect()
    thread = threading.Thread(target=lambda: seen.append(db.is_closed()))
    thread.start()
    thread.join()
    assert seen == [True]
    db.close()


def test_a_connection_that_cannot_be_prepared_is_none(tmp_path):
    path = tmp_path / "text.db"
    path.write_text("this is no database, but long enough to be looked at" * 20)
    db = SqliteDatabase(str(path), pragmas={"journal_mode": "wal"})
    with pytest.raises(DatabaseError, match="not a database"):
        db.connect()
    assert db.is_closed()


@pytest.mark.spec("DB-019", "SB-071")
def test_a_database_is_never_copied():
    db = SqliteDatabase(None)
    assert copy.deepcopy(db) is db


@pytest.mark.spec("DB-027")
def test_hooks_are_told_of_every_statement():
    db, events = SqliteDatabase(":memory:"), []
    db.query_hooks.append(events.append)
    db.execute_sql("select ?", (1,))
    with pytest.raises(OperationalError):
        db.execute_sql("select nothing")
    assert [(event.sql, event.params, type(event.exception).__name__) for event in events] == [
        ("select ?", (1,), "NoneType"),
        ("select nothing", None, "OperationalError"),
    ]
    assert all(event.duration >= 0 for event in events)
    db.close()


@pytest.mark.spec("DB-006", "DB-007", "SB-091", "SB-088")
def test_statements_are_logged_before_they_run_and_transactions_are_not(caplog):
    db = SqliteDatabase(":memory:")
    with caplog.at_level(logging.DEBUG, logger="peewee"), db.atomic():
        db.execute_sql("select 1")
    assert [record.msg for record in caplog.records] == [("select 1", None)]
    db.close()


@pytest.mark.spec("DB-058", "DB-059")
def test_pragmas_are_read_and_set():
    db = SqliteDatabase(":memory:", pragmas={"foreign_keys": 1})
    assert db.foreign_keys == 1
    db.user_version = 7
    assert db.pragma("user_version") == 7
    with pytest.raises(ValueError, match="Cannot specify a permanent pragma without value"):
        db.pragma("user_version", permanent=True)
    db.close()


@pytest.mark.spec("DB-060")
def test_functions_reach_open_and_later_connections():
    db = SqliteDatabase(":memory:")
    db.connect()

    @db.func()
    def twice(n):
        return n * 2

    for _ in range(2):
        assert db.execute_sql("select twice(21)").fetchone() == (42,)
        db.close()
    with pytest.raises(KeyError):
        db.unregister_function("unknown")


@pytest.mark.spec("DB-062")
def test_attached_files_stay_attached(tmp_path):
    db, path = SqliteDatabase(":memory:"), str(tmp_path / "side.db")
    db.connect()
    assert (db.attach(path, "side"), db.attach(path, "side")) == (True, False)
    with pytest.raises(OperationalError, match='schema "side" already attached'):
        db.attach("other", "side")
    db.close()
    assert db.get_tables(schema="side") == []
    assert (db.detach("side"), db.detach("side")) == (True, False)
    db.close()
