"""Schemas of models: how many queries they take, what they raise in a task, what a missing package says."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import List  # noqa: UP035 - the spelling of peewee's types

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from redstart import CharField, ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField
from redstart.database.bridge import MissingGreenletBridge
from redstart.postgres_ext import ArrayField, BinaryJSONField
from redstart.pydantic_utils import get_field_type, to_pydantic
from redstart.test_utils import assert_query_count


class Blog:
    """Two models with rows in a database of their own, and schemas of them."""

    def __init__(self, db):
        class User(db.Model):
            name = CharField()

        class Tweet(db.Model):
            user = ForeignKeyField(User, backref="tweets")
            body = TextField()
            parent = ForeignKeyField("self", null=True, backref="replies")

        self.db, self.User, self.Tweet = db, User, Tweet
        with db.connection_context():
            db.create_tables([User, Tweet])
            ann, bob = User.create(name="ann"), User.create(name="bob")
            first = Tweet.create(user=ann, body="first")
            Tweet.create(user=bob, body="second", parent=first)
        self.Person = to_pydantic(User, exclude_autofield=False)
        self.Flat = to_pydantic(Tweet, exclude_autofield=False)
        self.Nested = to_pydantic(Tweet, relationships={Tweet.user: self.Person}, exclude=["parent"])
        self.ByUser = to_pydantic(User, relationships={User.tweets: list[self.Flat]})


@pytest.fixture
def blog(tmp_path):
    blog = Blog(SqliteDatabase(tmp_path / "blog.db"))
    yield blog
    if not blog.db.is_closed():
        blog.db.close()


@pytest.mark.spec("PH-021", "PH-022", "PH-023", "FW-007")
def test_the_schema_of_the_documentation():
    class User(Model):
        name = CharField(verbose_name="Full Name", help_text="Display name")
        email = CharField(unique=True)
        status = IntegerField(default=1, choices=((1, "Active"), (2, "Inactive"), (3, "Deleted")))

    UserCreate = to_pydantic(User, model_name="UserCreate")
    assert UserCreate.model_json_schema() == {
        "properties": {
            "name": {"description": "Display name", "title": "Full Name", "type": "string"},
            "email": {"title": "Email", "type": "string"},
            "status": {
                "default": 1,
                "description": "Choices: 1 = Active, 2 = Inactive, 3 = Deleted",
                "enum": [1, 2, 3],
                "title": "Status",
                "type": "integer",
            },
        },
        "required": ["name", "email"],
        "title": "UserCreate",
        "type": "object",
    }
    UserResponse = to_pydantic(User, exclude_autofield=False, model_name="UserResponse")
    row = UserResponse.model_validate(User(id=1, name="Alice", email="alice@example.com"))
    assert row.model_dump_json() == '{"id":1,"name":"Alice","email":"alice@example.com","status":1}'
    with pytest.raises(ValidationError, match="Input should be 1, 2 or 3"):
        UserCreate(name="Bob", email="bob@example.com", status=4)


@pytest.mark.spec("PH-022", "FW-008")
def test_rows_become_schemas_without_a_query(blog):
    tweets = list(blog.Tweet.select().order_by(blog.Tweet.id))
    with assert_query_count(0):
        rows = TypeAdapter(list[blog.Flat]).validate_python(tweets)
        dumped = [row.model_dump() for row in rows]
    assert dumped == [
        {"id": 1, "user_id": 1, "body": "first", "parent_id": None},
        {"id": 2, "user_id": 2, "body": "second", "parent_id": 1},
    ]
    assert not any(tweet.__rel__ for tweet in tweets)


@pytest.mark.spec("PH-021")
def test_a_query_is_a_list_of_rows(blog):
    query = blog.Tweet.select().order_by(blog.Tweet.id)
    with assert_query_count(1):
        rows = TypeAdapter(List[blog.Flat]).validate_python(query)  # noqa: UP006 - as programs for peewee write it
    assert [row.body for row in rows] == ["first", "second"]


@pytest.mark.spec("PH-022", "FD-033")
def test_keys_are_read_from_their_own_attributes_whatever_those_are_called(blog):
    class Thing(blog.db.Model):
        own = ForeignKeyField(blog.User, object_id_name="oid", default=1, backref="+")
        same = ForeignKeyField(blog.User, column_name="same", null=True, backref="+")
        strict = ForeignKeyField(blog.User, lazy_load=False, backref="+")

    Thing.create_table()
    Thing.create(own=2, same=2, strict=1)
    thing, Schema = Thing.get(), to_pydantic(Thing)
    with assert_query_count(0):
        row = Schema.model_validate(thing)
    assert row.model_dump() == {"own_id": 2, "same": 2, "strict_id": 1}
    assert Schema(same=1, strict_id=1).model_dump() == {"own_id": 1, "same": 1, "strict_id": 1}
    with pytest.raises(ValidationError) as caught:
        Schema.model_validate(blog.User.get())
    assert [one["loc"] for one in caught.value.errors()] == [("strict_id",)]
    assert caught.value.errors()[0]["input"] is not None
    assert repr(caught.value.errors()[0]["input"]) == "<User: 1>"


@pytest.mark.spec("PH-024")
def test_related_rows_that_are_loaded_take_no_query(blog):
    User, Tweet = blog.User, blog.Tweet
    joined = list(Tweet.select(Tweet, User).join(User).order_by(Tweet.id))
    related = list(Tweet.select().with_related(Tweet.user).order_by(Tweet.id))
    fetched = list(User.select().order_by(User.id).prefetch(Tweet.select().order_by(Tweet.id)))
    back = list(User.select().with_related(User.tweets).order_by(User.id))
    with assert_query_count(0):
        nested = [[blog.Nested.model_validate(tweet).model_dump() for tweet in each] for each in (joined, related)]
        lists = [[blog.ByUser.model_validate(user).model_dump() for user in each] for each in (fetched, back)]
    assert nested[0] == nested[1]
    assert nested[0][1] == {"user": {"id": 2, "name": "bob"}, "body": "second"}
    assert lists[0] == lists[1]
    assert lists[0][0] == {"name": "ann", "tweets": [{"id": 1, "user_id": 1, "body": "first", "parent_id": None}]}


@pytest.mark.spec("PH-024", "FW-008")
def test_related_rows_that_are_not_loaded_take_one_query_each(blog):
    tweets = list(blog.Tweet.select())
    with assert_query_count(2):
        users = [blog.Nested.model_validate(tweet).user.name for tweet in tweets]
    with assert_query_count(0):
        again = [blog.Nested.model_validate(tweet).user.name for tweet in tweets]
    assert users == again == ["ann", "bob"]
    ann = blog.User.get_by_id(1)
    with assert_query_count(1):
        assert [tweet.body for tweet in blog.ByUser.model_validate(ann).tweets] == ["first"]


@pytest.mark.spec("PH-021")
def test_a_schema_makes_a_row_and_a_row_the_schema(blog):
    Create = to_pydantic(blog.Tweet)
    given = Create.model_validate_json('{"user_id": 2, "body": "third", "parent_id": 1}')
    tweet = blog.Tweet.create(**given.model_dump())
    assert Create.model_validate(blog.Tweet.get_by_id(tweet.id)) == given
    assert blog.Flat.model_validate(tweet).model_dump() == {"id": tweet.id, **given.model_dump()}
    changed = Create.model_construct(body="other").model_dump(exclude_unset=True)
    assert blog.Tweet.update(**changed).where(blog.Tweet.id == tweet.id).execute() == 1
    assert blog.Tweet.get_by_id(tweet.id).body == "other"


@pytest.mark.spec("PH-021")
def test_schemas_derive_from_a_base_which_stays_as_it_is():
    class Strict(BaseModel):
        model_config = ConfigDict(extra="forbid", from_attributes=False)

    class User(Model):
        name = CharField()

    Schema = to_pydantic(User, base_model=Strict)
    assert Schema.model_validate(User(name="ann")).name == "ann"
    assert not Strict.model_config["from_attributes"]
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Schema(name="ann", more=1)


def test_arrays_are_lists_of_their_elements():
    assert get_field_type(ArrayField(IntegerField)) == List[int]  # noqa: UP006 - the spelling of peewee's types
    grid = TypeAdapter(get_field_type(ArrayField(TextField, dimensions=2)))
    assert grid.validate_python([["a"], []]) == [["a"], []]
    with pytest.raises(ValidationError):
        grid.validate_python(["a"])
    assert TypeAdapter(get_field_type(ArrayField(BinaryJSONField))).validate_python([1, {}]) == [1, {}]


# In a task.


def in_a_task(blog, steps):
    """Runs a coroutine function in a task that uses the blog's database."""

    async def main():
        async with blog.db:
            return await steps()

    return asyncio.run(main())


