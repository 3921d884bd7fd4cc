"""The column of the table for the examples that stand below `examples/frameworks`: each under each server, too.

They use the hooks that peewee's users paste, and nothing of `redstart.integrations`. No test stands here.
"""

from __future__ import annotations

import http.client
import os
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from redstart.integrations.conformance.checks import Check
from redstart.integrations.conformance.client import Client
from redstart.integrations.conformance.server_process import ServerProcess, free_port

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples" / "frameworks"
PYTHON = sys.executable
GUNICORN = [PYTHON, "-m", "gunicorn", "--worker-class=gthread", "--threads=16", "--bind=127.0.0.1:{port}"]
GRANIAN = [PYTHON, "-m", "granian", "--host=127.0.0.1", "--port={port}", "--workers=1"]
COMMANDS = {
    "gunicorn": [*GUNICORN, "{app}"],
    "gunicorn --preload": [*GUNICORN, "--preload", "{app}"],
    "granian (WSGI)": [*GRANIAN, "--interface=wsgi", "--blocking-threads=16", "{app}"],
    "waitress": [PYTHON, "-m", "waitress", "--listen=127.0.0.1:{port}", "--threads=16", "{app}"],
    "uvicorn": [PYTHON, "-m", "uvicorn", "--host=127.0.0.1", "--port={port}", "--log-level=warning", "{app}"],
    "hypercorn": [PYTHON, "-m", "hypercorn", "--bind=127.0.0.1:{port}", "{app}"],
    "granian": [*GRANIAN, "--interface=asgi", "{app}"],
    "its own": [PYTHON, "app.py"],
}
#: Those that are served in another way than the others.
SPECIAL = {
    ("Bottle", "gunicorn"): [PYTHON, "-m", "bottle", "--bind=127.0.0.1:{port}", "--server=gunicorn", "app"],
    ("aiohttp", "gunicorn"): [*GUNICORN[:3], "--worker-class=aiohttp.GunicornWebWorker", GUNICORN[-1], "app:app"],
}
APPS = {"WSGI": "app:application", "ASGI": "app:application", "Pyramid": "app:main({})"}
AWAITED = {"ASGI", "FastAPI", "Starlette", "Quart", "Litestar", "aiohttp", "Sanic"}
NOTES, USERS, MESSAGES = "notes", "users", "message/"


def _document(site):
    """The example of peewee's documentation for the framework, with the hooks that it has users paste, answers."""
    framework, server, database = site.case.name
    _require(framework, server, database)
    command = SPECIAL.get((framework, server)) or COMMANDS[server]
    asgi = server in {"uvicorn", "hypercorn", "granian"}
    app = (
        f"myproject.{'asgi' if asgi else 'wsgi'}:application"
        if framework == "Django"
        else APPS.get(framework, "app:app")
    )
    port = free_port()
    folder = EXAMPLES / framework.lower()
    # The examples say themselves which class a database is of, unless it is one with a pool.
    url = re.sub(r"^(\w+)\+async:", r"\1:", site.database.url)
    path = os.pathsep.join([str(folder), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))])
    environment = {"DATABASE_URL": url, "PORT": str(port), "PYTHONPATH": path}
    with tempfile.TemporaryDirectory() as logs:
        words = [word.format(port=port, app=app) if "{" in word else word for word in command]
        process = ServerProcess(words, Path(logs) / "log.txt", environment, folder)
        try:
            process.wait_until(lambda: _answers(port))
            _talk(framework, Client(port))
        except Exception as error:
            error.add_note(process.output())
            raise
        finally:
            process.kill()


def _require(framework, server, database):
    if framework == "Falcon" and server != "gunicorn":
        pytest.skip("the documentation's example is one for WSGI")
    if (framework in AWAITED) != database.endswith("async"):
        pytest.skip(f"the documentation's example {'awaits' if framework in AWAITED else 'blocks'}")


def _answers(port):
    try:
        return Client(port).ask("/nowhere").status == 404
    except (OSError, http.client.HTTPException):
        return False


def _talk(framework, client):
    if framework == "FastAPI":
        made = client.ask("/users", method="POST", body={"name": "Alice", "email": "alice@example.com"})
        path, alice = "/users", {"name": "Alice", "email": "alice@example.com"}
    elif framework == "Sanic":
        made, path = client.ask("/message/?content=hello", method="POST"), "/message/"
        alice = {"content": "hello"}
    elif framework in AWAITED:
        made = client.ask("/users?name=Alice&email=alice@example.com", method="POST")
        path, alice = "/users", {"name": "Alice"}
    else:
        made, path, alice = client.ask("/notes?text=one", method="POST"), "/notes", {"text": "one"}
    assert made.status in {200, 201}, made
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: client.ask(path), range(24)))
    assert {answer.status for answer in answers} == {200}, answers
    for answer in answers:
        assert alice.items() <= _first(answer.json()).items(), answer


def _first(found):
    """Gives the first row of an answer: an object, a list, or a list within an object."""
    if isinstance(found, dict) and len(found) == 1 and isinstance(next(iter(found.values())), list):
        found = next(iter(found.values()))
    return found[0] if isinstance(found, list) else found


DOCUMENT = Check("document", _document)
