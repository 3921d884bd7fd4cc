"""The Flask example as its users run it: gunicorn in a process of its own, asked over HTTP."""

from __future__ import annotations

import concurrent.futures
import http.client
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from flask_app.server import EXAMPLES, HOST, Server, ServerFailedError

CLIENTS = 8
REQUESTS_EACH = 500


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path) as running:
        yield running


class Client:
    """Sends requests over one connection and reads JSON."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection(HOST, port, timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def send(self, method, path, **body):
        headers = {"Content-Type": "application/json"} if body else {}
        self.connection.request(method, path, json.dumps(body) if body else None, headers)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())


@pytest.fixture
def client(server):
    with Client(server.port) as one:
        yield one


@pytest.mark.spec("FW-001")
def test_created_users_and_tweets_are_found_again(client):
    status, user = client.send("POST", "/users", username="huey")
    assert (status, user["id"], user["username"]) == (201, 1, "huey")
    status, tweet = client.send("POST", "/users/1/tweets", content="meow — ≤ 'quoted'")
    assert (status, tweet["user"], tweet["content"]) == (201, "huey", "meow — ≤ 'quoted'")
    status, shown = client.send("GET", "/users/1")
    assert status == 200
    assert [one["content"] for one in shown["tweets"]] == ["meow — ≤ 'quoted'"]


def test_what_was_created_stands_in_the_file(server, client):
    client.send("POST", "/users", username="huey")
    client.send("POST", "/users/1/tweets", content="meow")
    with closing(sqlite3.connect(server.database)) as database:
        assert database.execute("select id, username from user").fetchall() == [(1, "huey")]
        assert database.execute("select user_id, content from tweet").fetchall() == [(1, "meow")]


def test_a_list_is_given_in_pages(client):
    for number in range(5):
        client.send("POST", "/users", username=f"user {number}")
        client.send("POST", f"/users/{number + 1}/tweets", content=f"tweet {number}")
    pages = [client.send("GET", f"/tweets?page={page}&per_page=2") for page in (1, 2, 3, 4)]
    assert [status for status, _ in pages] == [200] * 4
    contents = [[(one["content"], one["user"]) for one in page["tweets"]] for _, page in pages]
    expected = [(f"tweet {number}", f"user {number}") for number in (4, 3, 2, 1, 0)]
    assert contents == [expected[0:2], expected[2:4], expected[4:], []]
    assert {page["total"] for _, page in pages} == {5}


def test_users_are_listed_with_the_number_of_their_tweets(client):
    client.send("POST", "/users", username="zaizee")
    client.send("POST", "/users", username="huey")
    for content in ("one", "two"):
        client.send("POST", "/users/1/tweets", content=content)
    _, listed = client.send("GET", "/users")
    assert [(one["username"], one["tweets"]) for one in listed["users"]] == [("huey", 0), ("zaizee", 2)]


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/users/99", {}, 404),
        ("POST", "/users/99/tweets", {"content": "meow"}, 404),
        ("GET", "/nowhere", {}, 404),
        ("POST", "/users", {"name": "huey"}, 400),
        ("POST", "/users", {"username": 3}, 400),
        ("PUT", "/users", {"username": "huey"}, 405),
        ("GET", "/boom", {}, 500),
    ],
)
def test_an_error_is_answered_in_json(client, method, path, body, expected):
    status, answer = client.send(method, path, **body)
    assert status == expected
    assert answer["error"]


def test_a_name_that_is_taken_is_a_conflict_and_changes_nothing(client):
    client.send("POST", "/users", username="huey")
    status, answer = client.send("POST", "/users", username="huey")
    assert (status, answer) == (409, {"error": "The name 'huey' is taken."})
    assert client.send("GET", "/users")[1]["total"] == 1


def test_a_request_that_raises_writes_nothing_and_gives_its_connection_back(client):
    assert client.send("GET", "/boom")[0] == 500
    assert client.send("GET", "/users")[1]["total"] == 0
    _, seen = client.send("GET", "/probe")
    assert (seen["found_open"], seen["left_open"]) == (0, 0)


@pytest.mark.spec("FW-002")
def test_a_request_that_finds_a_connection_open_fails(tmp_path):
    code = """
