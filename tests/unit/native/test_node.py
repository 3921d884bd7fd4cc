"""Nodes: how an object gives its SQL, and what becomes of it in copies."""

import copy
import gc
import pickle
import weakref

import pytest

from redstart import _native
from redstart._native import Expression, tree


def test_a_node_that_renders_nothing_says_so(rendered):
    class Empty(_native.Node):
        pass

    with pytest.raises(TypeError, match="has to define __sql__"):
        rendered(Empty())


def test_a_node_written_in_python_renders_itself(rendered):
    class Mine(_native.Node):
        def __sql__(self, ctx):
            return ctx.literal("f(").value(1).literal(")")

    assert rendered(Mine()) == ("f(?)", [1])


def test_what_has_a_tree_and_overrides_its_rendering_is_asked(rendered):
    class Mine(_native.Node):
        def __sql__(self, ctx):
            ctx.literal("<")
            super().__sql__(ctx)
            return ctx.literal(">")

    node = Mine()
    node._set_tree(tree.sql("x"))
    assert rendered(node) == ("<x>", [])


def test_an_exception_in_a_rendering_reaches_the_caller_as_it_is(age, rendered):
    failure = KeyError("mine")

    class Broken(_native.Node):
        def __sql__(self, ctx):
            raise failure

    with pytest.raises(KeyError) as caught:
        rendered(age == Broken())
    assert caught.value is failure


def test_an_exception_while_a_tree_is_built_reaches_the_caller_as_it_is(age, rendered):
    class Broken(_native.Node):
        def _build_tree(self):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        rendered(age == Broken())


def test_what_builds_something_else_than_a_tree_is_refused(rendered):
    class Broken(_native.Node):
        def _build_tree(self):
            return "x"

    with pytest.raises(TypeError):
        rendered(Broken())


def test_any_object_with_a_rendering_of_its_own_is_a_node(age, rendered):
    class Foreign:
        def __sql__(self, ctx):
            return ctx.literal("now()")

    assert rendered(age == Foreign()) == ('("t1"."age" = now())', [])


def test_a_tree_that_is_taken_away_is_gone():
    node = _native.Node()
    node._set_tree(tree.sql("x"))
    assert repr(node._tree()) == repr(tree.sql("x"))
    node._set_tree(None)
    assert node._tree() is None


def test_a_cycle_through_an_attribute_is_collected():
    for make in (_native.Node, _native.ColumnBase, _native.FieldBase, lambda: Expression(1, "=", 2)):
        node = make()
        node.me = node
        watch = weakref.ref(node)
        del node
        gc.collect()
        assert watch() is None, make


@pytest.mark.parametrize("duplicate", [copy.copy, lambda node: node.clone()], ids=["copy", "clone"])
def test_a_copy_shares_its_parts(duplicate, age, rendered):
    values = [1]
    expression = age.in_(values)
    expression.note = values
    twin = duplicate(expression)
    assert twin is not expression
    assert type(twin) is Expression
    assert twin.rhs is values
    assert twin.note is values
    assert rendered(twin) == rendered(expression)


def test_a_deep_copy_copies_its_parts(age, rendered):
    values = [1]
    expression = age.in_(values)
    expression.note = values
    twin = copy.deepcopy(expression)
    values.append(2)
    assert twin.rhs == [1]
    assert twin.note is twin.rhs  # one list before, one list after
    assert rendered(twin) == ('("t1"."age" IN (?))', [1])
    assert type(twin.lhs) is type(age)
    assert twin.lhs is not age


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda node: node.clone()])
def test_a_copied_field_keeps_its_column_and_its_conversion(duplicate, age, table, rendered):
    twin = duplicate(age)
    assert twin is not age
    assert rendered(twin == "5") == ('("t1"."age" = ?)', [5])
    assert repr(twin._tree_for(table)) == repr(age._tree_for(table))


def test_a_deep_copy_of_a_node_that_refers_to_itself_ends():
    node = _native.Node()
    node.me = node
    twin = copy.deepcopy(node)
    assert twin.me is twin


def test_a_copy_keeps_the_class_and_never_runs_its_initializer(rendered):
    class Mine(_native.ColumnBase):
        def __init__(self, text):
            self.text = text
            self._set_tree(tree.sql(text))

    for duplicate in (copy.copy, copy.deepcopy, lambda node: node.clone()):
        twin = duplicate(Mine("x"))
        assert type(twin) is Mine
        assert twin.text == "x"
        assert rendered(twin) == ("x", [])


def test_an_expression_of_values_survives_pickling(rendered):
    expression = (Expression("a", "=", 1) | Expression(None, "OP", [2.5], flat=True)).concat("x")
    expression.note = "kept"
    twin = pickle.loads(pickle.dumps(expression))  # noqa: S301 - our own bytes
    assert type(twin) is type(expression)
    assert twin.note == "kept"
    assert rendered(twin) == rendered(expression)


def test_what_lives_in_this_process_alone_refuses_to_be_pickled(age):
    with pytest.raises(TypeError, match="cannot pickle"):
        pickle.dumps(age)


def test_taking_the_conversion_off_makes_a_copy_and_putting_it_back_another(age):
    raw = age.coerce(False)
    assert raw is not age
    assert raw._coerce is False
    assert raw.coerce(False) is raw
    assert raw.coerce()._coerce is True
    assert age.coerce() is age


def test_a_node_is_no_alias_and_has_no_wrapper(age):
    assert age.is_alias() is False
    assert age.unwrap() is age
    assert age.alias("x").is_alias() is True


def test_letting_go_of_a_tree_may_run_code_that_uses_the_node(rendered):
    class Last:
        def __init__(self, node):
            self.node = node

        def __sql__(self, ctx):
            raise NotImplementedError

        def __del__(self):
            self.node._set_tree(tree.sql("from the end"))
            seen.append(rendered(self.node))

    seen = []
    node = _native.Node()
    node._set_tree(tree.negated(Last(node)))
    node._set_tree(tree.sql("x"))
    assert seen == [("from the end", [])]
