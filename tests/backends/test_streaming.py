"""A million rows, read one by one: the memory stays as it was."""

from __future__ import annotations

import pytest

from backends.programs import run_program

#: How many kilobytes the process may grow above what it had before the rows.
BOUND = 50 * 1024
ROWS = 1_000_000

PRELUDE = """
import asyncio, json, os, sys
from redstart import IntegerField, Select, TextField, fn
from redstart.postgres_ext import PostgresqlExtDatabase, ServerSide
from redstart.pwasyncio import AsyncPostgresqlDatabase
from redstart.pool import PooledPostgresqlDatabase

dsn, rows = sys.argv[1], int(sys.argv[2])

def resident():
    # The memory that is really there, in kilobytes.
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

def numbers(db):
    # Rows with some weight: kept all, they would take hundreds of megabytes.
    return Select(columns=[fn.generate_series(1, rows).alias("n"), fn.repeat("x", 100).alias("text")]).bind(db)

class Watch:
    def __init__(self):
        self.first, self.most, self.count, self.sum = resident(), 0, 0, 0

    def see(self, n):
        self.count += 1
        self.sum += n
        if self.count % 10000 == 0:
            self.most = max(self.most, resident())

    def report(self):
        print(json.dumps([self.count, self.sum, self.most - self.first]))
"""

WAYS = {
    "iterate of a task": """
db = AsyncPostgresqlDatabase(dsn, pool_size=1)
async def main():
    async with db:
        await db.list(numbers(db).limit(1000))
        watch = Watch()
        async for row in db.iterate(numbers(db).dicts()):
            watch.see(row["n"])
        watch.report()
asyncio.run(main())
""",
    "iterate with groups of 5,000": """
db = AsyncPostgresqlDatabase(dsn, pool_size=1)
async def main():
    async with db:
        await db.list(numbers(db).limit(10000))
        watch = Watch()
        async for row in db.iterate(numbers(db).tuples(), buffer_size=5000):
            watch.see(row[0])
        watch.report()
asyncio.run(main())
""",
    "iterate of models": """
db = AsyncPostgresqlDatabase(dsn, pool_size=1)
class Number(db.Model):
    n = IntegerField()
    text = TextField()
async def main():
    async with db:
        await db.aexecute_sql("CREATE TABLE number (id serial PRIMARY KEY, n int, text text)")
        await db.aexecute_sql(f"INSERT INTO number (n, text) SELECT n, 'x' FROM generate_series(1, {rows}) AS n")
        await db.list(Number.select().limit(1000))
        watch = Watch()
        async for number in db.iterate(Number.select()):
            watch.see(number.n)
        watch.report()
asyncio.run(main())
""",
    "ServerSide": """
db = PostgresqlExtDatabase(dsn)
with db.connection_context(), db.atomic():
    list(ServerSide(numbers(db).limit(1000).tuples()))
    watch = Watch()
    for row in ServerSide(numbers(db).tuples()):
        watch.see(row[0])
    watch.report()
""",
    "a database with server_side_cursors": """
db = PostgresqlExtDatabase(dsn, server_side_cursors=True)
with db.connection_context(), db.atomic():
    watch = Watch()
    for row in numbers(db).tuples().iterator():
        watch.see(row[0])
    watch.report()
""",
}


@pytest.mark.spec("AS-012")
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_million_rows_take_no_memory(postgres_database, way):
    count, total, grown = run_program(PRELUDE + way, postgres_database.dsn(), str(ROWS))
    assert count == ROWS
    assert total == ROWS * (ROWS + 1) // 2
    assert grown < BOUND
