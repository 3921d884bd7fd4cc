"""INSERT in all its forms: one row, many, from a query, replace, defaults, errors."""

import datetime

from peewee import *

from parity_program import program


def stock(t, **options):
    db = t.database(**options)
    counter = iter(range(100, 200))

    class Item(db.Model):
        name = TextField(unique=True)
        count = IntegerField(default=7)
        note = TextField(null=True)
        serial = IntegerField(default=lambda: next(counter))
        label = TextField(column_name="lbl", null=True)

    db.create_tables([Item])
    return Item


@program(spec=("SB-050", "MD-037", "SB-049"))
def insert_takes_keywords(t):
    Item = stock(t)
    query = Item.insert(name="a", note="n")
    t.show("id", query.execute())
    t.show("next", Item.insert(label="x", name="b").execute())


@program(spec=("MD-031", "QB-051"))
def insert_takes_a_dict_of_fields_names_or_columns(t):
    Item = stock(t)
    t.show("fields", Item.insert({Item.name: "a", Item.count: 1}).execute())
    t.show("names", Item.insert({"name": "b", "label": "l"}).execute())
    t.show("columns", Item.insert({"name": "c", "lbl": "l"}).execute())
    t.show("dict and keywords", Item.insert({"name": "d"}, count=3).execute())


@program(spec=("MD-030", "QB-051"))
def an_insert_is_lazy_and_shows_its_sql(t):
    Item = stock(t)
    sql, params = Item.insert(note="n", name="a", serial=1).sql()
    t.show("sql", (sql, params))
    t.show("rows", Item.select().count())


@program(spec=("MD-031", "SB-046"))
def unknown_names_are_refused(t):
    Item = stock(t)
    with t.raises("keyword"):
        Item.insert(nothing=1)
    with t.raises("dict"):
        Item.insert({"nothing": 1}).execute()
    with t.raises("many"):
        Item.insert_many([{"name": "a", "nothing": 1}]).execute()
    with t.raises("field of another model", message=False):

        class Other(Model):
            size = IntegerField()

        Item.insert({Other.size: 1}).execute()


@program(spec=("SB-056", "FD-002", "SB-049"))
def defaults_are_evaluated_for_each_row(t):
    Item = stock(t)
    Item.insert(name="a").execute()
    Item.insert_many([{"name": "b"}, {"name": "c", "serial": 5}, {"name": "d"}]).execute()
    t.show("rows", list(Item.select(Item.name, Item.count, Item.serial).order_by(Item.id).tuples()))


@program(spec=("QB-051", "SB-048"))
def the_first_row_decides_the_columns(t):
    Item = stock(t)
    rows = [
        {"name": "a", "serial": 1},
        {"name": "b", "serial": 2, "note": "dropped"},
        {"name": "c"},
    ]
    query = Item.insert_many(rows)
    t.show("id", query.execute())
    t.show("rows", list(Item.select().order_by(Item.id).tuples()))


@program(spec=("QB-051", "SB-048"))
def a_missing_value_uses_the_default_null_or_fails(t):
    Item = stock(t)
    Item.insert_many([{"name": "a", "note": "n", "count": 1, "serial": 1}, {"name": "b"}]).execute()
    with t.raises("missing"):
        Item.insert_many([{"name": "c", "count": 1}, {"count": 2}]).execute()
    t.show("count", Item.select().count())


@program(spec=("QB-051",))
def tuples_follow_the_given_fields(t):
    Item = stock(t)
    Item.insert_many([("a", 1), ("b", 2)], fields=[Item.name, Item.count]).execute()
    Item.insert_many([("c", 3)], fields=["name", "count"]).execute()
    Item.insert_many([("d", 4, "n", 5, "l")]).execute()
    t.show(
        "rows",
        list(Item.select(Item.name, Item.count, Item.note, Item.serial, Item.label).order_by(Item.id).tuples()),
    )
    with t.raises("too short", message=False):
        Item.insert_many([("e",)], fields=[Item.name, Item.count]).execute()
    with t.raises("too long", message=False):
        Item.insert_many([("f", 1, 2)], fields=[Item.name, Item.count]).execute()


@program(spec=("SB-048", "MD-037"))
def inserting_nothing_sends_nothing(t):
    Item = stock(t)
    t.show("list", Item.insert_many([]).execute())
    t.show("generator", Item.insert_many(row for row in ()).execute())
    t.show("count", Item.select().count())


