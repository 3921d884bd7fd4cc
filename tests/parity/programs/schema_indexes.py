"""Programs about indexes: on fields, in Meta, built by hand, and their names.

Tables have their own file.
"""

from parity_program import program
from peewee import *


def _ddl(model):
    """Returns the statements that create the model's indexes."""
    return [context.query() for context in model._schema._create_indexes()]


@program(spec=("MD-042", "SB-100"))
def fields_may_be_indexed(t):
    db = t.database()

    class Other(Model):
        class Meta:
            database = db

    class Thing(Model):
        plain = IntegerField(index=True)
        unique = IntegerField(unique=True, null=True)
        both = IntegerField(index=True, unique=True, default=0)
        renamed = TextField(index=True, column_name="other_name", null=True)
        other = ForeignKeyField(Other, null=True)
        unindexed = ForeignKeyField(Other, null=True, index=False, backref="+")
        one_to_one = ForeignKeyField(Other, null=True, unique=True, backref="+")

        class Meta:
            database = db

    t.show("ddl", _ddl(Thing))
    db.create_tables([Other, Thing])
    Thing.create(plain=1, unique=1)
    with t.raises("unique"):
        Thing.create(plain=1, unique=1, both=5)


@program(spec=("MD-044",))
def meta_lists_indexes(t):
    db = t.database()

    class Thing(Model):
        a = IntegerField()
        b = IntegerField(column_name="bee")
        c = TextField(null=True)

        class Meta:
            database = db
            indexes = (
                (("a", "b"), True),
                (("a", "c"), False),
                (("bee",), False),
                SQL('CREATE INDEX "by_hand" ON "thing" ("c" DESC)'),
            )

    t.show("ddl", _ddl(Thing))
    db.create_tables([Thing])
    Thing.create(a=1, b=2)
    with t.raises("unique together"):
        Thing.create(a=1, b=2, c="other")
    t.show("indexes", sorted(index.name for index in db.get_indexes("thing")))


@program(spec=("MD-044",))
def an_index_over_an_unknown_field_is_refused(t):
    class Thing(Model):
        a = IntegerField()

        class Meta:
            database = t.database()
            indexes = ((("a", "missing"), False),)

    with t.raises("unknown field"):
        _ddl(Thing)
    with t.raises("create"):
        Thing.create_table()


@program(spec=("MD-039",))
def indexes_are_built_from_expressions(t):
    db = t.database()

    class Thing(Model):
        name = TextField()
        size = IntegerField()

        class Meta:
            database = db

    for label, index in (
        ("plain", Thing.index(Thing.name)),
        ("two", Thing.index(Thing.name, Thing.size.desc())),
        ("unique", Thing.index(Thing.name, unique=True, safe=False)),
        ("partial", Thing.index(Thing.name, where=(Thing.size > 5))),
        ("named", Thing.index(Thing.size, name="my_index")),
        ("function", Thing.index(fn.LOWER(Thing.name), name="lower_name")),
        ("using", Thing.index(Thing.name, using="btree")),
        ("chained", Thing.index(Thing.name).where(Thing.name != "it's").where(Thing.size == 1)),
        ("collated", Thing.index(Thing.name.collate("NOCASE"), name="nocase_name")),
    ):
        t.show(label, db.get_sql_context().sql(index).query())
    with t.raises("nulls distinct needs unique"):
        Thing.index(Thing.name, nulls_distinct=True)


@program(spec=("MD-039", "DB-065"))
def added_indexes_are_created_with_the_table(t):
    db = t.database()

    class Thing(Model):
        name = TextField()
        size = IntegerField(null=True)

        class Meta:
            database = db

    Thing.add_index(Thing.name, unique=True, where=(Thing.size > 5))
    Thing.add_index(Thing.index(Thing.size, Thing.name, name="ready_made"))
    Thing.add_index(SQL("CREATE INDEX raw_index ON thing (size)"))
    db.create_tables([Thing])
    t.show("indexes", sorted((index.name, index.unique) for index in db.get_indexes("thing")))
    Thing.create(name="a", size=1)
    Thing.create(name="a", size=2)
    Thing.create(name="a", size=6)
    with t.raises("partial"):
        Thing.create(name="a", size=7)


@program(spec=("MD-043", "SB-099"))
def index_names_come_from_class_or_table_names(t):
    db = t.database()

    class Base(Model):
        class Meta:
            database = db

    class WebUser(Base):
        name = TextField(index=True)

        class Meta:
            table_name = "people"

    class SnakeUser(Base):
        name = TextField(index=True)

        class Meta:
            legacy_table_names = False

    class SnakeNamed(Base):
        name = TextField(index=True)

        class Meta:
            legacy_table_names = False
            table_name = "named_table"

    for model in (WebUser, SnakeUser, SnakeNamed):
        t.show(model.__name__, _ddl(model))


