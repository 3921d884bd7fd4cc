"""Queries of the same shape with other values: what a cache of statements must not mix up."""

from peewee import *
from peewee import chunked
from parity_program import program


def items(t, **options):
    db = t.database(**options)

    class Item(db.Model):
        name = TextField(null=True)
        size = IntegerField(null=True)
        ratio = FloatField(null=True)
        live = BooleanField(default=True)

    db.create_tables([Item])
    rows = [
        ("a", 1, 0.5, True),
        ("b", 2, None, False),
        (None, 3, 1.5, True),
        ("d", None, 2.5, False),
    ]
    fields = [Item.name, Item.size, Item.ratio, Item.live]
    Item.insert_many(rows, fields=fields).execute()
    return Item


@program
def the_same_shape_with_other_values(t):
    Item = items(t)
    for n in range(5):
        row = Item.get_or_none((Item.size == n) & (Item.live == (n % 2 == 1)))
        t.show(f"row {n}", row)


@program(spec=("SB-001",))
def none_changes_the_shape_of_an_equality(t):
    Item = items(t)
    for label, value in [("one", 1), ("none", None), ("two", 2), ("none again", None)]:
        query = Item.select(Item.id).where(Item.size == value)
        t.show(label, query.sql())
        t.show(label + " ids", [row.id for row in query])


@program(spec=("SB-002",))
def the_length_of_a_list_changes_the_shape(t):
    Item = items(t)
    for values in ([1], [1, 2], [1, 2, 3], [], [3], [2, 1]):
        query = Item.select(Item.id).where(Item.size.in_(values)).order_by(Item.id)
        t.show(f"{values}", ([row.id for row in query], query.sql()))


@program
def the_type_of_a_value_does_not_change_the_text(t):
    Item = items(t)
    for label, value in [("int", 1), ("float", 1.0), ("text", "1"), ("bool", True)]:
        query = Item.select(Item.id).where(fn.COALESCE(Item.size, 0) == value)
        t.show(label, query.sql())
        t.show(label + " ids", [row.id for row in query])


@program
def limits_come_and_go(t):
    Item = items(t)
    base = Item.select(Item.id).order_by(Item.id)
    for label, query in [
        ("one", base.limit(1)),
        ("two", base.limit(2)),
        ("none", base.limit(None)),
        ("offset", base.limit(2).offset(1)),
        ("other offset", base.limit(2).offset(2)),
        ("one again", base.limit(1)),
    ]:
        t.show(label, [row.id for row in query])


@program
def a_query_is_executed_before_and_after_a_write(t):
    Item = items(t)
    for n in range(3):
        t.show(f"count {n}", Item.select().where(Item.size > 1).count())
        Item.create(name=f"new {n}", size=10 + n)
    t.show("get by id", [Item.get_by_id(n).name for n in (5, 6, 7)])


@program
def a_table_changes_under_a_query(t):
    db = t.database()
    db.execute_sql("create table thing (id integer primary key, name text)")

    class Thing(db.Model):
        name = TextField()

    class ThingWithSize(db.Model):
        name = TextField()
        size = IntegerField(null=True)

        class Meta:
            table_name = "thing"

    Thing.create(name="a")
    t.show("before", list(Thing.select().tuples()))
    with t.raises("no column yet"):
        list(ThingWithSize.select())
    db.execute_sql("alter table thing add column size integer default 5")
    t.show("old model", list(Thing.select().tuples()))
    t.show("new model", list(ThingWithSize.select().tuples()))
    t.show("star", db.execute_sql("select * from thing").fetchall())
    db.execute_sql("drop table thing")
    with t.raises("no table"):
        Thing.get_by_id(1)
    db.create_tables([ThingWithSize])
    t.show("empty", Thing.select().count())


@program
def two_models_of_the_same_table_keep_their_own_fields(t):
    db = t.database()

    class Raw(db.Model):
        value = TextField()

        class Meta:
            table_name = "v"

    class Typed(db.Model):
        value = IntegerField()

        class Meta:
            table_name = "v"

    db.create_tables([Raw])
    Raw.create(value="12")
    t.show("raw", Raw.get_by_id(1))
    t.show("typed", Typed.get_by_id(1))
    t.show("raw again", Raw.get_by_id(1))
    t.show("same text", Raw.select().sql() == Typed.select().sql())


