"""Expressions: their parts, when their tree is made, how deep they nest."""

import contextlib
import gc
import threading
import weakref

import pytest

from redstart import _native
from redstart._native import Expression, StringExpression


def test_an_expression_shows_its_parts(age):
    expression = age == 1
    assert type(expression) is Expression
    assert expression.lhs is age
    assert (expression.op, expression.rhs, expression.flat) == ("=", 1, False)


def test_an_operator_that_no_dialect_knows_is_written_as_it_is(age, rendered):
    assert rendered(Expression(age, "OP", 1)) == ('("t1"."age" OP ?)', [1])
    assert Expression(age, "OP", 1).op == "OP"


def test_a_dialect_renames_operators_of_expressions(name, rendered):
    assert rendered(name % "x", operations={"LIKE": "GLOB"}) == ('("t1"."name" GLOB ?)', ["x"])


def test_a_flat_expression_has_no_parentheses(age, rendered):
    assert rendered(Expression(age, "=", 1, flat=True)) == ('"t1"."age" = ?', [1])


def test_a_list_counts_as_it_is_when_the_statement_is_rendered(age, rendered):
    values = [1]
    expression = age.in_(values)
    values.append(2)
    assert rendered(expression) == ('("t1"."age" IN (?, ?))', [1, 2])
    assert expression.rhs is values


def test_a_node_that_changes_counts_as_it_is_when_the_statement_is_rendered(age, rendered):
    class Changing(_native.ColumnBase):
        text = "a"

        def _build_tree(self):
            return _native.tree.sql(self.text)

    node = Changing()
    expression = age == node
    node.text = "b"
    assert rendered(expression) == ('("t1"."age" = b)', [])


def test_the_class_of_a_concatenation_stays_that_of_a_concatenation(name, rendered):
    text = name.concat("a")
    assert type(text) is StringExpression
    assert type(text + "b") is StringExpression
    assert type("b" + text) is StringExpression
    assert rendered(text, use_concat_function=True) == ('CONCAT("t1"."name", ?)', ["a"])


def test_a_class_derived_from_expression_renders_as_one(age, rendered):
    class Mine(Expression):
        pass

    assert rendered(Mine(age, "=", 1) & (age == 2)) == ('(("t1"."age" = ?) AND ("t1"."age" = ?))', [1, 2])


def test_a_derived_class_that_overrides_how_it_renders_is_asked(age, rendered):
    class Mine(Expression):
        def __sql__(self, ctx):
            return ctx.literal("mine:").sql(self.lhs)

    assert rendered((age == 1) & Mine(age, "=", 1)) == ('(("t1"."age" = ?) AND mine:"t1"."age")', [1])


def test_many_conditions_in_a_row_render(age, rendered):
    expression = age == 0
    for _ in range(300):
        expression = expression & (age == 1)
    sql, params = rendered(expression)
    assert sql.count(" AND ") == 300
    assert len(params) == 301


def test_an_expression_deeper_than_the_interpreter_allows_raises_and_harms_nobody(age, rendered):
    def grow():
        expression = age == 0
        for _ in range(200_000):
            expression = expression & (age == 1)

    with pytest.raises(RecursionError, match="pass the conditions as several arguments"):
        grow()
    expression = age == 0
    for _ in range(4_000):
        expression = (age == 1) | expression
    with contextlib.suppress(RecursionError):
        rendered(expression)
    assert rendered(age == 0) == ('("t1"."age" = ?)', [0])


def test_an_expression_that_contains_itself_raises(age, rendered):
    values = []
    expression = age.in_(values)
    values.append(expression)
    with pytest.raises(RecursionError):
        rendered(expression)


def test_a_cycle_through_an_expression_is_collected(age):
    class Part(_native.ColumnBase):
        pass

    part = Part()
    part.expression = Expression(age, "=", part)
    watch = weakref.ref(part)
    del part
    gc.collect()
    assert watch() is None


def test_an_operand_may_render_the_expression_it_belongs_to(age, rendered):
    class Curious(_native.ColumnBase):
        asking = False

        def _build_tree(self):
            if not self.asking:
                self.asking = True
                assert rendered(self.whole) == ('("t1"."age" = inner)', [])
                self.whole.clone()
                self.asking = False
            return _native.tree.sql("inner")

    operand = Curious()
    operand.whole = age == operand
    assert rendered(operand.whole) == ('("t1"."age" = inner)', [])


def test_threads_share_an_expression(age, rendered):
    class Slow(_native.ColumnBase):
        def _build_tree(self):
            barrier.wait(timeout=10)  # both threads are inside of the expression now
            return _native.tree.sql("x")

    barrier = threading.Barrier(2)
    expression = (age == 1) & (age == Slow())
    outcomes = []
    threads = [threading.Thread(target=lambda: outcomes.append(rendered(expression))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [('(("t1"."age" = ?) AND ("t1"."age" = x))', [1])] * 2
