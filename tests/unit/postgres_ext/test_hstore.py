"""``hstore`` on its way to the database."""

import pytest

from redstart.postgres_ext import HStoreField
from redstart.postgres_ext.hstore import HStore


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, ""),
        ({"a": "1"}, '"a"=>"1"'),
        ({"a": "1", "b": None}, '"a"=>"1","b"=>NULL'),
        ({"NULL": "NULL"}, '"NULL"=>"NULL"'),
        ({1: 2.5}, '"1"=>"2.5"'),
        ({'qu"ote': "back\\slash"}, '"qu\\"ote"=>"back\\\\slash"'),
        ({"a, b": "x=>y"}, '"a, b"=>"x=>y"'),
        ({"é": ""}, '"é"=>""'),
    ],
)
def test_keys_and_values_are_quoted(value, text):
    assert HStore(value).__pg_value__() == (0, text)


def test_only_dicts_are_wrapped():
    field = HStoreField()
    assert type(field.db_value({"a": "1"})) is HStore
    assert field.db_value({"a": "1"}) == {"a": "1"}
    assert field.db_value(None) is None
    assert field.db_value("key") == "key"


def test_a_tuple_of_keys_is_bound_as_an_array():
    field = HStoreField()
    assert field.contains(("a", "b")).rhs.value == ["a", "b"]
