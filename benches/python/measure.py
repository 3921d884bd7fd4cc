"""Starts the processes of a benchmark in turn and collects what they measured. Knows contenders, prints nothing.

A run is one process of one contender for one workload; the runs of the contenders alternate, so that a slow moment of
the machine falls on all of them.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workload import takes_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workload import Program, Workload

TIMEOUT = 900
"""Seconds after which a process is stopped and its run counts as failed."""

PROBE = """
import importlib, json, sys
lib = [importlib.import_module(name) for name in sys.argv[1:]][0]
sqlite = lib.SqliteDatabase(":memory:").execute_sql("SELECT sqlite_version()").fetchone()[0] \\
    if hasattr(lib, "SqliteDatabase") else getattr(lib, "sqlite_version", "")
print(json.dumps([str(getattr(lib, "__version__", "")).split(" ")[0], sqlite]))
"""


class RunFailed(Exception):  # noqa: N818 - it says what happened
    """A process ended with an error; the message is the last line it wrote."""


@dataclass(frozen=True)
class Plan:
    """How large the work is, how many processes a contender gets, how many passes each makes, and further arguments."""

    n: int
    runs: int
    passes: int
    arguments: tuple[str, ...] = ()


@dataclass
class Result:
    """What the contenders did in one workload: a sample for each run, or the reason why there is none."""

    name: str
    facts: Workload
    samples: dict[str, list[float]] = field(default_factory=dict)
    checks: dict[str, Any] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


@functools.cache
def probe(modules: tuple[str, ...]) -> tuple[list[str] | None, str]:
    """Return the version of a contender and of the SQLite in it (or ""), or None and why it cannot be imported."""
    try:
        version, sqlite = json.loads(start([sys.executable, "-c", PROBE, *modules]))
    except RunFailed as error:
        return None, str(error)
    return [version, sqlite], ""


def contenders_of(program: Program, present: Sequence[str]) -> list[str]:
    """Return those of `present` that take part in a workload."""
    return [contender for contender in present if takes_part(program, contender)]


def interleave(name: str, program: Program, present: Sequence[str], plan: Plan) -> Result:
    """Run each contender as often as planned, taking turns and beginning with another one each round."""
    result = Result(name, program.WORKLOAD)
    alive = contenders_of(program, present)
    for turn in range(plan.runs):
        shift = turn % len(alive) if alive else 0
        for contender in alive[shift:] + alive[:shift]:
            try:
                answer = one_run(name, contender, plan)
            except RunFailed as error:
                result.failures[contender] = str(error)
                result.samples.pop(contender, None)
                alive.remove(contender)
                continue
            result.samples.setdefault(contender, []).append(answer["value"])
            result.checks[contender] = answer["check"]
    compare(result)
    return result


def compare(result: Result) -> None:
    """Count a contender as failed if its check value is not that of the first contender that has one."""
    expected = next((result.checks[name] for name in result.facts.group.contenders if name in result.checks), None)
    for contender, value in result.checks.items():
        if value != expected:
            result.failures[contender] = f"did something else: {value!r:.200} instead of {expected!r:.200}"
            result.samples.pop(contender, None)


def one_run(name: str, contender: str, plan: Plan) -> dict[str, Any]:
    """Run one process and return its answer."""
    answer: dict[str, Any] = json.loads(start([*run_command(name, contender, plan.n, plan.passes), *plan.arguments]))
    return answer


def run_command(name: str, contender: str, n: int, passes: int) -> list[str]:
    """Return the command of one run."""
    program = Path(__file__).with_name("one_run.py")
    return [sys.executable, str(program), name, contender, str(n), str(passes)]


def start(command: list[str]) -> str:
    """Run a command in an empty directory of its own and return what it printed."""
    with tempfile.TemporaryDirectory(prefix="redstart-bench-") as directory:
        try:
            done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        except subprocess.TimeoutExpired as error:
            message = f"stopped after {TIMEOUT} seconds"
            raise RunFailed(message) from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"]
        raise RunFailed(lines[-1])
    return done.stdout
