"""Proves that the parity harness notices differences on PostgreSQL, and that no program sees what another one left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parity_compare import differing_parts, run_both

if TYPE_CHECKING:
    from pathlib import Path

    from servers.postgres import Databases

TEMPLATE = """
from peewee import *
from parity_program import program


@program
def one(t):
    db = t.database(file=True, pragmas={{"foreign_keys": 1}})
    class User(db.Model):
        name = TextField(unique=True)
    db.create_tables([User])
    {body}
"""


def records(server: Databases, tmp_path: Path, source: str, *names: str) -> Any:
    """Runs a file under peewee on the server and returns the records of its programs."""
    file = tmp_path / "topic.py"
    file.write_text(source, encoding="utf-8")
    oracle, tested = run_both(file, "peewee", server.dsn())
    for name in names:
        found = differing_parts(oracle.record(name), tested.record(name))
        assert found == {}, "the same program twice must agree"
    return [oracle.record(name) for name in names]


def record(server: Databases, tmp_path: Path, body: str) -> Any:
    """Runs one program and returns its record."""
    return records(server, tmp_path, TEMPLATE.format(body=body.replace("\n", "\n    ")), "one")[0]


SILENT = "db.connection().cursor().execute({!r})"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("INSERT INTO \"user\" (name) VALUES ('x')", "INSERT INTO \"user\" (name) VALUES ('y')"),
        ("SELECT nextval('user_id_seq')", "SELECT 1"),
        ('CREATE INDEX more ON "user" (name)', "SELECT 1"),
        ("CREATE SCHEMA other", "SELECT 1"),
        ("CREATE TABLE other (a int)", "CREATE TABLE other (a bigint)"),
        ("CREATE TABLE other (a int)", "CREATE TABLE other (a int NOT NULL)"),
        ("CREATE TABLE other (a int)", "CREATE TABLE other (a int DEFAULT 1)"),
        ("CREATE TYPE mood AS ENUM ('a')", "CREATE TYPE mood AS ENUM ('b')"),
        ("CREATE VIEW v AS SELECT 1 AS a", "CREATE VIEW v AS SELECT 2 AS a"),
        ("CREATE EXTENSION hstore", "SELECT 1"),
    ],
)
def test_a_silent_change_is_found_in_the_contents(
    postgres_server: Databases, tmp_path: Path, left: str, right: str
) -> None:
    first = record(postgres_server, tmp_path, SILENT.format(left))
    second = record(postgres_server, tmp_path, SILENT.format(right))
    assert set(differing_parts(first, second)) == {"databases"}


def test_what_was_not_committed_is_not_there(postgres_server: Databases, tmp_path: Path) -> None:
    body = "db.begin()\nUser.create(name='x')"
    found = record(postgres_server, tmp_path, body)
    assert found["databases"][0]["table public.user"]["rows"] == []


@pytest.mark.parametrize(
    ("left", "right", "parts"),
    [
        ("SELECT 1/0", "SELECT 1 % 0", set()),
        ("SELECT 1/0", "SELECT ln(0)", {"raises:a"}),
        ("SELECT 1/0", "SELEKT", {"raises:a"}),
        ("SELECT 1/0", "SELECT 1", {"raises:a"}),
    ],
)
def test_errors_of_the_server_are_told_apart_by_their_state(
    postgres_server: Databases, tmp_path: Path, left: str, right: str, parts: set[str]
) -> None:
    body = "with t.raises('a'):\n    db.execute_sql({!r})"
    first = record(postgres_server, tmp_path, body.format(left.replace("%", "%%")))
    second = record(postgres_server, tmp_path, body.format(right.replace("%", "%%")))
    assert set(differing_parts(first, second)) - {"statements"} == parts
    assert "message" not in str(first["events"])


def test_the_engines_own_messages_are_compared(postgres_server: Databases, tmp_path: Path) -> None:
    found = record(postgres_server, tmp_path, "with t.raises('a'):\n    db.connect()")
    assert ["raises", "a", {"class": "OperationalError", "message": "Connection already opened."}] in found["events"]


def test_only_what_the_oracle_tells_of_an_error_is_compared() -> None:
    def told(caught: dict[str, str]) -> dict[str, Any]:
        return {"events": [["raises", "a", caught]], "end": caught, "databases": []}

    driver = told({"class": "DataError", "sqlstate": "22012"})
    own = told({"class": "DataError", "message": "x"})
    nothing = told({"class": "DataError"})
    everything = told({"class": "DataError", "sqlstate": "22012", "message": "y"})
    assert differing_parts(driver, everything) == {}
    assert differing_parts(nothing, everything) == {}
    assert set(differing_parts(own, everything)) == {"raises:a", "end"}
    assert set(differing_parts(driver, nothing)) == {"raises:a", "end"}
    assert set(differing_parts(everything, nothing)) == {"raises:a", "end"}


SEVERAL = """
from peewee import *
from parity_program import program

def seen(t, db):
    t.show("schemas", db.execute_sql("SELECT count(*) FROM pg_namespace WHERE nspname !~ '^(pg_|inf)'").fetchone())
    t.show("tables", db.get_tables())
    t.show("extensions", db.execute_sql("SELECT count(*) FROM pg_extension").fetchone())
    t.show("setting", db.execute_sql("SHOW work_mem").fetchone())

@program
def before(t):
    seen(t, t.database())

@program
def leaves_much(t):
    for number in range(2):
        db = t.database()
        db.execute_sql("CREATE EXTENSION hstore; CREATE SCHEMA more; CREATE TABLE more.a (b hstore)")
        db.execute_sql("CREATE TABLE a (b int)")
        db.execute_sql("CREATE VIEW v AS SELECT b FROM a; CREATE TYPE mood AS ENUM ('x'); CREATE SEQUENCE s")
    db.execute_sql("ALTER DATABASE " + db.database + " SET work_mem = '7MB'")

@program
def leaves_a_transaction_open(t):
    db = t.database()
    db.begin()
    db.execute_sql("CREATE TABLE open (a int)")

@program
def crashes(t):
    import os
    t.database().execute_sql("CREATE TABLE left_behind (a int)")
    os.abort()

@program
def hangs(t):
    t.database().execute_sql("CREATE TABLE left_behind (a int)")
    t.database().execute_sql("SELECT pg_sleep(60)")

@program
def after(t):
    seen(t, t.database())
    seen_too = t.database()
    t.show("second", seen_too.get_tables())
"""


def test_no_program_sees_what_another_one_left(
    postgres_server: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARITY_TIME_LIMIT", "4")
    names = ("before", "leaves_much", "leaves_a_transaction_open", "crashes", "hangs", "after")
    before, much, opened, crashed, hung, after = records(postgres_server, tmp_path, SEVERAL, *names)
    shown = [event for event in after["events"] if event[0] == "show"]
    assert shown[:-1] == [event for event in before["events"] if event[0] == "show"]
    assert len(shown) == 5
    assert shown[-1] == ["show", "second", {"list": []}]
    assert len(much["databases"]) == 2
    assert opened["databases"][0]["schemas"] == ["public"]
    assert "table public.open" not in opened["databases"][0]
    assert "crashed" in crashed["end"]["harness"]
    assert "stopped" in hung["end"]["harness"]


def test_no_database_is_left_on_the_server(postgres_server: Databases, tmp_path: Path) -> None:
    record(postgres_server, tmp_path, "t.show('a', 1)")
    assert postgres_server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'parity%%'", ()) == []
