"""Names that need care: quotes, keywords, spaces, other alphabets, schemas."""

from peewee import *
from parity_program import program


@program(spec=("QB-006",))
def quotes_in_names_are_doubled(t):
    db = t.database()

    class Odd(db.Model):
        name = TextField(column_name='na"me')

        class Meta:
            table_name = 'we"ird'

    db.create_tables([Odd])
    Odd.create(name="x")
    t.show("sql", Odd.select().sql())
    t.show("rows", list(Odd.select().dicts()))
    t.show("alias", Odd.select(Odd.id.alias('a"b')).sql())
    t.show("table alias", Odd.alias('q"r').select(Odd.id).sql())
    t.show("update", Odd.update(name="y").where(Odd.name == "x").execute())
    t.show("value", Odd.get().name)


@program(spec=("QB-006",))
def keywords_spaces_and_other_alphabets(t):
    db = t.database()

    class Order(db.Model):
        group = TextField(column_name="group by")
        größe = IntegerField()
        index = TextField(column_name="select", null=True)

        class Meta:
            table_name = "таблица"

    db.create_tables([Order])
    Order.create(group="g", größe=5)
    t.show("sql", Order.select().where(Order.größe > 1).sql())
    t.show("row", Order.get(Order.group == "g"))
    t.show("dicts", list(Order.select().dicts()))
    t.show("tables", db.get_tables())


@program
def a_name_cannot_smuggle_sql_in(t):
    db = t.database()

    class Plain(db.Model):
        name = TextField()

    db.create_tables([Plain])
    Plain.create(name="kept")
    evil = 'x"; drop table plain; --'
    t.show("alias", Plain.select(Plain.name.alias(evil)).sql())
    t.show("rows", list(Plain.select(Plain.name.alias(evil)).tuples()))
    t.show("value", Plain.select().where(Plain.name == "'; drop table plain; --").sql())
    with t.raises("table"):
        list(Table(evil).bind(db).select())
    t.show("count", Plain.select().count())


@program(spec=("QB-006",))
def schemas_qualify_tables(t):
    db = t.database()
    db.attach(":memory:", "side")

    class Note(db.Model):
        text = TextField(index=True)

        class Meta:
            schema = "side"

    db.create_tables([Note])
    Note.create(text="a")
    t.show("sql", Note.select().where(Note.text == "a").sql())
    t.show("row", Note.get())
    t.show("update", Note.update(text="b").sql())
    t.show("where", Note.select().join(Note.alias("n"), JOIN.CROSS).sql())
    t.show("main", db.get_tables())
    t.show("side", db.get_tables("side"))


@program
def columns_may_differ_from_fields(t):
    db = t.database()

    class Person(db.Model):
        first = TextField(column_name="fname")
        last = TextField(column_name="lname")

    db.create_tables([Person])
    Person.create(first="A", last="B")
    t.show("sql", Person.select().sql())
    t.show("row", Person.get())
    t.show("dicts", list(Person.select().dicts()))
    t.show("where", Person.select(Person.id).where(Person.first == "A").count())
    t.show("raw", list(Person.raw("select lname, fname from person").dicts()))


@program
def names_differ_by_case_only_in_python(t):
    db = t.database()

    class Person(db.Model):
        name = TextField()
        Name = TextField(column_name="other")

    db.create_tables([Person])
    row = Person.create(name="a", Name="b")
    t.show("row", Person.get_by_id(row.id))
    t.show("dicts", list(Person.select().dicts()))
