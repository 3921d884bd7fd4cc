"""Sequences, identities, schemas, generated and default columns."""

from parity_program import program
from peewee import *


@program(spec=("FD-027", "DB-070"))
def serial_keys_are_returned(t):
    db = t.database()

    class Note(db.Model):
        body = TextField()

    db.create_tables([Note])
    t.show("create", [Note.create(body=str(n)).id for n in range(3)])
    t.show("insert", Note.insert(body="x").execute())
    t.show("many", list(Note.insert_many([("a",), ("b",)], [Note.body]).execute()))
    t.show("given", Note.insert(id=100, body="y").execute())
    t.show("next", Note.insert(body="z").execute())
    with db.atomic() as block:
        Note.create(body="undone")
        block.rollback()
    t.show("after rollback", Note.create(body="gap").id)


@program(spec=("FD-027",))
def big_serial_keys(t):
    db = t.database()

    class Note(db.Model):
        id = BigAutoField()

    db.create_tables([Note])
    db.execute_sql("ALTER SEQUENCE note_id_seq RESTART WITH 3000000000")
    t.show("key", Note.insert().execute())
    t.show("found", Note.get_by_id(3000000000).id)


@program(spec=("FD-027",))
def identity_keys(t):
    db = t.database()

    class Note(db.Model):
        id = IdentityField()
        body = TextField()

    db.create_tables([Note])
    t.show("create", Note.create(body="a").id)
    t.show("given", Note.insert(id=50, body="b").execute())
    t.show("next", Note.create(body="c").id)


@program(spec=("FD-027",))
def identity_keys_that_are_always_generated(t):
    db = t.database()

    class Note(db.Model):
        id = IdentityField(generate_always=True)
        body = TextField()

    db.create_tables([Note])
    t.show("create", Note.create(body="a").id)
    with t.raises("given"):
        Note.insert(id=50, body="b").execute()


@program(spec=("DB-030", "MD-042"))
def keys_from_a_sequence_of_ones_own(t):
    db = t.database()

    class Note(db.Model):
        number = IntegerField(primary_key=True, sequence="note_numbers")
        body = TextField()

    t.show("exists", db.sequence_exists("note_numbers"))
    db.create_tables([Note])
    t.show("exists now", db.sequence_exists("note_numbers"))
    t.show("keys", [Note.create(body=str(n)).number for n in range(2)])
    t.show("next", db.execute_sql("SELECT nextval('note_numbers')").fetchone())
    t.show("many", list(Note.insert_many([("a",), ("b",)], [Note.body]).execute()))
    db.drop_tables([Note])
    t.show("after", db.sequence_exists("note_numbers"))


@program(spec=("QB-006",))
def models_stand_in_schemas(t):
    db = t.database()
    db.execute_sql("CREATE SCHEMA shop")

    class Owner(db.Model):
        name = TextField(unique=True)

        class Meta:
            schema = "shop"

    class Item(db.Model):
        owner = ForeignKeyField(Owner, backref="items")
        name = TextField(index=True)

        class Meta:
            schema = "shop"
            table_name = "goods"

    db.create_tables([Owner, Item])
    owner = Owner.create(name="ann")
    Item.create(owner=owner, name="tea")
    t.show("rows", [(item.name, item.owner.name) for item in Item.select(Item, Owner).join(Owner)])
    t.show("update", Item.update(name="coffee").execute())
    t.show("tables", (db.get_tables(), db.get_tables("shop")))
    t.show("exists", (Item.table_exists(), db.table_exists("goods"), db.table_exists("goods", schema="shop")))
    t.show(
        "upsert",
        Owner.insert(name="ann").on_conflict(conflict_target=[Owner.name], update={Owner.name: "bea"}).execute(),
    )
    t.show("delete", Item.delete().execute())
    db.drop_tables([Owner, Item])
    t.show("left", db.get_tables("shop"))


@program(spec=("DB-031",))
def one_table_name_in_two_schemas(t):
    db = t.database()
    db.execute_sql("CREATE SCHEMA one; CREATE SCHEMA two")
    for schema in ("one", "two"):
        db.execute_sql(f"CREATE TABLE {schema}.note (id serial PRIMARY KEY, {schema}_body text)")
    t.show("columns", [(s, [c.name for c in db.get_columns("note", s)]) for s in ("one", "two")])
    db.execute_sql("SET search_path TO two")
    t.show("path", [column.name for column in db.get_columns("note")])
    t.show("tables", db.get_tables())
    t.show("exists", (db.table_exists("note"), db.sequence_exists("note_id_seq")))


@program(spec=("DB-070",))
def columns_that_the_server_fills(t):
    db = t.database()
    db.execute_sql(
        "CREATE TABLE item (id serial PRIMARY KEY, price int NOT NULL, tax int GENERATED ALWAYS AS (price / 5) STORED, "
        "kind text DEFAULT 'plain')"
    )

    class Item(db.Model):
        price = IntegerField()
        tax = IntegerField(null=True)
        kind = TextField()

    row = Item.insert(price=100).returning(Item).execute()
    t.show("returned", [(one.id, one.tax, one.kind) for one in row])
    with t.raises("written"):
        Item.create(price=1, tax=1, kind="x")
    t.show("update", Item.update(price=50).returning(Item.tax).tuples().execute()[:])


@program(spec=("DB-070",))
def keys_of_text_and_of_several_columns(t):
    db = t.database()

    class Word(db.Model):
        word = TextField(primary_key=True)

    class Pair(db.Model):
        a = IntegerField()
        b = TextField()
        note = TextField(default="")

        class Meta:
            primary_key = CompositeKey("a", "b")

    class Loose(db.Model):
        n = IntegerField()

        class Meta:
            primary_key = False

    db.create_tables([Word, Pair, Loose])
    t.show("text", Word.insert(word="x").execute())
    t.show("pair", Pair.insert(a=1, b="y").execute())
    t.show("none", Loose.insert(n=1).execute())
    t.show("many pairs", list(Pair.insert_many([(2, "a"), (2, "b")], [Pair.a, Pair.b]).execute()))
    t.show("found", Pair.get_by_id((2, "b")).note)
    t.show("in", Pair.select().where(Tuple(Pair.a, Pair.b).in_([(1, "y"), (2, "a")])).count())


@program(spec=("MD-046",))
def truncating_starts_afresh(t):
    db = t.database()

    class Note(db.Model):
        body = TextField()

    class Tag(db.Model):
        note = ForeignKeyField(Note)

    db.create_tables([Note, Tag])
    Tag.create(note=Note.create(body="a"))
    with t.raises("referenced"):
        Note.truncate_table()
    Note.truncate_table(restart_identity=True, cascade=True)
    t.show("counts", (Note.select().count(), Tag.select().count()))
    t.show("key", Note.create(body="b").id)
