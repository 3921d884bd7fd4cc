"""Row plans: decoding by read kind, the forms of rows, and graphs of joined instances."""

from __future__ import annotations

import datetime
import decimal
import uuid
from typing import NamedTuple

import pytest

from redstart import _native as native
from redstart.exceptions import OperationalError

UTC = datetime.timezone.utc


@pytest.mark.parametrize(
    ("kind", "sql", "value"),
    [
        ("raw", "1", 1),
        ("raw", "1.5", 1.5),
        ("raw", "'x'", "x"),
        ("raw", "x'6162'", b"ab"),
        ("raw", "null", None),
        ("int", "5", 5),
        ("int", "5.9", 5),
        ("int", "null", None),
        ("int", "'5'", ("python", "5")),
        ("int", "-9223372036854775808", -(2**63)),
        ("int", "9e999", ("python", float("inf"))),
        ("float", "1.5", 1.5),
        ("float", "2", 2.0),
        ("float", "'x'", ("python", "x")),
        ("text", "'é'", "é"),
        ("text", "''", ""),
        ("text", "'a'", "a"),
        ("text", "5", "5"),
        ("text", "1.0", "1.0"),
        ("text", "x'61'", ("python", b"a")),
        ("text", "char(97, 0, 98)", "a\0b"),
        ("text", "'日本語'", "日本語"),
        ("bool", "1", True),
        ("bool", "0", False),
        ("bool", "'false'", True),
        ("bool", "''", False),
        ("bool", "0.5", True),
        ("bool", "null", None),
        ("decimal", "1", decimal.Decimal(1)),
        ("decimal", "1.1", decimal.Decimal("1.1")),
        ("decimal", "'2.50'", decimal.Decimal("2.50")),
        ("datetime", "'2024-02-29 01:02:03'", datetime.datetime(2024, 2, 29, 1, 2, 3)),
        ("datetime", "'2024-02-29T01:02:03.5'", datetime.datetime(2024, 2, 29, 1, 2, 3, 500000)),
        ("datetime", "'2024-02-29 01:02:03Z'", datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC)),
        ("datetime", "'2024-02-29 01:02:03+00:00'", datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC)),
        ("datetime", "'2024-02-30 01:02:03'", ("python", "2024-02-30 01:02:03")),
        ("datetime", "'2024-02-29'", ("python", "2024-02-29")),
        ("datetime", "7", ("python", 7)),
        ("date", "'2024-02-29'", datetime.date(2024, 2, 29)),
        ("date", "'29/2'", ("python", "29/2")),
        ("time", "'01:02:03.25'", datetime.time(1, 2, 3, 250000)),
        ("time", "'01:02'", ("python", "01:02")),
        ("blob", "x'00ff'", b"\x00\xff"),
        ("blob", "'t'", "t"),
        ("uuid", "'0123456789abcdef0123456789ABCDEF'", uuid.UUID("0123456789abcdef0123456789ABCDEF")),
        ("uuid", "'zz'", ("python", "zz")),
        ("host", "1", ("python", 1)),
        ("host", "null", ("python", None)),
    ],
)
def test_a_cell_is_decoded_by_its_read_kind(toy, kind, sql, value):
    model = toy.model("Model", toy.Field("x", kind))
    [one] = toy.rows(model, f"select {sql}", "x")
    assert one.x == value
    assert type(one.x) is type(value)
    assert one.x is one.x
    connection = native.sqlite_connect(":memory:")
    field = model._meta.fields["x"]
    for plan, found in (
        (native.RowPlan.tuples([field]), lambda row: row[0]),
        (native.RowPlan.dicts(["x"], [field]), lambda row: row["x"]),
    ):
        row = native.CursorWrapper(connection.execute(f"select {sql}"), plan)[0]
        assert found(row) == value
        assert type(found(row)) is type(value)


def test_a_uuid_made_natively_is_like_any_other(toy):
    [one] = toy.rows(toy.model("Model", toy.Field("x", "uuid")), "select '0123456789abcdef0123456789abcdef'", "x")
    twin = uuid.UUID("0123456789abcdef0123456789abcdef")
    assert (hash(one.x), repr(one.x), one.x.is_safe) == (hash(twin), repr(twin), twin.is_safe)


def test_text_that_is_not_utf8_is_an_operational_error(toy, connection):
    sql = "select cast(x'61ff62' as text) as x"
    message = r"^Could not decode to UTF-8 column 'x' with text 'a�b'$"
    model = toy.model("Model", toy.Field("x", "text"))
    with pytest.raises(OperationalError, match=message):
        toy.rows(model, sql, "x")
    with pytest.raises(OperationalError, match=message):
        connection.execute(sql).fetchone()


class Row(NamedTuple):
    """A row with named values."""

    x: int
    y: str


