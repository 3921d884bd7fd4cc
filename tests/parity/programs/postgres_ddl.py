"""Tables, indexes and sequences as PostgreSQL has them. Nothing here connects."""

import peewee
from parity_program import program
from peewee import *


def _shown(t, label, model, safe=True):
    schema = model._schema
    t.show(f"{label} table", schema._create_table(safe=safe).query())
    for place, index in enumerate(schema._create_indexes(safe=safe)):
        t.show(f"{label} index {place}", index.query())


@program()
def every_field_has_its_type(t):
    db = PostgresqlDatabase("app")

    class Every(db.Model):
        auto = BigAutoField()
        small = SmallIntegerField()
        number = IntegerField()
        big = BigIntegerField()
        real = FloatField()
        double = DoubleField()
        dec = DecimalField(max_digits=8, decimal_places=2)
        char = CharField(max_length=40)
        fixed = FixedCharField(max_length=3)
        text = TextField()
        flag = BooleanField()
        day = DateField()
        hour = TimeField()
        moment = DateTimeField()
        stamp = TimestampField()
        blob = BlobField()
        bits = BitField()
        bigbits = BigBitField()
        uid = UUIDField()
        buid = BinaryUUIDField()
        ip = IPField()
        doc = JSONField()
        bare = BareField()

    _shown(t, "every", Every)
    _shown(t, "unsafe", Every, safe=False)


@program(spec=("DB-013",))
def own_types_are_named_by_the_database(t):
    db = PostgresqlDatabase("app", field_types={"JSON": "JSON", "TEXT": "CITEXT", "point": "POINT"})

    class PointField(Field):
        field_type = "point"

    class Place(db.Model):
        name = TextField()
        data = JSONField()
        at = PointField(null=True)

    _shown(t, "place", Place)


@program(spec=("FD-027",))
def keys_of_every_kind(t):
    db = PostgresqlDatabase("app")

    class Serial(db.Model):
        pass

    class Identity(db.Model):
        id = IdentityField()

    class Always(db.Model):
        id = IdentityField(generate_always=True)

    class Named(db.Model):
        name = CharField(primary_key=True)

    class Uid(db.Model):
        id = UUIDField(primary_key=True)

    class Pair(db.Model):
        a = IntegerField()
        b = ForeignKeyField(Named, on_delete="CASCADE", on_update="SET NULL")

        class Meta:
            primary_key = CompositeKey("a", "b")

    class Bare(db.Model):
        a = IntegerField()

        class Meta:
            primary_key = False

    class Sequenced(db.Model):
        id = IntegerField(primary_key=True, sequence="some_seq")

    class AutoSequenced(db.Model):
        id = AutoField(sequence="auto_seq")
        other = IntegerField(sequence="other_seq")

    for model in (Serial, Identity, Always, Named, Uid, Pair, Bare, Sequenced, AutoSequenced):
        _shown(t, model.__name__, model)


@program(spec=("DB-069",))
def sequences_are_made_and_dropped(t):
    db = PostgresqlDatabase("app")

    class Thing(db.Model):
        id = IntegerField(primary_key=True, sequence="thing_seq")

        class Meta:
            schema = "stock"

    db.sequence_exists = lambda name, schema=None: False
    t.show("create", Thing._schema._create_sequence(Thing.id).query())
    db.sequence_exists = lambda name, schema=None: True
    t.show("there", Thing._schema._create_sequence(Thing.id))
    t.show("drop", Thing._schema._drop_sequence(Thing.id).query())


@program(
    spec=(
        "MD-045",
        "MD-046",
        "MD-048",
    )
)
def tables_stand_in_schemas(t):
    db = PostgresqlDatabase("app")

    class User(db.Model):
        name = CharField(unique=True)

        class Meta:
            schema = "people"
            table_name = 'odd "name"'

    class Tweet(db.Model):
        user = ForeignKeyField(User, on_delete="CASCADE", constraint_name="tweet_user", deferrable="INITIALLY DEFERRED")
        parent = ForeignKeyField("self", null=True, backref="children")
        text = TextField(index=True, collation="C")

        class Meta:
            schema = "people"
            constraints = [Check("length(text) > 0", name="some_text"), SQL("EXCLUDE (text WITH =)")]
            table_settings = ["WITH (fillfactor=70)", "TABLESPACE fast"]

    class Kept(db.Model):
        price = DecimalField(constraints=[Check("price > 0"), Default("1")])

        class Meta:
            temporary = True

    for model in (User, Tweet, Kept):
        _shown(t, model.__name__, model)
    t.show("drop", Tweet._schema._drop_table().query())
    t.show("cascade", Tweet._schema._drop_table(safe=False, cascade=True).query())
    t.show("drop indexes", [one.query() for one in Tweet._schema._drop_indexes()])
    t.show("foreign key", Tweet._schema._create_foreign_key(Tweet.user).query())
    t.show("truncate", Tweet._schema._truncate_table().query())
    t.show("restart", Tweet._schema._truncate_table(restart_identity=True, cascade=True).query())
    t.show("select", Tweet.select().join(User).where(User.name == "x").sql())
    table_as = Tweet._schema._create_table_as("copy", Tweet.select(Tweet.text), safe=False)
    t.show("as", table_as.query())


@program(
    spec=(
        "MD-043",
        "MD-044",
    )
)
def indexes_are_written_in_every_form(t):
    class Literal(PostgresqlDatabase):
        index_value_literals = True

    db = Literal("app")

    class Article(db.Model):
        name = TextField(index=True)
        slug = CharField(unique=True)
        number = IntegerField(index=True, index_type="HASH")
        flags = IntegerField()
        moment = DateTimeField()

        class Meta:
            indexes = ((("name", "slug"), True), (("number", "flags"), False))

    Article.add_index(Article.number, Article.flags.desc(), name="ordered")
    Article.add_index(Article.index(Article.flags, where=(Article.number > 3) & (Article.name == "it's")))
    Article.add_index(Article.index(fn.LOWER(Article.name), name="lowered", unique=True))
    Article.add_index(Article.index(Article.flags + 1, name="plus", using="btree", where=Article.moment.year > 2000))
    Article.add_index(SQL("CREATE INDEX raw_one ON article (name text_pattern_ops)"))
    Article.add_index(Article.index(peewee.NodeList((Article.name, SQL("text_pattern_ops"))), name="opclass"))
    Article.add_index(Article.index(Article.flags, name="nulls", unique=True, nulls_distinct=False))
    Article.add_index(Article.index(Article.flags, name="distinct_nulls", unique=True, nulls_distinct=True))
    Article.add_index(Article.index(Article.flags.desc(nulls="LAST"), name="last", safe=False))
    _shown(t, "article", Article)
    _shown(t, "unsafe", Article, safe=False)
    t.show("drop", [one.query() for one in Article._schema._drop_indexes()])
    t.show("drop unsafe", [one.query() for one in Article._schema._drop_indexes(safe=False)])


@program(
    spec=(
        "MD-043",
        "MD-044",
    )
)
def values_in_an_index_are_literals(t):
    db = PostgresqlDatabase("app")

    class Article(db.Model):
        number = IntegerField()

    Article.add_index(Article.index(Article.number, where=Article.number > 3))
    _shown(t, "article", Article)
    t.show("flag", db.index_value_literals)
