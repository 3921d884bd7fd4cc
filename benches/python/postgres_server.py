"""A PostgreSQL for the benchmark: a private cluster that goes with it, or the server in `REDSTART_BENCH_POSTGRES`.

`database()` is for `run.py`. Run as a program, this file is the cluster's keeper: it starts the server and stops and
removes it as soon as its standard input ends, however the benchmark ended. The workloads' tables are in `postgres.py`.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "REDSTART_BENCH_POSTGRES"
"""Names a server to use instead of a private one; in the processes of the benchmark, the database to work in."""

PORT = 5432
"""The private server listens on a socket in its own directory only; the port is a part of that socket's name."""

ROLE = "bench"

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "jit": "off",
    "shared_buffers": "128MB",
}
"""Neither the disk nor the server's own housekeeping is to be measured."""

FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
"""Where packages put the server's programs when they are not on the PATH."""

START_TIMEOUT = 60


class NoServer(Exception):  # noqa: N818 - it says what happened
    """There is no PostgreSQL to measure on; the message says why."""


@contextlib.contextmanager
def database(core: int | None = None) -> Iterator[str]:
    """Give the URL of an empty database of the benchmark's own, and set `REDSTART_BENCH_POSTGRES` to it meanwhile.

    A private server stays on the core, if one is named; a given server cannot be told.
    """
    given = os.environ.get(VARIABLE)
    with contextlib.ExitStack() as stack:
        server = given or stack.enter_context(private_server(core))
        url = stack.enter_context(own_database(server))
        os.environ[VARIABLE] = url
        try:
            yield url
        finally:
            if given:
                os.environ[VARIABLE] = given
            else:
                del os.environ[VARIABLE]


@contextlib.contextmanager
def own_database(server: str) -> Iterator[str]:
    """Create a database on the server for the time of the benchmark: what else the server holds is left alone."""
    name = f"redstart_bench_{os.getpid()}"
    try:
        import psycopg  # the rest of the benchmark works without it

        connection = psycopg.connect(server, autocommit=True)
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    except ImportError as error:
        raise NoServer(str(error)) from error
    except psycopg.Error as error:
        raise NoServer(" ".join(str(error).split())) from error
    with connection:
        try:
            yield url_of({**psycopg.conninfo.conninfo_to_dict(server), "dbname": name})
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def version(url: str) -> str:
    """Return the server's version."""
    import psycopg  # `database()` found it

    with psycopg.connect(url) as connection:
        return str(connection.info.parameter_status("server_version")).split(" ")[0]


def url_of(parts: dict[str, Any]) -> str:
    """Write the parts of a connection string as the one form that all drivers read."""
    rest = {key: value for key, value in parts.items() if key not in ("user", "password", "dbname") and value}
    password = f":{quote(parts['password'], safe='')}" if parts.get("password") else ""
    user = f"{quote(parts['user'], safe='')}{password}@" if parts.get("user") else ""
    return f"postgresql://{user}/{quote(parts['dbname'])}?{urlencode(rest)}"


@contextlib.contextmanager
def private_server(core: int | None = None) -> Iterator[str]:
    """Start a keeper with its cluster, and give the server's URL."""
    folder = find_programs()
    command = [sys.executable, __file__, str(folder), *([] if core is None else [str(core)])]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as keeper:
        assert keeper.stdout
        answer = keeper.stdout.readline().strip()
        if not answer.startswith("ready "):
            raise NoServer(answer or "the server's keeper ended without a word")
        directory = answer.removeprefix("ready ")
        yield url_of({"user": ROLE, "dbname": "postgres", "host": directory, "port": PORT})
        # Leaving the block closes the keeper's input and waits for its end.


def find_programs() -> Path:
    """Return the folder of the newest `postgres` with its `initdb`."""
    places = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    for pattern in FOLDERS:
        root = Path(pattern).anchor
        places += sorted(Path(root).glob(pattern.removeprefix(root)), key=version_in, reverse=True)
    for place in places:
        if (place / "postgres").is_file() and (place / "initdb").is_file():
            return place
    message = (
        f"no PostgreSQL server is installed (Debian, Ubuntu: apt-get install postgresql) and {VARIABLE} names none"
    )
    raise NoServer(message)


def version_in(folder: Path) -> tuple[int, ...]:
    """Return the numbers in the name of the folder above, to sort by."""
    digits = "".join(letter if letter.isdigit() else " " for letter in folder.parent.name)
    return tuple(map(int, digits.split()))


def keep(folder: Path) -> int:
    """Run a fresh cluster until standard input ends, then remove it."""
    directory = tempfile.mkdtemp(prefix="redstart-bench-pg-")
    try:
        with cluster(folder, directory):
            sys.stdout.write(f"ready {directory}\n")
            sys.stdout.flush()
            sys.stdin.read()
    except (NoServer, OSError) as error:
        sys.stdout.write(f"the private PostgreSQL did not start: {error}\n")
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return 0


@contextlib.contextmanager
def cluster(folder: Path, directory: str) -> Iterator[None]:
    """Make a cluster in the directory and serve it, as an ordinary user if we are root, whom PostgreSQL refuses."""
    user = ordinary_user()
    data = f"{directory}/data"
    identity: dict[str, Any] = {"cwd": directory, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    if user:
        os.chown(directory, user.pw_uid, user.pw_gid)
        identity |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    make = [folder / "initdb", "--pgdata", data, "--username", ROLE, "--auth", "trust", "--no-sync", "--encoding=UTF8"]
    done = subprocess.run([*make, "--locale=C"], stderr=subprocess.PIPE, text=True, check=False, **identity)
    if done.returncode:
        raise NoServer(" ".join(done.stderr.split()))
    options = [f"--{name}={value}" for name, value in {**SETTINGS, "unix_socket_directories": directory}.items()]
    command = [folder / "postgres", "-D", data, "-p", str(PORT), *options]
    log = Path(directory, "log")
    with log.open("w") as errors, subprocess.Popen(command, stderr=errors, **identity) as server:
        try:
            wait_until_ready(server, Path(data, "postmaster.pid"), log)
            yield
        finally:
            server.send_signal(signal.SIGINT)  # ends the sessions; leaving the block waits


def wait_until_ready(server: subprocess.Popen[bytes], status: Path, log: Path) -> None:
    """Wait until the server's status file says that it takes connections."""
    end = time.monotonic() + START_TIMEOUT
    while not (status.is_file() and status.read_text().rstrip().endswith("ready")):
        if server.poll() is not None or time.monotonic() > end:
            raise NoServer(" ".join(log.read_text().split()) or "no answer")
        time.sleep(0.02)


def ordinary_user() -> pwd.struct_passwd | None:
    """Return the user to run the server as; None if the present one will do."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    message = "PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody"
    raise NoServer(message)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        os.sched_setaffinity(0, {int(sys.argv[2])})  # the server and its sessions inherit it
    sys.exit(keep(Path(sys.argv[1])))
