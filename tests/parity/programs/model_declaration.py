"""Programs about declaring models: Meta, inheritance, names, metadata.

Instances, saving and queries have their own files.
"""

from parity_program import program
from peewee import *


@program(spec=("MD-001",))
def meta_is_consumed(t):
    db = t.database()

    class Note(Model):
        body = TextField()

        class Meta:
            database = db
            table_name = "notes"

    t.show("has Meta", hasattr(Note, "Meta"))
    t.show("names", (Note._meta.table_name, Note._meta.name))
    t.show("types", (type(Note._meta).__name__, type(Note._schema).__name__, type(Note).__name__))
    t.show("bound", Note._meta.database is db)
    t.show("model", Note._meta.model is Note)
    t.show("exception", (Note.DoesNotExist.__name__, issubclass(Note.DoesNotExist, DoesNotExist)))
    t.show("repr", repr(Note))


@program(spec=("MD-003",))
def a_primary_key_is_added_when_none_is_declared(t):
    class Implicit(Model):
        body = TextField()

    class Explicit(Model):
        body = TextField()
        code = CharField(primary_key=True)

    class Keyless(Model):
        body = TextField()

        class Meta:
            primary_key = False

    for model in (Implicit, Explicit, Keyless):
        meta = model._meta
        t.show(model.__name__, (meta.sorted_field_names, repr(meta.primary_key), meta.auto_increment))
        t.show(model.__name__ + " keys", [key.name for key in meta.get_primary_keys()])


@program(spec=("MD-003",))
def two_primary_keys_are_refused(t):
    with t.raises("two"):

        class Broken(Model):
            one = IntegerField(primary_key=True)
            two = IntegerField(primary_key=True)


@program(spec=("MD-003", "MD-006"))
def a_child_inherits_copies_of_fields(t):
    class Base(Model):
        code = CharField(primary_key=True)
        title = TextField(default="base")

    class Child(Base):
        extra = IntegerField(null=True)
        title = CharField(max_length=10)

    t.show("base", Base._meta.sorted_field_names)
    t.show("child", Child._meta.sorted_field_names)
    t.show("primary key", (Child._meta.primary_key.name, Child.code is Base.code, Child.code.model.__name__))
    t.show("overridden", (type(Child.title).__name__, Child.title.default))
    t.show("table", Child._meta.table_name)


@program(spec=("MD-004",))
def meta_options_are_inherited_or_not(t):
    db = t.database()

    class Base(Model):
        class Meta:
            database = db
            table_name = "base_table"
            only_save_dirty = True
            legacy_table_names = False
            options = {"k": "v"}
            schema = "main"
            temporary = True
            without_rowid = True
            custom = ["anything"]
            _ignored = 1

    class ChildOfBase(Base):
        pass

    for model in (Base, ChildOfBase):
        meta = model._meta
        t.show(
            model.__name__,
            {
                name: getattr(meta, name, "absent")
                for name in (
                    "table_name",
                    "only_save_dirty",
                    "legacy_table_names",
                    "options",
                    "schema",
                    "temporary",
                    "without_rowid",
                    "custom",
                    "_ignored",
                    "depends_on",
                )
            },
        )
        t.show(model.__name__ + " database", meta.database is db)


@program(spec=("MD-004",))
def a_child_may_override_inherited_options(t):
    db = t.database()

    class Base(Model):
        class Meta:
            database = db
            custom = 1

    class Child(Base):
        class Meta:
            custom = 2
            table_name = "children"

    class Grandchild(Child):
        pass

    t.show("custom", [model._meta.custom for model in (Base, Child, Grandchild)])
    t.show("tables", [model._meta.table_name for model in (Base, Child, Grandchild)])
    t.show("database", Grandchild._meta.database is db)


