"""The context that nodes written in Python render into."""

import gc
import weakref

import pytest

from redstart import _native
from redstart._native import Context, tree


class Watcher(_native.Node):
    """Notes the place it is rendered in."""

    def __init__(self):
        self.places = []

    def __sql__(self, ctx):
        self.places.append((ctx.scope, bool(ctx.subquery), bool(ctx.state.in_function), bool(ctx.state.in_expr)))
        return ctx.literal("here")


def test_a_context_takes_text_values_and_nodes_and_gives_itself_back(age):
    ctx = Context()
    assert ctx.literal("a").value(1).sql(age).sql("x").sql([1, 2]).sql(None) is ctx
    assert ctx.query() == ('a?"t1"."age"?(?, ?)?', [1, "x", 1, 2, None])


def test_parsing_gives_what_the_whole_context_holds(age):
    assert Context().literal("x ").parse(age == 1) == ('x ("t1"."age" = ?)', [1])


def test_a_list_given_as_a_value_is_one_parameter():
    assert Context().value([1, 2]).query() == ("?", [[1, 2]])


def test_a_value_is_converted_by_what_stands_beside_it(age):
    assert Context().value(5, str).query() == ("?", ["5"])
    assert Context().value("5", age).query() == ("?", [5])
    assert Context().value("x", converter=False).query() == ("?", ["x"])
    with Context()(converter=str) as ctx:
        assert ctx.value(5).query() == ("?", ["5"])


def test_a_value_without_its_parameter_is_bound_and_nothing_is_written(age):
    assert Context().value(5, add_param=False).query() == ("", [5])
    assert Context().value([1, 2], add_param=False).query() == ("", [[1, 2]])
    assert Context().value(5, converter=str, add_param=False).query() == ("", ["5"])
    assert Context().value(age, add_param=False).query() == ('"t1"."age"', [])


def test_parentheses_open_and_close_with_the_block_even_when_it_fails():
    ctx = Context()
    with ctx(parentheses=True) as same:
        assert same is ctx
        assert ctx.parentheses is True
        ctx.literal("x")
        with ctx():
            assert ctx.parentheses is False
    with pytest.raises(KeyError), ctx(parentheses=True):
        raise KeyError
    assert ctx.query() == ("(x)()", [])
    assert ctx.parentheses is False


@pytest.mark.parametrize(
    ("method", "number", "sql"),
    [
        ("scope_normal", 1, '"t1"."age"'),
        ("scope_source", 2, '"t1"."age"'),
        ("scope_values", 4, '"age"'),
        ("scope_cte", 8, '"t1"."age"'),
        ("scope_column", 16, '"t1"."age"'),
    ],
)
def test_a_scope_holds_inside_of_its_block(method, number, sql, age):
    ctx = Context()
    with getattr(ctx, method)(subquery=True):
        assert ctx.scope == ctx.state.scope == number
        assert ctx.subquery is True
        ctx.sql(age)
    assert ctx.scope == 1
    assert not ctx.subquery
    assert ctx.query() == (sql, [])


def test_a_scope_can_be_given_at_the_start(age):
    assert Context(scope=4).sql(age).query() == ('"age"', [])


@pytest.mark.parametrize("scope", [0, 3, 255, -1, "x"])
def test_a_number_that_is_no_scope_is_refused(scope):
    with pytest.raises((ValueError, TypeError, OverflowError)):
        Context(scope=scope)


def test_habits_of_the_database_are_seen_in_the_state(age):
    ctx = Context(param="%s", quote="``")
    assert (ctx.state.param, ctx.state.quote) == ("%s", "``")
    assert ctx.sql(age == 1).query() == ("(`t1`.`age` = %s)", [1])
    assert Context(_native.Capability(param="$1")).value(1).query() == ("$1", [1])


def test_an_attribute_of_the_state_that_nobody_set_is_none():
    assert Context().state.anything is None


def test_settings_hold_inside_of_their_block_and_reach_nodes_rendered_there(age):
    class Inner(_native.Node):
        def __sql__(self, ctx):
            return ctx.literal(f"<{ctx.state.mine}>")

    class Outer(_native.Node):
        def __sql__(self, ctx):
            with ctx(mine=5):
                ctx.sql(age == Inner())
                with ctx(mine=6):
                    ctx.sql(Inner())
                ctx.sql(Inner())
            return ctx.sql(Inner())

    assert Context().parse(Outer()) == ('("t1"."age" = <5>)<6><5><None>', [])
    with Context()(mine=1) as ctx:
        assert ctx.as_new().state.mine == 1


