"""Imports the library in a fresh interpreter; the clock runs there, around the import statement only."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from workload import Goal, Work, Workload

WORKLOAD = Workload("import time", 5, Goal(0.025, "absolute"), passes=1)


HIDDEN = ("psycopg", "psycopg2")
"""peewee imports the drivers that it finds, for longer than it takes itself: they are hidden from all contenders."""


def raw(n: int) -> Work:
    """Import `sqlite3`."""
    return imports("sqlite3", n)


def orm(lib: Any, n: int) -> Work:
    """Import the library."""
    return imports(lib.__name__, n)


def imports(module: str, n: int) -> Work:
    """Return the median of `n` fresh interpreters (at least one), after one that leaves compiled files behind.

    They are kept in the directory of the run, so that neither PYTHONDONTWRITEBYTECODE nor old files change anything.
    """
    hide = f"import sys; sys.modules.update(dict.fromkeys({HIDDEN!r}))"
    program = f"{hide}; import time; a = time.perf_counter(); import {module}; print(time.perf_counter() - a)"
    command = [sys.executable, "-c", program]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(Path("compiled").resolve())

    def run() -> float:
        subprocess.check_output(command, env=environment)
        answers = [subprocess.check_output(command, text=True, env=environment) for _ in range(max(n, 1))]
        return statistics.median(map(float, answers))

    return Work(run, measures_itself=True)
