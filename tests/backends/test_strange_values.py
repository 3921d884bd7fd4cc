"""Results and values that nobody expects: huge, empty, wide, of unknown types, beyond what Python can hold."""

from __future__ import annotations

import asyncio
import datetime
import math
from decimal import Decimal

import pytest

from redstart import DatabaseError, DataError

#: What is asked of the server, by both ways: threads' and tasks'.
HUGE = 100_000_000
#: The first and the last moment of Python, without a zone as `timestamp` is.
FIRST = datetime.datetime(1, 1, 1)
LAST = datetime.datetime(9999, 12, 31, 23, 59, 59, 999999)


@pytest.fixture(params=["threads", "tasks"])
def ask(request, pooled, awaited):
    """Runs a statement and gives its rows; one connection for all statements of a test."""
    if request.param == "threads":
        db = pooled(max_connections=1)
        db.connect()
        yield lambda sql, params=None: db.execute_sql(sql, params).fetchall()
        db.close()
        return
    tasks = awaited(pool_size=1)
    loop = asyncio.new_event_loop()

    async def run(sql, params):
        async with tasks:
            return (await tasks.aexecute_sql(sql, params)).fetchall()

    yield lambda sql, params=None: loop.run_until_complete(run(sql, params))
    loop.close()


def test_a_row_of_a_hundred_megabytes(ask):
    ((text,),) = ask(f"SELECT repeat('x', {HUGE})")
    assert len(text) == HUGE
    assert ask("SELECT length(%s), md5(%s) = md5(repeat('x', 30000000))", (text[:30_000_000], text[:30_000_000])) == [
        (30_000_000, True)
    ]


def test_rows_without_columns(ask):
    assert ask("SELECT") == [()]
    assert ask("SELECT FROM generate_series(1, 1000)") == [()] * 1000
    assert ask("SELECT WHERE false") == []


def test_as_many_columns_as_there_may_be(ask):
    columns = ", ".join(f"{number} AS c{number}" for number in range(1600))
    assert ask(f"SELECT {columns}") == [tuple(range(1600))]
    with pytest.raises(DatabaseError, match="1664"):
        ask("SELECT " + ", ".join(["1"] * 1700))
    assert ask("SELECT 1") == [(1,)]


def test_types_that_were_made_a_moment_ago(ask):
    ask("CREATE TYPE mood AS ENUM ('sad', 'happy')")
    ask("CREATE TYPE pair AS (a int, b text)")
    ask("CREATE DOMAIN positive AS int CHECK (VALUE > 0)")
    ask("CREATE TYPE span AS RANGE (subtype = float8)")
    assert ask("SELECT 'happy'::mood, %s::mood", ("sad",)) == [("happy", "sad")]
    assert ask("SELECT ROW(1, 'x y')::pair, 7::positive") == [('(1,"x y")', 7)]
    assert ask("SELECT '[1.5,2.5)'::span, ARRAY['sad', 'happy']::mood[]") == [("[1.5,2.5)", "{sad,happy}")]
    ask("CREATE TABLE people (name text, mood mood, pair pair, age positive, span span)")
    ask(
        "INSERT INTO people VALUES (%s, %s, %s, %s, %s)",
        ("Ann", "happy", "(1,a)", 30, "[1,2]"),
    )
    assert ask("SELECT * FROM people WHERE mood = %s AND age = %s", ("happy", 30)) == [
        ("Ann", "happy", "(1,a)", 30, "[1,2]")
    ]


def test_values_of_types_that_have_no_python_type_are_text(ask):
    assert ask(
        "SELECT point '(1,2)', '10.0.0.0/8'::cidr, '08:00:2b:01:02:03'::macaddr, B'101', '1/2'::pg_lsn, 'a'::tsquery, "
        "'12.34'::money"
    ) == [("(1,2)", "10.0.0.0/8", "08:00:2b:01:02:03", "101", "1/2", "'a'", "$12.34")]


def test_not_a_number_and_infinities(ask):
    row = ask("SELECT 'NaN'::float8, 'Infinity'::float8, '-Infinity'::float4, 'NaN'::numeric, 'Infinity'::numeric")[0]
    assert math.isnan(row[0])
    assert row[1:3] == (math.inf, -math.inf)
    assert row[3].is_nan()
    assert row[4] == Decimal("Infinity")
    given = (math.nan, math.inf, -math.inf, Decimal("NaN"), Decimal("-Infinity"))
    back = ask("SELECT %s::float8, %s::float8, %s::float8, %s::numeric, %s::numeric", given)[0]
    assert math.isnan(back[0])
    assert back[1:3] == (math.inf, -math.inf)
    assert back[3].is_nan()
    assert back[4] == Decimal("-Infinity")