@pytest.mark.spec("FW-008")
def test_a_task_reads_keys_and_loaded_rows(blog):
    User, Tweet = blog.User, blog.Tweet

    async def steps():
        tweet = await db.get(Tweet.select().where(Tweet.id == 2))
        flat = blog.Flat.model_validate(tweet)
        await tweet.afetch(Tweet.user)
        users = await db.aprefetch(User.select().order_by(User.id), Tweet.select())
        joined = await db.get(Tweet.select(Tweet, User).join(User).where(Tweet.id == 1))
        lists = [blog.ByUser.model_validate(user).model_dump() for user in users]
        return flat, blog.Nested.model_validate(tweet), blog.Nested.model_validate(joined), lists

    db = blog.db
    flat, fetched, joined, lists = in_a_task(blog, steps)
    assert flat.model_dump() == {"id": 2, "user_id": 2, "body": "second", "parent_id": 1}
    assert (fetched.user.name, joined.user.name) == ("bob", "ann")
    assert [[tweet["body"] for tweet in user["tweets"]] for user in lists] == [["first"], ["second"]]


@pytest.mark.spec("FW-008")
def test_a_task_is_told_which_relation_is_not_loaded(blog):
    async def steps():
        tweet = await blog.db.get(blog.Tweet.select())
        user = await blog.db.get(blog.User.select())
        with pytest.raises(MissingGreenletBridge, match=r"^reading Tweet\.user runs a query.*afetch\(Tweet\.user\)"):
            blog.Nested.model_validate(tweet)
        with pytest.raises(MissingGreenletBridge, match=r"^reading Tweet\.user runs a query"):
            TypeAdapter(list[blog.Nested]).validate_python([tweet])
        with pytest.raises(MissingGreenletBridge, match=r"^reading User\.tweets runs a query.*aprefetch"):
            blog.ByUser.model_validate(user)

    in_a_task(blog, steps)


