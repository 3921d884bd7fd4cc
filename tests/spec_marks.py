"""The mark `spec`, and the report of `pytest --spec-report` which facts of the specification are shown.

`@pytest.mark.spec("MD-012", "SB-040")` says that a test shows these facts. A fact is shown when a test with its
mark passes and none fails. The specification lies beside the repository; without it, ids are checked for their form.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("REDSTART_SHARED") or Path(__file__).resolve().parent.parent.parent / "shared")
SPECIFICATION = SHARED / "peewee-spec.md"
SECTION = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)\.? (.*)$")
FACT = re.compile(r"^- \*\*([A-Z]{2}-\d{3})\*\*")
FORM = re.compile(r"[A-Z]{2}-\d{3}")


@dataclass
class Specification:
    """The ids of all facts by the section they stand in, in the order of the text."""

    sections: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ids(self) -> set[str]:
        """All ids."""
        return {fact for facts in self.sections.values() for fact in facts}


def read_specification(path: Path = SPECIFICATION) -> Specification | None:
    """Reads the sections and ids of the specification; None where it is not at hand."""
    if not path.is_file():
        return None
    found = Specification()
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := SECTION.match(line):
            section = f"{heading[1]} {heading[2]}"
        elif fact := FACT.match(line):
            found.sections.setdefault(section, []).append(fact[1])
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--spec-report`."""
    parser.addoption("--spec-report", action="store_true", help="print which facts of the specification are shown")


def pytest_configure(config: pytest.Config) -> None:
    """Starts the reporter where it was asked for."""
    if config.getoption("--spec-report"):
        config.pluginmanager.register(Reporter(), "spec-reporter")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuses marks without an id, and ids that are no fact."""
    specification = read_specification()
    known = specification.ids if specification else None
    for item in items:
        for mark in item.iter_markers("spec"):
            if reason := objection(mark, known):
                raise pytest.UsageError(f"{item.nodeid}: {reason}")


def objection(mark: pytest.Mark, known: set[str] | None) -> str:
    """Says what is wrong with a mark, if anything is."""
    if not mark.args or mark.kwargs:
        return "the mark `spec` takes ids and nothing else"
    for fact in mark.args:
        if not isinstance(fact, str) or not FORM.fullmatch(fact):
            return f"{fact!r} is not of the form 'MD-012'"
        if known is not None and fact not in known:
            return f"the specification has no fact {fact}"
    return ""


class Reporter:
    """Collects how the tests of each fact ended, and prints it by section."""

    def __init__(self) -> None:
        """Starts with nothing seen."""
        self.facts_of: dict[str, set[str]] = {}
        self.passed: dict[str, int] = defaultdict(int)
        self.failed: dict[str, int] = defaultdict(int)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Remembers which facts each test names."""
        for item in items:
            self.facts_of[item.nodeid] = {fact for mark in item.iter_markers("spec") for fact in mark.args}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Counts the outcome of a test for each of its facts."""
        if report.passed and report.when != "call":
            return
        tally = self.passed if report.passed else self.failed if report.failed else None
        if tally is not None:
            for fact in self.facts_of.get(report.nodeid, ()):
                tally[fact] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Prints the shown and the other facts of each section."""
        terminalreporter.section("facts of the specification")
        specification = read_specification()
        if specification is None:
            terminalreporter.write_line(f"skipped: there is no {SPECIFICATION.parent.name}/{SPECIFICATION.name} beside")
            return
        shown = {fact for fact, count in self.passed.items() if count and not self.failed[fact]}
        for section, facts in specification.sections.items():
            missing = [f"{fact}{' (fails)' * (self.failed[fact] > 0)}" for fact in facts if fact not in shown]
            terminalreporter.write_line(f"{len(facts) - len(missing):4d} of {len(facts):3d}  {section}")
            for start in range(0, len(missing), 12):
                terminalreporter.write_line(f"{'':13s}not: {' '.join(missing[start : start + 12])}")
        total = len(specification.ids)
        terminalreporter.write_line(f"{len(shown):4d} of {total:3d}  facts are shown ({len(shown) / total:.0%})")
