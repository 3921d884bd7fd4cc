"""Programs about the class-level shortcuts: get and its kin, get_or_create, bulk writes.

The query language itself is not the subject here.
"""

from parity_program import program
from peewee import *


def _people(t, **settings):
    """Returns a database and a person model holding three rows."""
    db = t.database(**settings)

    class Person(Model):
        name = TextField(unique=True)
        age = IntegerField(default=18)

        class Meta:
            database = db

    db.create_tables([Person])
    Person.insert_many([("ann", 30), ("bob", 20), ("cid", 10)], fields=[Person.name, Person.age]).execute()
    return db, Person


@program(spec=("MD-032", "SB-024"))
def get_takes_expressions_and_names(t):
    _, Person = _people(t)
    t.show("expression", Person.get(Person.name == "bob"))
    t.show("two", Person.get(Person.age > 5, Person.age < 15))
    t.show("name", Person.get(name="ann"))
    t.show("both", Person.get(Person.age > 5, name="cid"))
    t.show("anything", Person.get())
    with t.raises("miss"):
        Person.get(name="zed")
    with t.raises("unknown name"):
        Person.get(shoe=42)


@program(spec=("MD-032",))
def get_with_a_number_means_the_key(t):
    _, Person = _people(t)
    t.show("number", Person.get(2).name)
    with t.raises("missing number"):
        Person.get(99)
    with t.raises("text is a condition"):
        Person.get("ann")


@program(spec=("MD-033",))
def get_or_none_gives_none_on_a_miss(t):
    _, Person = _people(t)
    t.show("hit", Person.get_or_none(name="ann"))
    t.show("miss", Person.get_or_none(Person.name == "zed"))
    t.show("query", Person.select().where(Person.age > 99).get_or_none())


@program(spec=("MD-033",))
def rows_are_read_and_written_by_key(t):
    _, Person = _people(t)
    t.show("get", Person.get_by_id(3).name)
    with t.raises("miss"):
        Person.get_by_id(0)
    with t.raises("none"):
        Person.get_by_id(None)
    t.show("set", Person.set_by_id(3, {"age": 11}))
    t.show("set by field", Person.set_by_id(3, {Person.name: "cyd"}))
    t.show("set a missing one", Person.set_by_id(99, {"age": 1}))
    t.show("set without a key", Person.set_by_id(None, {"name": "new", "age": 4}))
    t.show("delete", (Person.delete_by_id(1), Person.delete_by_id(1)))


@program(spec=("MD-033",))
def a_key_is_converted_on_lookup(t):
    _, Person = _people(t)
    t.show("text", Person.get_by_id("2").name)
    t.show("float", Person.get_by_id(2.0).name)
    t.show("instance", Person.get_by_id(Person.get_by_id(2)).name)
    with t.raises("words"):
        Person.get_by_id("two")


@program(spec=("MD-034", "SB-047"))
def get_or_create_finds_or_makes(t):
    _, Person = _people(t)
    t.show("found", Person.get_or_create(name="ann"))
    t.show("found ignores defaults", Person.get_or_create(name="ann", defaults={"age": 99}))
    t.show("made", Person.get_or_create(name="dan", defaults={"age": 5}))
    t.show("made plainly", Person.get_or_create(name="eve", age=6))


@program(spec=("MD-034", "SB-047"))
def get_or_create_raises_when_the_row_stays_away(t):
    db, Person = _people(t)
    with t.raises("unique name, other age"):
        Person.get_or_create(name="ann", age=99)
    with db.atomic():
        with t.raises("nested"):
            Person.get_or_create(name="ann", age=98)
        t.show("still usable", Person.get_or_create(name="fay")[1])
    t.show("count", Person.select().count())


@program(spec=("MD-034",))
def get_or_create_looks_again_after_losing_a_race(t):
    db, Person = _people(t, file=True)
    rival = SqliteDatabase(db.database)

    class Racing(Person):
        class Meta:
            table_name = "person"

        @classmethod
        def create(cls, **query):
            rival.execute_sql("INSERT INTO person (name, age) VALUES ('gus', 99)")
            return super().create(**query)

    person, created = Racing.get_or_create(name="gus", defaults={"age": 3})
    rival.close()
    t.show("found", (person.name, person.age, created))


@program(spec=("MD-035", "SB-054"))
def bulk_create_writes_many_instances(t):
    _, Person = _people(t)
    people = [Person(name="p%d" % number, age=number) for number in range(5)]
    t.show("result", Person.bulk_create(people))
    t.show("keys stay unset", [person.id for person in people])
    t.show("dirty", [person.is_dirty() for person in people])
    t.show("nothing", Person.bulk_create([]))


@program(spec=("MD-035",))
def bulk_create_in_batches(t):
    db, Person = _people(t)
    with db.atomic():
        Person.bulk_create([Person(name="p%d" % number) for number in range(5)], batch_size=2)
    t.show("rows", Person.select().count())
    with t.raises("batch in the middle"):
        Person.bulk_create([Person(name=name) for name in ("q", "r", "q")], batch_size=2)
    t.show(
        "first batch stays", [p.name for p in Person.select().where(Person.name << ["q", "r"]).order_by(Person.name)]
    )


@program(spec=("MD-035",))
def bulk_create_writes_null_for_what_is_unset(t):
    db = t.database()

    class Thing(Model):
        label = TextField(null=True)
        size = IntegerField(default=3)
        note = TextField(null=True, constraints=[SQL("DEFAULT 'server'")])

        class Meta:
            database = db

    db.create_tables([Thing])
    Thing.bulk_create([Thing(), Thing(label="l", note="n"), Thing(label="m", size=9)])
    t.show("rows", list(Thing.select().tuples()))


