"""Runs every program of one file under one engine and writes the records as JSON.

    python runner.py --engine peewee|redstart FILE -o OUT.json [--only NAME] [--postgres DSN]

Databases are SQLite's, or with `--postgres` fresh ones of that server.
Each program runs in a forked child with a time limit, so neither a hang nor a crash of the
interpreter costs more than that program. Without `-o` the records are printed.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import importlib.util
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlite_only
from parity_program import Program, registered
from parity_record import run_program

if TYPE_CHECKING:
    from parity_postgres import Runner

ORACLE_VERSION = "4.5.3"
TIME_LIMIT = float(os.environ.get("PARITY_TIME_LIMIT", "20"))


def main(arguments: list[str]) -> int:
    """Parses the command line, runs the file, writes the records; 0 unless the usage is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("peewee", "redstart"), required=True)
    parser.add_argument("--only", help="run this program alone")
    parser.add_argument("--postgres", help="make the databases on this server")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("file", type=Path)
    given = parser.parse_args(arguments)
    outcome = run_file(given.file, given.engine, given.only, given.postgres)
    text = json.dumps(outcome, indent=1, ensure_ascii=False)
    if given.output is None:
        sys.stdout.write(text + "\n")
    else:
        given.output.write_text(text, encoding="utf-8", errors="backslashreplace")
    return 0


def run_file(file: Path, engine: str, only: str | None = None, postgres: str | None = None) -> dict[str, Any]:
    """Returns the records of a file's programs, or why the file could not be loaded."""
    faulthandler.enable()
    # Two programs of one length, written to one path within a second, would share their bytecode.
    sys.dont_write_bytecode = True
    try:
        install(engine)
        load(file)
    except Exception:
        return {"engine": engine, "failed_to_load": traceback.format_exc(), "programs": {}}
    chosen = [one for one in registered() if only == one.name or (only is None and runs_on(postgres, file, one))]
    programs = run_on_postgres(chosen, postgres) if postgres else {one.name: run_in_child(one) for one in chosen}
    return {"engine": engine, "failed_to_load": None, "programs": programs}


def runs_on(postgres: str | None, file: Path, one: Program) -> bool:
    """Whether a program makes sense on PostgreSQL, if that is where it would run."""
    return not postgres or not sqlite_only.reason(f"{file.stem}::{one.name}")


def install(engine: str) -> None:
    """Makes `import peewee` give the engine.

    Raises:
        ImportError: It gives something else, so nothing would be compared with the oracle.
    """
    if engine == "peewee":
        import peewee

        if peewee.__version__ != ORACLE_VERSION:
            raise ImportError(f"the oracle is peewee {ORACLE_VERSION}, not {peewee.__version__}")
        return
    import redstart

    redstart.install_as_peewee()
    import peewee

    if peewee.Model is not redstart.Model:
        raise ImportError("after install_as_peewee() `import peewee` does not give redstart")


def load(file: Path) -> None:
    """Imports a program file, which registers its programs.

    Raises:
        ImportError: The file is not Python.
    """
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)


def run_on_postgres(chosen: list[Program], dsn: str) -> dict[str, Any]:
    """Runs programs on a server, each with databases that hold nothing of the others."""
    # SQLite alone needs no driver.
    from parity_postgres import Runner

    server = Runner(dsn)
    programs = {}
    try:
        for one in chosen:
            record = run_in_child(one, server)
            programs[one.name] = {**record, "databases": server.collect(record["databases"])}
    finally:
        server.close()
    return programs


def run_in_child(one: Program, server: Runner | None = None) -> dict[str, Any]:
    """Runs a program in a forked child; a crash or a hang becomes the record's end."""
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="parity-")))
    readable, writable = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _child(one, folder, writable, server)
    os.close(writable)
    try:
        text = _read(readable, time.monotonic() + TIME_LIMIT)
        if text is None:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    finally:
        os.close(readable)
        shutil.rmtree(folder, ignore_errors=True)
    if text is None:
        return _ended(f"stopped after {TIME_LIMIT:g} s")
    return json.loads(text) if text else _ended(f"crashed: status {status}")


def _child(one: Program, folder: Path, writable: int, server: Runner | None) -> None:
    status = 1
    try:
        faulthandler.dump_traceback_later(TIME_LIMIT * 0.9, exit=False)
        record = run_program(one, folder, _databases(server))
        with os.fdopen(writable, "wb") as pipe:
            pipe.write(json.dumps(record).encode())
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _databases(server: Runner | None) -> Any:
    """Returns the program's databases on the server; the connection of its parent stays untouched."""
    if server is None:
        return None
    from parity_postgres import PostgresDatabases

    return PostgresDatabases(server.dsn, server.prefix)


def _read(readable: int, deadline: float) -> bytes | None:
    """Reads until the child closes the pipe; None once the deadline has passed."""
    chunks: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([readable], [], [], left)
        if not ready:
            break
        chunk = os.read(readable, 1 << 16)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
    return None


def _ended(how: str) -> dict[str, Any]:
    return {"events": [], "end": {"harness": how}, "databases": []}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
