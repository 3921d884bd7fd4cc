"""A small database for the tests of queries."""

import datetime

import pytest

from redstart import CharField, DateTimeField, ForeignKeyField, IntegerField, SqliteDatabase, TextField


@pytest.fixture
def db():
    database = SqliteDatabase(":memory:")
    yield database
    database.close()


@pytest.fixture
def User(db):
    class User(db.Model):
        name = CharField()
        age = IntegerField(default=3)
        joined = DateTimeField(null=True)

    db.create_tables([User])
    User.create(name="huey", age=7, joined=datetime.datetime(2020, 1, 2, 3, 4, 5))
    User.create(name="mickey", age=5)
    return User


@pytest.fixture
def Tweet(db, User):
    class Tweet(db.Model):
        user = ForeignKeyField(User, backref="tweets", null=True)
        body = TextField(null=True)

    db.create_tables([Tweet])
    Tweet.create(user=1, body="meow")
    Tweet.create(user=None, body="whine")
    return Tweet