@program(spec=("MD-043",))
def long_index_names_are_cut(t):
    db = t.database()

    class AVeryLongModelNameIndeed(Model):
        a_long_column_name_number_one = IntegerField()
        a_long_column_name_number_two = IntegerField(index=True)
        a_column_name_that_fills_the_rest_of_the_room = IntegerField(index=True)

        class Meta:
            database = db
            indexes = ((("a_long_column_name_number_one", "a_long_column_name_number_two"), True),)

    t.show("ddl", _ddl(AVeryLongModelNameIndeed))
    db.create_tables([AVeryLongModelNameIndeed])
    for index in sorted(db.get_indexes("averylongmodelnameindeed"), key=lambda index: index.name):
        t.show(index.name, len(index.name))


@program(spec=("MD-043", "SB-099"))
def two_models_of_one_name_share_index_names(t):
    db = t.database()

    def make(table):
        meta = type("Meta", (), {"database": db, "table_name": table})
        return type(Model)("User", (Model,), {"name": TextField(index=True), "Meta": meta})

    one, two = make("one"), make("two")
    db.create_tables([one])
    db.create_tables([two])
    t.show("one", [index.name for index in db.get_indexes("one")])
    t.show("two", [index.name for index in db.get_indexes("two")])


@program(spec=("MD-046",))
def one_index_may_be_dropped(t):
    db = t.database()

    class Thing(Model):
        a = IntegerField(index=True)
        b = IntegerField(index=True)

        class Meta:
            database = db

    db.create_tables([Thing])
    index = Thing.index(Thing.a, Thing.b, name="both")
    db.execute(index)
    t.show("before", sorted(index.name for index in db.get_indexes("thing")))
    Thing._schema.drop_index(field=Thing.a)
    Thing._schema.drop_index(index=index)
    t.show("after", sorted(index.name for index in db.get_indexes("thing")))
    Thing._schema.drop_index(field=Thing.a)
    with t.raises("unsafe"):
        Thing._schema.drop_index(field=Thing.a, safe=False)


@program(spec=("DB-065",))
def values_in_index_ddl_are_literals(t):
    db = t.database()

    class Thing(Model):
        name = TextField()
        size = FloatField(null=True)
        flag = BooleanField(default=True)

        class Meta:
            database = db

    for label, where in (
        ("text", Thing.name == "it's"),
        ("number", Thing.size >= 1.5),
        ("flag", Thing.flag == True),
        ("none", Thing.size.is_null(False)),
        ("list", Thing.name << ["a", "b"]),
    ):
        index = Thing.index(Thing.name, where=where, name="i_" + label)
        t.show(label, db.get_sql_context().sql(index).query())
        Thing.add_index(index)
    db.create_tables([Thing])
    t.show("made", sorted(index.sql for index in db.get_indexes("thing")))


@program(spec=("MD-039",))
def an_index_may_be_built_from_parts(t):
    db = t.database()

    class Thing(Model):
        name = TextField()
        size = IntegerField(null=True)

        class Meta:
            database = db

    index = Index(
        "size_above", Thing._meta.table, [Thing.size, fn.LOWER(Thing.name)], unique=True, where=(Thing.size > 1)
    )
    t.show("sql", db.get_sql_context().sql(index).query())
    t.show("safe", db.get_sql_context().sql(index.safe(True)).query())
    model_index = ModelIndex(Thing, (Thing.name, Thing.size), unique=True)
    t.show("model index", db.get_sql_context().sql(model_index).query())
    db.create_tables([Thing])
    with t.raises("SQLite takes no parameters here"):
        db.execute(index)
    db.execute(model_index)
    t.show("names", sorted(index.name for index in db.get_indexes("thing")))


@program(spec=("MD-039",))
def texts_in_an_index_are_sql(t):
    db = t.database()

    class Thing(Model):
        name = TextField()
        size = IntegerField(null=True)

        class Meta:
            database = db

    def sql(index):
        return db.get_sql_context().sql(index).query()

    for text in ("name", "name DESC", "lower(name)", '"name"', " size "):
        t.show(text, sql(ModelIndex(Thing, [text])))
    t.show("mixed", sql(Thing.index("name", Thing.size, unique=True)))
    t.show("method", sql(Thing.index("name", using="btree", safe=False)))
    t.show("table", sql(Index("tall", "thing", ["size", "name DESC"], unique=True)))
    with t.raises("no name", message=False):
        ModelIndex(Thing, [""])
    with t.raises("no column"):
        ModelIndex(Thing, [5])
    Thing.add_index("lower(name)")
    db.create_tables([Thing])
    db.execute(Thing.index("size"))
    t.show("names", sorted(index.name for index in db.get_indexes("thing")))


@program(spec=("MD-008",))
def a_key_that_is_assigned_to_the_metadata(t):
    class Thing(Model):
        class Meta:
            database = t.database()
            primary_key = False

    meta = Thing._meta
    key = CompositeKey(["id"])
    meta.primary_key = key
    meta.add_field("id", key)
    meta.add_field("id", AutoField(column_name="id"))
    meta.add_field("name", TextField(index=True))
    t.show("names", (meta.sorted_field_names, list(meta.columns), meta.composite_key))
    t.show("sql", Thing._schema._create_table().query())
