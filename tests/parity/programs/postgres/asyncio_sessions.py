"""asyncio on a server: transactions, savepoints, isolation, the pool, and tasks beside each other."""

import asyncio
import contextlib

from parity_asyncio import run_quietly
from parity_program import program
from peewee import *


def run(t, main, **options):
    """Runs a coroutine over one fresh table."""
    db = t.async_database(**options)

    class Note(db.Model):
        body = TextField(unique=True)

        class Meta:
            table_name = "note"

    async def whole():
        await db.acreate_tables([Note])
        await db.aclose()
        await main(db, Note)
        await db.close_pool()

    run_quietly(whole())


async def bodies(db, Note):
    return sorted(row[0] for row in await db.list(Note.select(Note.body).tuples()))


async def setting(db, name):
    return (await db.aexecute_sql(f"SHOW {name}")).fetchone()[0]


async def all_of(events):
    for event in events:
        await event.wait()


def logging_off(function, *args, **options):
    """Without the order of the statements of several tasks, which is nobody's."""
    from logging import getLogger

    getLogger("peewee").disabled = True
    try:
        function(*args, **options)
    finally:
        getLogger("peewee").disabled = False


@program(spec=("AS-017",))
def a_broken_transaction_refuses_everything(t):
    async def main(db, Note):
        with t.raises("block"):
            async with db.atomic():
                await Note.acreate(body="one")
                with t.raises("first"):
                    await Note.acreate(body="one")
                with t.raises("second"):
                    await db.count(Note.select())
                with t.raises("sql"):
                    await db.aexecute_sql("SELECT 1")
                with t.raises("stream"):
                    t.show("never", [row async for row in db.iterate(Note.select())])
                with t.raises("nested"):
                    async with db.atomic():
                        t.show("entered", True)
                await Note.acreate(body="two")
        t.show("in transaction", db.in_transaction())
        t.show("after", await bodies(db, Note))
        t.show("usable", (await Note.acreate(body="later")).body)

    run(t, main)


@program(spec=("AS-017",))
def a_broken_transaction_that_ends_well_is_rolled_back(t):
    async def main(db, Note):
        with t.raises("end"):
            async with db.atomic():
                await Note.acreate(body="one")
                with t.raises("broken"):
                    await db.aexecute_sql("SELECT 1/0")
        t.show("rows", await bodies(db, Note))

    run(t, main)


@program(spec=("AS-017",))
def an_inner_block_saves_the_transaction(t):
    async def main(db, Note):
        async with db, db.atomic():
            await Note.acreate(body="one")
            with t.raises("inner"):
                async with db.atomic():
                    await Note.acreate(body="two")
                    async with db.atomic():
                        await Note.acreate(body="three")
                    await Note.acreate(body="one")
            await Note.acreate(body="four")
            with t.raises("deep"):
                async with db.atomic(), db.atomic(), db.atomic():
                    await Note.acreate(body="five")
                    raise ValueError("all three")
            t.show("within", await bodies(db, Note))
        t.show("after", await bodies(db, Note))

    run(t, main)


@program(spec=("AS-017",))
def savepoints_and_transactions_by_name(t):
    async def main(db, Note):
        async with db.transaction() as outer:
            await Note.acreate(body="one")
            async with db.savepoint() as inner:
                await Note.acreate(body="two")
                await inner.arollback()
            async with db.savepoint():
                await Note.acreate(body="three")
            await outer.acommit()
            await Note.acreate(body="four")
            await outer.arollback()
        t.show("rows", await bodies(db, Note))

    run(t, main)


