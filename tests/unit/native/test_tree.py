"""The builders of trees: each argument lands where it belongs in peewee's SQL."""

import importlib

import pytest

from redstart import _native
from redstart._native import tree

USER = tree.table(tree.source_key(), "user")
NOTE = tree.table(tree.source_key(), "v")


class Held(_native.ColumnBase):
    """A node that holds a tree."""

    def __init__(self, built):
        self._set_tree(built)


ID, AGE, NAME = (Held(tree.column(USER, name)) for name in ("id", "age", "name"))
NOTE_ID, NOTE_USER = (Held(tree.column(NOTE, name)) for name in ("id", "uid"))
COUNT = Held(tree.function("COUNT", [ID]))


def select(columns, *sources, **clauses):
    return tree.select(tree.source_key(), columns, from_=sources, **clauses)


EXPRESSIONS = [
    (tree.value([1, 2]), "(?, ?)", [1, 2]),
    (tree.value([1, 2], unpack=False), "?", [[1, 2]]),
    (tree.entity("a", 'b"c'), '"a"."b""c"', []),
    (tree.sql("f(?)", [[1]]), "f(?)", [[1]]),
    (tree.negated(AGE), 'NOT "t1"."age"', []),
    (tree.ordering(AGE, "DESC", "NOCASE"), '"t1"."age" COLLATE NOCASE DESC', []),
    (tree.cast(AGE, "text"), 'CAST("t1"."age" AS text)', []),
    (tree.case(None, [(AGE == 1, "x")], "y"), 'CASE WHEN ("t1"."age" = ?) THEN ? ELSE ? END', [1, "x", "y"]),
    (tree.case(AGE, [(1, "x")]), 'CASE "t1"."age" WHEN ? THEN ? END', [1, "x"]),
    (tree.function("COUNT", [AGE]), 'COUNT("t1"."age")', []),
    (tree.node_list([tree.sql("a"), tree.sql("b")], ", ", True), "(a, b)", []),
    (tree.namespaced("EXCLUDED", "name"), 'EXCLUDED."name"', []),
    (tree.alias(AGE, "x"), '"x"', []),
    (tree.marked(AGE, coerce=False), '"t1"."age"', []),
    (tree.bind_to(AGE, NOTE), '"t1"."age"', []),
    (tree.star(USER), '"t1".*', []),
    (
        tree.function(
            "SUM",
            [AGE],
            filter=AGE > 1,
            over=tree.window(
                "w",
                partition_by=[NAME],
                order_by=[ID],
                start=tree.sql("1 PRECEDING"),
                end=tree.sql("CURRENT ROW"),
                frame_type="ROWS",
                inline=True,
            ),
        ),
        (
            'SUM("t1"."age") FILTER (WHERE ("t1"."age" > ?)) OVER (PARTITION BY "t1"."name" ORDER BY "t1"."id"'
            " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"
        ),
        [1],
    ),
]
READING = [
    (
        select(
            [AGE],
            tree.join(USER, NOTE, "LEFT OUTER JOIN", ID == NOTE_USER),
            where=AGE == 1,
            group_by=[AGE],
            having=COUNT > 1,
            order_by=[AGE.desc()],
            limit=1,
            offset=2,
        ),
        (
            'SELECT "t1"."age" FROM "user" AS "t1" LEFT OUTER JOIN "v" AS "t2" ON ("t1"."id" = "t2"."uid")'
            ' WHERE ("t1"."age" = ?) GROUP BY "t1"."age" HAVING (COUNT("t1"."id") > ?)'
            ' ORDER BY "t1"."age" DESC LIMIT ? OFFSET ?'
        ),
        [1, 1, 1, 2],
    ),
    (select([AGE], USER, distinct=True), 'SELECT DISTINCT "t1"."age" FROM "user" AS "t1"', []),
    (select([AGE], USER, distinct=False), 'SELECT "t1"."age" FROM "user" AS "t1"', []),
    (
        select([AGE], USER, distinct=[AGE, ID]),
        'SELECT DISTINCT ON ("t1"."age", "t1"."id") "t1"."age" FROM "user" AS "t1"',
        [],
    ),
    (
        tree.compound(
            tree.source_key(),
            select([ID], USER),
            "UNION ALL",
            select([NOTE_ID], NOTE),
            order_by=[tree.sql("1")],
            limit=3,
        ),
        'SELECT "t1"."id" FROM "user" AS "t1" UNION ALL SELECT "t2"."id" FROM "v" AS "t2" ORDER BY 1 LIMIT ?',
        [3],
    ),
    (
        select(
            [Held(tree.function("SUM", [AGE], over=tree.window_alias("w")))],
            USER,
            windows=[tree.window("w", partition_by=[NAME])],
        ),
        'SELECT SUM("t1"."age") OVER "w" FROM "user" AS "t1" WINDOW "w" AS (PARTITION BY "t1"."name")',
        [],
    ),
]
WRITING = [
    (
        tree.insert(USER, [AGE, NAME], rows=[[1, [1, 2]], [2, {"a": 1}]]),
        'INSERT INTO "user" ("age", "name") VALUES (?, ?), (?, ?)',
        [1, [1, 2], 2, {"a": 1}],
    ),
    (
        tree.insert(NOTE, [NOTE_ID], query=select([ID], USER)),
        'INSERT INTO "v" ("id") SELECT "t1"."id" FROM "user" AS "t1"',
        [],
    ),
    (
        tree.update(USER, [(AGE, AGE + 1)], where=ID == 3),
        'UPDATE "user" SET "age" = ("user"."age" + ?) WHERE ("user"."id" = ?)',
        [1, 3],
    ),
    (tree.update(USER, [(NAME, ["a"])]), 'UPDATE "user" SET "name" = ?', [["a"]]),
    (tree.delete(USER, where=ID == 3), 'DELETE FROM "user" WHERE ("user"."id" = ?)', [3]),
]


