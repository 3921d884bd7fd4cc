"""Measures requests to the same small application on each contender: `python benches/web/run.py --help`.

Flask under gunicorn with threads and FastAPI under uvicorn, one process each, on a private PostgreSQL with a pool of 8
connections; wrk is the client. Each round starts the servers of a framework's contenders anew. Then they are loaded one
after the other for a second each, several times: what is compared was measured within seconds, since machines change
their pace.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "python"))

import postgres_server  # noqa: E402 - the other benchmarks' server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROWS = 1_000
PATHS = {"one row": "/item/500", "20 rows": "/items"}
#: The same answers without a database.
CONSTANTS = {"one row": "/constant/500", "20 rows": "/constants"}
START_TIMEOUT = 30.0
HEADING = "| | one row, requests/s | p99 | the database's share | 20 rows, requests/s | p99 | the database's share |"
GUNICORN = ("gunicorn", "--worker-class", "gthread", "--workers", "1", "--threads", "8", "--log-level", "warning")
UVICORN = ("uvicorn", "--log-level", "warning", "--no-access-log")


@dataclass(frozen=True, eq=False)
class Contender:
    """One application and its server."""

    framework: str
    name: str
    module: str
    lib: str = ""
    paths: Mapping[str, str] = field(default_factory=lambda: PATHS)
    #: Who of the same framework gives the same answers without a database.
    base: str = "nothing"

    def command(self, port: int) -> list[str]:
        """Return the command that serves it."""
        if self.framework == "FastAPI":
            return [sys.executable, "-m", *UVICORN, "--port", str(port), f"apps.{self.module}:app"]
        return [sys.executable, "-m", *GUNICORN, "--bind", f"127.0.0.1:{port}", f"apps.{self.module}:app"]


CONTENDERS = (
    Contender("Flask", "nothing", "flask_bare", paths=CONSTANTS),
    Contender("Flask", "nothing, by Django", "django_app", paths=CONSTANTS, base="nothing, by Django"),
    Contender("Flask", "the bytes alone", "flask_wire"),
    Contender("Flask", "driver", "flask_bare"),
    Contender("Flask", "redstart", "flask_orm", "redstart"),
    Contender("Flask", "peewee", "flask_orm", "peewee"),
    Contender("Flask", "SQLAlchemy", "flask_sqlalchemy"),
    Contender("Flask", "Django", "django_app", base="nothing, by Django"),
    Contender("FastAPI", "nothing", "fastapi_bare", paths=CONSTANTS),
    Contender("FastAPI", "driver", "fastapi_bare"),
    Contender("FastAPI", "redstart", "fastapi_orm", "redstart"),
    Contender("FastAPI", "peewee", "fastapi_orm", "peewee"),
    Contender("FastAPI", "SQLAlchemy", "fastapi_sqlalchemy"),
    Contender("FastAPI", "Tortoise", "fastapi_tortoise"),
)


@dataclass
class Samples:
    """What was measured of one contender and path, by the number of the turn."""

    rates: dict[int, float] = field(default_factory=dict)
    tails: dict[int, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return statistics.median(self.rates.values())

    def share(self, base: Samples) -> float:
        """How many microseconds longer a request takes than one of `base`: the median of the turns' differences."""
        turns = self.rates.keys() & base.rates.keys()
        return statistics.median((1 / self.rates[turn] - 1 / base.rates[turn]) * 1e6 for turn in turns)

    @property
    def tail(self) -> float:
        """The 99th percentile of the latency, in milliseconds."""
        return statistics.median(self.tails.values())


class Failed(Exception):  # noqa: N818 - it says what happened
    """A server did not start, or answered wrongly."""


def main() -> int:
    """Run the rounds and print the tables."""
    parser = argparse.ArgumentParser(description="Measures requests to one application on each contender.")
    parser.add_argument("--rounds", type=int, default=3, help="of starting the servers")
    parser.add_argument("--turns", type=int, default=5, help="of all contenders in a round")
    parser.add_argument("--seconds", type=int, default=1, help="of load for each path in a turn")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--only", action="append", default=[], help="this contender; may be repeated")
    parser.add_argument("--json", type=Path, help="write all samples there")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.stderr.write("wrk is missing: install the package wrk.\n")
        return 2
    chosen = [one for one in CONTENDERS if not options.only or one.name in options.only or one.paths is CONSTANTS]
    found: dict[tuple[str, str], dict[str, Samples]] = {}
    failures: list[str] = []
    with postgres_server.database() as url:
        prepare(url)
        for done in range(options.rounds):
            turns = range(done * options.turns, (done + 1) * options.turns)
            for framework in dict.fromkeys(one.framework for one in chosen):
                present = [one for one in chosen if one.framework == framework]
                failures += measure(present, turns, url, options, found)
    sys.stdout.write(tables(found) + "\n")
    for failure in failures:
        sys.stdout.write(f"FAILED {failure}\n")
    if options.json:
        samples = {" ".join(key): {name: vars(one) for name, one in paths.items()} for key, paths in found.items()}
        options.json.write_text(json.dumps(samples, indent=1) + "\n")
    return 1 if failures else 0


