"""Runs every test suite of the repository and ends with one summary.

`python tests/run.py [SUITE ...]` runs the named ones only. No test stands here.
"""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "target" / "test-reports"
# `python` needs an interpreter to link against; pytest tests it from outside.
CARGO = ["cargo", "test", "--workspace", "--exclude", "redstart-python", "--locked"]
CARGO_RESULT = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored")
NO_TESTS = 5


@dataclass
class Outcome:
    """What one suite came to."""

    suite: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    exit_code: int

    @property
    def good(self) -> bool:
        """Whether nothing failed and at least one test ran."""
        return self.exit_code == 0 and self.failed == 0 and self.passed > 0


def main(arguments: list[str]) -> int:
    """Runs the chosen suites one after the other; 0 when all of them passed."""
    suites = python_suites()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", nargs="*", help=f"rust, {', '.join(suites)}")
    chosen = parser.parse_args(arguments).suite or ["rust", *suites]
    unknown = sorted({*chosen} - {"rust", *suites})
    if unknown:
        parser.error(f"no suite is called {', '.join(unknown)}")
    REPORTS.mkdir(parents=True, exist_ok=True)
    heed_signals()
    outcomes = [run_rust() if suite == "rust" else run_python(suite) for suite in chosen]
    return summarise(outcomes)


def heed_signals() -> None:
    """Has the suites heed the signals by which tests end programs; a background job of a shell ignores them."""
    for number in (signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def python_suites() -> list[str]:
    """Returns the folders of `tests` that hold tests, the slowest last."""
    last = ["parity", "frameworks", "examples", "packaging"]
    found = {file.relative_to(ROOT / "tests").parts[0] for file in (ROOT / "tests").glob("*/**/test_*.py")}
    return sorted(found, key=lambda name: (last.index(name) + 1 if name in last else 0, name))


def run_rust() -> Outcome:
    """Runs `cargo test` over all crates that need no Python and adds up its results."""
    announce("rust")
    started = time.monotonic()
    passed = failed = skipped = 0
    with subprocess.Popen(CARGO, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as cargo:
        for line in cargo.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            if result := CARGO_RESULT.match(line):
                counts = [int(count) for count in result.groups()]
                passed, failed, skipped = passed + counts[0], failed + counts[1], skipped + counts[2]
    return Outcome("rust", passed, failed, skipped, time.monotonic() - started, cargo.returncode)


def run_python(suite: str) -> Outcome:
    """Runs pytest on one folder and reads the counts from its report."""
    announce(suite)
    report = REPORTS / f"{suite}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", f"tests/{suite}"]
    started = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    seconds = time.monotonic() - started
    if not report.exists():
        return Outcome(suite, 0, 1, 0, seconds, code or NO_TESTS)
    counts = ET.parse(report).getroot().find("testsuite")  # noqa: S314  the run above wrote it
    if counts is None:
        return Outcome(suite, 0, 1, 0, seconds, code or NO_TESTS)
    total, failures, errors, skipped = (int(counts.get(key, 0)) for key in ("tests", "failures", "errors", "skipped"))
    bad = failures + errors
    return Outcome(suite, max(total - bad - skipped, 0), bad, skipped, seconds, code)


def announce(suite: str) -> None:
    """Prints the name of the suite that begins."""
    print(f"\n=== {suite} ===", flush=True)


def summarise(outcomes: list[Outcome]) -> int:
    """Prints one line for each suite and one for all; returns the exit code."""
    print("\n=== summary ===")
    for one in outcomes:
        verdict = "ok" if one.good else f"FAILED (exit code {one.exit_code})"
        counts = f"{one.passed:6d} passed {one.failed:4d} failed {one.skipped:4d} skipped"
        print(f"{one.suite:<10s} {counts} {one.seconds:7.1f} s  {verdict}")
    passed, skipped = sum(one.passed for one in outcomes), sum(one.skipped for one in outcomes)
    # A suite that broke without a failed test counts as one.
    failed = sum(one.failed or int(not one.good) for one in outcomes)
    print(f"total: {passed} passed, {failed} failed, {skipped} skipped")
    return 0 if outcomes and all(one.good for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
