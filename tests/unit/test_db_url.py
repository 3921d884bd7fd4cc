"""Databases by URL."""

from __future__ import annotations

import pytest

from redstart import MySQLDatabase, PostgresqlDatabase, SqliteDatabase, db_url


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