@program
def two_databases_keep_their_own_statements(t):
    one, two = t.database(), t.database(file=True)

    class Item(Model):
        name = TextField()

    for n, db in enumerate((one, two)):
        with db.bind_ctx([Item]):
            Item.create_table()
            for number in range(n + 1):
                Item.create(name=f"{n}{number}")
    for n, db in enumerate((one, two, one, two)):
        with db.bind_ctx([Item]):
            t.show(f"names {n}", [item.name for item in Item.select().order_by(Item.id)])
            t.show(f"by id {n}", Item.get_or_none(Item.id == 2))


@program
def a_database_that_was_closed_and_opened_again(t):
    db = t.database(file=True)

    class Item(db.Model):
        name = TextField()

    db.create_tables([Item])
    Item.create(name="a")
    for n in range(3):
        t.show(f"row {n}", Item.get_by_id(1))
        t.show(f"closed {n}", db.close())
    db.init(t.path("other.db"))
    with t.raises("other file"):
        Item.get_by_id(1)


@program
def one_node_in_many_queries(t):
    Item = items(t)
    condition = (Item.size > 1) & (Item.live == True)
    t.show("select", Item.select(Item.id).where(condition).sql())
    t.show("alias", Item.alias("x").select().where(condition).sql())
    t.show("update", Item.update(size=0).where(condition).sql())
    t.show("delete", Item.delete().where(condition).sql())
    t.show("negated", Item.select(Item.id).where(~condition).sql())
    t.show("twice", Item.select(Item.id).where(condition | condition).sql())
    t.show("in case", Item.select(Case(None, [(condition, 1)], 0)).sql())
    t.show("unchanged", Item.select(Item.id).where(condition).sql())


@program
def a_list_is_read_when_the_query_is_rendered(t):
    Item = items(t)
    values = [1]
    query = Item.select(Item.id).where(Item.size.in_(values))
    t.show("before", query.sql())
    values.append(2)
    t.show("after", query.sql())


@program
def a_long_chain_of_conditions(t):
    Item = items(t)
    condition = Item.size == 0
    for n in range(1, 60):
        condition = condition | (Item.size == n)
    query = Item.select(Item.id).where(condition).order_by(Item.id)
    sql, params = query.sql()
    t.show("length", (len(sql), sql.count("OR"), params[:3], params[-3:]))
    t.show("ids", [row.id for row in query])


@program
def many_parameters(t):
    Item = items(t)
    query = Item.select(Item.id).where(Item.size.in_(range(900))).order_by(Item.id)
    sql, params = query.sql()
    t.show("parameters", (sql.count("?"), len(params)))
    t.show("ids", [row.id for row in query])
    rows = [{"name": str(n), "size": n} for n in range(600)]
    for batch in chunked(rows, 200):
        Item.insert_many(batch).execute()
    t.show("count", Item.select().count())
    t.show("sum", Item.select(fn.SUM(Item.size)).scalar())


@program
def too_many_parameters_fail_in_the_driver(t):
    Item = items(t)
    with t.raises("select", message=False):
        list(Item.select(Item.id).where(Item.size.in_(list(range(300_000)))))
    t.show("still usable", Item.select().count())


@program
def a_large_result_is_complete(t):
    db = t.database()

    class Number(db.Model):
        value = IntegerField()

    db.create_tables([Number])
    with db.atomic():
        for batch in chunked(range(3000), 500):
            Number.insert_many([(n,) for n in batch], fields=[Number.value]).execute()
    rows = list(Number.select().order_by(Number.id))
    t.show("sum", (len(rows), sum(row.value for row in rows)))
    kept = rows[1234]
    del rows
    t.show("kept", kept)
    t.show("iterator", sum(row.value for row in Number.select().iterator()))
    t.show("tuples", sum(row[1] for row in Number.select().tuples()))
    t.show("some", [row.value for row in Number.select().order_by(Number.id)[998:1003]])
