"""Taking a cursor's rows in portions."""

import sqlite3

import pytest

from redstart.postgres_ext import FetchManyCursor


@pytest.fixture
def connection():
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


@pytest.fixture
def cursor(connection):
    return connection.execute("WITH n(n) AS (VALUES (1), (2), (3), (4), (5)) SELECT n FROM n")


@pytest.mark.parametrize("size", [1, 2, 5, 100, None])
def test_every_row_is_given_once_and_then_none(cursor, size):
    many = FetchManyCursor(cursor, size)
    assert many.array_size == (size or 2000)
    assert [many.fetchone() for _ in range(5)] == [(1,), (2,), (3,), (4,), (5,)]
    assert not many.exhausted
    assert [many.fetchone(), many.fetchone()] == [None, None]
    assert many.exhausted


def test_no_more_rows_are_taken_than_a_portion(cursor):
    many = FetchManyCursor(cursor, 2)
    assert many.fetchone() == (1,)
    assert cursor.fetchone() == (3,)


def test_it_closes_the_cursor_when_told_and_at_the_end(connection, cursor):
    many = FetchManyCursor(cursor, 2)
    assert many.description[0][0] == "n"
    many.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        cursor.fetchone()
    other = connection.execute("SELECT 1")
    many = FetchManyCursor(other)
    assert [many.fetchone(), many.fetchone()] == [(1,), None]
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        other.fetchone()