@program(spec=("MD-035", "DB-064", "SB-054"))
def bulk_create_fills_keys_when_rows_are_returned(t):
    _, Person = _people(t, returning_clause=True)
    people = [Person(name="p%d" % number) for number in range(3)]
    Person.bulk_create(people)
    t.show("keys", [person.id for person in people])
    t.show("dirty", [person.is_dirty() for person in people])


@program(spec=("DB-064", "MD-037"))
def returning_changes_what_inserts_give(t):
    _, Person = _people(t, returning_clause=True)
    t.show("one", Person.insert(name="x").execute())
    rows = Person.insert_many([{"name": "y"}, {"name": "z"}]).execute()
    t.show("many", [tuple(row) for row in rows])
    t.show("ignored", Person.insert(name="x").on_conflict_ignore().execute())
    t.show("create", Person.create(name="w").id)


@program(spec=("MD-036", "SB-054"))
def bulk_update_changes_many_instances(t):
    _, Person = _people(t)
    people = list(Person.select().order_by(Person.id))
    for person in people:
        person.age += 1
        person.name = person.name.upper()
    t.show("rows", Person.bulk_update(people, fields=[Person.age, "name"]))
    t.show("in batches", Person.bulk_update(people, fields=["age"], batch_size=2))
    t.show("stored", list(Person.select().order_by(Person.id).tuples()))


@program(spec=("MD-036", "SB-054"))
def bulk_update_refuses_what_it_cannot_do(t):
    db, Person = _people(t)

    class Pair(Model):
        a = IntegerField()
        b = IntegerField()
        c = IntegerField(null=True)

        class Meta:
            database = db
            primary_key = CompositeKey("a", "b")

    db.create_tables([Pair])
    pair = Pair.create(a=1, b=2)
    with t.raises("composite key"):
        Pair.bulk_update([pair], fields=["c"])
    with t.raises("nothing to update"):
        Person.bulk_update([], fields=["age"])
    with t.raises("no fields"):
        Person.bulk_update(list(Person.select()), fields=[])
    with t.raises("unknown field"):
        Person.bulk_update(list(Person.select()), fields=["shoe"])


@program(spec=("MD-031", "SB-046"))
def writes_take_fields_names_and_columns(t):
    db = t.database()

    class Thing(Model):
        label = TextField(column_name="the_label")
        size = IntegerField(default=0)

        class Meta:
            database = db

    db.create_tables([Thing])
    Thing.insert(label="by name").execute()
    Thing.insert({Thing.label: "by field"}).execute()
    Thing.insert({"the_label": "by column"}).execute()
    with t.raises("unknown key in a dict"):
        Thing.insert({"shoe": 1}).execute()
    with t.raises("unknown name"):
        Thing.insert(shoe=1).execute()
    t.show("update", Thing.update({Thing.size: 5}).where(Thing.label == "by field").execute())
    t.show("update by name", Thing.update(size=Thing.size + 1).execute())
    with t.raises("update unknown key"):
        Thing.update({"shoe": 1}).execute()
    with t.raises("update unknown name"):
        Thing.update(shoe=1).execute()


@program(spec=("MD-037", "SB-050", "SB-052"))
def writes_give_keys_and_counts(t):
    _, Person = _people(t)
    t.show("insert", Person.insert(name="x").execute())
    t.show("insert many", Person.insert_many([{"name": "y"}, {"name": "z"}]).execute())
    t.show("as rowcount", Person.insert_many([{"name": "u"}, {"name": "v"}]).as_rowcount().execute())
    t.show("nothing", Person.insert_many([]).execute())
    t.show("update", Person.update(age=1).where(Person.age > 15).execute())
    t.show("no match", Person.update(age=1).where(Person.age > 500).execute())
    t.show("delete", Person.delete().where(Person.name << ["x", "y"]).execute())
    t.show("delete all", Person.delete().execute())
    with t.raises("update nothing"):
        Person.update().execute()


@program(spec=("MD-038", "SB-051"))
def an_ignored_conflict_gives_the_previous_key(t):
    _, Person = _people(t)
    t.show("insert", Person.insert(name="new").execute())
    t.show("ignored", Person.insert(name="ann").on_conflict_ignore().execute())
    t.show("replaced", Person.replace(name="ann", age=1).execute())
    t.show("replace many", Person.replace_many([{"name": "bob", "age": 2}, {"name": "q", "age": 3}]).execute())
    t.show("rows", list(Person.select().order_by(Person.id).tuples()))


@program(spec=("MD-030",))
def noop_and_filter_are_queries(t):
    _, Person = _people(t)
    t.show("noop", (list(Person.noop()), Person.noop().sql()))
    t.show("filter", [p.name for p in Person.filter(age__gt=15).order_by(Person.name)])
    t.show("alias", Person.alias("p").select().sql())


@program(spec=("SB-056", "FD-002"))
def defaults_count_per_row_and_never_for_updates(t):
    db = t.database()
    counter = iter(range(100))

    class Thing(Model):
        number = IntegerField(default=lambda: next(counter))
        label = TextField(default="given")

        class Meta:
            database = db

    db.create_tables([Thing])
    Thing.insert_many([{"label": "a"}, {"label": "b"}]).execute()
    Thing.insert().execute()
    Thing.create()
    Thing.update(label="z").where(Thing.number == 0).execute()
    t.show("rows", list(Thing.select().order_by(Thing.id).tuples()))
