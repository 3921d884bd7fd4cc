"""Values of arrays, both ways."""

import datetime
from decimal import Decimal

import pytest

from redstart import CharField, DateTimeField, DecimalField, IntegerField, UUIDField, fn
from redstart.postgres_ext import ArrayField, ObjectSlice, PostgresqlExtDatabase


@pytest.mark.parametrize("value", [[1, 2], (1, 2), range(1, 3), iter([1, 2])])
def test_whatever_can_be_iterated_is_stored_as_a_list(value):
    assert ArrayField().db_value(value) == [1, 2]


def test_expressions_and_none_stay():
    call = fn.array_append(1, 2)
    assert ArrayField(CharField).db_value(call) is call
    assert ArrayField().db_value(None) is None
    assert ArrayField().python_value(None) is None


def test_elements_are_converted_only_when_asked():
    plain = ArrayField(DecimalField)
    assert plain.db_value(["1.5"]) == ["1.5"]
    assert plain.python_value(["1.5"]) == ["1.5"]
    converting = ArrayField(DecimalField, {"decimal_places": 2, "auto_round": True}, convert_values=True)
    assert converting.db_value(["1.239", None]) == [Decimal("1.24"), None]
    assert converting.python_value(["1.5", None]) == [Decimal("1.5"), None]


def test_elements_of_inner_arrays_are_converted():
    field = ArrayField(DateTimeField, dimensions=2, convert_values=True)
    day = datetime.datetime(2020, 1, 1)
    assert field.db_value([["2020-01-01"], ("2020-01-01",)]) == [[day], [day]]
    assert field.python_value([["2020-01-01"], []]) == [[day], []]


def test_a_uuid_is_left_to_the_driver_unless_converted():
    value = "00000000-0000-0000-0000-000000000001"
    assert ArrayField(UUIDField).db_value([value]) == [value]
    assert ArrayField(UUIDField, convert_values=True).db_value([value]) == [value.replace("-", "")]


@pytest.mark.parametrize(
    ("key", "parts"),
    [(0, [0]), (-1, [-1]), ("2", [2]), ("1:3", [1, 3]), (slice(1, 3), [1, 2]), (slice(None), [0, None])],
)
def test_what_stands_in_brackets_becomes_parts(key, parts):
    assert ObjectSlice.create(ArrayField(), key).parts == parts


def test_comparisons_name_the_type_of_the_database_at_hand():
    db = PostgresqlExtDatabase("app", field_types={"INT": "INT4"})

    class Item(db.Model):
        numbers = ArrayField(IntegerField, dimensions=2)

    assert Item.select(Item.id).where(Item.numbers == [[1]]).sql() == (
        'SELECT "t1"."id" FROM "item" AS "t1" WHERE ("t1"."numbers" = %s::INT4[][])',
        [[[1]]],
    )