def test_rows_are_tuples_named_tuples_or_what_a_constructor_makes(connection):
    sql = "select 1, 'a'"

    def made(plan):
        return native.CursorWrapper(connection.execute(sql), plan)[0]

    assert made(native.RowPlan.tuples([None, None])) == (1, "a")
    named = made(native.RowPlan.tuples([None, str.upper], Row))
    assert (type(named), named.x, named.y) == (Row, 1, "A")
    assert made(native.RowPlan.tuples([None, None], lambda *values: list(values))) == [1, "a"]
    assert made(native.RowPlan.dicts(["x", "y"], [None, None])) == {"x": 1, "y": "a"}
    assert made(native.RowPlan.objects(["x", "y"], [None, None], dict)) == {"x": 1, "y": "a"}


def test_dictionaries_of_rows_are_independent(connection):
    plan = native.RowPlan.dicts(["x", "y"], [None, None])
    rows = native.CursorWrapper(connection.execute("select 1, 2 union all select null, 3"), plan)
    one, two = rows
    one["x"] = 9
    assert (one, two) == ({"x": 9, "y": 2}, {"x": None, "y": 3})
    assert list(two) == ["x", "y"]


def test_rows_of_any_driver_are_converted_too(toy):
    sqlite3 = pytest.importorskip("sqlite3")
    connection = sqlite3.connect(":memory:")
    model = toy.model("Model", toy.Field("a", "int"), toy.Field("b", "bool"))
    a, b = model._meta.fields.values()
    plan = native.RowPlan.model(model, [("a", a, 0, a), ("b", b, 0, b), ("n", None, 0, None)])
    [one] = native.CursorWrapper(connection.execute("select 1, 1, 'x'"), plan)
    assert (one.a, one.b, one.n, one.is_dirty()) == (1, ("python", 1), "x", False)
    connection.close()


def test_extra_columns_become_plain_attributes(toy, connection):
    model = toy.model("Model", toy.Field("a", "int"))
    a = model._meta.fields["a"]
    plan = native.RowPlan.model(model, [("a", a, 0, a), ("total", None, 0, None)])
    one = native.CursorWrapper(connection.execute("select 1, 5"), plan)[0]
    assert (one.total, one.__data__, one.is_dirty()) == (5, {"a": 1}, False)


def test_a_model_that_overrides_its_constructor_is_called(toy, connection):
    calls = []

    def init(self, *args, **kwargs):
        calls.append((args, dict(kwargs)))
        native.Instance.__init__(self, *args, **kwargs)
        self.made = True

    model = toy.model("Model", toy.Field("a", "int", default=8), __init__=init)
    a = model._meta.fields["a"]
    one = native.CursorWrapper(connection.execute("select 1"), native.RowPlan.model(model, [("a", a, 0, a)]))[0]
    assert calls == [((), {"__no_default__": 1, "a": 1})]
    assert (one.a, one.made, one.is_dirty()) == (1, True, False)


def test_a_descriptor_of_python_sees_the_loaded_value(toy):
    seen = []

    class Accessor(native.FieldAccessor):
        def __set__(self, instance, value):
            seen.append(value)
            native.FieldAccessor.__set__(self, instance, value)

    model = toy.model("Model", toy.Field("a", "int"))
    model.a = Accessor(model, model._meta.fields["a"], "a")
    [one] = toy.rows(model, "select 5", "a")
    assert (seen, one.a, one.is_dirty()) == ([5], 5, False)