@program(spec=("AS-017",))
def transactions_have_levels_and_modes(t):
    async def main(db, Note):
        for level in ("serializable", "repeatable_read", "read_committed"):
            async with db.atomic(isolation=level):
                t.show(level, await setting(db, "transaction_isolation"))
        async with db.atomic(readonly=True):
            t.show("readonly", await setting(db, "transaction_read_only"))
            with t.raises("write"):
                async with db.atomic():
                    await Note.acreate(body="no")
        async with db.transaction(isolation="serializable", readonly=True, deferrable=True):
            t.show("deferrable", await setting(db, "transaction_deferrable"))
        async with db.atomic():
            names = ("transaction_isolation", "transaction_read_only", "transaction_deferrable")
            t.show("default", [await setting(db, name) for name in names])
        with t.raises("unknown level", message=False):
            async with db.atomic(isolation="perfect"):
                t.show("perfect", True)
        with t.raises("unknown mode", message=False):
            async with db.atomic(perfect=True):
                t.show("mode", True)
        t.show("usable", (db.in_transaction(), await bodies(db, Note)))

    run(t, main)


@program(spec=("AS-017", "AS-022"))
def a_database_has_its_level(t):
    async def main(db, Note):
        async with db.atomic():
            t.show("block", await setting(db, "transaction_isolation"))
        t.show("statement", await setting(db, "transaction_isolation"))
        async with db.atomic(isolation="read_committed"):
            t.show("other", await setting(db, "transaction_isolation"))

    run(t, main, isolation_level="SERIALIZABLE")


@program(spec=("AS-010", "AS-017"))
def units_of_tasks_do_not_see_each_other(t):
    async def main(db, Note):
        begun, seen = ([asyncio.Event() for _ in range(3)] for _ in range(2))
        found = {}

        async def unit(number):
            async with db, db.atomic():
                # Which of them would get which key is nobody's to say.
                await db.aexecute(Note.insert(id=number + 1, body=f"unit {number}"))
                begun[number].set()
                await all_of(begun)
                found[number] = await bodies(db, Note)
                seen[number].set()
                await all_of(seen)
                if number == 2:
                    raise ValueError("undo")

        results = await asyncio.gather(*(unit(number) for number in range(3)), return_exceptions=True)
        t.show("results", [type(one).__name__ for one in results])
        t.show("found", [found[number] for number in range(3)])
        t.show("after", await bodies(db, Note))

    logging_off(run, t, main)


@program(spec=("AS-010",))
def a_child_does_not_see_its_parents_transaction(t):
    async def main(db, Note):
        async def look():
            return db.is_closed(), db.in_transaction(), await bodies(db, Note), db.in_transaction()

        async with db, db.atomic():
            await Note.acreate(body="parent")
            t.show("task", await asyncio.create_task(look()))
            t.show("gather", await asyncio.gather(look()))
            t.show("same task", await look())
            t.show("in run", await db.run(lambda: [row.body for row in Note.select()]))
        t.show("afterwards", await asyncio.create_task(look()))

    run(t, main)


@program(spec=("AS-017",))
def a_level_sees_one_state(t):
    async def main(db, Note):
        await Note.acreate(body="before")

        async def write():
            async with db:
                await Note.acreate(body="meanwhile")

        async with db:
            async with db.atomic(isolation="repeatable_read"):
                t.show("first", await bodies(db, Note))
                await asyncio.create_task(write())
                t.show("second", await bodies(db, Note))
            t.show("after", await bodies(db, Note))

    run(t, main)


@program(spec=("AS-017",))
def two_that_cannot_both_be_are_told(t):
    async def main(db, Note):
        await Note.acreate(body="a")

        async def change():
            async with db, db.atomic(isolation="repeatable_read"):
                await db.aexecute(Note.update(body="theirs").where(Note.body == "a"))

        with t.raises("conflict"):
            async with db, db.atomic(isolation="repeatable_read"):
                await bodies(db, Note)
                await asyncio.create_task(change())
                await db.aexecute(Note.update(body="ours").where(Note.body == "a"))
        t.show("rows", await bodies(db, Note))

    run(t, main)


