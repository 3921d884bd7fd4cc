"""Connections and cursors behave as users of the standard driver expect."""

from __future__ import annotations

import datetime
import decimal
import enum
import sqlite3
import threading
import uuid

import pytest

from redstart import _native as native
from redstart.exceptions import DatabaseError, IntegrityError, OperationalError, ProgrammingError


class Number(int):
    """A subclass of int."""


class Text(str):
    """A subclass of str."""

    __slots__ = ()


class Level(enum.IntEnum):
    """An enumeration of integers."""

    HIGH = 3


class Colour(str, enum.Enum):
    """An enumeration of strings."""

    RED = "red"


class Point:
    """An object that conforms to the driver's protocol."""

    def __conform__(self, protocol):
        return "1;2"


# The standard driver of Python 3.12 and newer still binds moments, and says that it will not for ever.
@pytest.mark.filterwarnings("ignore:The default date(time)? adapter:DeprecationWarning")
@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, None),
        (True, 1),
        (5, 5),
        (2**63 - 1, 2**63 - 1),
        (1.5, 1.5),
        ("é", "é"),
        ("a\0b", "a\0b"),
        (b"ab", b"ab"),
        (b"", b""),
        ("", ""),
        (Number(4), 4),
        (Text("x"), "x"),
        (Level.HIGH, 3),
        (Colour.RED, "red"),
        (Point(), "1;2"),
        (bytearray(b"ab"), b"ab"),
        (memoryview(b"cd"), b"cd"),
        (float("nan"), None),
        (decimal.Decimal("1.50"), "1.50"),
        (datetime.datetime(2020, 1, 2, 3, 4, 5), "2020-01-02 03:04:05"),
        (datetime.datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc), "2020-01-02 03:04:05.000006+00:00"),
        (datetime.date(2020, 1, 2), "2020-01-02"),
        (datetime.time(1, 2), "01:02:00"),
    ],
)
def test_values_are_bound_as_the_standard_driver_would(connection, value, stored):
    assert connection.execute("select ?", (value,)).fetchone() == (stored,)
    assert connection.execute("select :v", {"v": value}).fetchone() == (stored,)


@pytest.mark.parametrize("value", [object(), [1], {}, (1,), datetime.timedelta(1), 1j, uuid.UUID(int=5)])
def test_other_types_are_refused(connection, value):
    with pytest.raises(ProgrammingError) as caught:
        connection.execute("select ?", (value,))
    name = {"timedelta": "datetime.timedelta"}.get(type(value).__name__, type(value).__name__)
    assert caught.value.args == (f"Error binding parameter 1: type '{name}' is not supported",)


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 2**100])
def test_integers_beyond_64_bits_overflow(connection, value):
    with pytest.raises(OverflowError, match=r"^Python int too large to convert to SQLite INTEGER$"):
        connection.execute("select ?", (value,))


def test_lone_surrogates_cannot_be_encoded(connection):
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        connection.execute("select ?", ("\ud800",))
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        connection.cursor().execute("select '\ud800'")


def test_adapters_of_the_standard_driver_are_used(connection):
    class Money:
        pass

    sqlite3.register_adapter(Money, lambda money: "EUR")
    try:
        assert connection.execute("select ?", (Money(),)).fetchone() == ("EUR",)
    finally:
        del sqlite3.adapters[Money, sqlite3.PrepareProtocol]


def test_an_exception_of_conform_passes_unchanged(connection):
    class Broken:
        def __conform__(self, protocol):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        connection.execute("select ?", (Broken(),))


@pytest.mark.parametrize(
    ("sql", "parameters", "error", "message"),
    [
        (
            "select ?, ?",
            (1,),
            ProgrammingError,
            "Incorrect number of bindings supplied. The current statement uses 2, and there are 1 supplied.",
        ),
        ("select :a, :b", {"a": 1}, ProgrammingError, "You did not supply a value for binding parameter :b."),
        (
            "select ?",
            {"a": 1},
            ProgrammingError,
            "Binding 1 has no name, but you supplied a dictionary (which has only names).",
        ),
        ("select ?", 5, ProgrammingError, "parameters are of unsupported type"),
        ("select 1; select 2", (), ProgrammingError, "You can only execute one statement at a time."),
        ("select 1\0", (), ProgrammingError, "the query contains a null character"),
        ("select * from nope", (), OperationalError, "no such table: nope"),
        ("selec", (), OperationalError, 'near "selec": syntax error'),
    ],
)
def test_wrong_statements_fail_with_the_standard_messages(connection, sql, parameters, error, message):
    with pytest.raises(error) as caught:
        connection.execute(sql, parameters)
    assert caught.value.args == (message,)