class TestJoins:
    """Graphs of joined instances."""

    @pytest.fixture
    def models(self, toy):
        """Give a user and a tweet of the user."""
        key = toy.Field("id", "int")
        user = toy.model("User", key, toy.Field("name", "text"))
        tweet = toy.model("Tweet", toy.Field("id", "int"), toy.ForeignKey("user", user, key))
        return user, tweet

    def made(self, connection, sql, model, columns, sources, joins):
        """Give all rows."""
        plan = native.RowPlan.model(model, columns, sources, joins)
        return list(native.CursorWrapper(connection.execute(sql), plan))

    def columns(self, *names):
        """Describe columns as `source index, field`."""
        return [(field.name, field, source, field) for source, field in names]

    def test_a_joined_instance_is_attached_under_the_foreign_key(self, connection, models):
        user, tweet = models
        columns = self.columns((0, tweet.id), (0, tweet.user), (1, user.id), (1, user.name))
        [one] = self.made(connection, "select 1, 2, 2, 'huey'", tweet, columns, [tweet, user], [(0, "user", 1, False)])
        assert one.user.name == "huey"
        assert one.__data__ == {"id": 1, "user": 2}
        assert not one.is_dirty()

    def test_a_joined_instance_without_its_key_empties_the_foreign_key(self, connection, models):
        user, tweet = models
        columns = self.columns((0, tweet.id), (0, tweet.user), (1, user.name))
        [one] = self.made(connection, "select 1, 2, 'huey'", tweet, columns, [tweet, user], [(0, "user", 1, False)])
        assert (one.user.name, one.__data__) == ("huey", {"id": 1, "user": None})

    @pytest.mark.parametrize(("is_left", "rel"), [(True, {"user": None}), (False, {})])
    def test_a_branch_of_nulls_is_attached_as_none_by_outer_joins_only(self, connection, models, is_left, rel):
        user, tweet = models
        columns = self.columns((0, tweet.id), (0, tweet.user), (1, user.name))
        [one] = self.made(connection, "select 1, 2, null", tweet, columns, [tweet, user], [(0, "user", 1, is_left)])
        assert (one.__rel__, one.__data__) == (rel, {"id": 1, "user": 2})

    def test_nothing_selected_attaches_nothing(self, connection, models):
        user, tweet = models
        columns = self.columns((0, tweet.id))
        [one] = self.made(connection, "select 1", tweet, columns, [tweet, user], [(0, "user", 1, True)])
        assert one.__rel__ == {}

    def test_backwards_and_other_names_are_plain_attributes(self, connection, models):
        user, tweet = models
        columns = self.columns((0, user.id), (1, tweet.id))
        [one] = self.made(connection, "select 1, 7", user, columns, [user, tweet], [(0, "tweet", 1, False)])
        assert (one.tweet.id, one.__rel__, one.is_dirty()) == (7, {}, False)

    def test_a_source_that_is_no_model_is_a_dictionary(self, connection, models):
        _, tweet = models
        columns = [*self.columns((0, tweet.id), (0, tweet.user)), ("n", None, 1, None)]
        [one] = self.made(connection, "select 1, 2, 5", tweet, columns, [tweet, dict], [(0, "user", 1, False)])
        assert (one.__rel__, one.__data__) == ({"user": {"n": 5}}, {"id": 1, "user": 2})

    def test_a_middle_without_columns_is_made_for_what_hangs_below(self, connection, models, toy):
        user, tweet = models
        like = toy.model("Like", toy.Field("id", "int"), toy.ForeignKey("tweet", tweet, tweet.id))
        columns = self.columns((0, like.id), (0, like.tweet), (2, user.id))
        joins = [(0, "tweet", 1, False), (1, "user", 2, False)]
        [one] = self.made(connection, "select 1, 2, 3", like, columns, [like, tweet, user], joins)
        assert (one.tweet.__data__, one.tweet.user.id) == ({"user": 3}, 3)
        assert one.__data__ == {"id": 1, "tweet": None}


class TestCursorWrapper:
    """The list of rows that fills itself."""

    @pytest.fixture
    def wrapper(self, connection):
        """Give a wrapper over a thousand rows."""
        sql = "with recursive c(x) as (select 0 union all select x + 1 from c where x < 999) select x from c"
        return native.CursorWrapper(connection.execute(sql), native.RowPlan.tuples([None]))

    def test_rows_are_made_while_they_are_read(self, wrapper):
        rows = iter(wrapper)
        assert [next(rows), next(rows)] == [(0,), (1,)]
        assert (wrapper.count, wrapper.populated, wrapper.row_cache) == (2, False, [(0,), (1,)])
        assert wrapper[4] == (4,)
        assert wrapper.count == 5
        assert wrapper[2:7] == [(2,), (3,), (4,), (5,), (6,)]
        assert wrapper.count == 7
        assert wrapper[-1] == (999,)
        assert wrapper.populated
        assert len(list(wrapper)) == len(wrapper) == 1000
        assert len(list(rows)) == 998

    def test_indexes_outside_raise_index_errors(self, wrapper):
        for index in (1000, -1001):
            with pytest.raises(IndexError):
                wrapper[index]
        with pytest.raises(ValueError, match="integer and slice"):
            wrapper["x"]
        with pytest.raises(ValueError, match="Negative"):
            wrapper.fill_cache(-1)

    def test_an_iterator_keeps_nothing_and_runs_once(self, wrapper):
        from redstart.exceptions import ProgrammingError

        assert sum(row[0] for row in wrapper.iterator()) == 499500
        assert (wrapper.row_cache, list(wrapper)) == ([], [])
        with pytest.raises(ProgrammingError, match="closed cursor"):
            list(wrapper.iterator())

    def test_iterate_gives_one_row_and_stops_at_the_end(self, connection):
        wrapper = native.CursorWrapper(connection.execute("select 1 union select 2"), native.RowPlan.tuples([None]))
        assert (wrapper.iterate(cache=False), wrapper.iterate()) == ((1,), (2,))
        assert wrapper.row_cache == [(2,)]
        with pytest.raises(StopIteration):
            wrapper.iterate()
        assert wrapper.populated

    def test_a_nested_statement_does_not_disturb(self, wrapper, connection):
        total = 0
        for (x,) in wrapper:
            total += connection.execute("select ?", (x,)).fetchone()[0]
        assert total == 499500