@pytest.mark.parametrize(
    "value",
    [
        "'20000-01-01'::date",
        "'0044-03-15 BC'::date",
        "'20000-01-01 00:00'::timestamp",
        "'0044-03-15 BC'::timestamp",
        "'20000-01-01 00:00+00'::timestamptz",
    ],
)
def test_a_moment_beyond_pythons_range_is_an_error_that_names_the_column(ask, value):
    with pytest.raises(DataError, match="far_away"):
        ask(f"SELECT 1 AS near, {value} AS far_away")
    # The connection is as good as before, and so are the same statement's other rows.
    assert ask("SELECT 'still here'") == [("still here",)]
    assert ask(f"SELECT ({value})::text IS NOT NULL") == [(True,)]


def test_infinite_moments_are_the_first_and_the_last_of_python_as_with_psycopg2(ask):
    first, last = FIRST, LAST
    assert ask("SELECT 'infinity'::date, '-infinity'::date, 'infinity'::timestamp, '-infinity'::timestamp") == [
        (last.date(), first.date(), last, first)
    ]
    utc = datetime.timezone.utc
    assert ask("SELECT 'infinity'::timestamptz, '-infinity'::timestamptz") == [
        (last.replace(tzinfo=utc), first.replace(tzinfo=utc))
    ]


def test_a_nul_in_text_is_refused_before_it_is_sent(ask):
    for statement, params in (("SELECT %s::text", ("a\0b",)), ("SELECT 'a\0b'", None)):
        with pytest.raises((ValueError, DatabaseError), match=r"(?i)nul"):
            ask(statement, params)
        assert ask("SELECT 1") == [(1,)]
    assert ask("SELECT %s::bytea", (b"a\0b",))[0][0] in (b"a\0b", memoryview(b"a\0b"))


def test_the_first_and_last_moments_of_python_pass(ask):
    first, last = FIRST, LAST
    assert ask("SELECT %s::timestamp, %s::timestamp", (first, last)) == [(first, last)]
    assert ask("SELECT %s::date, %s::date", (first.date(), last.date())) == [(first.date(), last.date())]


@pytest.mark.parametrize("scale", [0, 250, 500])
def test_numbers_of_five_hundred_digits(ask, scale):
    digits = "".join(str((7 * number + 3) % 10) for number in range(500))
    text = f"{digits[: 500 - scale] or '0'}.{digits[500 - scale :]}" if scale else digits
    for sign in ("", "-"):
        number = Decimal(sign + text)
        ((back, same),) = ask("SELECT %s::numeric, %s::numeric = " + f"'{sign}{text}'::numeric", (number, number))
        assert back == number
        assert str(back) == str(number)
        assert same
    assert ask("SELECT 10::numeric ^ 400")[0][0] == Decimal(10) ** 400


def test_whole_numbers_beyond_sixty_four_bits(ask):
    big = 2**200 + 1
    assert ask("SELECT %s::numeric", (big,)) == [(Decimal(big),)]
    assert ask("SELECT %s::bigint, %s::bigint", (2**63 - 1, -(2**63))) == [(2**63 - 1, -(2**63))]
    with pytest.raises(DatabaseError, match="out of range"):
        ask("SELECT %s::bigint", (2**63,))
    assert ask("SELECT 1") == [(1,)]


def test_text_of_every_plane_and_lone_surrogates(ask):
    text = "ä€𝄞\U0010ffff\n\r\t\\'\"%"
    assert ask("SELECT %s, length(%s)", (text, text)) == [(text, len(text))]
    with pytest.raises((UnicodeEncodeError, DatabaseError)):
        ask("SELECT %s", ("\ud800",))
    assert ask("SELECT 1") == [(1,)]


def test_a_failure_in_the_middle_of_the_rows_leaves_the_connection_usable(ask):
    with pytest.raises(DatabaseError, match="division by zero"):
        ask("SELECT 1 / (50000 - n) FROM generate_series(1, 100000) AS n")
    assert ask("SELECT count(*) FROM generate_series(1, 10)") == [(10,)]


def test_copy_is_refused_and_the_connection_stays_usable(ask):
    for statement in ("COPY (SELECT 1) TO STDOUT", "COPY pg_class FROM STDIN"):
        with pytest.raises(DatabaseError):
            ask(statement)
        assert ask("SELECT 1") == [(1,)]
