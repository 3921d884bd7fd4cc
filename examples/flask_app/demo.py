"""Talks to the application over HTTP and prints every exchange; `--serve` leaves it running instead.

`make demo` and `make serve` run it.
"""

from __future__ import annotations

import argparse
import http.client
import importlib
import json
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_app.server import HOST, Server, ServerFailedError

COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
NEEDED = {"redstart": "make build", "flask": "make demo", "gunicorn": "make demo"}


def main(arguments: list[str]) -> int:
    """Runs the demonstration, or serves until Ctrl-C; the exit code tells whether all went well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help="leave the server running and print its address")
    given = parser.parse_args(arguments)
    if not everything_is_installed():
        return 1
    try:
        return serve() if given.serve else demonstrate()
    except ServerFailedError as error:
        failed("starting or stopping the server", f"{error}", "Read what the server wrote above.")
    except (OSError, http.client.HTTPException) as error:
        advice = "Is something on this machine closing connections to 127.0.0.1?"
        failed("talking to the server", f"{type(error).__name__}: {error}", advice)
    return 1


def everything_is_installed() -> bool:
    """Says what is missing and how to get it."""
    for module, command in NEEDED.items():
        try:
            importlib.import_module(module)
        except ImportError as error:
            failed(f"importing {module}", f"{error}", f"Run '{command}' in the repository's folder.")
            return False
    return True


def serve() -> int:
    """Serves `my_app.db` of the current folder until Ctrl-C."""
    # A shell starts what runs in the background with SIGINT ignored.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.default_int_handler)
    database = Path(os.environ.get("FLASK_APP_DATABASE", "my_app.db"))
    with tempfile.TemporaryDirectory(prefix="flask_app.") as folder, Server(Path(folder), database=database) as server:
        print(f"Serving {database.absolute()} at {paint(server.address, 'bold', 'green')} (Ctrl-C stops it)")
        print(f"  Try: curl {server.address}/users", flush=True)
        try:
            return server.wait()
        except KeyboardInterrupt:
            print("\nStopping.")
    return 0


def demonstrate() -> int:
    """Starts the server on a fresh database, has the conversation, stops the server."""
    with tempfile.TemporaryDirectory(prefix="flask_app.") as folder:
        began = time.perf_counter()
        with Server(Path(folder)) as server:
            title(f"gunicorn serves examples/flask_app at {server.address}")
            note(f"4 threads, a fresh SQLite database, up in {time.perf_counter() - began:.1f} s")
            wrong = converse(server.port)
        if wrong:
            failed(wrong, "The answer is not the expected one: see the exchange above.", f"The log:{server.said()}")
            return 1
    title("The server has stopped, its database is gone. All went as it should.")
    return 0


@dataclass
class Exchange:
    """One request, what it shows, and the status it must get."""

    what: str
    method: str
    path: str
    status: int
    body: dict[str, Any] | None = None


CONVERSATION = [
    Exchange("Two people join", "POST", "/users", 201, {"username": "charlie"}),
    Exchange("… the second of them", "POST", "/users", 201, {"username": "huey"}),
    Exchange("A name can be taken once: IntegrityError becomes 409", "POST", "/users", 409, {"username": "huey"}),
    Exchange("Huey speaks", "POST", "/users/2/tweets", 201, {"content": "meow"}),
    Exchange(
        "… and again; quotes are bound values, not SQL", "POST", "/users/2/tweets", 201, {"content": "'; purr --"}
    ),
    Exchange("… and Charlie answers", "POST", "/users/1/tweets", 201, {"content": "Good cat."}),
    Exchange("All users with a count of their tweets: a join, grouped", "GET", "/users", 200),
    Exchange("Tweets with their authors, page 1 of 2", "GET", "/tweets?page=1&per_page=2", 200),
    Exchange("… page 2", "GET", "/tweets?page=2&per_page=2", 200),
    Exchange("One user with the tweets of the user: a backref", "GET", "/users/2", 200),
    Exchange("Nobody has this id", "GET", "/users/99", 404),
    Exchange("A body that lacks what the route needs", "POST", "/users", 400, {"name": "zaizee"}),
    Exchange("A route that raises in the middle of a transaction", "GET", "/boom", 500),
    Exchange("… which left nothing behind", "GET", "/users", 200),
    Exchange("Was every connection given back?", "GET", "/probe", 200),
]


def converse(port: int) -> str:
    """Sends all requests; returns what went wrong first, or nothing."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        for exchange in CONVERSATION:
            status, answer = send(connection, exchange)
            if status != exchange.status:
                return f"{exchange.method} {exchange.path} (expected {exchange.status}, got {status})"
            wrong = sum(answer.get(key, 0) for key in ("found_open", "left_open"))
            if wrong:
                return f"{exchange.path} ({wrong} requests did not close their connection)"
    finally:
        connection.close()
    return ""


def send(connection: http.client.HTTPConnection, exchange: Exchange) -> tuple[int, dict[str, Any]]:
    """Sends one request, prints both sides, returns the status and the JSON that came back."""
    headers = {"Content-Type": "application/json"} if exchange.body is not None else {}
    body = json.dumps(exchange.body) if exchange.body is not None else None
    print(f"\n{paint('#', 'dim')} {exchange.what}")
    sent = (
        f"{paint('→', 'cyan')} {paint(f'{exchange.method:<4s} {exchange.path}', 'bold')}  {paint(body or '', 'cyan')}"
    )
    print(sent.rstrip())
    began = time.perf_counter()
    connection.request(exchange.method, exchange.path, body, headers)
    response = connection.getresponse()
    raw = response.read()
    milliseconds = (time.perf_counter() - began) * 1000
    colour = "green" if response.status < 400 else "yellow" if response.status < 500 else "red"
    print(f"{paint('←', colour)} {paint(f'{response.status} {response.reason}', 'bold', colour)}", end="  ")
    print(paint(f"{milliseconds:.1f} ms", "dim"))
    answer = json.loads(raw)
    for line in lines_of(answer):
        print(f"  {line}")
    sys.stdout.flush()
    return response.status, answer


def lines_of(answer: dict[str, Any]) -> list[str]:
    """Lays JSON out: what is flat in one line, each item of a list in a line of its own."""
    flat = {key: value for key, value in answer.items() if not isinstance(value, list)}
    lines = [json.dumps(flat, ensure_ascii=False)] if flat else []
    for key, items in answer.items():
        if isinstance(items, list):
            lines.append(f"{paint(key, 'bold')}:" if items else f"{paint(key, 'bold')}: {paint('(none)', 'dim')}")
            lines += [f"  {json.dumps(item, ensure_ascii=False)}" for item in items]
    return lines


def title(text: str) -> None:
    """Prints a line that stands out."""
    print(f"\n{paint('──', 'dim')} {paint(text, 'bold')}")


def note(text: str) -> None:
    """Prints a line that stands back."""
    print(f"   {paint(text, 'dim')}")


def failed(step: str, why: str, advice: str) -> None:
    """Says which step failed, why, and what to do."""
    sys.stdout.flush()
    print(f"\n{paint('Failed:', 'bold', 'red')} {step}\n{why}\n{advice}", file=sys.stderr)


def paint(text: str, *styles: str) -> str:
    """Colours a text where a person looks at a terminal."""
    if not text or not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    return f"\033[{';'.join(COLOURS[style] for style in styles)}m{text}\033[0m"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
