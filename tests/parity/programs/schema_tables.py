"""Programs about creating, dropping and truncating tables from models.

Indexes have their own file, column types too.
"""

from parity_program import program
from peewee import *
from peewee import sort_models


def _chain(t):
    """Returns a database with three models, each referring to the one before."""
    db = t.database(pragmas={"foreign_keys": 1})

    class Base(Model):
        class Meta:
            database = db

    class Zoo(Base):
        name = TextField()

    class Animal(Base):
        zoo = ForeignKeyField(Zoo)

    class Bone(Base):
        animal = ForeignKeyField(Animal)

    return db, Zoo, Animal, Bone


@program(spec=("DB-032", "SB-101"))
def tables_are_created_in_order_of_dependence(t):
    db, Zoo, Animal, Bone = _chain(t)
    t.show("create", db.create_tables([Bone, Animal, Zoo, Bone]))
    t.show("tables", db.get_tables())
    t.show("drop", db.drop_tables([Zoo, Bone, Animal]))
    t.show("gone", db.get_tables())


@program(spec=("DB-033",))
def models_are_sorted(t):
    _, Zoo, Animal, Bone = _chain(t)

    class Apple(Model):
        pass

    class Needs(Model):
        class Meta:
            depends_on = [Bone]

    t.show("sorted", [model.__name__ for model in sort_models([Needs, Bone, Apple, Animal, Zoo])])
    t.show("partly", [model.__name__ for model in sort_models([Bone, Zoo])])


@program(spec=("MD-042", "SB-098"))
def creating_is_safe_by_default(t):
    db, Zoo, _, _ = _chain(t)
    t.show("create", Zoo.create_table())
    t.show("again", Zoo.create_table())
    with t.raises("unsafe"):
        Zoo.create_table(safe=False)
    t.show("drop", Zoo.drop_table())
    t.show("drop again", Zoo.drop_table())
    with t.raises("unsafe drop"):
        Zoo.drop_table(safe=False)
    db.create_tables([Zoo], safe=False)
    t.show("exists", Zoo.table_exists())
    db.drop_tables([Zoo], safe=False)


@program(spec=("MD-042",))
def dropping_may_say_cascade_or_restrict(t):
    _, Zoo, _, _ = _chain(t)
    t.show("cascade", Zoo._schema._drop_table(cascade=True).query())
    t.show("restrict", Zoo._schema._drop_table(restrict=True).query())
    t.show("unsafe", Zoo._schema._drop_table(safe=False).query())
    t.show("both", Zoo._schema._drop_table(cascade=True, restrict=True).query())
    with t.raises("not on SQLite"):
        Zoo.drop_table(cascade=True)


@program(spec=("MD-042", "DB-065"))
def truncating_empties_a_table(t):
    db, Zoo, _, _ = _chain(t)
    db.create_tables([Zoo])
    Zoo.create(name="a")
    t.show("sql", Zoo._schema._truncate_table().query())
    t.show("truncate", Zoo.truncate_table())
    t.show("rows", Zoo.select().count())
    t.show("next key", Zoo.create(name="b").id)


@program(spec=("MD-045", "MD-048"))
def constraints_and_options_follow_the_columns(t):
    db = t.database()

    class Parent(Model):
        class Meta:
            database = db

    class Thing(Model):
        parent = ForeignKeyField(Parent)
        low = IntegerField(constraints=[Check("low > 0", name="low_is_positive"), Default(3)])
        high = IntegerField()

        class Meta:
            database = db
            constraints = [Check("low < high"), SQL('UNIQUE ("low", "high")')]

    t.show("ddl", Thing._schema._create_table().query())
    db.create_tables([Parent, Thing])
    parent = Parent.create()
    Thing.create(parent=parent, low=1, high=2)
    for label, low, high in (("named", 0, 5), ("unnamed", 7, 6), ("unique", 1, 2)):
        with t.raises(label):
            Thing.create(parent=parent, low=low, high=high)
    Thing.insert(parent=parent, high=9).execute()
    t.show("server default", list(Thing.select(Thing.low, Thing.high).order_by(Thing.id).tuples()))


@program(spec=("MD-045",))
def table_settings_end_the_statement(t):
    db = t.database()

    class Rowless(Model):
        code = TextField(primary_key=True)

        class Meta:
            database = db
            without_rowid = True

    class Strict(Model):
        code = TextField(primary_key=True)

        class Meta:
            database = db
            without_rowid = True
            strict_tables = True

    class Settings(Model):
        class Meta:
            database = db
            table_settings = ["STRICT"]

    for model in (Rowless, Strict, Settings):
        t.show(model.__name__, model._schema._create_table(safe=False).query())
    db.create_tables([Rowless, Strict, Settings])
    Rowless.create(code="x")
    with t.raises("no rowid"):
        db.execute_sql("SELECT rowid FROM rowless")


@program(spec=("MD-045",))
def options_become_pairs(t):
    db = t.database()

    class Thing(Model):
        class Meta:
            database = db
            options = {"engine": "fast", "fill": 70}

    t.show("meta", Thing._schema._create_table(safe=False).query())
    t.show("given", Thing._schema._create_table(safe=False, fill=90, extra="yes").query())


@program(spec=("MD-042", "MD-004"))
def temporary_tables_vanish_with_the_connection(t):
    db = t.database(file=True)

    class Note(Model):
        body = TextField(index=True)

        class Meta:
            database = db
            temporary = True

    t.show("ddl", Note._schema._create_table().query())
    Note.create_table()
    Note.create(body="short-lived")
    t.show("rows", Note.select().count())
    t.show("listed", db.get_tables())
    db.close()
    with t.raises("gone"):
        Note.select().count()
    t.show("by option", Note._schema._create_table(safe=False, temporary=False).query())


