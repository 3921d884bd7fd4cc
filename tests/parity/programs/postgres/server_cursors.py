"""Rows that stay on the server until they are asked for."""

from parity_program import program
from peewee import *
from playhouse.postgres_ext import PostgresqlExtDatabase, ServerSide, ServerSideQuery


def _numbers(t, count=1000, **options):
    db = t.database(PostgresqlExtDatabase, **options)

    class Number(db.Model):
        n = IntegerField()

    db.create_tables([Number])
    db.execute_sql("INSERT INTO number (n) SELECT generate_series(1, %s)", (count,))
    return db, Number


@program(spec=("PH-070",))
def rows_are_fetched_in_turn(t):
    db, Number = _numbers(t)
    query = Number.select().order_by(Number.n)
    t.show("sum", sum(row.n for row in ServerSide(query)))
    t.show("sizes", [sum(row.n for row in ServerSide(query, array_size=size)) for size in (1, 7, 1000, 5000)])
    t.show("tuples", list(ServerSide(Number.select(Number.n).order_by(Number.n).limit(3).tuples())))
    t.show("dicts", list(ServerSide(Number.select(Number.n).order_by(Number.n).limit(2).dicts())))
    t.show("none", list(ServerSide(Number.select().where(Number.n < 0))))


@program(spec=("PH-070",))
def rows_are_fetched_within_a_transaction(t):
    db, Number = _numbers(t)
    with db.atomic():
        total = 0
        for row in ServerSide(Number.select().order_by(Number.n), array_size=10):
            total += row.n
            if row.n % 250 == 0:
                Number.create(n=-row.n)
        t.show("sum", total)
    t.show("count", Number.select().count())


@program(spec=("PH-070",))
def a_loop_may_stop_early(t):
    db, Number = _numbers(t)
    for row in ServerSide(Number.select().order_by(Number.n), array_size=5):
        if row.n == 12:
            break
    t.show("usable", Number.select().count())
    rows = ServerSide(Number.select().order_by(Number.n))
    t.show("first", next(rows).n)
    rows.close()
    t.show("again", Number.select().count())


@program(spec=("PH-070",))
def two_cursors_at_once(t):
    db, Number = _numbers(t, 10)
    with db.atomic():
        one = ServerSide(Number.select().order_by(Number.n), array_size=2)
        two = ServerSide(Number.select().order_by(Number.n.desc()), array_size=3)
        t.show("pairs", [(a.n, b.n) for a, b in zip(one, two)])


@program(spec=("PH-070",))
def a_query_may_be_kept(t):
    db, Number = _numbers(t, 5)
    query = ServerSideQuery(Number.select().order_by(Number.n))
    t.show("iterator", [row.n for row in query.iterator()])
    query.close()


@program(spec=("PH-070", "PH-069"))
def a_database_may_fetch_all_its_rows_so(t):
    db, Number = _numbers(t, 50, server_side_cursors=True)
    t.show("all", sum(row.n for row in Number.select()))
    t.show("get", Number.get(Number.n == 5).n)
    t.show("count", Number.select().count())
    t.show("scalar", Number.select(fn.MAX(Number.n)).scalar())
    t.show("update", Number.update(n=0).where(Number.n > 40).execute())
    with db.atomic():
        t.show("inside", len(list(Number.select().where(Number.n == 0))))


@program(spec=("PH-070",))
def errors_within_a_cursor(t):
    db, Number = _numbers(t, 10)
    with t.raises("missing column"):
        list(ServerSide(Number.select(SQL("nothing"))))
    with t.raises("later"):
        for row in ServerSide(Number.select(SQL("10 / (5 - n)").alias("x")).order_by(Number.n), array_size=2):
            pass
    t.show("usable", Number.select().count())
    t.show("after", Number.select().count())


@program(spec=("PH-070",))
def plain_iterators_read_everything(t):
    db, Number = _numbers(t, 3000)
    t.show("iterator", sum(row.n for row in Number.select().iterator()))
    t.show("tuples", sum(n for (n,) in Number.select(Number.n).tuples().iterator()))
    t.show("raw", sum(row.n for row in Number.raw("SELECT n FROM number")))
