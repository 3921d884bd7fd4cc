"""What a database refuses, by name, instead of accepting and ignoring it."""

from __future__ import annotations

import pytest

from redstart import MySQLDatabase, NotSupportedError, SqliteDatabase


def test_functions_that_do_not_exist_yet_are_refused_by_name():
    with pytest.raises(NotSupportedError, match="rank_functions"):
        SqliteDatabase(":memory:", rank_functions=True)


@pytest.mark.parametrize("database", [MySQLDatabase("app")])
def test_a_database_without_a_driver_says_so_when_it_is_opened(database):
    with pytest.raises(NotSupportedError, match="no driver"):
        database.connect()
    assert database.is_closed()


@pytest.mark.parametrize("database", [MySQLDatabase("app")])
def test_a_database_without_introspection_names_what_it_lacks(database):
    with pytest.raises(NotSupportedError, match="get_tables"):
        database.get_tables()
