"""JSON documents as parameters."""

import json

import pytest

from redstart.database.postgres_json import Json, Jsonb


def test_a_parameter_has_a_type_and_a_text():
    assert Json({"a": [1, None]}).__pg_value__() == (114, '{"a": [1, null]}')
    assert Jsonb("é").__pg_value__() == (3802, '"\\u00e9"')
    assert Jsonb(None).__pg_value__() == (3802, "null")


def test_an_own_function_writes_the_text():
    assert Jsonb([1, 2], lambda value: json.dumps(value, separators=(",", ":"))).text() == "[1,2]"


def test_equal_parameters_have_one_type_and_one_text():
    assert Jsonb({"a": 1}) == Jsonb({"a": 1})
    assert hash(Jsonb({"a": 1})) == hash(Jsonb({"a": 1}))
    assert Jsonb([1]) != Jsonb([2])
    assert Jsonb([1]) != Json([1])
    assert Jsonb([1]) != [1]


def test_a_value_without_a_json_form_fails_when_it_is_sent():
    parameter = Jsonb({"a": object()})
    assert repr(parameter).startswith("Jsonb({'a': <object")
    with pytest.raises(TypeError, match="not JSON serializable"):
        parameter.__pg_value__()