@program(spec=("MD-005",))
def table_names_come_from_class_names(t):
    names = ("User", "UserProfile", "WebHTTPRequest", "A1B2", "lower", "Under_Score", "HTML2Text")
    for name in names:
        legacy = type(Model)(name, (Model,), {})
        meta = type("Meta", (), {"legacy_table_names": False})
        snake = type(Model)(name, (Model,), {"Meta": meta})
        t.show(name, (legacy._meta.table_name, snake._meta.table_name, snake._meta.name))


@program(spec=("MD-005",))
def a_table_function_names_tables(t):
    def plural(model):
        return "app_" + model.__name__.lower() + "s"

    class Base(Model):
        class Meta:
            table_function = plural

    class Note(Base):
        pass

    class Special(Base):
        class Meta:
            table_name = "given"

    t.show("names", [model._meta.table_name for model in (Base, Note, Special)])


@program(spec=("MD-007",))
def metadata_lists_fields_and_columns(t):
    class User(Model):
        name = CharField(column_name="user_name", default="x")

    class Tweet(Model):
        user = ForeignKeyField(User, backref="tweets")
        body = TextField(default="")
        at = IntegerField(null=True)

    meta = Tweet._meta
    t.show("fields", sorted(meta.fields))
    t.show("columns", sorted(meta.columns))
    t.show("combined", sorted(meta.combined))
    t.show("sorted", (meta.sorted_field_names, [field.name for field in meta.sorted_fields]))
    t.show("defaults", {field.name: value for field, value in meta.defaults.items()})
    t.show("default dict", meta.get_default_dict())
    t.show("to index", [field.name if hasattr(field, "name") else field for field in meta.fields_to_index()])
    t.show("refs", {fk.name: model.__name__ for fk, model in meta.refs.items()})
    t.show("backrefs", {fk.name: model.__name__ for fk, model in User._meta.backrefs.items()})
    t.show("model refs", {model.__name__: [fk.name for fk in fks] for model, fks in meta.model_refs.items()})
    t.show(
        "model backrefs",
        {model.__name__: [fk.name for fk in fks] for model, fks in User._meta.model_backrefs.items()},
    )
    t.show("user columns", sorted(User._meta.columns))
    t.show("settings", (meta.composite_key, meta.temporary, meta.schema, meta.constraints, meta.indexes))


@program(spec=("MD-008",))
def fields_may_be_added_and_removed_later(t):
    db = t.database()

    class Note(Model):
        body = TextField()

        class Meta:
            database = db

    Note._meta.add_field("stars", IntegerField(default=3))
    t.show("added", (Note._meta.sorted_field_names, Note.stars.model is Note))
    db.create_tables([Note])
    Note.create(body="a")
    t.show("row", list(Note.select().dicts()))
    Note._meta.remove_field("body")
    t.show("removed", Note._meta.sorted_field_names)
    t.show("sql", Note.select().sql())


@program(spec=("MD-008",))
def names_may_be_set_later(t):
    db = t.database()

    class Note(Model):
        body = TextField()

    t.show("unbound", Note._meta.database)
    Note._meta.set_database(db)
    Note._meta.set_table_name("renamed")
    t.show("bound", Note._meta.database is db)
    t.show("sql", Note.select().sql())
    Note._meta.schema = "main"
    t.show("with schema", Note.select().sql())
    db.create_tables([Note])
    t.show("tables", db.get_tables())


@program(spec=("MD-008",))
def the_model_graph_walks_relations(t):
    class User(Model):
        pass

    class Tweet(Model):
        user = ForeignKeyField(User)

    class Like(Model):
        tweet = ForeignKeyField(Tweet)
        user = ForeignKeyField(User)

    def names(graph):
        return [(fk.name if fk is not None else None, model.__name__, is_backref) for fk, model, is_backref in graph]

    t.show("all", names(Like._meta.model_graph()))
    t.show("refs", names(Like._meta.model_graph(backrefs=False)))
    t.show("backrefs", names(User._meta.model_graph(refs=False)))
    t.show("breadth", names(Like._meta.model_graph(depth_first=False)))


