"""Values on their way through the engine: what goes in as a Python object comes out as one like it."""

import datetime
import decimal
import enum
import math
import uuid

import pytest

from redstart import _native
from redstart._native import tree

UTC = datetime.timezone.utc
EAST = datetime.timezone(datetime.timedelta(hours=5, minutes=45))


class Number(enum.IntEnum):
    ONE = 1


class Word(str, enum.Enum):
    A = "a"


class Text(str):
    __slots__ = ()


class Integer(int):
    pass


class Moment(datetime.datetime):
    pass


class Unfriendly:
    """Compares with nothing and has no truth."""

    def __eq__(self, other):
        raise AssertionError

    def __bool__(self):
        raise AssertionError

    __hash__ = None


EXACT = [
    None,
    True,
    False,
    0,
    -1,
    2**63 - 1,
    -(2**63),
    1.5,
    -0.0,
    math.inf,
    "",
    "a\0b",
    "zażółć 🦀",
    b"",
    b"\0\xff",
    datetime.date(1, 1, 1),
    datetime.date(9999, 12, 31),
    datetime.time(23, 59, 59, 999_999),
    datetime.datetime(2024, 2, 29, 12, 0, 0, 1),
    decimal.Decimal("1.10"),
    decimal.Decimal("-0"),
    decimal.Decimal("1E+30"),
    decimal.Decimal("NaN"),
    decimal.Decimal("Infinity"),
    uuid.UUID("12345678-1234-5678-1234-567812345678"),
]
SAME = [
    2**63,
    -(2**63) - 1,
    2**200,
    "\ud800",
    "a\udfffb",
    Number.ONE,
    Word.A,
    Text("x"),
    Integer(5),
    Moment(2024, 1, 1),
    datetime.datetime(2024, 1, 1, tzinfo=UTC),
    datetime.datetime(2024, 1, 1, tzinfo=EAST),
    datetime.datetime(2024, 10, 27, 2, 30, fold=1),
    datetime.time(1, 2, tzinfo=UTC),
    datetime.time(1, 2, fold=1),
    datetime.timedelta(days=1),
    bytearray(b"x"),
    memoryview(b"x"),
    {"a": [1]},
    {}.keys(),
    iter([1]),
    object(),
    Unfriendly(),
    int,
    len,
]


@pytest.mark.parametrize("value", EXACT, ids=repr)
def test_a_value_of_a_known_type_comes_back_equal_and_of_the_same_type(value, rendered):
    sql, [came] = rendered(tree.value(value))
    assert sql == "?"
    assert type(came) is type(value)
    assert repr(came) == repr(value)  # tells -0.0 from 0.0, 1.10 from 1.1, and NaN from nothing


@pytest.mark.parametrize("value", SAME, ids=lambda value: type(value).__name__)
def test_any_other_value_comes_back_as_the_object_it_is(value, rendered):
    sql, [came] = rendered(tree.value(value))
    assert sql == "?"
    assert came is value


@pytest.mark.parametrize(
    "values",
    [[1, 2], (1, 2), {1, 2}, frozenset([1, 2]), range(1, 3), (n for n in (1, 2)), type("L", (list,), {})([1, 2])],
    ids=lambda values: type(values).__name__,
)
def test_a_list_of_any_kind_becomes_as_many_parameters(values, rendered):
    assert rendered(tree.value(values)) == ("(?, ?)", [1, 2])


def test_a_list_that_is_not_unpacked_is_one_value(rendered):
    values = [1, 2]
    sql, [came] = rendered(tree.value(values, unpack=False))
    assert sql == "?"
    assert came is values


def test_a_list_that_contains_itself_raises(rendered):
    values = []
    values.append(values)
    with pytest.raises(RecursionError):
        rendered(tree.value(values))


def test_a_list_that_fails_while_it_is_read_raises_its_own_exception():
    class Broken(list):
        def __iter__(self):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        tree.value(Broken())


def test_a_class_is_a_table_only_if_it_is_a_model(rendered):
    class Model:
        class _meta:  # noqa: N801 - peewee's word
            table = _native.Node()

    Model._meta.table._set_tree(tree.table(tree.source_key(), "model"))
    assert rendered(Model) == ('"t1"', [])
    assert rendered(tree.value(int)) == ("?", [int])


def test_an_object_that_answers_to_every_name_is_still_a_value(rendered):
    class Any:
        def __getattr__(self, attribute):
            return attribute

    value = Any()
    assert rendered(tree.value(value)) == ("?", [value])


def test_parameters_of_a_text_are_values_whatever_they_are(rendered):
    values = [1, [2, 3], None, {"a": 1}]
    assert rendered(tree.sql("f(?, ?, ?, ?)", values)) == ("f(?, ?, ?, ?)", values)


@pytest.mark.parametrize("converter", [str, lambda value: f"{value}"])
def test_a_callable_converts_a_value(converter, rendered):
    assert rendered(tree.value(5, converter)) == ("?", ["5"])
    assert rendered(tree.value([1, 2], converter)) == ("(?, ?)", ["1", "2"])


def test_a_value_without_conversion_is_left_alone_beside_a_field(age, rendered):
    node = _native.ColumnBase()
    node._set_tree(tree.value("x", False))
    assert rendered(age == node) == ('("t1"."age" = ?)', ["x"])
