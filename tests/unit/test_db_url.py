"""Databases by URL."""

from __future__ import annotations

import re

import pytest

from redstart import MySQLDatabase, NotSupportedError, PostgresqlDatabase, SqliteDatabase, db_url
from redstart.pool import PooledDatabase


@pytest.fixture
def _schemes(monkeypatch):
    """Let a test register schemes that are gone afterwards."""
    monkeypatch.setattr(db_url, "schemes", dict(db_url.schemes))


@pytest.mark.spec("PH-013")
@pytest.mark.parametrize(
    ("url", "arguments"),
    [
        ("sqlite:///x.db", {"database": "x.db"}),
        ("sqlite:////srv/x.db", {"database": "/srv/x.db"}),
        ("sqlite://", {"database": ":memory:"}),
        ("sqlite:///:memory:", {"database": ":memory:"}),
        ("postgresql://u:p@h:5433/d", {"database": "d", "user": "u", "password": "p", "host": "h", "port": 5433}),
        ("mysql://u:p@h/d", {"database": "d", "user": "u", "passwd": "p", "host": "h"}),
        ("postgresql:///d", {"database": "d"}),
    ],
)
def test_a_url_becomes_the_arguments_of_a_database(url, arguments):
    assert db_url.parse(url) == arguments


@pytest.mark.spec("PH-014")
def test_settings_are_numbers_truths_and_nothing_where_they_look_like_it():
    text = "sqlite:///x.db?a=5&b=1.5&c=TRUE&d=false&e=none&f=null&g=-3&h=&i=x%20y&j=²&k"
    values = {"a": 5, "b": 1.5, "c": True, "d": False, "e": None, "f": None, "g": "-3", "h": "", "i": "x y"}
    assert db_url.parse(text) == {"database": "x.db", **values, "j": "²", "k": ""}


@pytest.mark.spec("PH-011")
@pytest.mark.parametrize(
    ("url", "db_class"),
    [
        ("sqlite:///x.db", SqliteDatabase),
        ("postgres://h/d", PostgresqlDatabase),
        ("postgresql://h/d", PostgresqlDatabase),
        ("mysql://h/d", MySQLDatabase),
    ],
)
def test_the_scheme_chooses_the_class(url, db_class):
    db = db_url.connect(url)
    assert type(db) is db_class
    assert db.is_closed()


@pytest.mark.spec("PH-012")
@pytest.mark.parametrize("scheme", [name for name in db_url.schemes if "+" not in name])
def test_every_scheme_has_a_pool(scheme):
    db = db_url.connect(f"{scheme}+pool:///d?max_connections=5&stale_timeout=60&track_checkouts=true&idle_timeout=1.5")
    assert isinstance(db, PooledDatabase)
    assert isinstance(db, db_url.schemes[scheme])
    assert (db._max_connections, db._stale_timeout, db._track_checkouts, db._idle_timeout) == (5, 60, True, 1.5)
    assert not isinstance(db_url.connect(f"{scheme}:///d"), PooledDatabase)


@pytest.mark.spec("PH-012")
@pytest.mark.parametrize(
    ("scheme", "module"),
    [
        ("apsw", "apsw_ext"),
        ("cockroachdb", "cockroachdb"),
        ("cockroachdb+pool", "cockroachdb"),
        ("crdb", "cockroachdb"),
        ("crdb+pool", "cockroachdb"),
        ("cysqlite", "cysqlite_ext"),
        ("cysqlite+pool", "cysqlite_ext"),
        ("mariadbconnector", "mysql_ext"),
        ("mariadbconnector+pool", "mysql_ext"),
        ("mysqlconnector", "mysql_ext"),
        ("mysqlconnector+pool", "mysql_ext"),
    ],
)
@pytest.mark.usefixtures("_schemes")
def test_a_scheme_without_a_class_says_what_is_missing(scheme, module):
    url = f"{scheme}://u:secret@h/d"
    assert db_url.parse(url)["database"] == "d"
    with pytest.raises(
        NotSupportedError, match=rf'^The scheme "{re.escape(scheme)}" .* playhouse\.{module}, '
    ) as caught:
        db_url.connect(url)
    assert "secret" not in str(caught.value)
    db_url.register_database(PostgresqlDatabase, scheme)
    assert type(db_url.connect(url)) is PostgresqlDatabase


