"""Programs about playhouse.pydantic_utils: the schemas of models, their JSON schemas, what they take and refuse.

Nothing here connects; `playhouse_pydantic_rows` reads instances.
"""

import datetime
import decimal
import enum
import typing
import uuid
import warnings

import playhouse.postgres_ext as pg
from parity_program import program
from peewee import *
from playhouse.fields import CompressedField, EnumField, IntEnumField, PickleField
from playhouse.pydantic_utils import choices_description, choices_to_literal, get_field_type, to_pydantic
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


class Size(enum.IntEnum):
    S = 1
    L = 2


def _described(schema):
    """Returns what pydantic knows of a schema."""
    bases = [base.__name__ for base in schema.__bases__]
    fields = [(name, repr(field)) for name, field in schema.model_fields.items()]
    return schema.__name__, bases, dict(schema.model_config), schema.__doc__, fields, schema.model_json_schema()


def _show(t, label, model, **options):
    t.show(label, _described(to_pydantic(model, **options)))


def _outcome(t, label, make):
    """Shows what is made, or why it is invalid."""
    try:
        made = make()
    except ValidationError as error:
        t.show(label, [(one["type"], one["loc"], one["msg"]) for one in error.errors()])
    else:
        t.show(label, (repr(made), made.model_dump(), made.model_dump_json(), sorted(made.model_fields_set)))


def _names(t, label, model, **options):
    t.show(label, list(to_pydantic(model, **options).model_fields))


def _blog():
    class User(Model):
        name = CharField()
        email = CharField(null=True)
        age = IntegerField(default=1, column_name="years")

    class Tweet(Model):
        user = ForeignKeyField(User, backref="tweets", help_text="who wrote it", verbose_name="Author")
        editor = ForeignKeyField(User, null=True, default=3, backref="edits")
        body = TextField(default="")
        parent = ForeignKeyField("self", null=True, backref="replies")

    return User, Tweet


@program(spec=("PH-021", "PH-022", "PH-023", "FW-007"))
def the_schemas_of_the_documentation(t):
    class User(Model):
        name = CharField(verbose_name="Full Name", help_text="Display name")
        email = CharField(unique=True)
        status = IntegerField(default=1, choices=((1, "Active"), (2, "Inactive"), (3, "Deleted")))

    UserCreate = to_pydantic(User, model_name="UserCreate")
    UserResponse = to_pydantic(User, exclude_autofield=False, model_name="UserResponse")
    t.show("create", UserCreate.model_json_schema())
    t.show("response", UserResponse.model_json_schema())
    t.show("serialised", UserResponse.model_json_schema(mode="serialization"))
    _outcome(t, "default", lambda: UserCreate(name="Alice", email="alice@example.com"))
    _outcome(t, "given", lambda: UserCreate.model_validate_json('{"name": "Bob", "email": "b", "status": 2}'))
    _outcome(t, "no choice", lambda: UserCreate(name="Bob", email="b", status=9))
    _outcome(t, "missing", lambda: UserCreate(status="1"))


@program(spec=("PH-022", "PH-023"))
def each_field_has_a_type(t):
    fields = [AutoField, BigAutoField, IdentityField, PrimaryKeyField, IntegerField, BigIntegerField]
    fields += [SmallIntegerField, FloatField, DoubleField, DecimalField, CharField, FixedCharField, TextField]
    fields += [BlobField, BitField, BigBitField, UUIDField, BinaryUUIDField, DateTimeField, DateField, TimeField]
    fields += [TimestampField, IPField, BooleanField, BareField, Field, JSONField, CompressedField, PickleField]
    fields += [pg.BinaryJSONField, pg.HStoreField, pg.IntervalField, pg.TSVectorField, pg.DateTimeTZField]
    for field in fields:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = field()
        t.show(field.__name__, repr(get_field_type(made)))
    t.show("JSONField of postgres_ext", repr(get_field_type(pg.JSONField())))
    t.show("enum", repr(get_field_type(EnumField(Colour))))
    t.show("int enum", repr(get_field_type(IntEnumField(Size))))
    t.show("composite", repr(get_field_type(CompositeKey("a"))))


