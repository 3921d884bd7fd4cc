"""Runs both engines over a program file and says in which parts their records differ.

Parts: `statements`, `show:<label>`, `raises:<label>`, `end`, `databases`, and `order` where all of
these agree but happened in another sequence. `differences.py` lists the parts allowed to differ.
"""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNNER = Path(__file__).parent / "runner.py"
ORACLE_PYTHON = os.environ.get("PARITY_ORACLE_PYTHON", sys.executable)
ENGINE = os.environ.get("PARITY_ENGINE", "redstart")
FILE_LIMIT = 600


@dataclass(frozen=True)
class Difference:
    """A deliberate difference: the parts of one program's record that differ, and why."""

    parts: frozenset[str]
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What one engine made of one file: records by program, and how to explain a missing one."""

    programs: Mapping[str, Any]
    failed_to_load: str | None
    stderr: str

    def record(self, name: str) -> Any:
        """Returns a program's record.

        Raises:
            AssertionError: The file could not be loaded, or the program did not run.
        """
        if self.failed_to_load:
            raise AssertionError(f"the program file could not be loaded:\n{self.failed_to_load}")
        if name not in self.programs:
            raise AssertionError(f"the program did not run; the runner wrote:\n{self.stderr}")
        return self.programs[name]


def run_both(file: Path, engine: str = ENGINE, postgres: str | None = None) -> tuple[Outcome, Outcome]:
    """Runs a file under peewee and under the engine, at the same time, a process each.

    Args:
        file: The program file.
        engine: What is compared with peewee.
        postgres: The DSN of a server to make the databases on; they are SQLite's when omitted.
    """
    server = ["--postgres", postgres] if postgres else []
    with tempfile.TemporaryDirectory(prefix="parity-") as folder:
        oracle = _start(["peewee", str(file), *server], ORACLE_PYTHON, Path(folder, "oracle.json"))
        tested = _start([engine, str(file), *server], sys.executable, Path(folder, "tested.json"))
        return _outcome(*oracle), _outcome(*tested)


def _start(arguments: list[str], python: str, output: Path) -> tuple[subprocess.Popen[str], Path]:
    command = [python, str(RUNNER), "-o", str(output), "--engine", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "TZ": "UTC"}
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    return process, output


def _outcome(process: subprocess.Popen[str], output: Path) -> Outcome:
    try:
        _, stderr = process.communicate(timeout=FILE_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        _, stderr = process.communicate()
    if process.returncode != 0 or not output.exists():
        return Outcome({}, None, f"exit status {process.returncode}\n{stderr}")
    written = json.loads(output.read_text(encoding="utf-8"))
    return Outcome(written["programs"], written["failed_to_load"], stderr)


def differing_parts(oracle: Any, tested: Any) -> dict[str, str]:
    """Returns the parts in which two records differ, each with a readable diff."""
    tested = _without_texts_of_drivers(oracle, tested)
    left, right = _parts(oracle), _parts(tested)
    names = [*left, *(name for name in right if name not in left)]
    found = {
        name: _diff(left.get(name, "absent"), right.get(name, "absent"))
        for name in names
        if left.get(name, "absent") != right.get(name, "absent")
    }
    if not found and oracle["events"] != tested["events"]:
        found["order"] = _diff(_sequence(oracle), _sequence(tested))
    return found


def _without_texts_of_drivers(oracle: Any, tested: Any) -> Any:
    """Leaves out of exceptions what the oracle's have not: a text of the driver's own, a SQLSTATE that it knows not."""
    caught = {label: value[0] for kind, label, *value in oracle["events"] if kind == "raises"}
    events = [
        [kind, label, _as_told(caught.get(label), value[0])] if kind == "raises" else [kind, label, *value]
        for kind, label, *value in tested["events"]
    ]
    return {**tested, "events": events, "end": _as_told(oracle["end"], tested["end"])}


def _as_told(oracle: Any, tested: Any) -> Any:
    if not (isinstance(oracle, dict) and isinstance(tested, dict)):
        return tested
    return {key: value for key, value in tested.items() if key in oracle or key not in {"message", "sqlstate"}}


def _parts(record: Any) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "end": record["end"],
        "statements": [event for event in record["events"] if event[0] in {"sql", "log"}],
    }
    for kind, label, *value in record["events"]:
        if kind in {"show", "raises"}:
            parts[f"{kind}:{label}"] = value
    parts["databases"] = record["databases"]
    return parts


def _sequence(record: Any) -> list[str]:
    return [f"{kind} {label}" for kind, label, *_ in record["events"]]


def _diff(left: Any, right: Any) -> str:
    lines = difflib.unified_diff(_pretty(left), _pretty(right), "peewee", "redstart", lineterm="", n=3)
    return "\n".join(lines)


def _pretty(value: Any) -> list[str]:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return text.replace('\\"', '"').splitlines()


def verdict(oracle: Any, tested: Any, ends_with: str | None, allowed: Difference | None) -> str:
    """Returns why a program fails, or an empty string when it passes."""
    broken = _broken(oracle, ends_with)
    if broken:
        return broken
    found = differing_parts(oracle, tested)
    expected = allowed.parts if allowed else frozenset()
    surprising = {part: diff for part, diff in found.items() if part not in expected}
    if surprising:
        return "\n\n".join(f"--- {part} differs\n{diff}" for part, diff in surprising.items())
    gone = sorted(expected - found.keys())
    return f"differences.py lists {gone}, which no longer differ: remove them" if gone else ""


def _broken(oracle: Any, ends_with: str | None) -> str:
    """Says what is wrong with a program by what it did under peewee itself."""
    end = oracle["end"]
    if "harness" in end:
        return f"under peewee the program {end['harness']}"
    ended = None if end == "returned" else end["class"]
    if ended != ends_with:
        return f"under peewee the program ends with {end}, it is declared ends_with={ends_with!r}"
    if not oracle["events"]:
        return "the program shows nothing and sends nothing: there is nothing to compare"
    return ""
