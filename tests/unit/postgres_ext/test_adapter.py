"""The names that only make sense with psycopg say so."""

import pytest

from redstart import NotSupportedError, Psycopg2Adapter, Psycopg3Adapter
from redstart.postgres_ext import Psycopg2ExtAdapter, Psycopg3ExtAdapter, register_hstore_pg3

ON_A_CONNECTION = [
    "connect",
    "get_server_version",
    "is_connection_closed",
    "is_connection_reusable",
    "is_connection_usable",
    "register_hstore",
    "rollback",
    "server_side_cursor",
    "txn_status",
]


@pytest.mark.parametrize("adapter", [Psycopg2ExtAdapter(), Psycopg3ExtAdapter()])
@pytest.mark.parametrize("method", ON_A_CONNECTION)
def test_what_needs_a_connection_of_psycopg_is_refused_by_name(adapter, method):
    with pytest.raises(NotSupportedError, match=rf"{type(adapter).__name__}\.{method}\(\) works on a connection"):
        getattr(adapter, method)(object())


def test_the_functions_for_drivers_are_refused():
    with pytest.raises(NotSupportedError, match="register_hstore=True"):
        register_hstore_pg3(object())
    with pytest.raises(NotSupportedError, match="check_driver"):
        Psycopg2Adapter().check_driver()


def test_levels_have_the_numbers_of_each_driver():
    assert Psycopg2Adapter().isolation_level_int("SERIALIZABLE") == 3
    assert Psycopg3Adapter().isolation_level_int("SERIALIZABLE") == 4
    assert Psycopg2Adapter().isolation_level_str(1) == "READ COMMITTED"
    assert Psycopg3Adapter().isolation_level_str(1) == "READ UNCOMMITTED"
    assert Psycopg3Adapter().isolation_level_str("any text") == "any text"
    with pytest.raises(KeyError):
        Psycopg2Adapter().isolation_level_str(9)
