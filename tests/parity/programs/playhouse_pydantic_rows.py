"""Programs about playhouse.pydantic_utils: instances and rows that become schemas, and the queries they take."""

import datetime
import decimal
import enum
import typing
import uuid

from parity_program import program
from peewee import *
from playhouse.fields import CompressedField, EnumField, IntEnumField, PickleField
from playhouse.pydantic_utils import to_pydantic
from pydantic import TypeAdapter, ValidationError


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


class Size(enum.IntEnum):
    S = 1
    L = 2


def _outcome(t, label, make):
    """Shows what is made, or why it is invalid."""
    try:
        made = make()
    except ValidationError as error:
        t.show(label, [(one["type"], one["loc"], one["msg"].partition("\nSQL:")[0]) for one in error.errors()])
    else:
        made = made if isinstance(made, list) else [made]
        t.show(label, [(repr(one), one.model_dump(), one.model_dump_json()) for one in made])


def _blog(t):
    db = t.database()

    class User(db.Model):
        name = CharField()
        email = CharField(null=True)

        class Meta:
            table_name = "person"

    class Tweet(db.Model):
        user = ForeignKeyField(User, backref="tweets")
        editor = ForeignKeyField(User, null=True, backref="edits")
        body = TextField(default="")
        parent = ForeignKeyField("self", null=True, backref="replies")

    db.create_tables([User, Tweet])
    ann, bob = User.create(name="ann"), User.create(name="bob", email="b@x")
    first = Tweet.create(user=ann, body="first")
    Tweet.create(user=bob, body="second", parent=first, editor=ann)
    return User, Tweet


@program(spec=("PH-021", "PH-022", "FW-007"))
def rows_become_schemas(t):
    User, Tweet = _blog(t)
    Schema = to_pydantic(Tweet, exclude_autofield=False)
    tweets = Tweet.select().order_by(Tweet.id)
    _outcome(t, "instance", lambda: Schema.model_validate(Tweet.get_by_id(2)))
    _outcome(t, "no keys", lambda: Schema.model_validate(Tweet.get_by_id(1)))
    _outcome(t, "query", lambda: TypeAdapter(typing.List[Schema]).validate_python(tweets))
    _outcome(t, "list", lambda: TypeAdapter(typing.List[Schema]).validate_python(list(tweets)))
    _outcome(t, "dicts", lambda: [Schema(**row) for row in tweets.dicts()])
    named = Tweet.select(Tweet.id, Tweet.user.alias("user_id"), Tweet.body).order_by(Tweet.id)
    _outcome(t, "dicts under the columns' names", lambda: [Schema(**row) for row in named.dicts()])
    _outcome(t, "named tuple", lambda: Schema.model_validate(named.namedtuples().get()))
    _outcome(t, "tuple", lambda: Schema.model_validate(named.tuples().get()))
    _outcome(t, "some columns", lambda: Schema.model_validate(Tweet.select(Tweet.id).order_by(Tweet.id).get()))
    _outcome(t, "not stored", lambda: Schema.model_validate(Tweet(id=7, user=5, body="x")))
    _outcome(t, "without a key", lambda: Schema.model_validate(Tweet(user=5)))
    _outcome(t, "another model", lambda: Schema.model_validate(User.get_by_id(1)))


@program(spec=("PH-021",))
def schemas_become_rows(t):
    User, Tweet = _blog(t)
    Create, Read = to_pydantic(Tweet), to_pydantic(Tweet, exclude_autofield=False)
    tweet = Tweet.create(**Create(user_id=1, body="made").model_dump())
    _outcome(t, "created", lambda: Read.model_validate(tweet))
    _outcome(t, "stored", lambda: Read.model_validate(Tweet.get_by_id(tweet.id)))
    t.show("written", Tweet.update(**Create(user_id=2).model_dump(exclude_unset=True)).where(Tweet.id == 1).execute())
    _outcome(t, "updated", lambda: Read.model_validate(Tweet.get_by_id(1)))
    user = User.create(**to_pydantic(User)(name="eve").model_dump())
    t.show("user", (user.id, user.name, user.email))


