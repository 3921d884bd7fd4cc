"""The examples of any ASGI application as their readers run them: one command, asked over HTTP."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from examples.peewee_form import FORMS, in_form
from examples.served_example import FOLDER, served_example

PROGRAMS = ["asgi/app.py", "asgi/integrated.py"]
#: What redstart ships has no other name.
PROGRAMS_IN_FORMS = [("asgi/app.py", FORMS[0]), ("asgi/app.py", FORMS[1]), ("asgi/integrated.py", FORMS[0])]
ALICE = {"id": 1, "name": "Alice", "email": "alice@example.com"}


def talk(example, program):
    """Asks an example for all that it can."""
    status, text = example.send("POST", "/users?name=Alice&email=alice@example.com")
    assert (status, json.loads(text)) == (200, {"id": 1, "name": "Alice"})
    assert example.send("POST", "/users?name=Bob&email=alice@example.com")[0] == 500
    # More at once than the pool has connections.
    with ThreadPoolExecutor(20) as clients:
        listed = list(clients.map(lambda _: example.send("GET", "/users"), range(60)))
    assert [(status, json.loads(text)) for status, text in listed] == [(200, [ALICE])] * 60
    assert example.send("GET", "/nowhere")[0] == 404
    example.send("GET", "/users")
    assert ("Server-Timing" in example.headers) is (program == "asgi/integrated.py")
    if program == "asgi/integrated.py":
        assert example.send("GET", "/stream") == (200, "Alice\n")


@pytest.mark.parametrize(("program", "form"), PROGRAMS_IN_FORMS)
def test_an_example_runs_on_sqlite(program, form, tmp_path):
    with served_example(in_form(form, FOLDER / program, tmp_path), tmp_path) as example:
        talk(example, program)


@pytest.mark.parametrize(("program", "form"), PROGRAMS_IN_FORMS)
def test_an_example_runs_on_postgresql_and_leaves_no_session_behind(program, form, tmp_path, postgres_database):
    url = postgres_database.dsn()
    with served_example(in_form(form, FOLDER / program, tmp_path), tmp_path, DATABASE_URL=url) as example:
        talk(example, program)
    others = "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    assert postgres_database.execute(others) == []


def test_every_example_is_asked():
    assert sorted(f"asgi/{file.name}" for file in (FOLDER / "asgi").glob("*.py")) == PROGRAMS