@program(spec=("MD-010",))
def validate_model_is_called_at_class_creation(t):
    seen = []

    class Base(Model):
        @classmethod
        def validate_model(cls):
            seen.append(cls.__name__)
            if "forbidden" in cls._meta.fields:
                raise TypeError("forbidden field in " + cls.__name__)

    class Fine(Base):
        body = TextField()

    with t.raises("refused"):

        class Bad(Base):
            forbidden = TextField()

    t.show("seen", seen)
    t.show("fine", Fine._meta.sorted_field_names)


@program(spec=("MD-009",))
def subclass_aware_metadata_registers_models(t):
    from peewee import SubclassAwareMetadata

    class Base(Model):
        class Meta:
            model_metadata_class = SubclassAwareMetadata

    class One(Base):
        pass

    class Two(Base):
        pass

    seen = []
    Base._meta.map_models(seen.append)
    t.show("seen", [model.__name__ for model in seen if any(model is known for known in (Base, One, Two))])
    t.show("metadata", type(Two._meta).__name__)


@program(spec=("MD-004",))
def metadata_and_schema_classes_may_be_replaced(t):
    from peewee import Metadata, SchemaManager

    db = t.database()

    class Loud(Metadata):
        def make_table_name(self):
            return "LOUD_" + self.model.__name__.upper()

    class Counting(SchemaManager):
        def create_table(self, safe=True, **options):
            t.show("creating", self.model.__name__)
            return super().create_table(safe=safe, **options)

    class Note(Model):
        class Meta:
            database = db
            model_metadata_class = Loud
            schema_manager_class = Counting

    db.create_tables([Note])
    t.show("types", (type(Note._meta).__name__, type(Note._schema).__name__))
    t.show("tables", db.get_tables())


@program(spec=("FD-010", "FD-004"))
def fields_know_their_place(t):
    class Note(Model):
        body = TextField()
        code = IntegerField(primary_key=True)
        link = CharField(column_name="url")

    t.show("order", Note._meta.sorted_field_names)
    for field in Note._meta.sorted_fields:
        t.show(field.name, (field.model is Note, field.name, field.column_name, field.safe_name, repr(field)))
    t.show("on the class", Note.body is Note._meta.fields["body"])
    t.show("unbound", repr(TextField()))


@program(spec=("FD-007", "QB-008", "SB-017"))
def fields_hash_but_do_not_iterate(t):
    class Note(Model):
        body = TextField()
        other = TextField()

    t.show("hash", (hash(Note.body) == hash(Note.body), len({Note.body, Note.body, Note.other})))
    t.show("membership is always true", Note.body in [Note.other])
    t.show("expression is true", bool(Note.body == Note.other))
    t.show("and keeps the last", Note.select(Note.id).where(Note.body == "a" and Note.other == "b").sql())
    with t.raises("iter"):
        list(Note.body)


@program(spec=("MD-006",))
def a_mixin_without_a_model_gives_attributes_only(t):
    class Stamp:
        stamp = IntegerField(default=7)

        def describe(self):
            return "stamp %s" % self.stamp

    class Note(Stamp, Model):
        body = TextField()

    t.show("fields", Note._meta.sorted_field_names)
    t.show("method", callable(Note.describe))


@program(spec=("MD-006",))
def an_abstract_base_with_two_children_shares_nothing(t):
    db = t.database()

    class Base(Model):
        name = CharField()

        class Meta:
            database = db

    class Left(Base):
        pass

    class Right(Base):
        pass

    db.create_tables([Left, Right])
    Left.create(name="left")
    t.show("counts", (len(Left), len(Right)))
    t.show("tables", db.get_tables())
    t.show("unequal", Left(id=1) == Right(id=1))


