"""The examples of asynchronous frameworks as their readers run them: one command, asked over HTTP."""

from __future__ import annotations

import json
import runpy
from concurrent.futures import ThreadPoolExecutor

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from examples.peewee_form import FORMS, in_form
from examples.served_example import FOLDER, served_example

USERS = [
    "aiohttp/app.py",
    "aiohttp/integrated.py",
    "fastapi/injection.py",
    "fastapi/middleware.py",
    "fastapi/synchronous.py",
    "litestar/app.py",
    "litestar/integrated.py",
    "quart/app.py",
    "quart/integrated.py",
    "starlette/app.py",
    "starlette/integrated.py",
]
MESSAGES = ["sanic/app.py", "sanic/integrated.py"]
PYDANTIC = ["fastapi/app.py", "fastapi/integrated.py"]


def forms(programs):
    """Gives the programs with the forms that they are to run in: what redstart ships has no other name."""
    return [(one, form) for one in programs for form in FORMS if form == FORMS[0] or not one.endswith("integrated.py")]


ALICE = '{"id":1,"name":"Alice","email":"alice@example.com","status":1}'
BOB = '{"id":2,"name":"Bob","email":"bob@example.com","status":2}'


@pytest.fixture(params=["sqlite", "postgresql"])
def serve(request, tmp_path):
    """Runs an example on SQLite, and on PostgreSQL, where it must leave no session behind."""
    if request.param == "sqlite":
        yield lambda program, form: served_example(in_form(form, FOLDER / program, tmp_path), tmp_path)
        return
    database = request.getfixturevalue("postgres_database")
    url = database.dsn()
    yield lambda program, form: served_example(in_form(form, FOLDER / program, tmp_path), tmp_path, DATABASE_URL=url)
    others = "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    assert database.execute(others) == []


def compact(text):
    return json.dumps(json.loads(text), separators=(",", ":"))


@pytest.mark.parametrize(("program", "form"), forms(PYDANTIC))
def test_fastapi_answers_as_the_document_says(serve, program, form):
    with serve(program, form) as example:
        alice = '{"name": "Alice", "email": "alice@example.com"}'
        bob = '{"name": "Bob", "email": "bob@example.com", "status": 2}'
        assert example.send("POST", "/users", alice) == (200, ALICE)
        assert example.send("POST", "/users", bob) == (200, BOB)
        assert example.send("GET", "/users") == (200, f"[{ALICE},{BOB}]")
        assert example.send("GET", "/users/1") == (200, ALICE)
        assert example.send("GET", "/users/3") == (404, '{"detail":"User not found"}')
        assert example.send("POST", "/users", '{"name": "Eve"}')[0] == 422
        assert example.send("POST", "/users", bob)[0] == 500
        assert ("Server-Timing" in example.headers) is (program == "fastapi/integrated.py")
        assert example.send("GET", "/users") == (200, f"[{ALICE},{BOB}]")
        assert ("Server-Timing" in example.headers) is (program == "fastapi/integrated.py")
        OpenAPIV31SpecValidator(json.loads(example.send("GET", "/openapi.json")[1])).validate()


@pytest.mark.parametrize("program", PYDANTIC)
def test_the_schema_is_the_one_that_the_document_prints(monkeypatch, tmp_path, program):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'app.db'}")
    schema = runpy.run_path(str(FOLDER / program))["UserCreate"].model_json_schema()
    assert schema == {
        "properties": {
            "name": {"description": "Display name", "title": "Full Name", "type": "string"},
            "email": {"title": "Email", "type": "string"},
            "status": {
                "default": 1,
                "description": "Choices: 1 = Active, 2 = Inactive, 3 = Deleted",
                "enum": [1, 2, 3],
                "title": "Status",
                "type": "integer",
            },
        },
        "required": ["name", "email"],
        "title": "UserCreate",
        "type": "object",
    }
    assert list(schema["properties"]) == ["name", "email", "status"]


@pytest.mark.parametrize(("program", "form"), forms(USERS))
def test_users_are_created_and_listed(serve, program, form):
    with serve(program, form) as example:
        status, text = example.send("POST", "/users?name=Alice&email=alice@example.com")
        assert (status, compact(text)) == (200, '{"id":1,"name":"Alice"}')
        assert example.send("POST", "/users?name=Bob&email=alice@example.com")[0] == 500
        # More at once than the pool has connections.
        with ThreadPoolExecutor(20) as clients:
            listed = list(clients.map(lambda _: example.send("GET", "/users"), range(60)))
        alice = [{"id": 1, "name": "Alice", "email": "alice@example.com"}]
        assert [(status, json.loads(text)) for status, text in listed] == [(200, alice)] * 60
        assert example.send("GET", "/nowhere")[0] == 404
        example.send("GET", "/users")
        assert ("Server-Timing" in example.headers) is program.endswith(("integrated.py", "synchronous.py"))


@pytest.mark.parametrize(("program", "form"), forms(MESSAGES))
def test_sanic_shows_the_latest_message(serve, program, form):
    with serve(program, form) as example:
        assert example.send("GET", "/message/")[0] == 500
        for number in (1, 2):
            assert example.send("POST", f"/message/?content=hello{number}") == (200, f'{{"id":{number}}}')
        with ThreadPoolExecutor(20) as clients:
            shown = set(clients.map(lambda _: example.send("GET", "/message/"), range(60)))
        assert shown == {(200, '{"content":"hello2","id":2}')}
        assert ("Server-Timing" in example.headers) is (program == "sanic/integrated.py")


def test_every_example_is_asked():
    programs = {
        file.relative_to(FOLDER).as_posix()
        for name in ("aiohttp", "fastapi", "litestar", "quart", "sanic", "starlette")
        for file in (FOLDER / name).glob("*.py")
    }
    assert programs == {*USERS, *MESSAGES, *PYDANTIC}
