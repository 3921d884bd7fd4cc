"""Copies of fields, queries and sources stand for what they were copied from."""

import copy
import pickle

import pytest

from redstart import IntegerField, Model, Select, Table, TextField, fn


class User(Model):
    age = IntegerField(null=True, default=[1].copy)
    name = TextField()

    class Meta:
        table_name = "user"


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda node: node.clone()])
def test_a_copied_field_belongs_to_the_same_model(duplicate):
    twin = duplicate(User.age)
    assert twin is not User.age
    assert twin.model is User
    assert twin.default == User.age.default
    assert hash(twin) == hash(User.age)
    assert User.select(twin).where(twin == "5").sql() == (
        'SELECT "t1"."age" FROM "user" AS "t1" WHERE ("t1"."age" = ?)',
        [5],
    )


def test_a_model_that_inherits_owns_its_fields():
    class Child(User):
        pass

    assert Child.age is not User.age
    assert Child.age.model is Child
    assert User.age.model is User
    assert Child.select(Child.age).where(Child.age == "5").sql() == (
        'SELECT "t1"."age" FROM "child" AS "t1" WHERE ("t1"."age" = ?)',
        [5],
    )


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda query: query.clone()])
def test_a_copied_query_changes_alone(duplicate):
    query = User.select(User.age).where(User.age == 1)
    twin = duplicate(query).where(User.name == "x").limit(3)
    assert query.sql() == ('SELECT "t1"."age" FROM "user" AS "t1" WHERE ("t1"."age" = ?)', [1])
    assert twin.sql() == (
        'SELECT "t1"."age" FROM "user" AS "t1" WHERE (("t1"."age" = ?) AND ("t1"."name" = ?)) LIMIT ?',
        [1, "x", 3],
    )


def test_a_deep_copy_of_a_query_is_the_same_source():
    query = User.select(User.age)
    twin = copy.deepcopy(query)
    assert Select([query], [twin.c.age]).sql() == (
        'SELECT "t1"."age" FROM (SELECT "t2"."age" FROM "user" AS "t2") AS "t1"',
        [],
    )


def test_a_deep_copy_of_a_table_is_the_same_source():
    table = Table("user", ("age",))
    twin = copy.deepcopy(table)
    assert Select([table], [twin.age]).sql() == ('SELECT "t1"."age" FROM "user" AS "t1"', [])


def test_a_deep_copy_of_a_function_keeps_its_arguments():
    assert User.select(copy.deepcopy(fn.COUNT(User.age))).sql() == (
        'SELECT COUNT("t1"."age") FROM "user" AS "t1"',
        [],
    )


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda row: pickle.loads(pickle.dumps(row))])  # noqa: S301 - our own bytes
def test_a_copied_instance_keeps_its_values(duplicate):
    row = User(age=3, name="x")
    twin = duplicate(row)
    assert type(twin) is User
    assert (twin.age, twin.name) == (3, "x")
    assert twin.is_dirty()