def prepare(url: str) -> None:
    """Make the table and its rows."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE item (id SERIAL PRIMARY KEY, name TEXT NOT NULL, price FLOAT8 NOT NULL, "
            "active BOOLEAN NOT NULL, rank INTEGER NOT NULL)"
        )
        connection.execute(
            "INSERT INTO item (name, price, active, rank) "
            "SELECT 'item ' || n, n / 4.0, n %% 2 = 0, n FROM generate_series(1, %s) n",
            (ROWS,),
        )
        connection.execute("ANALYZE item")


def measure(
    present: list[Contender], turns: range, url: str, options: Any, found: dict[tuple[str, str], dict[str, Samples]]
) -> list[str]:
    """Start the servers of contenders, load them in turn, stop them; return who failed, and how."""
    failures: list[str] = []
    ports: dict[Contender, int] = {}
    with contextlib.ExitStack() as servers:
        for one in present:
            try:
                ports[one] = servers.enter_context(serving(one, url))
                for name, path in one.paths.items():
                    check(ports[one], name, path)
                    load(ports[one], path, 1, options.clients)
            except Failed as error:  # noqa: PERF203 - a contender takes seconds
                ports.pop(one, None)
                failures.append(f"{one.framework} {one.name}: {error}")
        for turn in turns:
            each = list(ports)
            shift = turn % len(each) if each else 0
            for one in each[shift:] + each[:shift]:
                try:
                    load_all(one, ports[one], turn, options, found.setdefault((one.framework, one.name), {}))
                except Failed as error:  # noqa: PERF203 - a contender takes seconds
                    del ports[one]
                    failures.append(f"{one.framework} {one.name}: {error}")
            sys.stderr.write(f"{present[0].framework}, turn {turn + 1} ...\n")
    return failures


def load_all(one: Contender, port: int, turn: int, options: Any, samples: dict[str, Samples]) -> None:
    """Load each path of a contender.

    Raises:
        Failed: It answers wrongly.
    """
    for name, path in one.paths.items():
        rate, tail = load(port, path, options.seconds, options.clients)
        known = samples.setdefault(name, Samples())
        known.rates[turn] = rate
        known.tails[turn] = tail


@contextlib.contextmanager
def serving(one: Contender, url: str) -> Iterator[int]:
    """Serve an application for the time of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    parts = urlsplit(url)
    environment = {
        **os.environ,
        "BENCH_WEB_URL": url,
        "BENCH_WEB_NAME": parts.path[1:],
        "BENCH_WEB_USER": parts.username or "",
        "BENCH_WEB_HOST": parse_qs(parts.query)["host"][0],
        "BENCH_WEB_LIB": one.lib,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")])),
    }
    process = subprocess.Popen(
        one.command(port), env=environment, cwd=HERE, start_new_session=True, stdin=subprocess.DEVNULL
    )
    try:
        wait_for(port, process, next(iter(one.paths.values())))
        yield port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes], path: str) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Failed(f"the server ended with status {process.returncode}")
        try:
            if ask(port, path)[0] == http.client.OK:
                return
        except OSError:
            time.sleep(0.05)
    raise Failed("the server did not answer in time")


def ask(port: int, path: str) -> tuple[int, Any]:
    """Ask for one page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, json.loads(body) if answer.status == http.client.OK else body
    finally:
        connection.close()


def check(port: int, name: str, path: str) -> None:
    """Refuse to measure a wrong answer."""
    row = {"id": 500, "name": "item 500", "price": 125.0, "active": True, "rank": 500}
    status, body = ask(port, path)
    if status != http.client.OK or (name == "one row" and body != row) or (name == "20 rows" and len(body) != 20):
        raise Failed(f"{path} gave {status}: {body!r:.200}")


def load(port: int, path: str, seconds: int, clients: int) -> tuple[float, float]:
    """Have wrk ask for a page again and again; return requests per second and the 99th percentile in milliseconds."""
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}{path}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    tail = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    if rate is None or tail is None or "Non-2xx" in said or "Socket errors" in said:
        raise Failed(f"wrk said of {path}: {' '.join(said.split())}")
    return float(rate[1]), float(tail[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[tail[2]]


def tables(found: dict[tuple[str, str], dict[str, Samples]]) -> str:
    """Write one table for each framework.

    The database's share of a request is what it takes longer than one that gives the same answer without a database.
    """
    bases = {(one.framework, one.name): one.base for one in CONTENDERS}
    lines = []
    for framework in dict.fromkeys(key[0] for key in found):
        lines += [f"\n### {framework}\n", HEADING, "| --- | --: | --: | --: | --: | --: | --: |"]
        for (one, name), paths in found.items():
            base = found.get((framework, bases[one, name]), {})
            if one != framework or len(paths) < len(PATHS) or len(base) < len(PATHS):
                continue
            cells = [name]
            for path, samples in paths.items():
                share = "" if paths is base else f"{samples.share(base[path]):.0f} µs"
                cells += [f"{samples.rate:,.0f}", f"{samples.tail:.1f} ms", share]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
