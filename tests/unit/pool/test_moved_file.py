"""Pools of a SQLite file that is deleted, or replaced by another one."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from redstart import OperationalError
from redstart.pwasyncio import AsyncSqliteDatabase
from unit.pool.holders import figures

COUNT = "select count(*) from note"


@pytest.fixture
def db(make):
    db = make(max_connections=2, pragmas={"journal_mode": "delete"})
    with db:
        db.execute_sql("create table note (text)")
    return db


def replace(database, contents):
    """Puts another file in the place of a database's: one with the contents of a path, or else with its own."""
    path = Path(database.database)
    shutil.copy(contents or path, path.with_suffix(".new")).replace(path)


def test_a_file_that_was_replaced_is_what_the_next_connection_sees(db, make, tmp_path):
    other = type(db)(str(tmp_path / "other.db"))
    with other:
        other.execute_sql("create table note (text)")
        other.execute_sql("insert into note values ('other')")
    replace(db, other.database)
    with db:
        assert db.execute_sql(COUNT).fetchone() == (1,)
        db.execute_sql("insert into note values ('written')")
    other.close_all()
    assert figures(db, "created", "in_use") == (2, 0)


def test_a_connection_that_was_in_use_when_its_file_was_replaced_is_closed_afterwards(db):
    with db:
        replace(db, None)
        with pytest.raises(OperationalError, match="readonly"):
            db.execute_sql("insert into note values ('nobody would see it')")
    for _ in range(2):
        with db:
            db.execute_sql("insert into note values ('written')")
    with db:
        assert db.execute_sql(COUNT).fetchone() == (2,)


def test_a_file_that_was_deleted_is_an_error_until_it_is_back(db):
    path = Path(db.database)
    away = path.replace(path.with_suffix(".away"))
    for _ in range(2):
        with db, pytest.raises(OperationalError, match="no such table"):
            db.execute_sql(COUNT)
    away.replace(path)
    with db:
        db.execute_sql("insert into note values ('written')")
        assert db.execute_sql(COUNT).fetchone() == (1,)


def test_a_file_that_may_be_written_again_is_opened_again(db):
    path = Path(db.database)
    for mode in (0o444, 0o644):
        path.chmod(mode)
        with db:
            db.execute_sql(COUNT)
    # The first was opened when the file was new; a superuser's would write in any case.
    assert figures(db, "created") == (3,)


def test_a_pool_of_a_new_file_or_of_memory_keeps_its_connection(make, db):
    memory = type(db)(":memory:")
    for pool in (db, memory):
        for _ in range(3):
            with pool:
                pass
        assert figures(pool, "created") == (1,)
    memory.close_all()


def test_a_task_sees_the_file_that_is_there(db):
    async def main():
        tasks_db = AsyncSqliteDatabase(db.database, pragmas={"journal_mode": "delete"})
        async with tasks_db:
            await tasks_db.aexecute_sql(COUNT)
        replace(tasks_db, None)
        async with tasks_db:
            await tasks_db.aexecute_sql("insert into note values ('written')")
        await tasks_db.close_pool()

    asyncio.run(main())
    with db:
        assert db.execute_sql(COUNT).fetchone() == (1,)