@program(spec=("PH-024", "FW-008"))
def nested_rows_are_loaded_when_they_are_read(t):
    User, Tweet = _blog(t)
    Person = to_pydantic(User, exclude_autofield=False)
    Flat = to_pydantic(Tweet, exclude_autofield=False)
    nested = {Tweet.user: Person, Tweet.editor: Person, Tweet.parent: Flat}
    Nested = to_pydantic(Tweet, exclude_autofield=False, relationships=nested, model_name="Nested")
    _outcome(t, "keys", lambda: Nested.model_validate(Tweet.get_by_id(2)))
    _outcome(t, "no keys", lambda: Nested.model_validate(Tweet.get_by_id(1)))
    joined = Tweet.select(Tweet, User).join(User, on=Tweet.user).order_by(Tweet.id)
    _outcome(t, "joined", lambda: Nested.model_validate(joined.get()))
    Deep = to_pydantic(User, relationships={User.tweets: typing.List[Nested]}, model_name="Deep")
    _outcome(t, "back-reference", lambda: Deep.model_validate(User.get_by_id(2)))


@program(spec=("PH-024",))
def nested_rows_that_are_loaded_take_no_query(t):
    User, Tweet = _blog(t)
    Person, Flat = to_pydantic(User), to_pydantic(Tweet)
    ByUser = to_pydantic(User, relationships={User.tweets: typing.List[Flat]})
    ByTweet = to_pydantic(Tweet, relationships={Tweet.user: Person})
    users = prefetch(User.select().order_by(User.id), Tweet.select().order_by(Tweet.id))
    _outcome(t, "prefetch", lambda: [ByUser.model_validate(user) for user in users])
    joined = list(Tweet.select(Tweet, User).join(User, on=Tweet.user).order_by(Tweet.id))
    _outcome(t, "joined", lambda: [ByTweet.model_validate(tweet) for tweet in joined])
    tweet = Tweet.get_by_id(1)
    t.show("user", tweet.user.name)
    _outcome(t, "loaded", lambda: ByTweet.model_validate(tweet))
    _outcome(t, "given", lambda: ByTweet.model_validate(Tweet(user=User(name="new"), body="b")))


@program(spec=("PH-024",))
def a_nested_row_that_is_gone_is_invalid(t):
    User, Tweet = _blog(t)
    Nested = to_pydantic(Tweet, relationships={Tweet.user: to_pydantic(User)})
    _outcome(t, "gone", lambda: Nested.model_validate(Tweet(user=99)))
    _outcome(t, "no key", lambda: Nested.model_validate(Tweet(body="x")))


@program(spec=("PH-022",))
def foreign_keys_whose_attributes_have_other_names(t):
    User, _ = _blog(t)

    class Thing(User._meta.database.Model):
        own = ForeignKeyField(User, object_id_name="oid", default=1, backref="+")
        same = ForeignKeyField(User, column_name="same", null=True, backref="+")
        column = ForeignKeyField(User, column_name="person_id", backref="+")

    Thing.create_table()
    Thing.create(own=2, same=2, column=1)
    Schema = to_pydantic(Thing)
    _outcome(t, "dict", lambda: Schema(same=1, person_id=1))
    _outcome(t, "nothing", Schema)
    _outcome(t, "row", lambda: Schema.model_validate(Thing.get()))


@program(spec=("PH-021", "PH-023"))
def values_of_each_kind_of_field(t):
    db = t.database()

    class Thing(db.Model):
        stamp = TimestampField()
        address = IPField(null=True)
        binary = BinaryUUIDField(null=True)
        big = BigBitField(null=True)
        data = BlobField(null=True)
        bits = BitField()
        packed = CompressedField(null=True)
        pickled = PickleField(null=True)
        document = JSONField(null=True)
        price = DecimalField(null=True)
        fixed = FixedCharField(null=True, max_length=3)
        uid = UUIDField(null=True)
        colour = EnumField(Colour, null=True)
        size = IntEnumField(Size, null=True)
        day = DateField(null=True)
        time = TimeField(null=True)
        moment = DateTimeField(null=True)
        flag = BooleanField(null=True)
        ratio = FloatField(null=True)

    db.create_tables([Thing])
    Thing.create(
        stamp=5,
        address="1.2.3.4",
        binary=uuid.UUID(int=5),
        big=b"\1",
        data=b"x",
        packed=b"y",
        pickled=[1],
        document={"a": [1, None]},
        price=decimal.Decimal("1.5"),
        fixed="abc",
        uid=uuid.UUID(int=6),
        colour=Colour.RED,
        size=Size.L,
        day=datetime.date(2000, 1, 2),
        time=datetime.time(1, 2),
        moment=datetime.datetime(2000, 1, 2, 3),
        flag=True,
        ratio=1.5,
    )
    for name in Thing._meta.fields:
        Schema = to_pydantic(Thing, include=[name], exclude_autofield=False)
        _outcome(t, name, lambda: Schema.model_validate(Thing.get()))
