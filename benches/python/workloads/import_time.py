"""Imports the library in a fresh interpreter; the clock runs there, around the import statement only."""

from __future__ import annotations

import statistics
import subprocess
import sys
from typing import Any

from workload import Goal, Work, Workload

WORKLOAD = Workload("import time", 5, Goal(0.025, "absolute"), passes=1)


def raw(n: int) -> Work:
    """Import `sqlite3`."""
    return imports("sqlite3", n)


def orm(lib: Any, n: int) -> Work:
    """Import the library; this process has done so already, so its files are in the page cache and compiled."""
    return imports(lib.__name__, n)


def imports(module: str, n: int) -> Work:
    """Return the median of `n` fresh interpreters (at least one)."""
    program = f"import time; a = time.perf_counter(); import {module}; print(time.perf_counter() - a)"
    command = [sys.executable, "-c", program]

    def run() -> float:
        answers = [subprocess.check_output(command, text=True) for _ in range(max(n, 1))]
        return statistics.median(map(float, answers))

    return Work(run, measures_itself=True)
