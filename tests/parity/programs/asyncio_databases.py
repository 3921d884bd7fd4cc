"""asyncio: connections, transactions and tasks of one database."""

import asyncio

from parity_asyncio import run_quietly
from parity_program import program
from peewee import *


def registers(t, **options):
    db = t.async_database(file=True, **options)

    class Register(db.Model):
        value = IntegerField(unique=True)

        class Meta:
            table_name = "register"

    return db, Register


def run(t, main, **options):
    db, Register = registers(t, **options)

    async def whole():
        await db.acreate_tables([Register])
        await db.aclose()
        await main(db, Register)
        await db.close_pool()

    run_quietly(whole())


async def values(db, Register):
    return await db.list(Register.select(Register.value).order_by(Register.value).tuples())


@program(spec=("AS-006",))
def a_connection_is_open_within_its_block(t):
    async def main(db, Register):
        t.show("before", db.is_closed())
        async with db:
            t.show("within", db.is_closed())
            t.show("no transaction", db.in_transaction())
            await Register.acreate(value=1)
        t.show("after", db.is_closed())
        with t.raises("fails", message=False):
            async with db:
                await Register.acreate(value=2)
                raise ValueError("kept")
        t.show("closed", db.is_closed())
        async with db:
            t.show("values", await values(db, Register))

    run(t, main)


@program(
    spec=(
        "AS-006",
        "AS-008",
    )
)
def connections_open_by_themselves(t):
    async def main(db, Register):
        await Register.acreate(value=1)
        t.show("open", db.is_closed())
        first = await db.aconnect()
        t.show("the same", first is await db.aconnect())
        await db.aclose()
        t.show("closed", db.is_closed())

    run(t, main)


@program(spec=("AS-006",))
def a_connection_is_not_closed_within_a_transaction(t):
    async def main(db, Register):
        async with db.atomic():
            with t.raises("close", message=False):
                await db.aclose()
        await db.aclose()
        t.show("closed", db.is_closed())

    run(t, main)


@program(spec=("AS-017",))
def transactions_commit_and_are_undone(t):
    async def main(db, Register):
        async with db:
            async with db.atomic():
                await Register.acreate(value=1)
                t.show("within", db.in_transaction())
            t.show("after", db.in_transaction())
            with t.raises("undone", message=False):
                async with db.atomic():
                    await Register.acreate(value=2)
                    raise ValueError("undo")
            t.show("values", await values(db, Register))

    run(t, main)


@program(spec=("AS-017",))
def nested_blocks_are_savepoints(t):
    async def main(db, Register):
        async with db, db.atomic():
            await Register.acreate(value=1)
            with t.raises("inner", message=False):
                async with db.atomic():
                    await Register.acreate(value=2)
                    raise ValueError("undo")
            async with db.savepoint() as savepoint:
                await Register.acreate(value=3)
                await savepoint.arollback()
                await Register.acreate(value=4)
            t.show("values", await values(db, Register))

    run(t, main)


@program(spec=("AS-017",))
def handles_commit_and_roll_back(t):
    async def main(db, Register):
        async with db:
            async with db.transaction() as transaction:
                await Register.acreate(value=1)
                await transaction.acommit()
                await Register.acreate(value=2)
                await transaction.arollback()
                await Register.acreate(value=3)
            t.show("values", await values(db, Register))

    run(t, main)


@program(spec=("AS-017",))
def a_failed_statement_leaves_its_transaction(t):
    async def main(db, Register):
        async with db, db.atomic():
            await Register.acreate(value=1)
            with t.raises("twice", message=False):
                async with db.atomic():
                    await Register.acreate(value=1)
            await Register.acreate(value=2)
        t.show("values", await values(db, Register))

    run(t, main)


@program(spec=("AS-017",))
def functions_are_called_after_the_commit(t):
    async def main(db, Register):
        calls = []
        async with db:
            async with db.atomic():
                db.after_commit(lambda: calls.append("first"))
                await Register.acreate(value=1)
                t.show("before", list(calls))
            t.show("after", list(calls))
            with t.raises("undone", message=False):
                async with db.atomic():
                    db.after_commit(lambda: calls.append("never"))
                    raise ValueError("undo")
            t.show("after the undone", list(calls))

            async def coroutine():
                pass

            async with db.atomic():
                with t.raises("coroutine", message=False):
                    db.after_commit(coroutine)

    run(t, main)


@program(
    spec=(
        "AS-005",
        "AS-010",
    )
)
def tasks_have_connections_of_their_own(t):
    async def main(db, Register):
        async def child(value):
            closed = db.is_closed()
            async with db:
                return closed, db.in_transaction(), await db.count(Register.select())

        async with db, db.atomic():
            t.show("child", await asyncio.create_task(child(1)))
            t.show("own", db.in_transaction())

    run(t, main)


