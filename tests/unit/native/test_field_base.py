"""The native part of a field: its column, and which values Python converts."""

import datetime
import decimal
import gc
import uuid
import weakref

import pytest

from redstart import _native
from redstart._native import tree

KINDS = ["raw", "int", "float", "text", "bool", "decimal", "datetime", "date", "time", "blob", "uuid", "host"]
NATIVE = [
    ("int", 5),
    ("float", 1.5),
    ("text", "x"),
    ("bool", True),
    ("blob", b"x"),
    ("date", datetime.date(2024, 2, 29)),
    ("time", datetime.time(1, 2, 3, 4)),
    ("datetime", datetime.datetime(2024, 2, 29, 1, 2, 3, 4)),
    ("decimal", decimal.Decimal("1.50")),
    ("raw", {"any": "thing"}),
]
FOREIGN = [
    ("int", "5"),
    ("int", 5.5),
    ("int", 2**70),
    ("text", 5),
    ("text", b"x"),
    ("bool", "yes"),
    ("float", 5),
    ("blob", "x"),
    ("date", "2024-02-29"),
    ("datetime", "2024-02-29"),
    ("decimal", 1.5),
    ("uuid", "x"),
    ("uuid", uuid.UUID(int=1)),
]


def test_a_field_of_no_model_renders_nothing(field_class, rendered):
    with pytest.raises(TypeError, match="renders nothing"):
        rendered(field_class())


def test_a_field_of_no_model_has_no_column_elsewhere(field_class, table):
    with pytest.raises(ValueError, match="belongs to no model"):
        field_class()._tree_for(table)


@pytest.mark.parametrize("kind", KINDS)
def test_null_reaches_python_for_a_field_that_only_python_understands(kind, make_field, rendered):
    field = make_field("x", kind)
    assert rendered(tree.value(None, field)) == ("?", [None])
    assert field.seen == ([None] if kind == "host" else [])


@pytest.mark.parametrize(("kind", "value"), NATIVE)
def test_a_value_that_fits_the_kind_passes_without_python(kind, value, make_field, rendered):
    field = make_field("x", kind)
    assert rendered(field == value) == ('("t1"."x" = ?)', [value])
    assert field.seen == []


@pytest.mark.parametrize(("kind", "value"), FOREIGN)
def test_a_value_that_does_not_fit_the_kind_is_python_s_business(kind, value, make_field, rendered):
    field = make_field("x", kind, adapt=lambda _: "converted")
    assert rendered(field == value) == ('("t1"."x" = ?)', ["converted"])
    assert field.seen == [value]


def test_every_value_of_a_list_is_converted(age, rendered):
    assert rendered(age.in_(["1", 2, [b"3"]])) == ('("t1"."age" IN (?, ?, (?)))', [1, 2, 3])


def test_a_conversion_may_give_an_expression(make_field, rendered):
    def call(value):
        node = _native.ColumnBase()
        node._set_tree(tree.function("f", [value]))
        return node

    field = make_field("x", "host", adapt=call)
    assert rendered(field == 5) == ('("t1"."x" = f(?))', [5])


def test_an_exception_of_a_conversion_reaches_the_caller(age, rendered):
    with pytest.raises(ValueError, match="invalid literal"):
        rendered(age == "five")


def test_a_field_on_another_source_keeps_its_conversion(age, rendered):
    other = tree.table(tree.source_key(), "user", alias="u")
    column = _native.ColumnBase()
    column._set_tree(age._tree_for(other))
    assert rendered(column == "5") == ('("u"."age" = ?)', [5])


def test_a_field_can_be_bound_anew(age, rendered):
    age._bind_field(tree.table(tree.source_key(), "other", alias="o"), "years", "years_old", 3, "raw", "raw")
    assert rendered(age == "5") == ('("o"."years_old" = ?)', ["5"])


def test_a_kind_that_does_not_exist_is_refused_and_changes_nothing(age, table, rendered):
    with pytest.raises(ValueError, match='no field kind named "number"'):
        age._bind_field(table, "x", "x", 0, "int", "number")
    with pytest.raises(ValueError, match='no field kind named "number"'):
        age._bind_field(table, "x", "x", 0, "number", "int")
    assert rendered(age == "5") == ('("t1"."age" = ?)', [5])


def test_a_field_is_not_kept_alive_by_its_own_tree(field_class, table):
    field = field_class()
    field._bind_field(table, "x", "x", 0, "host", "host")
    column = field._tree_for(table)
    watch = weakref.ref(field)
    del field
    gc.collect()
    assert watch() is None
    assert repr(column)


def test_a_statement_of_a_field_that_is_gone_says_so(make_field, rendered, table):
    column = _native.ColumnBase()
    column._set_tree(make_field("x", "host")._tree_for(table))
    gc.collect()
    with pytest.raises(ReferenceError, match="no longer exists"):
        rendered(column == 1)


def test_the_right_side_is_converted_by_the_field_on_the_left_and_no_further(age, name, rendered):
    assert rendered((age == "1") & (name == 5)) == ('(("t1"."age" = ?) AND ("t1"."name" = ?))', [1, "5"])
