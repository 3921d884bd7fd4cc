"""The nodes of the face: what each renders, and what may be read of it."""

import pytest

from redstart import (
    DQ,
    EXCLUDED,
    SQL,
    AsIs,
    Case,
    Cast,
    Check,
    Default,
    Entity,
    Table,
    Tuple,
    Value,
    Window,
    fn,
)
from redstart.node import (
    Alias,
    BindTo,
    BitwiseNegated,
    CommaNodeList,
    EnclosedNodeList,
    ForUpdate,
    Node,
    NodeList,
    OnConflict,
    Ordering,
    QualifiedNames,
)

users = Table("users", ("id", "name"))


def rendered(*nodes):
    """Gives what stands between SELECT and FROM, and the parameters."""
    sql, params = users.select(*nodes).sql()
    return sql.removeprefix("SELECT ").removesuffix(' FROM "users" AS "t1"'), params


@pytest.mark.spec("QB-011")
def test_an_alias_names_what_is_selected_and_is_a_name_elsewhere():
    alias = users.id.alias("key")
    assert alias.name == "key"
    assert alias.is_alias()
    sql, _ = users.select(alias).where(alias > 1).order_by(alias).sql()
    assert sql == 'SELECT "t1"."id" AS "key" FROM "users" AS "t1" WHERE ("key" > ?) ORDER BY "key"'
    assert alias.alias(None) is users.id
    assert alias.unalias() is users.id
    assert isinstance(alias.alias("other"), Alias)


@pytest.mark.spec("QB-014", "QB-021", "SB-006")
def test_functions_keep_their_name_and_drop_the_outer_parentheses_of_one_argument():
    assert rendered(fn.Lower(users.name)) == ('Lower("t1"."name")', [])
    assert rendered(fn.f()) == ("f()", [])
    assert rendered(fn.f(users.id == 1)) == ('f("t1"."id" = ?)', [1])
    assert rendered(fn.f([1, 2])) == ("f((?, ?))", [1, 2])
    assert rendered(fn.EXISTS(users.select(SQL("1")))) == ('EXISTS(SELECT 1 FROM "users" AS "t1")', [])


@pytest.mark.spec("QB-015")
def test_some_functions_never_convert_their_result():
    assert fn.COUNT(users.id)._coerce is False
    assert fn.MAX(users.id)._coerce is True
    assert fn.MAX(users.id, coerce=False)._coerce is False
    assert fn.MAX(users.id).coerce(False)._coerce is False
    assert fn.MAX(users.id).python_value(str)._python_value is str


@pytest.mark.spec("QB-016", "QB-017")
def test_functions_take_filters_orders_and_windows():
    total = fn.SUM(users.id).filter(users.id > 1)
    assert rendered(total.over(partition_by=[users.name], order_by=[users.id])) == (
        'SUM("t1"."id") FILTER (WHERE ("t1"."id" > ?)) OVER (PARTITION BY "t1"."name" ORDER BY "t1"."id")',
        [1],
    )
    assert rendered(fn.group_concat(users.name).order_by(users.id)) == (
        'group_concat("t1"."name" ORDER BY "t1"."id")',
        [],
    )
    window = Window(order_by=[users.id], start=Window.preceding(2), end=Window.CURRENT_ROW, alias="w1")
    sql, _ = users.select(fn.SUM(users.id).over(window)).window(window).sql()
    assert sql.endswith('WINDOW "w1" AS (ORDER BY "t1"."id" ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)')


@pytest.mark.spec("QB-017")
def test_a_window_without_a_start_has_no_end_and_two_windows_need_two_names():
    with pytest.raises(ValueError, match="Cannot specify WINDOW end without start"):
        Window(end=Window.CURRENT_ROW)
    with pytest.raises(ValueError, match="unique aliases"):
        users.select().window(Window(), Window())
    window = Window()
    assert window.as_groups().frame_type == "GROUPS"
    assert window.frame_type is None
    assert window.alias("x") is window


@pytest.mark.spec("QB-018")
def test_a_case_without_a_default_has_no_else():
    assert rendered(Case(None, [(users.id == 1, "a")])) == ('CASE WHEN ("t1"."id" = ?) THEN ? END', [1, "a"])
    assert rendered(Case(users.id, ((1, "a"), (2, "b")), "c")) == (
        'CASE "t1"."id" WHEN ? THEN ? WHEN ? THEN ? ELSE ? END',
        [1, "a", 2, "b", "c"],
    )