@pytest.mark.spec("PH-013")
@pytest.mark.parametrize(
    ("hosts", "address"),
    [
        ("a:1,b:2", {"host": "a,b", "port": "1,2"}),
        ("a,b", {"host": "a,b"}),
        ("a:1,b", {"host": "a,b", "port": "1,"}),
        ("A.example,[::1]:5433", {"host": "A.example,::1", "port": ",5433"}),
        ("u:p@a:1,b:2", {"user": "u", "password": "p", "host": "a,b", "port": "1,2"}),
        ("%2Frun%2FPostgres", {"host": "/run/Postgres"}),
        ("u@%2Frun%2Fpostgresql:5433", {"user": "u", "host": "/run/postgresql", "port": 5433}),
        ("%2Frun,localhost:5433", {"host": "/run,localhost", "port": ",5433"}),
    ],
)
@pytest.mark.parametrize("scheme", ["postgresql", "postgres+pool", "postgresext", "psycopg3"])
def test_a_postgresql_url_may_name_several_hosts_and_sockets(scheme, hosts, address):
    assert db_url.parse(f"{scheme}://{hosts}/d") == {"database": "d", **address}


@pytest.mark.parametrize("hosts", ["a:x,b:1", "a:1:2,b", "[::1,b"])
def test_a_wrong_list_of_hosts_is_refused(hosts):
    with pytest.raises(ValueError, match=r"is no list of hosts|Invalid IPv6 URL"):
        db_url.parse(f"postgresql://u:secret@{hosts}/d")


@pytest.mark.spec("PH-014")
def test_arguments_come_before_the_url():
    db = db_url.connect("sqlite:///x.db?timeout=9", timeout=3, pragmas={"cache_size": -2000})
    assert (db.database, db.timeout, dict(db._pragmas)) == ("x.db", 3, {"cache_size": -2000})


@pytest.mark.spec("PH-015")
def test_names_and_passwords_are_decoded_on_demand():
    url = "postgresql://us%40er:p%40ss@h/d"
    plain = db_url.parse(url)
    assert (plain["user"], plain["password"]) == ("us%40er", "p%40ss")
    decoded = db_url.parse(url, unquote_password=True, unquote_user=True)
    assert (decoded["user"], decoded["password"]) == ("us@er", "p@ss")


@pytest.mark.spec("PH-015")
def test_a_url_that_names_no_database_is_refused_without_telling_the_password():
    with pytest.raises(RuntimeError, match='Unrecognized or unsupported scheme: "nope"'):
        db_url.connect("nope:///x")
    with pytest.raises(ValueError, match=r'^"postgresql://u:\*\*\*@h" has no database name') as caught:
        db_url.connect("postgresql://u:secret@h")
    assert "secret" not in str(caught.value)
    with pytest.raises(ValueError, match="Port could not be cast"):
        db_url.connect("postgresql://h:bad/d")
    with pytest.raises(TypeError, match="a database's URL is text, not bytes"):
        db_url.connect(b"sqlite:///x.db")


@pytest.mark.spec("PH-011")
@pytest.mark.usefixtures("_schemes")
def test_a_class_can_have_schemes_of_its_own():
    class Audited(SqliteDatabase):
        pass

    db_url.register_database(Audited, "audited", "sqlite")
    assert type(db_url.connect("audited:///x.db")) is Audited
    assert type(db_url.connect("sqlite:///x.db")) is Audited


def test_the_database_of_a_url_works(tmp_path):
    with db_url.connect(f"sqlite:///{tmp_path}/app.db") as db:
        assert db.execute_sql("select 1").fetchone() == (1,)
    assert (tmp_path / "app.db").exists()