@program(spec=("PH-022",))
def fields_of_a_program_have_the_type_of_their_column(t):
    class Plain(TextField):
        def python_value(self, value) -> int:
            return len(value)

    class Counted(IntegerField):
        auto_increment = True

    kinds = {"plain": Plain, "counted": Counted, "int": type("F", (IntegerField,), {})}
    for column in ("INT", "int", "JSON", "JSONB", "TIMESTAMPTZ", "HSTORE", "VARCHAR", None):
        kinds[f"column {column}"] = type("F", (Field,), {"field_type": column})
    kinds["document in text"] = type("F", (JSONField,), {"field_type": "VARCHAR"})
    kinds["enum class"] = type("F", (TextField,), {"enum_class": Size})
    kinds["no enum class"] = type("F", (TextField,), {"enum_class": None})
    for label, kind in kinds.items():
        t.show(label, repr(get_field_type(kind())))

    class Thing(Model):
        id = Counted(primary_key=True)
        plain = Plain()

    _show(t, "a key that counts by itself", Thing)


@program(spec=("PH-021", "PH-022"))
def null_and_defaults(t):
    def five():
        return 5

    class Thing(Model):
        required = IntegerField()
        null = IntegerField(null=True)
        default = IntegerField(default=3)
        both = IntegerField(default=3, null=True)
        zero = IntegerField(default=0)
        false = BooleanField(default=False)
        empty = TextField(default="")
        called = IntegerField(default=five)
        document = JSONField(default=list)
        shared = JSONField(default={"a": 1})
        wrong = IntegerField(default="no number")
        of_sql = DateTimeField(default=SQL("CURRENT_TIMESTAMP"))
        of_sql_null = DateTimeField(default=SQL("CURRENT_TIMESTAMP"), null=True)
        of_function = DateTimeField(default=fn.now())
        of_value = IntegerField(default=Value(3))
        constrained = DateTimeField(constraints=[SQL("DEFAULT CURRENT_TIMESTAMP")])
        moment = DateTimeField(default=datetime.datetime.now)
        stamp = TimestampField()
        bits = BitField()
        flag = bits.flag(1)
        price = DecimalField(max_digits=5, decimal_places=2)
        hidden = IntegerField(_hidden=True, default=1)
        bare = BareField(null=True)
        column = CharField(column_name="other", max_length=2)

    _show(t, "schema", Thing)
    _show(t, "with the key", Thing, exclude_autofield=False, model_name="Whole")
    Small = to_pydantic(Thing, include=["null", "default", "called", "document", "shared", "wrong", "column"])
    _outcome(t, "defaults", lambda: Small(column="longer than two"))
    _outcome(t, "given", lambda: Small(column="x", null=1, default="4", called=True, document={}, shared=[1]))
    _outcome(t, "refused", lambda: Small(column=1, null="x", default=None, called=1.5, wrong="no number"))
    t.show("defaults are copied", Small(column="x").shared is Small(column="x").shared)


@program(spec=("PH-023",))
def choices_enums_titles_and_descriptions(t):
    class Thing(Model):
        plain = IntegerField(choices=((1, "one"), (2, "two")))
        default = IntegerField(choices=((1, "one"), (2, "two")), default=1, help_text="Pick")
        null = IntegerField(choices=((1, "one"), (2, "two")), null=True, verbose_name="Title", help_text="Pick.")
        single = CharField(choices=[("x", "X")])
        nothing = IntegerField(choices=[], help_text="", verbose_name="")
        mixed = BareField(choices=[(None, "none"), ("a", "A"), (1, "one"), (True, "yes")])
        colour = EnumField(Colour, help_text="which")
        colour_or_none = EnumField(Colour, default=Colour.RED, null=True, choices=[("r", "red")])
        size = IntEnumField(Size, default=Size.L)

    Schema = to_pydantic(Thing)
    t.show("schema", _described(Schema))
    good = {"plain": 1, "single": "x", "nothing": 7, "mixed": None, "colour": "b"}
    _outcome(t, "good", lambda: Schema(**good))
    _outcome(t, "members", lambda: Schema(**good | {"colour": Colour.RED, "size": Size.S, "null": 2}))
    _outcome(t, "bad", lambda: Schema(plain="1", single="y", nothing="z", mixed=2, colour="green", size=3, null=4))