def test_description_rowcount_and_lastrowid(connection):
    cursor = connection.cursor()
    assert (cursor.description, cursor.rowcount, cursor.lastrowid, cursor.arraysize) == (None, -1, None, 1)
    cursor.execute("create table t(id integer primary key, a text)")
    assert (cursor.description, cursor.rowcount, cursor.fetchone(), cursor.fetchall()) == (None, -1, None, [])
    assert cursor.execute("insert into t(a) values (1), (2)") is cursor
    assert (cursor.description, cursor.rowcount, cursor.lastrowid) == (None, 2, 2)
    cursor.execute("update t set a = 3 where id = 1")
    assert (cursor.rowcount, cursor.lastrowid) == (1, 2)
    cursor.execute('select id, a as "x.y" from t')
    none = (None,) * 6
    assert (cursor.description, cursor.rowcount) == ((("id", *none), ("x.y", *none)), -1)
    cursor.execute("insert into t(a) values (9) returning id, a")
    assert (cursor.fetchall(), cursor.rowcount) == ([(3, "9")], 1)
    assert connection.execute("").fetchall() == []
    assert connection.execute("-- nothing").description is None


def test_fetching_in_every_way(connection):
    cursor = connection.execute("select 1 union select 2 union select 3 union select 4")
    assert cursor.fetchone() == (1,)
    assert cursor.fetchmany() == [(2,)]
    cursor.arraysize = 2
    assert cursor.fetchmany() == [(3,), (4,)]
    assert (cursor.fetchone(), cursor.fetchmany(2), cursor.fetchall(), list(cursor)) == (None, [], [], [])
    assert list(connection.execute("select 1 union select 2")) == [(1,), (2,)]


def test_executemany_writes_once_for_each_set(connection):
    cursor = connection.execute("create table t(a)")
    cursor.executemany("insert into t values (?)", [(1,), [2]])
    assert cursor.rowcount == 2
    cursor.executemany("insert into t values (:a)", ({"a": i} for i in range(3)))
    assert cursor.rowcount == 3
    assert connection.execute("select count(*) from t").fetchone() == (5,)
    with pytest.raises(ProgrammingError, match=r"^executemany\(\) can only execute DML statements.$"):
        cursor.executemany("select ?", [(1,)])
    assert cursor.execute("select 1").fetchone() == (1,)


def test_a_closed_cursor_is_refused(connection):
    cursor = connection.execute("select 1")
    cursor.close()
    cursor.close()
    for use in (
        cursor.fetchone,
        cursor.fetchall,
        cursor.fetchmany,
        lambda: cursor.execute("select 1"),
        lambda: next(cursor),
    ):
        with pytest.raises(ProgrammingError, match=r"^Cannot operate on a closed cursor.$"):
            use()


def test_a_closed_connection_is_refused():
    connection = native.sqlite_connect(":memory:")
    cursor = connection.execute("select 1 union select 2")
    connection.close()
    connection.close()
    uses = (
        cursor.fetchone,
        cursor.fetchall,
        connection.cursor,
        connection.commit,
        connection.interrupt,
        lambda: connection.in_transaction,
        lambda: connection.total_changes,
        cursor.close,
        lambda: cursor.execute("select 1"),
    )
    for use in uses:
        with pytest.raises(ProgrammingError, match=r"^Cannot operate on a closed database.$"):
            use()


def test_a_broken_constraint_names_itself(connection):
    connection.execute("create table t(a unique)")
    connection.execute("insert into t values (1)")
    with pytest.raises(IntegrityError) as caught:
        connection.execute("insert into t values (1)")
    assert caught.value.args == ("UNIQUE constraint failed: t.a",)
    assert caught.value.orig.sqlite_errorname == "SQLITE_CONSTRAINT_UNIQUE"
    assert caught.value.__context__ is caught.value.orig
    assert isinstance(caught.value, DatabaseError)