@program(spec=("AS-004", "AS-010", "AS-011"))
def a_pool_lends_each_connection_once(t):
    async def main(db, Note):
        entered, leave = asyncio.Queue(), asyncio.Event()

        async def hold():
            async with db:
                pid = (await db.aexecute_sql("SELECT pg_backend_pid()")).fetchone()[0]
                await entered.put(pid)
                await leave.wait()
                return pid

        async def refused():
            with t.raises("third"):
                await db.aconnect()

        holders = [asyncio.create_task(hold()) for _ in range(2)]
        pids = {await entered.get() for _ in range(2)}
        t.show("two sessions", len(pids))
        await asyncio.create_task(refused())
        waiter = asyncio.create_task(hold())
        leave.set()
        t.show("one of them again", await waiter in pids)
        await asyncio.gather(*holders)
        async with db:
            t.show("of use", await bodies(db, Note))

    logging_off(run, t, main, pool_size=2, acquire_timeout=0.5)


@program(spec=("AS-008", "AS-009"))
def what_a_task_leaves_is_cleaned_for_the_next(t):
    async def main(db, Note):
        async def leaves_a_block():
            await db.atomic().__aenter__()
            await Note.acreate(body="never")

        async def leaves_a_statement():
            await db.aexecute_sql("BEGIN")
            await db.aexecute_sql("INSERT INTO note (body) VALUES ('never either')")

        async def leaves_a_setting():
            await db.aexecute_sql("SET statement_timeout = 12345")
            await db.aexecute_sql("CREATE TEMPORARY TABLE left_over (id INTEGER)")

        async def looks():
            async with db:
                left = (await db.aexecute_sql("SELECT to_regclass('left_over') IS NULL")).fetchone()[0]
                return await bodies(db, Note), await setting(db, "statement_timeout"), left

        for leaves in (leaves_a_block, leaves_a_statement, leaves_a_setting):
            await asyncio.create_task(leaves())
            t.show(leaves.__name__, await asyncio.create_task(looks()))

    run(t, main, pool_size=1, acquire_timeout=5)


@program(spec=("AS-009",))
def a_cancelled_statement_leaves_a_usable_pool(t):
    async def main(db, Note):
        async def slow():
            async with db, db.atomic():
                await Note.acreate(body="never")
                begun.set()
                await db.aexecute_sql("SELECT pg_sleep(60)")

        begun = asyncio.Event()
        task = asyncio.create_task(slow())
        await begun.wait()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        t.show("cancelled", task.cancelled())
        async with db:
            t.show("rows", await bodies(db, Note))

    run(t, main, pool_size=1, acquire_timeout=10)


@program(spec=("AS-006", "AS-020"))
def a_session_that_the_server_ended_is_replaced(t):
    async def main(db, Note):
        async def end(pid):
            async with db:
                await db.aexecute_sql("SELECT pg_terminate_backend(%s)", (pid,))
                while (await db.aexecute_sql("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (pid,))).fetchone():
                    pass

        async with db:
            pid = (await db.aexecute_sql("SELECT pg_backend_pid()")).fetchone()[0]
            await asyncio.create_task(end(pid))
            # Whether the first statement meets the end, or the end has been met before it, is a race.
            with contextlib.suppress(Exception):
                await bodies(db, Note)
            t.show("within", await bodies(db, Note))
        async with db:
            t.show("later", await bodies(db, Note))

    logging_off(run, t, main)


@program(spec=("AS-022",))
def settings_of_a_session(t):
    async def main(db, Note):
        t.show("encoding", await setting(db, "client_encoding"))
        for name in ("application_name", "statement_timeout"):
            t.show(name, await setting(db, name))

    run(t, main, server_settings={"application_name": "a b\\c 'd'", "statement_timeout": "5000"})


@program(spec=("AS-012", "AS-017"))
def locks_are_waited_for(t):
    async def main(db, Note):
        await Note.acreate(body="a")
        order = []

        async def other():
            async with db, db.atomic():
                with t.raises("nowait"):
                    async with db.atomic():
                        await db.list(Note.select().for_update(nowait=True))
                t.show("skipped", await db.list(Note.select().for_update("FOR UPDATE SKIP LOCKED")))
                locked.set()
                await db.list(Note.select().for_update())
                order.append("other")

        locked = asyncio.Event()
        async with db, db.atomic():
            await db.list(Note.select().for_update())
            task = asyncio.create_task(other())
            await locked.wait()
            order.append("first")
        await task
        t.show("order", order)

    logging_off(run, t, main)