@program(spec=("QB-006", "MD-007"))
def schemas_qualify_tables(t):
    db = t.database()
    db.attach(":memory:", "side")

    class Parent(Model):
        name = TextField(unique=True)

        class Meta:
            database = db
            schema = "side"

    class Child(Model):
        parent = ForeignKeyField(Parent, backref="children")

        class Meta:
            database = db
            schema = "side"

    t.show("ddl", Child._schema._create_table(safe=False).query())
    db.create_tables([Parent])
    with t.raises("SQLite takes no schema after REFERENCES"):
        Child.create_table()
    db.execute_sql("CREATE TABLE side.child (id INTEGER PRIMARY KEY, parent_id INTEGER)")
    parent = Parent.create(name="p")
    Child.create(parent=parent)
    t.show("joined", Child.select(Child, Parent).join(Parent).sql())
    t.show("children", parent.children.count())
    t.show("exists", (Child.table_exists(), db.get_tables(schema="side")))
    t.show("update", Parent.update(name="q").where(Parent.id == 1).sql())
    t.show("delete", Parent.delete().where(Parent.name == "q").sql())
    Child.truncate_table()
    db.drop_tables([Parent, Child])


@program(spec=("MD-046",))
def statements_can_be_read_before_they_run(t):
    _, Zoo, Animal, _ = _chain(t)
    schema = Animal._schema
    t.show("create", schema._create_table().query())
    t.show("create unsafe", schema._create_table(safe=False).query())
    t.show("drop", schema._drop_table().query())
    t.show("indexes", [context.query() for context in schema._create_indexes()])
    t.show("drop indexes", [context.query() for context in schema._drop_indexes()])
    t.show("foreign key", schema._create_foreign_key(Animal.zoo).query())
    t.show("database", schema.database is Zoo._meta.database)


@program(spec=("MD-046",))
def all_at_once(t):
    db, Zoo, Animal, _ = _chain(t)
    t.show("create", (Zoo._schema.create_all(), Animal._schema.create_all()))
    t.show("indexes", [index.name for index in db.get_indexes("animal")])
    t.show("drop indexes", Animal._schema.drop_indexes())
    t.show("without", db.get_indexes("animal"))
    t.show("create indexes", Animal._schema.create_indexes())
    t.show("drop", Animal._schema.drop_all())
    t.show("tables", db.get_tables())


@program(spec=("MD-047", "MD-046"))
def a_query_becomes_a_table(t):
    db, Zoo, _, _ = _chain(t)
    db.create_tables([Zoo])
    for name in ("a", "b", "c"):
        Zoo.create(name=name)
    query = Zoo.select(Zoo.id, fn.UPPER(Zoo.name).alias("loud")).where(Zoo.name > "a")
    t.show("create", query.create_table("loud_zoo"))
    t.show("again", query.create_table("loud_zoo"))
    with t.raises("unsafe"):
        query.create_table("loud_zoo", safe=False)
    t.show("by schema", Zoo._schema.create_table_as("copy", Zoo.select(), temporary=True))
    t.show("rows", db.execute_sql("SELECT * FROM loud_zoo ORDER BY id").fetchall())
    t.show("copied", db.execute_sql("SELECT COUNT(*) FROM copy").fetchone())


@program(spec=("MD-006", "SB-100"))
def an_inherited_model_has_a_table_of_its_own(t):
    db = t.database()

    class Base(Model):
        code = IntegerField(unique=True, default=1)
        group = TextField(index=True)

        class Meta:
            database = db
            indexes = ((("code", "group"), False),)

    class Child(Base):
        extra = TextField(null=True)

    db.create_tables([Base, Child])
    for name in ("base", "child"):
        t.show(name, sorted(index.name for index in db.get_indexes(name)))
    t.show("python defaults stay in Python", Child._schema._create_table(safe=False).query())


@program(spec=("MD-042",))
def creating_inside_a_transaction_can_be_undone(t):
    db, Zoo, _, _ = _chain(t)
    with t.raises("stop"), db.atomic():
        db.create_tables([Zoo])
        Zoo.create(name="a")
        raise ValueError("stop")
    t.show("tables", db.get_tables())
    with t.raises("no table"):
        Zoo.create(name="b")


@program(spec=("QB-006",))
def odd_names_are_quoted(t):
    db = t.database()

    class Order(Model):
        select = IntegerField(column_name="group")
        spaced = TextField(column_name="with space")

        class Meta:
            database = db
            table_name = "order by"

    db.create_tables([Order])
    Order.create(select=1, spaced="x")
    t.show("row", db.execute_sql('SELECT "group", "with space" FROM "order by"').fetchall())
    t.show("columns", [column.name for column in db.get_columns("order by")])


@program(spec=("FD-040", "MD-046"))
def a_circle_of_tables(t):
    db = t.database()

    class Base(Model):
        class Meta:
            database = db

    class Hen(Base):
        egg = DeferredForeignKey("Egg", null=True)

    class Egg(Base):
        hen = ForeignKeyField(Hen, null=True, backref="eggs")

    db.create_tables([Egg, Hen])
    t.show("tables", db.get_tables())
    hen = Hen.create()
    egg = Egg.create(hen=hen)
    hen.egg = egg
    hen.save()
    t.show("circle", Hen.get().egg.hen == hen)
    t.show("statement", Hen._schema._create_foreign_key(Hen.egg).query())
    db.drop_tables([Hen, Egg])
    t.show("gone", db.get_tables())
