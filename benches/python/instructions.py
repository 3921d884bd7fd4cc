"""Counts the instructions of one pass of a workload instead of its time: steady numbers on a busy machine.

Two processes are counted, one with a second pass and one that only prepares it; their difference is that pass, warm and
without start-up and preparation. `perf` counts in hardware; where a virtual machine hides that counter, `valgrind`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from measure import TIMEOUT, Result, RunFailed, contenders_of, run_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from measure import Plan
    from workload import Program

COUNTS = "counts.txt"

COUNTERS = {
    "perf": ["perf", "stat", "-x,", "-e", "instructions:u", "-o", COUNTS, "--"],
    "valgrind": [
        "valgrind",
        "--tool=cachegrind",
        "--cache-sim=no",
        "--cachegrind-out-file=/dev/null",
        f"--log-file={COUNTS}",
    ],
}


def find_counter() -> str | None:
    """Return the first counter that works on this machine."""
    for counter, command in COUNTERS.items():
        if shutil.which(command[0]) and works(counter):
            return counter
    return None


def works(counter: str) -> bool:
    """Return whether the counter can count an interpreter that does nothing."""
    try:
        return count(counter, [sys.executable, "-c", ""]) > 0
    except RunFailed:
        return False


def measure(counter: str, name: str, program: Program, present: Sequence[str], plan: Plan) -> Result:
    """Count one pass of each contender. A workload that measures itself must be left out by the caller."""
    result = Result(name, program.WORKLOAD)
    for contender in contenders_of(program, present):
        first = [*run_command(name, contender, plan.n, 1), *plan.arguments]
        second = [*run_command(name, contender, plan.n, 2), *plan.arguments]
        try_one_pass(result, counter, contender, [*first, "--rest"], second)
    return result


def try_one_pass(result: Result, counter: str, contender: str, without: list[str], with_it: list[str]) -> None:
    """Note the difference of the two commands' counts, or why there is none."""
    try:
        result.samples[contender] = [count(counter, with_it) - count(counter, without)]
    except RunFailed as error:
        result.failures[contender] = str(error)


def count(counter: str, command: list[str]) -> int:
    """Run a command under the counter and return its instructions in user space."""
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryDirectory(prefix="redstart-bench-") as directory:
        try:
            done = subprocess.run(
                [*COUNTERS[counter], *command],
                cwd=directory,
                capture_output=True,
                text=True,
                env=environment,
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            message = f"stopped after {TIMEOUT} seconds"
            raise RunFailed(message) from error
        counts = Path(directory, COUNTS)
        text = counts.read_text(errors="replace") if counts.exists() else ""
    if done.returncode:
        lines = (done.stderr.strip() or text.strip()).splitlines() or [f"ended with status {done.returncode}"]
        raise RunFailed(lines[-1])
    found = re.findall(r"^([\d.]+),[^,]*,[^,]*instructions|I\s+refs:\s+([\d,]+)", text, re.MULTILINE)
    if not found:
        message = f"{counter} counts no instructions here"
        raise RunFailed(message)
    return sum(int(float(perf or valgrind.replace(",", ""))) for perf, valgrind in found)