def test_a_connection_as_context_ends_the_transaction(connection):
    connection.execute("create table t(a)")
    with connection:
        connection.execute("begin")
        connection.execute("insert into t values (1)")
        assert connection.in_transaction
    assert not connection.in_transaction
    connection.execute("begin")
    connection.execute("insert into t values (2)")
    with pytest.raises(ZeroDivisionError), connection:
        raise ZeroDivisionError
    assert connection.execute("select a from t").fetchall() == [(1,)]
    assert connection.total_changes == 2
    connection.commit()
    connection.rollback()


def test_a_script_runs_all_its_statements(connection):
    connection.executescript("create table t(a); insert into t values (1); insert into t values (2);")
    assert connection.execute("select sum(a) from t").fetchone() == (3,)


def test_a_backup_copies_everything(connection):
    connection.executescript("create table t(a); insert into t values (1);")
    target = native.sqlite_connect(":memory:")
    seen = []
    connection.backup(target, progress=lambda status, remaining, total: seen.append((remaining, total)))
    assert target.execute("select a from t").fetchall() == [(1,)]
    assert seen[-1][0] == 0


def test_threads_share_a_connection_without_deadlock(connection):
    connection.create_function("slow", 1, lambda x: sum(range(200)) and x)
    connection.execute("create table t(a)")
    outcomes = []

    def work():
        for i in range(50):
            connection.execute("insert into t values (slow(?))", (i,))
            outcomes.append(connection.execute("select slow(count(*)) from t").fetchone()[0] > 0)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert outcomes == [True] * 300


def test_a_cursor_inside_its_own_statement_is_refused(connection):
    cursor = connection.cursor()
    connection.create_function("again", 0, lambda: cursor.execute("select 1"))
    with pytest.raises(OperationalError, match="user-defined function raised exception") as caught:
        cursor.execute("select again()")
    assert str(caught.value.__cause__) == "Recursive use of cursors not allowed."
    assert cursor.execute("select 2").fetchone() == (2,)


def test_a_rendered_statement_runs_with_its_values(connection):
    rendered = native.render(native.tree.sql("select ?, ?", [1, "x"]))
    assert connection.run(rendered).fetchall() == [(1, "x")]


def test_batches_end_where_rows_end(connection):
    for count in (0, 1, 63, 64, 65, 255, 256, 257, 320, 321, 1000):
        sql = "with recursive c(x) as (select 1 union all select x + 1 from c where x < ?) select x from c where x <= ?"
        assert connection.execute(sql, (max(count, 1), count)).fetchall() == [(x + 1,) for x in range(count)]


def test_a_database_tells_about_its_tables(connection):
    connection.executescript(
        "create table u(id integer primary key, name text not null default 'x');"
        "create table t(a integer, b integer references u(id) on delete cascade, primary key (b, a));"
        "create unique index t_a on t(a); create view v as select 1 as one;"
    )
    assert connection.introspect("tables") == ["t", "u"]
    assert connection.introspect("views") == [("v", "CREATE VIEW v as select 1 as one")]
    assert connection.introspect("primary_keys", "t") == ["b", "a"]
    assert connection.introspect("foreign_keys", "t") == [("b", "u", "id", "t", None, "CASCADE", "NO ACTION")]
    assert [column[:5] for column in connection.introspect("columns", "u")] == [
        ("id", "INTEGER", True, True, "u"),
        ("name", "TEXT", False, False, "u"),
    ]
    assert ("t_a", "CREATE UNIQUE INDEX t_a on t(a)", ["a"], True, "t") in connection.introspect("indexes", "t")
    asked = []

    def ask(sql, parameters):
        asked.append((sql, parameters))
        return connection.execute(sql, parameters)

    assert connection.introspect("tables", ask=ask) == ["t", "u"]
    assert len(asked) == 1


def test_a_row_factory_makes_what_cursors_give(connection):
    before = connection.cursor()
    connection.row_factory = lambda cursor, row: {
        column[0]: value for column, value in zip(cursor.description, row, strict=True)
    }
    assert connection.execute("select 1 as a").fetchall() == [{"a": 1}]
    assert before.execute("select 1 as a").fetchone() == (1,)
    connection.row_factory = None
    assert connection.execute("select 1 as a").fetchone() == (1,)
    with pytest.raises(AttributeError):
        connection.text_factory = bytes
