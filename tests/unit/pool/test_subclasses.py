"""Pools that a user's class prepares or closes in its own way."""

from __future__ import annotations

import asyncio

import pytest

from redstart import OperationalError, SqliteDatabase
from redstart.pool import PooledDatabase, PooledSqliteDatabase
from unit.pool.holders import figures

# Classes of one's own.


@pytest.mark.spec("DB-080")
def test_what_a_user_s_class_prepares_is_prepared_each_time(make):
    prepared = []

    class Tenant(SqliteDatabase):
        def _initialize_connection(self, conn):
            super()._initialize_connection(conn)
            prepared.append(conn)

    class PooledTenant(PooledDatabase, Tenant):
        pass

    class TenantPool(PooledSqliteDatabase):
        def _initialize_connection(self, conn):
            super()._initialize_connection(conn)
            prepared.append(conn)

    for cls in (PooledTenant, TenantPool):
        db = make(cls)
        for _ in range(3):
            with db:
                assert prepared[-1] is db.connection()
        assert len(prepared) == 3
        prepared.clear()


@pytest.mark.spec("DB-080")
def test_it_is_for_tasks_as_well(make):
    prepared = []

    class TenantPool(PooledSqliteDatabase):
        def _initialize_connection(self, conn):
            super()._initialize_connection(conn)
            prepared.append(conn)

    db = make(TenantPool)

    async def main():
        for _ in range(3):
            async with db:
                assert prepared[-1] is await db.aconnect()

    asyncio.run(main())
    assert len(prepared) == 3


@pytest.mark.spec("DB-080")
def test_a_class_may_close_in_its_own_way(make):
    closed = []

    class Own(SqliteDatabase):
        def _close(self, conn):
            closed.append(conn)
            super()._close(conn)

    class PooledOwn(PooledDatabase, Own):
        pass

    db = make(PooledOwn)
    for empty in (db.manual_close, db.close_all):
        db.connect()
        conn = db.connection()
        empty()
        assert closed == [conn]
        closed.clear()


def test_a_preparation_that_fails_costs_no_slot(make):
    class Fails(PooledSqliteDatabase):
        def _initialize_connection(self, conn):
            raise OperationalError("not prepared")

    db = make(Fails, max_connections=1)
    for _ in range(3):
        with pytest.raises(OperationalError, match="not prepared"):
            db.connect()

    async def main():
        for _ in range(3):
            with pytest.raises(OperationalError, match="not prepared"):
                await db.aconnect()

    asyncio.run(main())
    assert figures(db, "in_use", "size") == (0, 0)