from flask_app.app import app, db
from flask_app.probe import Probe
client = app.test_client()
assert client.get("/users").status_code == 200
db.connect()
assert client.get("/users").status_code == 500
assert db.is_closed(), "the failed request gives the connection back"
assert client.get("/users").status_code == 200
print(client.get("/probe").json["found_open"])
"""
    environment = {**os.environ, "FLASK_APP_DATABASE": str(tmp_path / "my_app.db")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=EXAMPLES, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    assert "Connection already opened." in done.stderr


def test_the_connection_is_open_during_a_request(client):
    assert client.send("GET", "/probe")[1]["is_closed"] is False


def test_a_server_that_cannot_open_its_database_says_so(tmp_path):
    with pytest.raises(ServerFailedError, match="unable to open database file"):
        Server(tmp_path, database=tmp_path / "missing" / "my_app.db").__enter__()


def mixed_requests(port, number):
    """Sends a client's share of mixed requests; returns those whose answer was not the expected one."""
    chance = random.Random(number)
    wrong = []
    with Client(port) as client:
        _, me = client.send("POST", "/users", username=f"client {number}")
        kinds = [
            ("GET", f"/users/{me['id']}", {}, 200),
            ("GET", "/users?per_page=5", {}, 200),
            ("GET", "/tweets?per_page=5", {}, 200),
            ("POST", f"/users/{me['id']}/tweets", {"content": "meow"}, 201),
            ("POST", "/users", {"username": f"client {number}"}, 409),
            ("GET", "/users/999999", {}, 404),
            ("GET", "/boom", {}, 500),
        ]
        for method, path, body, expected in chance.choices(kinds, weights=[6, 3, 4, 3, 1, 2, 1], k=REQUESTS_EACH - 1):
            status, answer = client.send(method, path, **body)
            if status != expected:
                wrong.append((method, path, status, answer))
    return me["id"], wrong


def descriptors(pid):
    """Counts the open file descriptors of a process."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def settled_descriptors(pid, expected):
    """Waits until the server noticed that the other clients have gone; returns the count that is left."""
    deadline = time.monotonic() + 20
    while descriptors(pid) > expected and time.monotonic() < deadline:
        time.sleep(0.05)
    return descriptors(pid)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc, which this system lacks")
@pytest.mark.spec("DB-018", "FW-001")
def test_eight_clients_at_once_see_no_error_and_leave_no_connection_behind(server):
    with Client(server.port) as client:
        client.send("POST", "/users", username="the first")
        pid = client.send("GET", "/probe")[1]["pid"]
        before = descriptors(pid)

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        results = list(pool.map(mixed_requests, [server.port] * CLIENTS, range(CLIENTS)))

    assert [wrong for _, wrong in results] == [[]] * CLIENTS
    assert len({user for user, _ in results}) == CLIENTS
    with Client(server.port) as client:
        _, seen = client.send("GET", "/probe")
        after = settled_descriptors(pid, before)
    assert seen["requests"] >= CLIENTS * REQUESTS_EACH
    assert seen["pid"] == pid, "the worker was replaced"
    assert seen["threads"] > 1, "one thread served all"
    assert (seen["found_open"], seen["left_open"]) == (0, 0)
    assert after == before


def test_the_demonstration_prints_its_exchanges_and_ends_well():
    command = [sys.executable, "-m", "flask_app.demo"]
    done = subprocess.run(
        command, cwd=EXAMPLES, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("→") == done.stdout.count("←") > 10
    assert "\033[" not in done.stdout
    assert "500 INTERNAL SERVER ERROR" in done.stdout