@pytest.mark.spec("QB-018")
def test_small_nodes_render_as_peewee_has_them():
    assert rendered(Cast(users.id, "text")) == ('CAST("t1"."id" AS text)', [])
    assert rendered(Tuple(1, users.id)) == ('(?, "t1"."id")', [1])
    assert rendered(NodeList((SQL("a"), SQL("b")))) == ("a b", [])
    assert rendered(CommaNodeList((SQL("a"), SQL("b")))) == ("a, b", [])
    assert rendered(EnclosedNodeList((SQL("a"), SQL("b")))) == ("(a, b)", [])
    assert rendered(SQL("f(?)", [1])) == ("f(?)", [1])
    assert rendered(Entity("a", 'b"c')) == ('"a"."b""c"', [])
    assert rendered(Check("x > 1", "named")) == ('CONSTRAINT "named" CHECK (x > 1)', [])
    assert rendered(Check("x > 1")) == ("CHECK (x > 1)", [])
    assert rendered(Default("0")) == ("DEFAULT 0", [])
    assert rendered(BitwiseNegated(users.id)) == ('~"t1"."id"', [])
    assert ~BitwiseNegated(users.id) is users.id


@pytest.mark.spec("QB-010")
def test_lists_unpack_unless_they_are_wanted_as_they_are():
    assert rendered(Value([1, 2])) == ("(?, ?)", [1, 2])
    assert rendered(AsIs([1, 2])) == ("?", [[1, 2]])
    assert rendered(Value([1, 2], unpack=False)) == ("?", [[1, 2]])
    assert rendered(Value(3, converter=str)) == ("?", ["3"])
    assert [value.value for value in Value([1, 2]).values] == [1, 2]


@pytest.mark.spec("QB-018", "SB-019")
def test_orderings_say_direction_collation_and_nulls():
    assert users.id.desc().direction == "DESC"
    sql, _ = users.select(users.id).order_by(-users.id, +users.name, users.name.asc("NOCASE")).sql()
    assert sql.endswith('ORDER BY "t1"."id" DESC, "t1"."name" ASC, "t1"."name" COLLATE NOCASE ASC')
    with pytest.raises(ValueError, match="first"):
        Ordering(users.id, "ASC", nulls="middle")


@pytest.mark.spec("QB-002", "SB-004")
def test_negation_of_a_negation_is_the_node():
    comparison = users.id == 1
    assert ~~comparison is comparison
    sql, _ = users.select(users.id).where(~comparison).sql()
    assert sql.endswith('WHERE NOT ("t1"."id" = ?)')


@pytest.mark.spec("QB-020")
def test_excluded_and_qualified_names():
    assert rendered(EXCLUDED.name, EXCLUDED["a b"]) == ('EXCLUDED."name", EXCLUDED."a b"', [])
    assert rendered(QualifiedNames(users.id)) == ('"t1"."id"', [])


@pytest.mark.spec("QB-029")
def test_for_update_recognises_its_endings():
    assert ForUpdate("FOR SHARE NOWAIT")._nowait is True
    assert ForUpdate("FOR UPDATE OF x SKIP LOCKED")._expr == "FOR UPDATE OF x"
    assert ForUpdate(True, of=users)._of == (users,)
    with pytest.raises(ValueError, match="Only one of nowait and skip_locked"):
        ForUpdate(True, nowait=True, skip_locked=True)


@pytest.mark.spec("QB-002")
def test_copy_makes_a_method_change_a_copy():
    class Note(Node):
        text = ""

        @Node.copy
        def say(self, text):
            self.text = text

    note = Note()
    assert note.say("hello").text == "hello"
    assert note.text == ""


def test_on_conflict_gives_changed_copies():
    conflict = OnConflict(preserve=users.name)
    changed = conflict.conflict_target("a", "b").update({"a": 1}, b=2)
    assert conflict._conflict_target is None
    assert changed._conflict_target == ("a", "b")
    assert changed._update == {"a": 1, "b": 2}
    assert changed.conflict_constraint("c")._conflict_target is None
    with pytest.raises(ValueError, match="only one of"):
        OnConflict(conflict_target="a", conflict_constraint="b")


def test_lookups_alone_render_nothing():
    assert (~DQ(a=1))._negated
    with pytest.raises(NotImplementedError):
        users.select().where(DQ(a=1)).sql()


def test_what_is_bound_to_a_source_renders_as_it_is():
    bound = users.id.bind_to(users)
    assert isinstance(bound, BindTo)
    assert bound.dest is users
    assert rendered(bound) == ('"t1"."id"', [])
