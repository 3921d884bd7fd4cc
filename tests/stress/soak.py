"""The soak: a program under load, a server under fire, and a judgement of what is left.

`python -m stress.soak [--backend postgres|sqlite] [--seconds N] [--seed N]` ends with 0 when nothing was lost, nothing
was written twice, and nothing grew. `make soak` runs it for `SOAK_SECONDS`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servers.postgres import PostgresServer
from servers.server_process import wait_until
from stress.faults import Faults
from stress.load import PATIENCE, SHARED_POOL, TASKS_POOL
from stress.report import Outcome
from stress.verdict import BALANCES, COUNTERS, SUMS, TOKENS, Holding

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from typing_extensions import Self

TESTS = Path(__file__).resolve().parent.parent
#: Faults end so many seconds before the load does, and in the last `CALM` of them there may be no error any more.
AFTERMATH, CALM = 4.0, 2.0
#: How many seconds the parent waits for the load beyond the time in which that gives up itself.
GRACE = 20.0
LEFT_OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state LIKE 'idle in transaction%%'"


@dataclass(frozen=True)
class Settings:
    """What a run is called with."""

    backend: str = "postgres"
    seconds: float = 600.0
    seed: int = 0
    forget: bool = False

    @classmethod
    def read(cls, arguments: list[str]) -> Settings:
        """Reads the command line."""
        parser = argparse.ArgumentParser(prog="soak", description="Runs the soak and judges what is left.")
        parser.add_argument("--backend", choices=["postgres", "sqlite"], default=cls.backend)
        parser.add_argument("--seconds", type=float, default=float(os.environ.get("SOAK_SECONDS") or cls.seconds))
        parser.add_argument("--seed", type=int, default=None, help="of all chance; it is printed, to repeat a run")
        parser.add_argument("--forget", action="store_true", help="lets threads end without closing their connection")
        chosen = parser.parse_args(arguments)
        seed = random.SystemRandom().randrange(1 << 32) if chosen.seed is None else chosen.seed
        return cls(chosen.backend, chosen.seconds, seed, chosen.forget)


class LoadFailed(RuntimeError):  # noqa: N818  it says what happened
    """The program under load did not come to its end."""


class LoadProcess:
    """The program under load; killed with the block that it is the context of."""

    def __init__(self, settings: Settings, target: str, folder: Path) -> None:
        """Starts it."""
        self._report = folder / "report.json"
        plan = {
            "backend": settings.backend,
            "target": target,
            "seed": settings.seed,
            "seconds": settings.seconds,
            "calm": CALM,
            "forget": settings.forget,
            "report": str(self._report),
        }
        paths = [str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "stress.load", json.dumps(plan)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def expect(self, word: str, seconds: float) -> None:
        """Waits until it has come so far.

        Raises:
            LoadFailed: It has ended before, or did not come so far in time.
        """
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        said = self._process.stdout.readline().strip() if ready else None
        if said is None:
            raise LoadFailed(f"the load did not say {word} within {seconds:g} s")
        if said != word:
            raise LoadFailed(f"the load ended with code {self._process.wait()} before it said {word}; see above")

    def go_on(self) -> None:
        """Lets it go on."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def findings(self) -> dict[str, Any]:
        """Waits for its end and returns what it knows.

        Raises:
            LoadFailed: It ended with an error.
        """
        code = self._process.wait(GRACE)
        if code != 0:
            raise LoadFailed(f"the load ended with code {code}; see above")
        found: dict[str, Any] = json.loads(self._report.read_text(encoding="utf-8"))
        return found


def soak(settings: Settings) -> Outcome:
    """Runs the load and returns what is to be said of it.

    Raises:
        LoadFailed: It hung, or broke.
    """
    with tempfile.TemporaryDirectory(prefix="rs-soak-") as folder:
        run = soak_postgres if settings.backend == "postgres" else soak_sqlite
        return run(settings, Path(folder))


def soak_postgres(settings: Settings, folder: Path) -> Outcome:
    """Runs the load on a private server, which suffers faults meanwhile."""
    # Without it, balances that change for ten minutes leave more and more dead rows to step over.
    with PostgresServer(settings={"autovacuum": "on"}) as server:
        name = server.create_database()
        faults = Faults(server, name, settings.seed)
        with LoadProcess(settings, server.dsn(name), folder) as load:
            load.expect("READY", GRACE)
            load.go_on()
            started = time.monotonic()
            faults.run(started + settings.seconds - AFTERMATH)
            load.expect("QUIET", settings.seconds - (time.monotonic() - started) + PATIENCE + GRACE)
            problems = open_sessions(server, name)
            load.go_on()
            findings = load.findings()
        return judged(findings, lambda sql: server.execute(sql, dbname=name), faults.counts, problems)


def soak_sqlite(settings: Settings, folder: Path) -> Outcome:
    """Runs the load on a file in WAL mode; the faults are its own cancellations."""
    target = folder / "soak.db"
    with LoadProcess(settings, str(target), folder) as load:
        load.expect("READY", GRACE)
        load.go_on()
        load.expect("QUIET", settings.seconds + PATIENCE + GRACE)
        load.go_on()
        findings = load.findings()
    with closing(sqlite3.connect(target)) as connection:
        return judged(findings, lambda sql: connection.execute(sql).fetchall(), None, [])


def open_sessions(server: PostgresServer, name: str) -> list[str]:
    """Returns what is wrong with the sessions on the server, while the pools of the load are open and unused."""
    limit = SHARED_POOL + TASKS_POOL
    problems = []
    # A session whose client has just gone is there for a moment more; one that stays has a client.
    for what, holds in (
        ("a session is idle in transaction", lambda: server.execute(LEFT_OPEN, (name,))[0][0] == 0),
        (f"there are more than {limit} sessions", lambda: server.sessions(name) <= limit),
    ):
        try:
            wait_until(holds, what)
        except RuntimeError as error:
            problems.append(str(error))
    return problems


def judged(
    findings: dict[str, Any], read: Callable[[str], list[Any]], faults: Counter[str] | None, problems: list[str]
) -> Outcome:
    """Returns the outcome of a run.

    Args:
        findings: What the load knows.
        read: Runs a query on the database that is left.
        faults: How many faults there were; None where there were to be none.
        problems: What is wrong already.
    """
    return Outcome(
        findings,
        holdings=[Holding(*(int(one) for one in row)) for row in read(TOKENS)],
        balances=[(int(key), int(has), int(due)) for key, has, due in read(BALANCES)],
        sums=tuple(int(one) for one in read(SUMS)[0]),
        counters=tuple(int(one) for one in read(COUNTERS)[0]),
        faults=faults,
        problems=problems,
    )


def main(arguments: list[str]) -> int:
    """Runs the soak and prints its table; 0 when all is well."""
    settings = Settings.read(arguments)
    print(f"soak: {settings.backend}, {settings.seconds:g} s, --seed {settings.seed}", flush=True)
    try:
        outcome = soak(settings)
    except LoadFailed as error:
        print(f"FAILED: {error}")
        return 2
    print(outcome.table())
    for problem in outcome.problems:
        print(f"PROBLEM: {problem}")
    print(f"soak: {'FAILED' if outcome.problems else 'ok'} (--seed {settings.seed})")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
