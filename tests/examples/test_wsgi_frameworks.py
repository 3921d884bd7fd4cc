"""The examples of WSGI frameworks, and of Falcon, as their readers run them: one command, asked over HTTP."""

from __future__ import annotations

import concurrent.futures
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from examples.peewee_form import FORMS, in_form

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples" / "frameworks"
PROGRAMS = [
    "falcon/app.py",
    "falcon/asgi.py",
    "falcon/integrated.py",
    "bottle/app.py",
    "bottle/integrated.py",
    "cherrypy/app.py",
    "cherrypy/integrated.py",
    "django/app.py",
    "django/integrated.py",
    "flask/app.py",
    "flask/integrated.py",
    "flask/declarative.py",
    "flask/pooled.py",
    "pyramid/app.py",
    "pyramid/integrated.py",
    "wsgi/app.py",
    "wsgi/integrated.py",
]
START_SECONDS = 60.0
#: The programs in the forms that they are to run in: what redstart ships has no other name.
PROGRAMS_IN_FORMS = [
    (one, form) for one in PROGRAMS for form in FORMS if form == FORMS[0] or not one.endswith("integrated.py")
]


def ask(port, method, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(connection):
        connection.request(method, path, headers={"Content-Length": "0"})
        response = connection.getresponse()
        return response.status, response.read().decode()


def wait_until_it_answers(process, port, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            return ask(port, "GET", "/nowhere")
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
    raise AssertionError(log.read_text())


@contextlib.contextmanager
def served(program, folder, **environment):
    """Runs an example; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    log = folder / "log.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", EXAMPLES / program],
            env={**os.environ, "PORT": str(port), "TMPDIR": str(folder), **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_it_answers(process, port, log)
        yield port
    finally:
        process.kill()
        process.wait()


def talk(port, program):
    """Asks an example for all that it can."""
    assert json.loads(ask(port, "GET", "/notes")[1]) == {"notes": []}
    assert json.loads(ask(port, "POST", "/notes?text=one")[1]) == {"id": 1, "text": "one"}
    assert ask(port, "GET", "/nowhere")[0] == 404
    assert ask(port, "POST", "/notes")[0] in {400, 500}
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: ask(port, "GET", "/notes"), range(40)))
    assert {status for status, _ in answers} == {200}
    assert {json.loads(body)["notes"][0]["text"] for _, body in answers} == {"one"}
    if program.endswith("integrated.py"):
        assert ask(port, "GET", "/stream") == (200, "one\n")


@pytest.mark.spec("FW-001", "FW-003")
@pytest.mark.parametrize(("program", "form"), PROGRAMS_IN_FORMS)
def test_an_example_runs_on_sqlite(program, form, tmp_path):
    with served(in_form(form, EXAMPLES / program, tmp_path), tmp_path) as port:
        talk(port, program)


@pytest.mark.parametrize(("program", "form"), PROGRAMS_IN_FORMS)
def test_an_example_runs_on_postgresql(program, form, tmp_path, postgres_database):
    scheme = "postgresql:" if program in {"flask/app.py", "flask/pooled.py"} else "postgresql+pool:"
    url = postgres_database.dsn().replace("postgresql:", scheme)
    with served(in_form(form, EXAMPLES / program, tmp_path), tmp_path, DATABASE_URL=url) as port:
        talk(port, program)
        # Every connection is given back: none is in the middle of a transaction.
        states = "select count(*) from pg_stat_activity where datname = %s and state like 'idle in transaction%%'"
        assert postgres_database.execute(states, [postgres_database.name]) == [(0,)]
