"""Building and running statements that write."""

import pytest

from redstart import EXCLUDED, Table, fn
from redstart.exceptions import InterfaceError
from redstart.query import Insert

people = Table("people", ("id", "age"))


@pytest.mark.spec("QB-051", "SB-048", "SB-049", "SB-056")
def test_the_first_row_decides_the_columns_and_defaults_fill_them(User):
    sql, params = User.insert_many([{"joined": None, "name": "a"}, {"name": "b", "age": 9}]).sql()
    assert sql == 'INSERT INTO "user" ("name", "age", "joined") VALUES (?, ?, ?), (?, ?, ?)'
    assert params == ["a", 3, None, "b", 9, None]
    with pytest.raises(ValueError, match=r"Missing value for name\."):
        User.insert_many([{"name": "a"}, {"age": 1}]).sql()
    with pytest.raises(AttributeError):
        User.insert_many([{"nope": 1}]).sql()


@pytest.mark.spec("QB-051")
def test_rows_may_be_tuples(User):
    assert User.insert_many([("a", 1, None)]).sql()[1] == ["a", 1, None]
    sql, params = User.insert_many([(2, "a")], fields=[User.age, User.name]).sql()
    assert sql == 'INSERT INTO "user" ("age", "name") VALUES (?, ?)'
    assert params == [2, "a"]
    with pytest.raises(ValueError, match="Bulk insert must specify columns"):
        Table("other").insert([(1,)]).sql()


def test_an_iterator_of_rows_can_be_rendered_twice(User):
    query = User.insert_many({"name": name} for name in "ab")
    assert query.sql() == query.sql()
    assert query.execute() == 4


@pytest.mark.spec("QB-051")
def test_callable_defaults_are_called_for_each_row(User):
    numbers = iter(range(10))
    User._meta.defaults[User.age] = lambda: next(numbers)
    assert User.insert_many([{"name": "a"}, {"name": "b"}]).sql()[1] == ["a", 0, "b", 1]


@pytest.mark.spec("QB-052")
def test_an_insert_of_nothing_and_its_refusals(User):
    assert people.insert({}).sql() == ('INSERT INTO "people" DEFAULT VALUES', [])
    assert User.insert_many([]).execute() is None
    with pytest.raises(Insert.DefaultValuesException, match="no rows to insert"):
        User.insert_many([]).sql()
    with pytest.raises(NotImplementedError, match="cannot have a WHERE clause"):
        User.insert(name="a").where(User.id == 1)


@pytest.mark.spec("QB-052", "SB-050")
def test_an_insert_gives_the_key_or_the_count(User):
    assert User.insert(name="a").execute() == 3
    assert User.insert_many([{"name": "b"}, {"name": "c"}]).execute() == 5
    assert User.insert_many([{"name": "b"}, {"name": "c"}]).as_rowcount().execute() == 2
    assert User.insert_from(User.select(User.name, User.age).where(User.id == 1), [User.name, User.age]).execute() == 8


@pytest.mark.spec("QB-053", "SB-023")
def test_updates_are_sorted_by_field_and_qualified_by_table(User, Tweet):
    sql, params = User.update({User.age: User.age + 1, "name": "x"}).where(User.id == 1).sql()
    assert sql == 'UPDATE "user" SET "name" = ?, "age" = ("user"."age" + ?) WHERE ("user"."id" = ?)'
    assert params == ["x", 1, 1]
    sql, _ = User.update(name=Tweet.body).from_(Tweet).where(Tweet.user == User.id).sql()
    assert sql == 'UPDATE "user" SET "name" = "t1"."body" FROM "tweet" AS "t1" WHERE ("t1"."user_id" = "user"."id")'
    assert User.update(age=1).execute() == 2
    assert User.delete().where(User.id == 1).execute() == 1


@pytest.mark.spec("QB-054", "QB-055")
def test_conflicts_are_resolved_as_asked(User):
    insert = User.insert(id=1, name="x", age=9)
    assert insert.on_conflict_ignore().sql()[0].startswith("INSERT OR IGNORE INTO ")
    assert insert.on_conflict_replace().sql()[0].startswith("INSERT OR REPLACE INTO ")
    upsert = insert.on_conflict(
        conflict_target=[User.id], preserve=[User.age], update={User.name: fn.UPPER(EXCLUDED.name)}, where=User.age > 1
    )
    assert upsert.sql()[0].endswith(
        ' ON CONFLICT ("id") DO UPDATE SET "age" = EXCLUDED."age", "name" = UPPER(EXCLUDED."name") '
        'WHERE ("user"."age" > ?)'
    )
    upsert.execute()
    assert User.select(User.name, User.age).where(User.id == 1).tuples()[0] == ("X", 9)
    with pytest.raises(ValueError, match="requires that a conflict target"):
        insert.on_conflict(preserve=[User.age]).sql()


@pytest.mark.spec("MD-041")
def test_a_conflict_clause_needs_a_database():
    with pytest.raises(InterfaceError, match="ON CONFLICT clause requires"):
        people.insert({"id": 1}).on_conflict_ignore().sql()


@pytest.mark.spec("QB-049", "QB-056")
def test_returned_rows_are_instances_and_every_execution_writes(User):
    insert = User.insert(name="a").returning(User)
    assert [(user.id, user.name, user.age) for user in insert.execute()] == [(3, "a", 3)]
    assert [user.id for user in insert.execute()] == [4]
    assert [user.id for user in insert] == [4]
    assert list(User.update(age=1).where(User.id == 3).returning(User.name, User.age).tuples().execute()) == [("a", 1)]
    assert list(User.delete().where(User.id > 2).returning(User.id).dicts().execute()) == [{"id": 3}, {"id": 4}]
