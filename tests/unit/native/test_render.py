"""Rendering: the text, the parameters, and the failures."""

import threading

import pytest

from redstart import _native
from redstart._native import tree


def test_a_statement_is_rendered_in_the_standard_dialect_without_a_database(age):
    statement = _native.render(age == 1)
    assert (statement.sql, statement.params) == ('("t1"."age" = ?)', [1])


def test_parameters_are_a_fresh_list_every_time(age):
    statement = _native.render(age == 1)
    statement.params.append(2)
    assert statement.params == [1]


def test_what_is_no_node_is_a_value(rendered):
    assert rendered(5) == ("?", [5])
    assert rendered([1, "x"]) == ("(?, ?)", [1, "x"])


def test_a_statement_cannot_be_changed(age):
    with pytest.raises(AttributeError):
        _native.render(age == 1).sql = "x"


def test_rendering_twice_gives_the_same(age, table, rendered):
    query = tree.select(tree.source_key(), [age], from_=[table], where=age == 1)
    expected = ('SELECT "t1"."age" FROM "user" AS "t1" WHERE ("t1"."age" = ?)', [1])
    assert rendered(query) == rendered(query) == expected


def test_a_node_may_render_another_statement_while_it_is_rendered(age, rendered):
    class Nested(_native.Node):
        def __sql__(self, ctx):
            return ctx.literal(rendered(age == 5)[0])

    assert rendered((age == 1) & Nested()) == ('(("t1"."age" = ?) AND ("t1"."age" = ?))', [1])


def test_threads_render_side_by_side(name, rendered):
    class Waiting(_native.Node):
        def __sql__(self, ctx):
            barrier.wait(timeout=10)  # both are in the middle of their rendering now
            return ctx.value(threading.current_thread().name)

    barrier = threading.Barrier(2)
    outcomes = {}

    def render():
        outcomes[threading.current_thread().name] = rendered((name == "x") & (name == Waiting()))

    threads = [threading.Thread(target=render, name=letter) for letter in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sql = '(("t1"."name" = ?) AND ("t1"."name" = ?))'
    assert outcomes == {"a": (sql, ["x", "a"]), "b": (sql, ["x", "b"])}