@program(spec=("PH-023",))
def choices_may_be_any_pairs(t):
    values = {
        "none": [],
        "numbers": [(1, "a"), (1.5, "b")],
        "texts": ["ab", "cd"],
        "lists": [["x", None], [b"y", 3]],
        "members": [(Colour.RED, "red")],
        "repeated": [(1, "a"), (1, "b"), (True, "c")],
        "groups": [("G", [(1, "a")])],
        "dates": ((datetime.date(2000, 1, 1), "d"),),
    }
    for label, choices in values.items():
        t.show(f"literal {label}", repr(choices_to_literal(choices)))
        t.show(f"text {label}", choices_description(choices))
    for label, choices in {"flat": [1, 2], "triples": [(1, 2, 3)], "nothing": None, "text": "ab"}.items():
        with t.raises(f"literal {label}"):
            choices_to_literal(choices)
        with t.raises(f"text {label}"):
            choices_description(choices)
    t.show("iterator", (repr(choices_to_literal(iter([(1, "a")]))), choices_description(iter([(1, "a")]))))


@program(spec=("PH-022",))
def foreign_keys_are_the_keys_of_their_rows(t):
    User, Tweet = _blog()

    class Coded(Model):
        code = CharField(primary_key=True, choices=[("a", "A")])

    class Coloured(Model):
        colour = EnumField(Colour, primary_key=True)

    class Profile(Model):
        user = ForeignKeyField(User, primary_key=True)

    class Thing(Model):
        coded = ForeignKeyField(Coded)
        coloured = ForeignKeyField(Coloured)
        chosen = ForeignKeyField(Coloured, choices=[("r", "red")], backref="+")
        profile = ForeignKeyField(Profile)
        named = ForeignKeyField(User, field="name", column_name="user_name", help_text="its name")
        own = ForeignKeyField(User, object_id_name="oid", default=1, backref="+")
        same = ForeignKeyField(User, column_name="same", backref="+")
        odd = ForeignKeyField(User, column_name="my user", null=True, backref="+")
        later = DeferredForeignKey("Later", null=True)

    _show(t, "tweet", Tweet)
    _show(t, "thing", Thing)
    _show(t, "profile", Profile)
    t.show("types", [repr(get_field_type(field)) for field in Thing._meta.sorted_fields])

    class Later(Model):
        code = CharField(primary_key=True)

    _show(t, "resolved", Thing, include=["later"])