@program(spec=("SB-050", "MD-037"))
def insert_many_takes_any_iterable(t):
    Item = stock(t)
    t.show("generator", Item.insert_many({"name": f"g{n}", "serial": n} for n in range(3)).execute())
    t.show("tuple", Item.insert_many(({"name": "t", "serial": 9},)).execute())
    t.show("map", Item.insert_many(map(lambda n: {"name": n, "serial": 1}, "xy")).execute())
    t.show("names", [item.name for item in Item.select().order_by(Item.id)])


@program(spec=("QB-052", "SB-050"))
def as_rowcount_gives_the_count(t):
    Item = stock(t)
    rows = [{"name": n, "serial": 1} for n in "abc"]
    t.show("many", Item.insert_many(rows).as_rowcount().execute())
    t.show("one", Item.insert(name="d", serial=1).as_rowcount().execute())
    t.show("ignored", Item.insert_many(rows).on_conflict_ignore().as_rowcount().execute())


@program(spec=("QB-052",))
def an_empty_insert_takes_the_databases_defaults(t):
    db = t.database()

    class Bare(db.Model):
        name = TextField(null=True)

    class Filled(db.Model):
        name = TextField(default="x")

    db.create_tables([Bare, Filled])
    t.show("bare sql", Bare.insert().sql())
    t.show("bare", Bare.insert().execute())
    t.show("create", Bare.create())
    t.show("filled", Filled.insert().execute())


@program(spec=("QB-052",))
def insert_from_copies_rows(t):
    Item = stock(t)
    Item.insert_many([("a", 1), ("b", 2)], fields=[Item.name, Item.count]).execute()
    source = Item.select(Item.name.concat("2"), Item.count * 10, Item.serial).where(Item.count > 0)
    query = Item.insert_from(source, fields=[Item.name, Item.count, Item.serial])
    t.show("sql", query.sql())
    t.show("result", query.execute())
    t.show("rows", list(Item.select(Item.name, Item.count).order_by(Item.id).tuples()))
    t.show("names", Item.insert_from(source, fields=["name", "count", "serial"]).sql())


@program(spec=("QB-052",))
def insert_from_another_table(t):
    db = t.database()

    class Old(db.Model):
        name = TextField()

    class New(db.Model):
        title = TextField()
        size = IntegerField(default=3)

    db.create_tables([Old, New])
    Old.insert_many([("a",), ("b",)], fields=[Old.name]).execute()
    query = New.insert_from(Old.select(fn.UPPER(Old.name), 5), fields=[New.title, New.size])
    t.show("sql", query.sql())
    query.execute()
    with t.raises("too few columns", message=False):
        New.insert_from(Old.select(Old.name), fields=[New.title, New.size]).execute()
    t.show("rows", list(New.select().order_by(New.id).tuples()))


@program(spec=("QB-054",))
def replace_overwrites_the_row(t):
    Item = stock(t)
    first = Item.insert(name="a", count=1, serial=1).execute()
    t.show("sql", Item.replace(name="a", count=2, serial=2).sql())
    t.show("new id", Item.replace(name="a", count=2, serial=2).execute() == first)
    t.show(
        "many",
        Item.replace_many([{"name": "a", "serial": 3}, {"name": "b", "serial": 4}]).execute(),
    )
    t.show("rows", list(Item.select().order_by(Item.name).tuples()))


@program
def values_are_converted_by_their_fields(t):
    db = t.database()

    class Every(db.Model):
        i = IntegerField(null=True)
        f = FloatField(null=True)
        s = TextField(null=True)
        b = BooleanField(null=True)
        d = DateField(null=True)
        dt = DateTimeField(null=True)
        blob = BlobField(null=True)

    db.create_tables([Every])
    Every.insert(i="5", f="1.5", s=5, b=1, d="2024-01-02", dt="2024-01-02 03:04", blob="text").execute()
    Every.insert(i=True, f=2, s=b"bytes", b="x", d=datetime.datetime(2024, 1, 2, 3), blob=b"\x00\xff").execute()
    Every.insert(i="five", f="x", b=None, d="never", dt=datetime.date(2024, 1, 2)).execute()
    t.show("rows", list(Every.select().order_by(Every.id).tuples()))


@program
def expressions_can_be_inserted(t):
    Item = stock(t)
    query = Item.insert(name=fn.LOWER("ABC"), count=Value(2) + 3, serial=Item.select(fn.COUNT(Item.id)))
    t.show("sql", query.sql())
    query.execute()
    t.show("row", Item.select(Item.name, Item.count, Item.serial).tuples().get())


@program(spec=("DB-055", "SB-090"))
def broken_constraints_are_integrity_errors(t):
    Item = stock(t)
    Item.insert(name="a").execute()
    with t.raises("unique"):
        Item.insert(name="a").execute()
    with t.raises("not null"):
        Item.insert(name=None).execute()
    with t.raises("missing"):
        Item.insert(count=1).execute()
    with t.raises("many"):
        Item.insert_many([{"name": "b", "serial": 1}, {"name": "a", "serial": 1}]).execute()
    t.show("names", [item.name for item in Item.select()])


