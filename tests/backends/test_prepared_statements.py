"""Prepared statements that grow old: a changed table, DISCARD ALL, DEALLOCATE ALL, and more of them than are kept."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from redstart import DatabaseError, IntegerField, TextField

COUNT = "SELECT count(*) FROM pg_prepared_statements"
#: How many statements a connection keeps.
KEPT = 256


@pytest.fixture
def db(pooled):
    database = pooled(max_connections=1)
    database.connect()
    yield database
    database.close()


@pytest.fixture
def note(db):
    class Note(db.Model):
        text = TextField()
        number = IntegerField(default=0)

    db.create_tables([Note])
    Note.create(text="one")
    return Note


def test_a_statement_whose_result_has_changed_is_prepared_again(db):
    db.execute_sql("CREATE TABLE t (a int)")
    db.execute_sql("INSERT INTO t VALUES (%s)", (1,))
    for _ in range(3):
        assert db.execute_sql("SELECT * FROM t WHERE a = %s", (1,)).fetchall() == [(1,)]
    db.execute_sql("ALTER TABLE t ADD COLUMN b text DEFAULT 'new'")
    for _ in range(3):
        assert db.execute_sql("SELECT * FROM t WHERE a = %s", (1,)).fetchall() == [(1, "new")]
    db.execute_sql("ALTER TABLE t ALTER COLUMN b TYPE varchar(10)")
    db.execute_sql("ALTER TABLE t ALTER COLUMN a TYPE bigint")
    assert db.execute_sql("SELECT * FROM t WHERE a = %s", (2**40,)).fetchall() == []
    db.execute_sql("ALTER TABLE t DROP COLUMN b")
    assert db.execute_sql("SELECT * FROM t WHERE a = %s", (1,)).fetchall() == [(1,)]


def test_a_table_changed_by_somebody_else_is_seen(db, postgres_database):
    db.execute_sql("CREATE TABLE t (a int)")
    db.execute_sql("INSERT INTO t VALUES (1)")
    assert db.execute_sql("SELECT * FROM t").fetchall() == [(1,)]
    postgres_database.execute("ALTER TABLE t ADD COLUMN b text DEFAULT 'new'")
    assert db.execute_sql("SELECT * FROM t").fetchall() == [(1, "new")]
    postgres_database.execute("DROP TABLE t")
    with pytest.raises(DatabaseError, match="does not exist"):
        db.execute_sql("SELECT * FROM t")
    postgres_database.execute("CREATE TABLE t (c text)")
    postgres_database.execute("INSERT INTO t VALUES ('another')")
    assert db.execute_sql("SELECT * FROM t").fetchall() == [("another",)]


def test_within_a_transaction_it_is_a_clear_error_and_the_next_try_works(db, postgres_database):
    db.execute_sql("CREATE TABLE t (a int)")
    db.execute_sql("INSERT INTO t VALUES (1)")
    assert db.execute_sql("SELECT * FROM t").fetchall() == [(1,)]
    postgres_database.execute("ALTER TABLE t ADD COLUMN b text DEFAULT 'new'")
    with pytest.raises(DatabaseError, match="cached plan must not change result type"), db.atomic():
        db.execute_sql("SELECT 1")
        db.execute_sql("SELECT * FROM t")
    with db.atomic():
        assert db.execute_sql("SELECT * FROM t").fetchall() == [(1, "new")]
    postgres_database.execute("ALTER TABLE t DROP COLUMN b")
    # A savepoint saves the transaction.
    with db.atomic():
        db.execute_sql("INSERT INTO t VALUES (2)")
        with contextlib.suppress(DatabaseError), db.atomic():
            db.execute_sql("SELECT * FROM t")
        assert db.execute_sql("SELECT * FROM t").fetchall() == [(1,), (2,)]


def test_as_the_first_statement_of_a_transaction_it_is_prepared_again(db, postgres_database):
    db.execute_sql("CREATE TABLE t (a int)")
    assert db.execute_sql("SELECT * FROM t").fetchall() == []
    postgres_database.execute("ALTER TABLE t ADD COLUMN b text")
    with db.atomic():
        assert db.execute_sql("SELECT * FROM t").fetchall() == []
        db.execute_sql("INSERT INTO t VALUES (1, 'undone')")
        db.rollback()
    assert db.execute_sql("SELECT * FROM t").fetchall() == []


def test_models_survive_a_migration_of_their_table(db, note, postgres_database):
    for _ in range(2):
        assert [one.text for one in note.select()] == ["one"]
        assert note.get_by_id(1).text == "one"
    postgres_database.execute("ALTER TABLE note ALTER COLUMN number TYPE bigint, ALTER COLUMN text TYPE varchar(100)")
    assert [one.text for one in note.select()] == ["one"]
    found = note.get_by_id(1)
    found.number = 2**40
    found.save()
    assert note.get_by_id(1).number == 2**40
    assert note.create(text="two").id == 2
    assert {one.text for one in note.select()} == {"one", "two"}


@pytest.mark.parametrize("statement", ["DISCARD ALL", "DEALLOCATE ALL", "DEALLOCATE PREPARE ALL"])
def test_statements_that_were_thrown_away_are_prepared_again(db, note, statement):
    def use():
        assert [one.text for one in note.select().where(note.text == "one")] == ["one"]
        assert note.get_by_id(1).text == "one"
        assert db.execute_sql("SELECT %s::int", (7,)).fetchone() == (7,)
        note.update(number=note.number + 1).where(note.id == 1).execute()

    for _ in range(3):
        use()
        db.execute_sql(statement)
    # Each write was done once, whatever had to be prepared again.
    assert note.get_by_id(1).number == 3


def test_statements_thrown_away_within_a_transaction_are_prepared_again_after_it(db, note):
    assert note.get_by_id(1).text == "one"
    with contextlib.suppress(DatabaseError), db.atomic():
        db.execute_sql("DEALLOCATE ALL")
        assert note.get_by_id(1).text == "one"
    assert note.get_by_id(1).text == "one"
    with db.atomic():
        assert note.get_by_id(1).text == "one"


def test_the_statements_that_are_kept_are_bounded(db):
    for number in range(3 * KEPT):
        assert db.execute_sql(f"SELECT {number} + %s", (1,)).fetchone() == (number + 1,)
        if number % 100 == 0:
            assert db.execute_sql(COUNT).fetchone()[0] <= KEPT + 1
    kept = db.execute_sql(COUNT).fetchone()[0]
    assert KEPT // 2 <= kept <= KEPT + 1
    # What was forgotten is prepared again.
    for number in range(3 * KEPT):
        assert db.execute_sql(f"SELECT {number} + %s", (1,)).fetchone() == (number + 1,)


def test_the_same_text_with_values_of_other_types_gives_the_right_values(db):
    values = [1, 2**40, 1.5, "text", b"bytes", None, True, [1, 2], "2020-01-01"]
    for _ in range(2):
        for value in values:
            found = db.execute_sql("SELECT %s IS NULL", (value,)).fetchone()
            assert found == (value is None,)
    for value, kind in ((1, "int"), (2**40, "bigint"), ("x", "text"), (1.5, "float8")):
        assert db.execute_sql(f"SELECT %s::{kind}", (value,)).fetchone() == (value,)


def test_a_failed_statement_is_not_kept_as_a_good_one(db):
    for _ in range(3):
        with pytest.raises(DatabaseError, match="missing"):
            db.execute_sql("SELECT * FROM missing WHERE a = %s", (1,))
    db.execute_sql("CREATE TABLE missing (a int)")
    assert db.execute_sql("SELECT * FROM missing WHERE a = %s", (1,)).fetchall() == []


def test_tasks_have_all_of_it(awaited, postgres_database):
    db = awaited(pool_size=1)

    async def rows(sql):
        return (await db.aexecute_sql(sql)).fetchall()

    async def main():
        async with db:
            await rows("CREATE TABLE t (a int)")
            await rows("INSERT INTO t VALUES (1)")
            assert await rows("SELECT * FROM t") == [(1,)]
            postgres_database.execute("ALTER TABLE t ADD COLUMN b text DEFAULT 'new'")
            assert await rows("SELECT * FROM t") == [(1, "new")]
            postgres_database.execute("ALTER TABLE t DROP COLUMN b")
            with pytest.raises(DatabaseError, match="cached plan"):
                async with db.atomic():
                    await rows("SELECT 1")
                    await rows("SELECT * FROM t")
            assert await rows("SELECT * FROM t") == [(1,)]
            await rows("DISCARD ALL")
            assert await rows("SELECT * FROM t") == [(1,)]
            for number in range(KEPT + 50):
                assert await rows(f"SELECT {number}") == [(number,)]
            assert (await rows(COUNT))[0][0] <= KEPT + 1

    asyncio.run(main())