@program(spec=("PH-021",))
def keys_of_all_kinds(t):
    User, _ = _blog()

    class Composite(Model):
        a = IntegerField()
        user = ForeignKeyField(User)
        text = TextField()

        class Meta:
            primary_key = CompositeKey("a", "user")

    class Keyless(Model):
        a = IntegerField()

        class Meta:
            primary_key = False

    class Uuid(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

    class Integer(Model):
        id = IntegerField(primary_key=True)

    class Sequenced(Model):
        id = IntegerField(primary_key=True, sequence="numbers")

    class Big(Model):
        id = BigAutoField()

    class Identity(Model):
        id = IdentityField()

    for model in (Composite, Keyless, Uuid, Integer, Sequenced, Big, Identity):
        _show(t, model.__name__, model)
        _show(t, f"{model.__name__} with its key", model, exclude_autofield=False)


@program(spec=("PH-021",))
def models_inherit_fields(t):
    class Base(Model):
        """Text that is no description."""

        created = DateTimeField(default=datetime.datetime.now)
        name = TextField(help_text="of the base")

    class Child(Base):
        more = IntegerField(null=True)

    class Without(Child):
        name = None
        more = TextField()

    class Twice(Base):
        name = CharField(verbose_name="Own")
        twin = ForeignKeyField("self", null=True, backref="twins")

    for model in (Base, Child, Without, Twice):
        _show(t, model.__name__, model, exclude_autofield=False)
    t.show("alias", _described(to_pydantic(Child.alias("c"))))


@program(spec=("PH-021", "PH-024"))
def fields_are_chosen(t):
    User, Tweet = _blog()
    chosen = {
        "name": ["name"],
        "field": [User.name],
        "column": ["years"],
        "field with a column": [User.age],
        "unknown": ["nope"],
        "set": {"email"},
        "text": "email",
        "bare field": User.email,
        "other model": [Tweet.body],
        "nothing": [],
        "none": None,
        "mapping": {"name": 1},
        "mixed": [User.email, "name"],
        "key": ["id", "name"],
        "key field": [User.id],
    }
    for label, given in chosen.items():
        _names(t, f"exclude {label}", User, exclude=given, exclude_autofield=False)
        _names(t, f"include {label}", User, include=given, exclude_autofield=False)
        _names(t, f"include {label} without the key", User, include=given)
    for label, given in {"key": ["user"], "column": ["user_id"], "field": [Tweet.user], "id": [Tweet.user_id]}.items():
        _names(t, f"exclude foreign {label}", Tweet, exclude=given)
        _names(t, f"include foreign {label}", Tweet, include=given)
    _names(t, "both", User, include=["name", "email"], exclude=[User.name])
    _names(t, "back-references", User, include=["name", User.tweets], exclude=User.edits)
    _names(t, "an iterator", User, exclude=iter(["name"]))
    for label, given in {"number": [5], "none within": [None], "model": [User]}.items():
        with t.raises(f"exclude {label} is refused"):
            to_pydantic(User, exclude=given)
        with t.raises(f"include {label} is refused"):
            to_pydantic(User, include=given)
    t.show("by position", list(to_pydantic(User, ["name"], None, False, "Other").model_fields))


@program(spec=("PH-021",))
def schemas_are_named(t):
    User, _ = _blog()
    for name in (None, "", "Other", "with a space"):
        schema = to_pydantic(User, model_name=name)
        t.show(f"name {name!r}", (schema.__name__, schema.__qualname__, schema.model_json_schema()["title"]))
    with t.raises("a number"):
        to_pydantic(User, model_name=5)
    with t.raises("no model"):
        to_pydantic(5)


@program(spec=("PH-024",))
def foreign_keys_may_be_nested(t):
    User, Tweet = _blog()
    UserSchema, TweetSchema = to_pydantic(User), to_pydantic(Tweet)

    class Own(BaseModel):
        name: str

    class Other(Tweet):
        more = IntegerField(null=True)

    for label, given in {
        "key": {Tweet.user: UserSchema},
        "nullable": {Tweet.editor: UserSchema},
        "self": {Tweet.parent: TweetSchema},
        "by id": {Tweet.user_id: UserSchema},
        "all": {Tweet.user: UserSchema, Tweet.editor: Own, Tweet.parent: TweetSchema},
        "optional": {Tweet.user: typing.Optional[UserSchema]},
        "number": {Tweet.user: int},
        "nothing": {},
    }.items():
        _show(t, label, Tweet, relationships=given)
    _show(t, "inherited", Other, relationships={Tweet.user: UserSchema})
    _show(t, "inherited, own", Other, relationships={Other.user: UserSchema})
    _show(t, "another model", User, relationships={Tweet.user: UserSchema})
    nested = {Tweet.user: UserSchema}
    for label, options in {
        "excluded": {"exclude": ["user"]},
        "excluded column": {"exclude": ["user_id"]},
        "excluded field": {"exclude": [Tweet.user]},
        "not included": {"include": ["body"]},
        "included": {"include": ["body", "user"]},
    }.items():
        _names(t, label, Tweet, relationships=nested, **options)
    Nested = to_pydantic(Tweet, relationships={Tweet.user: UserSchema, Tweet.editor: UserSchema})
    _outcome(t, "dicts", lambda: Nested(user={"name": "ann"}, editor=None))
    _outcome(t, "schemas", lambda: Nested(user=UserSchema(name="ann"), editor=UserSchema(name="bob")))
    _outcome(t, "bad", lambda: Nested(user={"email": 5}, editor=5))
    _outcome(t, "keys", lambda: Nested(user_id=1))


@program(spec=("PH-024",))
def back_references_may_be_nested(t):
    User, Tweet = _blog()
    TweetSchema = to_pydantic(Tweet)

    class Other(User):
        more = IntegerField(null=True)

    for label, given in {
        "typing": {User.tweets: typing.List[TweetSchema]},
        "builtin": {User.tweets: list[TweetSchema]},
        "bare": {User.tweets: typing.List},
        "two": {User.tweets: typing.List[TweetSchema], User.edits: typing.List[int]},
    }.items():
        _show(t, label, User, relationships=given)
    _show(t, "self", Tweet, relationships={Tweet.replies: typing.List[TweetSchema]})
    _show(t, "inherited", Other, relationships={User.tweets: typing.List[TweetSchema]})
    _show(t, "another model", Tweet, relationships={User.tweets: typing.List[TweetSchema]})
    nested = {User.tweets: typing.List[TweetSchema]}
    _names(t, "not included", User, relationships=nested, include=["name"])
    _names(t, "excluded", User, relationships=nested, exclude=["tweets"])
    _names(t, "excluded accessor", User, relationships=nested, exclude=[User.tweets])
    _names(t, "excluded and wrong", User, relationships={User.tweets: TweetSchema}, exclude=["tweets"])
    for label, kind in {
        "schema": TweetSchema,
        "set": typing.Set[TweetSchema],
        "sequence": typing.Sequence[TweetSchema],
        "optional": typing.Optional[typing.List[TweetSchema]],
        "class": list,
    }.items():
        with t.raises(label):
            to_pydantic(User, relationships={User.tweets: kind})
    Nested = to_pydantic(User, relationships=nested)
    _outcome(t, "none given", lambda: Nested(name="ann"))
    _outcome(t, "given", lambda: Nested(name="ann", tweets=[{"user_id": 1, "body": "b"}]))
    _outcome(t, "bad", lambda: Nested(name="ann", tweets=[{"body": 1}, 5]))
    t.show("lists are their own", Nested(name="a").tweets is Nested(name="b").tweets)


@program(spec=("PH-024",))
def wrong_keys_of_relationships_are_refused(t):
    User, Tweet = _blog()

    class Tag(Model):
        tweets = ManyToManyField(Tweet, backref="tags")

    class Late(Model):
        later = DeferredForeignKey("NeverDeclared")

    Schema = to_pydantic(User)
    for label, model, key in (
        ("name", Tweet, "user"),
        ("number", Tweet, 5),
        ("column", Tweet, Tweet.body),
        ("many to many", Tag, Tag.tweets),
        ("many to many, back", Tweet, Tweet.tags),
        ("deferred", Late, Late.later),
    ):
        with t.raises(label):
            to_pydantic(model, relationships={key: typing.List[Schema]})
    with t.raises("a list"):
        to_pydantic(Tweet, relationships=[Tweet.user])
    t.show("many to many is left out", list(to_pydantic(Tag, exclude_autofield=False).model_fields))


@program(spec=("PH-021",))
def a_schema_may_have_a_base(t):
    User, _ = _blog()

    class Strict(BaseModel):
        """The base."""

        model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
        added: int = 3
        name: int = 4

        @field_validator("email", check_fields=False)
        @classmethod
        def lower(cls, value):
            return value and value.lower()

    class Blind(BaseModel):
        model_config = ConfigDict(from_attributes=False, frozen=True)

    Schema = to_pydantic(User, base_model=Strict)
    t.show("strict", _described(Schema))
    t.show("blind", _described(to_pydantic(User, base_model=Blind, exclude_autofield=False)))
    t.show("is one", issubclass(Schema, Strict))
    _outcome(t, "good", lambda: Schema(name="  ann ", email="ANN@X"))
    _outcome(t, "extra", lambda: Schema(name="ann", more=1))
    with t.raises("no schema", message=False):
        to_pydantic(User, base_model=int)


@program(spec=("PH-021",))
def names_that_pydantic_has_itself(t):
    class Thing(Model):
        schema = IntegerField(default=1)
        model_name = TextField(null=True)

    class Private(Model):
        _secret = IntegerField()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        schema = to_pydantic(Thing)
    t.show("warnings", [(str(one.message), one.category.__name__) for one in caught])
    t.show("schema", _described(schema))
    with t.raises("underscore"):
        to_pydantic(Private)


@program(spec=("PH-022", "PH-023"))
def fields_of_postgres_ext(t):
    class Thing(Model):
        span = pg.IntervalField()
        pairs = pg.HStoreField(null=True)
        document = pg.BinaryJSONField(default=dict)
        plain = pg.JSONField(null=True)
        moment = pg.DateTimeTZField()
        words = pg.TSVectorField(null=True)

    Schema = to_pydantic(Thing)
    t.show("schema", _described(Schema))
    good = {"span": "PT1H", "moment": "2000-01-02T03:04:05Z", "pairs": {"a": "b"}, "document": [1, {}]}
    _outcome(t, "good", lambda: Schema(**good))
    _outcome(t, "bad", lambda: Schema(span="x", moment="y"))


@program(spec=("PH-022",))
def arrays_are_lists(t):
    class Thing(Model):
        numbers = pg.ArrayField(IntegerField, default=[1])
        grid = pg.ArrayField(TextField, dimensions=2, null=True)
        documents = pg.ArrayField(pg.BinaryJSONField)

    Schema = to_pydantic(Thing)
    t.show("schema", _described(Schema))
    _outcome(t, "good", lambda: Schema(numbers=[1, 2], grid=[["a"], ["b"]], documents=[{}, 1]))
    _outcome(t, "bad", lambda: Schema(numbers=["x"], grid=["a"], documents=5))


@program(spec=("PH-021",))
def values_are_checked_as_pydantic_checks_them(t):
    class Thing(Model):
        number = IntegerField()
        price = DecimalField()
        ratio = FloatField()
        flag = BooleanField()
        day = DateField()
        time = TimeField()
        moment = DateTimeField()
        uid = UUIDField()
        data = BlobField()
        text = CharField(max_length=3)

    Schema = to_pydantic(Thing)
    good = {"number": 1, "price": "1.50", "ratio": 2, "flag": "yes", "day": "2000-01-02", "time": "03:04"}
    good |= {"moment": "2000-01-02 03:04", "uid": str(uuid.UUID(int=1)), "data": "x", "text": "longer"}
    _outcome(t, "lax", lambda: Schema(**good))
    _outcome(t, "lax values", lambda: Schema(**good | {"price": decimal.Decimal("2.5"), "number": "7", "flag": 0}))
    _outcome(t, "strict", lambda: Schema.model_validate(good, strict=True))
    _outcome(t, "wrong", lambda: Schema(**dict.fromkeys(good, "?")))
    _outcome(t, "none", lambda: Schema(**dict.fromkeys(good)))
    _outcome(t, "too much", lambda: Schema(**good, more=1))
    _outcome(t, "text", lambda: Schema.model_validate("text"))
    _outcome(t, "tuple", lambda: Schema.model_validate((1, 2)))