@program(spec=("SB-089",))
def the_drivers_error_is_kept(t):
    Item = stock(t)
    Item.insert(name="a").execute()
    try:
        Item.insert(name="a").execute()
    except IntegrityError as error:
        t.show("message", error)
        t.show("args", error.args)
        t.show("orig", type(error.orig).__name__)
        t.show("context", error.__context__ is error.orig)
        t.show("cause", error.__cause__)
        t.show("tree", [c.__name__ for c in type(error).__mro__])


@program
def values_the_driver_cannot_bind(t):
    Item = stock(t)
    with t.raises("too large", message=False):
        Item.insert(name="a", count=2**64).execute()
    with t.raises("object", message=False):
        Item.insert(name="b", serial=object()).execute()
    with t.raises("surrogate", message=False):
        Item.insert(name="\ud800").execute()
    t.show("largest", Item.insert(name="c", count=2**63 - 1, serial=-(2**63)).execute())
    t.show("rows", list(Item.select(Item.name, Item.count, Item.serial).tuples()))


@program
def text_survives_the_round_trip(t):
    Item = stock(t)
    texts = [
        "",
        "  ",
        "naïve",
        "日本語",
        "🦊",
        "a\x00b",
        "it's",
        'say "x"',
        "% _ \\",
        "line\nbreak",
        "?",
    ]
    for n, text in enumerate(texts):
        Item.insert(name=text, serial=n).execute()
    t.show("same", [item.name for item in Item.select().order_by(Item.serial)] == texts)
    t.show("found", [Item.select().where(Item.name == text).count() for text in texts])
    t.show("lengths", list(Item.select(fn.LENGTH(Item.name)).order_by(Item.serial).scalars()))


@program(spec=("QB-052",))
def an_insert_has_no_where(t):
    Item = stock(t)
    with t.raises("where", message=False):
        Item.insert(name="a").where(Item.id == 1)


@program(spec=("QB-056", "DB-064"))
def returning_gives_rows(t):
    Item = stock(t)
    query = Item.insert(name="a", serial=1).returning(Item.id, Item.name)
    t.show("sql", query.sql())
    t.show("rows", list(query.execute()))
    t.show("model", list(Item.insert(name="b", serial=2).returning(Item).execute()))
    rows = [{"name": "c", "serial": 3}, {"name": "d", "serial": 4}]
    t.show("dicts", list(Item.insert_many(rows).returning(Item.id, Item.name).dicts().execute()))
    rows = [{"name": "e", "serial": 5}]
    t.show("tuples", list(Item.insert_many(rows).returning(Item.id, Item.count * 2).tuples().execute()))


@program(spec=("DB-064",))
def the_returning_clause_can_be_automatic(t):
    Item = stock(t, returning_clause=True)
    t.show("one", Item.insert(name="a", serial=1).execute())
    t.show(
        "many",
        list(Item.insert_many([{"name": "b", "serial": 2}, {"name": "c", "serial": 3}]).execute()),
    )
    t.show("create", Item.create(name="d", serial=4).id)
    t.show("ignored", Item.insert(name="a", serial=9).on_conflict_ignore().execute())
    t.show("count", Item.insert(name="f", serial=9).as_rowcount().execute())


@program(spec=("SB-057", "MD-038"))
def keys_that_are_not_automatic(t):
    db = t.database()

    class Tag(db.Model):
        name = TextField(primary_key=True)

    class Pair(db.Model):
        a = IntegerField()
        b = IntegerField()

        class Meta:
            primary_key = CompositeKey("a", "b")

    db.create_tables([Tag, Pair])
    t.show("text", Tag.insert(name="x").execute())
    t.show("composite", Pair.insert(a=1, b=2).execute())
    t.show("many", Pair.insert_many([(3, 4), (5, 6)], fields=[Pair.a, Pair.b]).execute())
    with t.raises("duplicate"):
        Pair.insert(a=1, b=2).execute()
    t.show("pk", Pair.get(Pair.a == 3)._pk)


@program
def a_table_named_like_a_keyword(t):
    db = t.database()

    class Group(db.Model):
        order = TextField()
        from_ = TextField(column_name="from")

        class Meta:
            table_name = "group"

    db.create_tables([Group])
    Group.insert(order="a", from_="b").execute()
    t.show("row", Group.get())
    t.show("where", Group.select().where(Group.from_ == "b").count())
