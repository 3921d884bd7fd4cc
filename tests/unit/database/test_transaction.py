"""Transactions, savepoints and what waits for a commit."""

import pytest

from redstart import IntegerField, InterfaceError, OperationalError, SqliteDatabase


@pytest.fixture
def db():
    database = SqliteDatabase(":memory:")
    yield database
    if not database.is_closed():
        database.close()


@pytest.fixture
def Number(db):
    class Number(db.Model):
        n = IntegerField()

    db.create_tables([Number])
    return Number


@pytest.mark.spec("DB-039", "DB-041", "SB-081")
def test_an_inner_block_is_undone_alone(db, Number):
    with db.atomic():
        Number.create(n=1)
        with pytest.raises(LookupError), db.atomic():
            Number.create(n=2)
            assert db.transaction_depth() == 1
            raise LookupError
        Number.create(n=3)
    assert [each.n for each in Number] == [1, 3]


@pytest.mark.spec("DB-045", "SB-086")
def test_manual_commit_excludes_blocks(db):
    with db.manual_commit():
        assert db.in_transaction()
        with pytest.raises(ValueError, match="Cannot enter atomic commit block while in manual commit mode"):
            db.atomic().__enter__()
    with db.atomic(), pytest.raises(ValueError, match="while a transaction is active"):
        db.manual_commit().__enter__()


@pytest.mark.spec("DB-047", "SB-087")
def test_callbacks_run_after_the_outermost_commit_and_not_after_a_rollback(db, Number):
    told = []
    with db.atomic():
        with db.atomic():
            db.after_commit(lambda: told.append(db.in_transaction()))
        assert told == []
    assert told == [False]
    with pytest.raises(LookupError), db.atomic():
        db.after_commit(lambda: told.append("never"))
        raise LookupError
    assert told == [False]


@pytest.mark.spec("DB-015", "SB-075")
def test_a_connection_is_not_closed_within_a_transaction(db):
    with db.atomic(), pytest.raises(OperationalError, match="Attempting to close database while transaction is open"):
        db.close()


@pytest.mark.spec("DB-020", "SB-076")
def test_a_database_as_a_context_is_a_connection_and_a_transaction(db):
    with db as entered:
        assert entered is db
        assert db.in_transaction()
    assert db.is_closed()


@pytest.mark.spec("DB-048")
def test_sessions_tell_whether_there_was_one(db, Number):
    assert db.session_commit() is False
    db.session_start()
    Number.create(n=1)
    assert db.session_rollback() is True
    assert Number.select().count() == 0


@pytest.mark.spec("DB-050", "SB-073")
def test_nothing_is_opened_without_autoconnect():
    database = SqliteDatabase(":memory:", autoconnect=False)
    with pytest.raises(InterfaceError, match="database connection not opened"):
        database.atomic().__enter__()
    assert database.is_closed()