@program(spec=("AS-010",))
def tasks_work_side_by_side(t):
    from logging import getLogger

    async def main(db, Register):
        async def work(number):
            async with db:
                cursor = await db.aexecute_sql(f"SELECT CAST({db.param} AS INTEGER)", (number,))
                return cursor.fetchone()[0]

        t.show("answers", await asyncio.gather(*(work(number) for number in range(20))))

    getLogger("peewee").disabled = True
    try:
        run(t, main, pool_size=3)
    finally:
        getLogger("peewee").disabled = False


@program(spec=("AS-009",))
def a_task_that_ends_leaves_nothing_open(t):
    async def main(db, Register):
        async def left():
            await db.aconnect()
            await Register.acreate(value=1)

        for number in range(4):
            with t.raises(f"left {number}", message=False):
                await asyncio.create_task(left())
            await asyncio.sleep(0)
        t.show("values", await values(db, Register))

    run(t, main, pool_size=2, acquire_timeout=5)


@program(spec=("AS-009",))
def a_cancelled_task_undoes_its_transaction(t):
    async def main(db, Register):
        begun = asyncio.Event()

        async def endless():
            async with db, db.atomic():
                await Register.acreate(value=1)
                begun.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(endless())
        await begun.wait()
        task.cancel()
        await asyncio.wait([task])
        t.show("cancelled", task.cancelled())
        t.show("values", await values(db, Register))

    run(t, main)


@program(spec=("AS-011",))
def a_pool_without_connections_refuses(t):
    async def main(db, Register):
        async with db:

            async def other():
                with t.raises("refused", message=False):
                    await db.aconnect()

            await asyncio.create_task(other())
        async with db:
            t.show("of use", await values(db, Register))

    run(t, main, pool_size=1, acquire_timeout=0.1)


@program(spec=("AS-020",))
def a_closed_pool_opens_anew(t):
    async def main(db, Register):
        async with db:
            await Register.acreate(value=1)
        await db.close_pool()
        async with db:
            t.show("values", await values(db, Register))
        await db.close_pool()
        await db.close_pool()

    run(t, main)


@program(
    spec=(
        "AS-004",
        "AS-005",
    )
)
def each_loop_begins_anew(t):
    db, Register = registers(t)

    async def first():
        async with db:
            await db.acreate_tables([Register])
            await Register.acreate(value=1)
        await db.close_pool()

    async def second():
        async with db:
            t.show("values", await values(db, Register))
        await db.close_pool()

    t.show("before", db.is_closed())
    run_quietly(first())
    run_quietly(second())
    t.show("outside", db.is_closed())


@program(
    spec=(
        "AS-007",
        "AS-017",
    )
)
def blocks_of_blocking_code_in_run(t):
    async def main(db, Register):
        def work():
            with db:
                with db.atomic():
                    Register.create(value=1)
                with db.atomic() as transaction:
                    Register.create(value=2)
                    transaction.rollback()
                return [register.value for register in Register.select()]

        t.show("values", await db.run(work))

    run(t, main)


@program(spec=("AS-017",))
def run_takes_part_in_the_transaction(t):
    async def main(db, Register):
        async with db:
            with t.raises("undone", message=False):
                async with db.atomic():
                    await db.run(Register.create, value=1)
                    t.show("within", await values(db, Register))
                    raise ValueError("undo")
            t.show("values", await values(db, Register))

    run(t, main)


@program(spec=("AS-012",))
def tables_are_made_and_dropped(t):
    async def main(db, Register):
        async with db:
            t.show("there", await db.run(db.get_tables))
            await db.adrop_tables([Register])
            t.show("gone", await db.run(db.get_tables))
            await db.acreate_tables([Register], safe=True)
            t.show("again", await db.run(Register.table_exists))

    run(t, main)


@program(spec=("AS-013",))
def a_query_keeps_its_binding(t):
    async def main(db, Register):
        unbound = Register.select()
        t.show("own", len(list(await unbound.aexecute())))
        t.show("given", len(list(await unbound.aexecute(db))))

        class Loose(Model):
            value = IntegerField()

        with t.raises("unbound", message=False):
            await Loose.select().aexecute()

    run(t, main)


@program(
    spec=(
        "AS-003",
        "AS-016",
    )
)
def models_of_a_database_have_awaited_methods(t):
    from playhouse.pwasyncio import AsyncModel

    db, Register = registers(t)
    t.show("is async", issubclass(Register, AsyncModel))
    t.show("methods", all(hasattr(Register, name) for name in ("acreate", "aget", "asave", "afetch", "abulk_create")))