@program(spec=("MD-011", "SB-029"))
def a_model_class_is_a_collection(t):
    db = t.database()

    class Note(Model):
        body = TextField()

        class Meta:
            database = db

    db.create_tables([Note])
    for body in ("one", "two", "three"):
        Note.create(body=body)
    t.show("len", len(Note))
    t.show("bool", bool(Note))
    t.show("iter", [note.body for note in Note])
    t.show("item", Note[2].body)
    with t.raises("missing"):
        Note[99]
    t.show("in", (1 in Note, 99 in Note))
    Note[1] = {"body": "changed"}
    del Note[3]
    with t.raises("deleting what is not there"):
        del Note[99]
    t.show("rows", list(Note.select().order_by(Note.id).tuples()))


def _log_model(db):
    class Log(Model):
        line = TextField(index=True)

        class Meta:
            database = db

    return Log


@program(spec=("MD-007",))
def a_table_name_is_assigned_before_the_model_is_used(t):
    db = t.database()
    log = _log_model(db)
    log._meta.table_name = "renamed"
    parent = _log_model(db)
    child = type("Child", (Model,), {"log": ForeignKeyField(parent)})
    parent._meta.table_name = "parent"
    t.show("names", (log._meta.table_name, log._meta.table.__name__, log._meta.entity))
    t.show("select", log.select().where(log.line == "x").sql())
    t.show("writes", [query.sql() for query in (log.insert(line="a"), log.update(line="b"), log.delete())])
    t.show("alias", log.alias("other").select().sql())
    t.show("join", child.select(child, parent).join(parent).sql())
    db.create_tables([log])
    row = log.create(line="one")
    row.line = "two"
    row.save()
    t.show("read", (log.get_by_id(row.id).line, log.get_or_create(line="three")[1], log.select().count()))
    t.show("tables", db.get_tables())


@program(spec=("MD-007",))
def an_assigned_table_name_holds_once_the_table_is_made_anew(t):
    db = t.database()
    for label, anew in (
        ("deleted", lambda meta: delattr(meta, "table")),
        ("bound", lambda meta: meta.set_database(db)),
    ):
        log = _log_model(db)
        log.select().sql()
        log._meta.table_name = "renamed"
        anew(log._meta)
        t.show(label, (log.select().sql(), log.insert(line="a").sql()))


@program(spec=("MD-007",))
def a_table_name_is_assigned_to_a_model_in_use(t):
    db = t.database()
    log = _log_model(db)
    log.select().sql()
    log._meta.table_name = "renamed"
    t.show("alias", log.alias("other").select().sql())
    t.show("select", log.select().sql())


@program(spec=("MD-007",))
def methods_of_ones_own_have_everyday_names(t):
    db = t.database()

    class Base(Model):
        class Meta:
            database = db

    names = ("_get", "_get_by", "_get_query", "_has", "_insert", "_update", "_named", "_save_directly", "_clear_dirty")
    for name in names:
        setattr(Base, name, lambda self, *args: f"mine: {args}")

    class User(Base):
        name = TextField(default="huey")

    class Tweet(Base):
        user = ForeignKeyField(User, backref="tweets")
        text = TextField(null=True)

        class Meta:
            only_save_dirty = True

    class Pair(Base):
        one = IntegerField()
        two = IntegerField()
        sum = IntegerField(null=True)

        class Meta:
            primary_key = CompositeKey("one", "two")

    db.create_tables([User, Tweet, Pair])
    user = User.create()
    tweet = Tweet(user=User(name="late"), text="meow")
    tweet.user.save()
    t.show("saved", (tweet.save(), tweet.user_id, tweet.is_dirty(), tweet.save()))
    t.show("read", Tweet.get().user.name)
    pair = Pair.create(one=1, two=2)
    pair.sum = 3
    t.show("pair", (pair.save(), Pair.get(Pair.one == 1).sum))
    t.show(
        "found", (User.get(User.name == "huey") == user, User.get_or_create(name="new")[1], User.get_or_none(name=""))
    )
    t.show("related", [[each.text for each in one.tweets] for one in prefetch(User.select().order_by(User.id), Tweet)])
    t.show("own", (user._insert(1), user._get(2)))
