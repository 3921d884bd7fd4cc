"""PostgreSQL without a connection: settings, and what is refused before anything is sent."""

import pytest

from redstart import Insert, PostgresqlDatabase
from redstart.postgres_ext import PostgresqlExtDatabase, Psycopg3Database


@pytest.mark.parametrize("level", [5, -1, 9])
def test_a_number_that_is_no_isolation_level_is_refused(level):
    with pytest.raises(ValueError, match=f"{level} is no isolation level; there are 1 .READ COMMITTED., 2"):
        PostgresqlDatabase("app", isolation_level=level)
    db = PostgresqlDatabase("app", isolation_level=1)
    with pytest.raises(ValueError, match="no isolation level"):
        db.set_isolation_level(level)
    assert db._isolation_level == 1


def test_numbers_mean_what_the_preferred_driver_means():
    assert PostgresqlDatabase("app", isolation_level="SERIALIZABLE")._isolation_level == 3
    assert PostgresqlDatabase("app", isolation_level="SERIALIZABLE", prefer_psycopg3=True)._isolation_level == 4
    assert Psycopg3Database("app", isolation_level="SERIALIZABLE")._isolation_level == 4


def test_the_preferred_driver_outlives_another_init():
    db = Psycopg3Database("app")
    db.init("other", isolation_level="SERIALIZABLE")
    assert db._isolation_level == 4
    assert "prefer_psycopg3" not in db.connect_params


@pytest.mark.parametrize("level", ["nope", "SERIALIZABLE; DROP TABLE user"])
def test_a_transaction_does_not_begin_at_a_level_that_there_is_not(level):
    with pytest.raises(ValueError, match="is no isolation level; there are READ COMMITTED"):
        PostgresqlDatabase("app").begin(level)
    with pytest.raises(KeyError):
        PostgresqlDatabase("app").begin(9)


def test_settings_of_the_extension_are_no_arguments_of_the_driver():
    db = PostgresqlExtDatabase("app", register_hstore=True, server_side_cursors=True, host="h")
    assert db.connect_params == {"host": "h"}


def test_the_key_of_an_insert_without_returning_is_none():
    assert PostgresqlDatabase("app").last_insert_id(object(), Insert.SIMPLE) is None