@pytest.mark.parametrize(("built", "sql", "params"), EXPRESSIONS + READING + WRITING)
def test_a_tree_renders_as_peewee_renders_the_same_node(built, sql, params, rendered):
    assert rendered(built) == (sql, params)


@pytest.mark.parametrize(
    ("recursive", "columns", "sql"),
    [
        (False, ["x"], 'WITH "c" ("x") AS (SELECT "t1"."id" FROM "user" AS "t1") SELECT "c"."x" FROM "c"'),
        (True, None, 'WITH RECURSIVE "c" AS (SELECT "t1"."id" FROM "user" AS "t1") SELECT "c"."x" FROM "c"'),
    ],
)
def test_a_common_table_expression_is_defined_once_and_named_elsewhere(recursive, columns, sql, rendered):
    names = None if columns is None else [tree.entity(name) for name in columns]
    cte = tree.cte(tree.source_key(), "c", select([ID], USER), recursive=recursive, columns=names)
    assert rendered(select([Held(tree.column(cte, "x"))], cte, with_=[cte])) == (sql, [])


def test_a_source_is_known_by_its_key_and_not_by_its_name(rendered):
    twin = tree.table(tree.source_key(), "user")
    assert rendered(select([tree.star(USER), tree.star(twin)], USER, twin)) == (
        'SELECT "t1".*, "t2".* FROM "user" AS "t1", "user" AS "t2"',
        [],
    )


def test_keys_of_sources_differ_unless_they_are_of_the_same_kind_and_name():
    assert tree.source_key() != tree.source_key()
    assert tree.named_source_key("table", "user") == tree.named_source_key("table", "user")
    assert hash(tree.named_source_key("table", "user")) == hash(tree.named_source_key("table", "user"))
    assert tree.named_source_key("table", "user") != tree.named_source_key("cte", "user")
    assert tree.named_source_key("ab", "c") != tree.named_source_key("a", "bc")


def test_sequences_of_a_clause_may_be_generators(rendered):
    columns = (column for column in (ID, AGE))
    assert rendered(select(columns, USER)) == ('SELECT "t1"."id", "t1"."age" FROM "user" AS "t1"', [])


def test_a_tree_cannot_be_made_or_changed_by_hand():
    with pytest.raises(TypeError):
        _native.Tree()
    with pytest.raises(AttributeError):
        USER.name = "x"


@pytest.mark.parametrize(
    "build",
    [
        lambda: tree.ordering(AGE, "UPWARDS"),
        lambda: tree.entity(1),
        lambda: tree.column(USER, None),
        lambda: tree.table("key", "user"),
        lambda: tree.case(None, [(1,)]),
        lambda: tree.insert(USER, [AGE], rows=[1]),
        lambda: tree.update(USER, [AGE]),
        lambda: tree.function("f", 1),
        lambda: tree.select(tree.source_key(), None),
    ],
)
def test_an_argument_that_makes_no_sense_is_refused(build):
    with pytest.raises((TypeError, ValueError)):
        build()


def test_the_module_is_found_by_its_name():
    assert importlib.import_module("redstart._native.tree") is tree
