"""What of asyncpg's settings a database for tasks understands."""

import ssl

import pytest

from redstart import NotSupportedError
from redstart.pwasyncio import AsyncPostgresqlDatabase


def settings(**given):
    return AsyncPostgresqlDatabase("shop", host="db", **given)._connect_settings()


def test_parameters_of_the_session_become_options():
    given = {"application_name": "a b\\c", "statement_timeout": 5000}
    found = settings(server_settings=given, options="-c search_path=shop")
    assert found == {
        "host": "db",
        "options": "-c search_path=shop -c application_name=a\\ b\\\\c -c statement_timeout=5000",
    }


@pytest.mark.parametrize("nothing", [None, {}])
def test_no_parameters_are_no_options(nothing):
    assert settings(server_settings=nothing) == {"host": "db"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, {}),
        (False, {"sslmode": "disable"}),
        (True, {"sslmode": "verify-full", "sslrootcert": "system"}),
        ("require", {"sslmode": "require"}),
    ],
)
def test_encryption_becomes_a_mode(given, expected):
    assert settings(ssl=given) == {"host": "db", **expected}


def test_what_is_said_of_certificates_counts_more():
    found = settings(ssl=True, sslrootcert="ca.crt")
    assert found == {"host": "db", "sslmode": "verify-full", "sslrootcert": "ca.crt"}


def test_a_context_of_pythons_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match=r"not SSLContext.*sslrootcert"):
        settings(ssl=ssl.create_default_context())


def test_settings_of_asyncpg_have_other_names():
    database = AsyncPostgresqlDatabase(
        "shop", command_timeout=5, statement_cache_size=0, max_inactive_connection_lifetime=60
    )
    assert database._connect_settings() == {"cached_statements": 0}
    assert (database._statement_timeout, database._idle_timeout) == (5, 60)


@pytest.mark.parametrize("name", ["max_queries", "max_cached_statement_lifetime", "max_cacheable_statement_size"])
def test_settings_of_asyncpg_that_there_are_not_are_named(name):
    with pytest.raises(NotSupportedError, match=f"^{name} is a setting of asyncpg"):
        AsyncPostgresqlDatabase("shop", **{name: 1})