def test_settings_stay_out_of_another_rendering(rendered):
    class Inner(_native.Node):
        def __sql__(self, ctx):
            return ctx.literal(f"<{ctx.state.mine}>")

    class Outer(_native.Node):
        def __sql__(self, ctx):
            with ctx(mine=5):
                return ctx.literal(rendered(Inner())[0]).sql(Context().sql(Inner()))

    assert rendered(Outer()) == ("<None><None>", [])


def test_a_node_sees_the_place_it_is_rendered_in(age, table, rendered):
    watcher = Watcher()
    rendered(age == watcher)
    rendered(tree.function("f", [watcher]))
    rendered(tree.select(tree.source_key(), [watcher], where=watcher))
    assert watcher.places == [
        (1, False, False, True),
        (1, False, True, False),
        (2, True, False, False),
        (1, True, False, False),
    ]


def test_what_a_node_writes_stands_in_its_place(age, rendered):
    class Pair(_native.Node):
        def __sql__(self, ctx):
            with ctx(parentheses=True):
                ctx.value(1).literal(" + ").sql(age)
            return ctx

    assert rendered((age == Pair()) & (age == 3)) == ('(("t1"."age" = (? + "t1"."age")) AND ("t1"."age" = ?))', [1, 3])


def test_a_context_joins_another_one():
    other = Context().literal("b").value(3)
    assert Context().literal("a").sql(other).query() == ("ab?", [3])
    assert Context().literal("a").__sql__(Context().literal("b")).query() == ("ba", [])


def test_a_context_given_to_itself_changes_nothing():
    ctx = Context().literal("a")
    assert ctx.sql(ctx).query() == ("a", [])


def test_a_new_context_is_empty_and_keeps_the_dialect(age):
    ctx = Context(quote="``").literal("x")
    assert ctx.as_new().sql(age).query() == ("`t1`.`age`", [])


def test_a_failure_leaves_the_context_usable(age):
    class Broken(_native.Node):
        def __sql__(self, ctx):
            raise KeyError

    ctx = Context().literal("a")
    with pytest.raises(KeyError):
        ctx.sql(Broken())
    assert ctx.literal("b").sql(age).query() == ('ab"t1"."age"', [])


def test_only_a_context_is_rendered_into(age):
    with pytest.raises(TypeError, match="takes a Context"):
        age.__sql__([])


def node(built):
    """Gives a node with this tree."""
    holder = _native.Node()
    holder._set_tree(built)
    return holder


def test_sources_are_numbered_in_the_order_they_are_met():
    first, second = (node(tree.table(tree.source_key(), name)) for name in "ab")
    aliases = Context().alias_manager
    assert [aliases[first], aliases[second], aliases[first], aliases.get(second)] == ["t1", "t2", "t1", "t2"]
    aliases[first] = "mine"
    assert aliases[first] == "mine"


def test_aliases_of_a_level_are_forgotten_with_it_and_their_numbers_are_not_used_again():
    first, second = (node(tree.table(tree.source_key(), name)) for name in "ab")
    ctx = Context()
    with ctx.push_alias() as same:
        assert same is ctx
        assert ctx.alias_manager[first] == "t1"
    assert [ctx.alias_manager[first], ctx.alias_manager[second]] == ["t2", "t3"]


def test_what_is_no_source_has_no_alias(age):
    with pytest.raises(TypeError, match="is no source"):
        Context().alias_manager.add(age)


def test_a_cycle_through_a_context_is_collected():
    class Mine(Context):
        pass

    for tie in (
        lambda ctx: setattr(ctx, "aliases", ctx.alias_manager),
        lambda ctx: setattr(ctx, "level", ctx.push_alias()),
        lambda ctx: ctx(me=ctx),
        lambda ctx: ctx(state=ctx).__setattr__("kept", ctx.state),
    ):
        ctx = Mine()
        tie(ctx)
        watch = weakref.ref(ctx)
        del ctx
        gc.collect()
        assert watch() is None


def test_letting_go_of_a_setting_may_run_code_that_uses_the_context():
    class Last:
        def __del__(self):
            ctx.literal("!")

    ctx = Context()
    with ctx(mine=Last(), parentheses=True):
        ctx.literal("x")
    assert ctx.query() == ("(x)!", [])
