"""What a database's attributes change in the SQL."""

import pytest

from redstart import _native
from redstart._native import Capability, tree


def test_an_attribute_that_does_not_exist_is_refused():
    with pytest.raises(TypeError, match="no capability quotes"):
        Capability(quotes='""')


@pytest.mark.parametrize("quote", ["x", "xyz"])
def test_quotes_come_in_pairs(quote):
    with pytest.raises(ValueError, match="two characters"):
        Capability(quote=quote)


@pytest.mark.parametrize(
    "wrong",
    [
        {"param": 1},
        {"quote": None},
        {"operations": []},
        {"operations": {1: "x"}},
        {"compound_select_parentheses": 3},
        {"compound_select_parentheses": -1},
        {"conflict_style": "oracle"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_value_that_makes_no_sense_is_refused(wrong):
    with pytest.raises((TypeError, ValueError, OverflowError)):
        Capability(**wrong)


@pytest.mark.parametrize(
    ("quote", "sql"),
    [('""', '"a""b"."c]`"'), ("``", '`a"b`.`c]```'), ("[]", '[a"b].[c]]`]'), ("", 'a"b.c]`')],
)
def test_the_closing_quote_is_doubled_inside_of_a_name(quote, sql, rendered):
    assert rendered(tree.entity('a"b', "c]`"), quote=quote) == (sql, [])


def test_placeholders_are_those_of_the_driver(age, rendered):
    assert rendered(age.in_([1, 2]), param="%s") == ('("t1"."age" IN (%s, %s))', [1, 2])


def test_operators_are_renamed_by_the_dialect(name, rendered):
    dialect = {"LIKE": "GLOB", "ILIKE": "LIKE"}
    assert rendered(name % "x", operations=dialect) == ('("t1"."name" GLOB ?)', ["x"])
    assert rendered(name ** "x", operations=dialect) == ('("t1"."name" LIKE ?)', ["x"])
    assert rendered(_native.Expression(name, "MINE", 1), operations={"MINE": "YOURS"})[0] == '("t1"."name" YOURS ?)'


def test_an_offset_needs_a_limit_where_the_database_says_so(table, rendered):
    query = tree.select(tree.source_key(), [tree.sql("1")], offset=5)
    assert rendered(query) == ("SELECT 1 OFFSET ?", [5])
    assert rendered(query, limit_max=-1) == ("SELECT 1 LIMIT ? OFFSET ?", [-1, 5])


def test_a_clause_that_the_database_lacks_is_a_value_error(table, rendered):
    lock = tree.for_update("FOR UPDATE")
    query = tree.select(tree.source_key(), [tree.sql("1")], for_update=lock)
    assert rendered(query, for_update=True) == ("SELECT 1 FOR UPDATE", [])
    with pytest.raises(ValueError, match="FOR UPDATE"):
        rendered(query, for_update=False)
