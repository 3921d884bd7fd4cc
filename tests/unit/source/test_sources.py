"""Sources: their identity, their aliases and how they join."""

import pytest

from redstart import SQL, Table, ValuesList
from redstart.node import Column
from redstart.source import Star

users = Table("users", ("id", "name"))
notes = Table("notes")


@pytest.mark.spec("QB-033")
def test_declared_columns_are_attributes_and_rule_out_c():
    assert isinstance(users.id, Column)
    assert users.select().sql() == ('SELECT "t1"."id", "t1"."name" FROM "users" AS "t1"', [])
    with pytest.raises(AttributeError):
        _ = users.other


@pytest.mark.spec("QB-033")
def test_a_table_without_columns_has_them_by_any_name():
    assert notes.select(notes.c.text, notes.c["id"]).sql() == ('SELECT "t1"."text", "t1"."id" FROM "notes" AS "t1"', [])
    assert notes.select().sql() == ('SELECT * FROM "notes" AS "t1"', [])
    assert isinstance(notes.__star__, Star)
    assert notes.select(notes.__star__).sql() == ('SELECT "t1".* FROM "notes" AS "t1"', [])


@pytest.mark.spec("QB-006")
def test_names_are_quoted_with_their_schema():
    table = Table('t"x', ("a",), schema="s")
    assert table.select().sql() == ('SELECT "t1"."a" FROM "s"."t""x" AS "t1"', [])


@pytest.mark.spec("QB-033")
@pytest.mark.parametrize(
    ("joined", "kind"),
    [
        (users & notes, "INNER JOIN"),
        (users + notes, "LEFT OUTER JOIN"),
        (users - notes, "RIGHT OUTER JOIN"),
        (users | notes, "FULL OUTER JOIN"),
        (users * notes, "CROSS JOIN"),
    ],
)
def test_operators_join(joined, kind):
    assert joined.select(users.id).sql()[0] == f'SELECT "t1"."id" FROM "users" AS "t1" {kind} "notes" AS "t2"'


def test_two_mentions_of_a_table_are_one_source_and_an_alias_is_another():
    again = Table("users", ("id",))
    assert users == again
    assert users != users.alias("other")
    assert users.select(again.id).sql() == ('SELECT "t1"."id" FROM "users" AS "t1"', [])
    other = users.alias("other")
    assert other.select(other.id).sql() == ('SELECT "other"."id" FROM "users" AS "other"', [])


@pytest.mark.spec("QB-032")
def test_a_query_under_a_name_is_the_same_source_as_its_namesake():
    query = users.select(users.id)
    assert query == query
    assert query != query.clone()
    assert query.alias("q") == query.alias("q")
    named = query.alias("q")
    assert named.select_from(named.c.id).sql() == (
        'SELECT "q"."id" FROM (SELECT "t1"."id" FROM "users" AS "t1") AS "q"',
        [],
    )


@pytest.mark.spec("QB-033")
def test_values_are_a_source():
    points = ValuesList([(1, 2), (3, 4)], columns=("x", "y"), alias="p")
    assert points.select(points.c.x).sql() == (
        'SELECT "p"."x" FROM (VALUES (?, ?), (?, ?)) AS "p"("x", "y")',
        [1, 2, 3, 4],
    )
    assert points.columns("a", "b")._columns == ("a", "b")


@pytest.mark.spec("QB-031")
def test_a_recursive_expression_refers_to_itself():
    base = users.select(users.id).cte("tree", recursive=True, columns=("n",))
    tree = base.union_all(base.select(base.c.n + 1))
    assert tree.select_from(tree.c.n).sql() == (
        (
            'WITH RECURSIVE "tree" ("n") AS (SELECT "t1"."id" FROM "users" AS "t1" UNION ALL '
            'SELECT ("tree"."n" + ?) FROM "tree") SELECT "tree"."n" FROM "tree"'
        ),
        [1],
    )
    with pytest.raises(ValueError, match="one or more columns from the CTE"):
        tree.select_from()


@pytest.mark.spec("QB-031")
def test_materialisation_is_written_only_when_asked_for():
    query = users.select(SQL("1"))
    for flag, text in ((None, "AS ("), (True, "AS MATERIALIZED ("), (False, "AS NOT MATERIALIZED (")):
        cte = query.cte("c", materialized=flag)
        assert f'WITH "c" {text}' in cte.select_from(SQL("1")).sql()[0]
