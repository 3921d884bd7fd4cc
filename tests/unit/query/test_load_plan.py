"""Single rows by key: the kept plan finds what the query finds, and gives way to whatever overrides it."""

import pytest

from redstart import CharField, ForeignKeyField, IntegerField, Model, SqliteDatabase


class Counting(SqliteDatabase):
    """A database that overrides how queries are run."""

    def execute(self, query, **context_options):
        self.seen = [*getattr(self, "seen", []), query]
        return super().execute(query, **context_options)


@pytest.fixture(params=[SqliteDatabase, Counting])
def models(request):
    """A user and a tweet, in a database that is plain or not."""

    class Base(Model):
        class Meta:
            database = request.param(":memory:")

    class User(Base):
        name = CharField(unique=True)
        age = IntegerField(default=3)

    class Tweet(Base):
        user = ForeignKeyField(User)
        by_name = ForeignKeyField(User, field=User.name, null=True)

    Base._meta.database.create_tables([User, Tweet])
    User.create(name="a")
    User.create(name="b")
    yield User, Tweet
    Base._meta.database.close()


@pytest.mark.parametrize("key", [2, "2", True, 2.0])
def test_a_key_is_converted_by_its_field(models, key):
    user, _ = models
    assert user.get_by_id(key).id == int(key)
    assert user.get_by_id(user.get_by_id(key)).name == "ab"[int(key) - 1]


@pytest.mark.parametrize("key", [9, None])
def test_a_missing_row_is_told_with_its_statement(models, key):
    user, _ = models
    with pytest.raises(user.DoesNotExist) as planned:
        user.get_by_id(key)
    with pytest.raises(user.DoesNotExist) as queried:
        user.get(user.id == key)
    assert str(planned.value) == str(queried.value)
    assert "LIMIT ? OFFSET ?" in str(planned.value)


def test_a_relation_is_loaded_by_the_field_it_refers_to(models):
    user, tweet = models
    key = tweet.create(user=1, by_name="b").id
    found = tweet.get_by_id(key)
    assert (found.user.id, found.by_name.id) == (1, 2)
    assert found.by_name is found.by_name
    tweet.update(user=9).execute()
    with pytest.raises(user.DoesNotExist):
        _ = tweet.get_by_id(key).user


def test_a_plan_follows_the_table_and_its_fields(models):
    user, _ = models
    database = user._meta.database
    assert user.get_by_id(1).name == "a"
    database.execute_sql('CREATE TABLE "other" AS SELECT id, name || name AS name, age FROM "user"')
    user._meta.set_table_name("other")
    assert user.get_by_id(1).name == "aa"
    user._meta.remove_field("age")
    database.execute_sql('ALTER TABLE "other" DROP COLUMN "age"')
    assert user.get_by_id(1).name == "aa"


def test_overrides_are_honoured(models):
    user, _ = models

    class Grown(user):
        class Meta:
            table_name = user._meta.table_name

        @classmethod
        def select(cls, *fields):
            return super().select(*fields).where(cls.age > 3)

    with pytest.raises(Grown.DoesNotExist):
        Grown.get_by_id(1)
    user.update(age=4).execute()
    assert Grown.get_by_id(1).age == 4


def test_whoever_watches_sees_the_query(models):
    user, _ = models
    database = user._meta.database
    events = []
    user.get_by_id(1)
    database.query_hooks.append(events.append)
    user.get_by_id(1)
    assert [list(event.params) for event in events] == [[1, 1, 0]]
    if isinstance(database, Counting):
        database.seen.clear()
        user.get_by_id(2)
        assert len(database.seen) == 1
