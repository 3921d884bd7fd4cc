"""What a transaction may be begun with on PostgreSQL, blocking and awaited."""

from __future__ import annotations

import asyncio

import pytest

MODES = "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"
ASKED = {"isolation": "SERIALIZABLE", "readonly": True, "deferrable": True}
GIVEN = ("serializable", "on")


@pytest.mark.parametrize("block", ["atomic", "transaction"])
def test_a_block_of_a_thread_has_modes(pooled, block):
    db = pooled()
    with db.connection_context(), getattr(db, block)(**ASKED):
        assert db.execute_sql(MODES).fetchone() == GIVEN
    with db.connection_context(), db.atomic("repeatable read"):
        assert db.execute_sql(MODES).fetchone() == ("repeatable read", "off")


def test_a_block_of_a_task_has_the_same_modes(awaited):
    db = awaited()

    async def main():
        async with db, db.atomic(**ASKED):
            return (await db.aexecute_sql(MODES)).fetchone()

    assert asyncio.run(main()) == GIVEN


def test_a_mode_that_there_is_not_is_named(pooled):
    db = pooled()
    with db.connection_context():
        with pytest.raises(TypeError, match="read_only"), db.atomic(read_only=True):
            pass
        assert not db.in_transaction()
        assert db.execute_sql("SELECT 1").fetchone() == (1,)