@pytest.mark.spec("FW-008")
def test_a_task_is_told_of_a_relation_within_another_one(blog):
    Deep = to_pydantic(blog.User, relationships={blog.User.tweets: list[blog.Nested]})

    class Named(BaseModel):
        model_config = ConfigDict(from_attributes=True)
        user: blog.Person

    Above = to_pydantic(blog.Tweet, relationships={blog.Tweet.parent: Named})

    async def steps():
        users = await blog.db.aprefetch(blog.User.select(), blog.Tweet.select())
        for tweet in (tweet for user in users for tweet in user.tweets):
            tweet.__rel__.clear()
            tweet.user = tweet.user_id
        with pytest.raises(MissingGreenletBridge, match=r"^reading Tweet\.user runs a query"):
            Deep.model_validate(users[0])
        tweet = await blog.db.get(blog.Tweet.select().where(blog.Tweet.id == 2))
        await tweet.afetch(blog.Tweet.parent)
        with pytest.raises(MissingGreenletBridge, match=r"^reading Tweet\.user runs a query"):
            Above.model_validate(tweet)

    in_a_task(blog, steps)


@pytest.mark.spec("FW-008")
def test_a_function_that_a_task_runs_loads_by_itself(blog):
    async def steps():
        user = await blog.db.get(blog.User.select())
        return await blog.db.run(blog.ByUser.model_validate, user)

    assert [tweet.body for tweet in in_a_task(blog, steps).tweets] == ["first"]


@pytest.mark.spec("PH-024")
def test_other_errors_stay_errors_of_validation(blog):
    gone = blog.Tweet(user=99, body="x")
    with pytest.raises(ValidationError, match="Error extracting attribute: UserDoesNotExist"):
        blog.Nested.model_validate(gone)
    with pytest.raises(ValidationError, match="Input should be a valid list"):
        blog.ByUser(name="ann", tweets=5)

    async def steps():
        with pytest.raises(ValidationError, match="Field required"):
            blog.Nested(body="x")
        with pytest.raises(ValidationError, match="Input should be a valid list"):
            blog.ByUser(name="ann", tweets=5)

    in_a_task(blog, steps)


# The package.

WITHOUT = """
import sys
sys.modules["pydantic"] = None
import redstart
{}
"""


@pytest.mark.parametrize(
    "statement",
    ["import redstart.pydantic_utils", "redstart.install_as_peewee(); import playhouse.pydantic_utils"],
)
def test_a_missing_pydantic_is_named_with_the_way_to_install_it(statement):
    program = WITHOUT.format(statement)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last == "ModuleNotFoundError: redstart.pydantic_utils needs pydantic, version 2: pip install pydantic"


def test_it_stands_in_for_the_module_of_playhouse():
    program = (
        "import redstart; redstart.install_as_peewee()\n"
        "import playhouse.pydantic_utils, redstart.pydantic_utils\n"
        "from playhouse.pydantic_utils import to_pydantic\n"
        "print(playhouse.pydantic_utils is redstart.pydantic_utils, to_pydantic.__module__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.split() == ["True", "redstart.pydantic_utils"], done.stderr
