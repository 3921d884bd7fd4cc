"""Every parity program under peewee and under redstart: one test per program.

`PARITY_ENGINE=peewee` compares peewee with itself, which shows that the programs are deterministic.
"""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path

import pytest

from differences import DIFFERENCES, NEEDS_PYTHON
from parity_compare import ENGINE, Outcome, run_both, verdict
from parity_program import PROGRAMS, Declared, declared, program_files

ALL = [one for file in program_files() for one in declared(file)]
AT_LEAST = 250
SPEC_IDS_AT_LEAST = 100


@functools.cache
def both(topic: str) -> tuple[Outcome, Outcome]:
    """Runs a topic's file once per session."""
    return run_both(Path(PROGRAMS, f"{topic}.py"))


def marked(one: Declared) -> object:
    """Makes the test parameter of a program, carrying the facts it shows."""
    marks = [pytest.mark.spec(*one.spec)] if one.spec else []
    return pytest.param(one, id=one.id, marks=marks)


@pytest.mark.parametrize("one", [marked(one) for one in ALL])
def test_a_program_does_the_same_under_both_engines(one: Declared) -> None:
    python, why = NEEDS_PYTHON.get(one.id, ((3, 10), ""))
    if sys.version_info < python:
        pytest.skip(why)
    oracle, tested = both(one.topic)
    allowed = DIFFERENCES.get(one.id) if ENGINE != "peewee" else None
    failure = verdict(oracle.record(one.name), tested.record(one.name), one.ends_with, allowed)
    if failure:
        pytest.fail(failure, pytrace=False)


def test_enough_programs_were_seen() -> None:
    assert len(ALL) >= AT_LEAST


def test_every_deliberate_difference_names_a_program_and_a_reason() -> None:
    ids = {one.id for one in ALL}
    for key, difference in DIFFERENCES.items():
        assert key in ids, f"{key} is no program"
        assert difference.parts, f"{key} lists no part"
        assert " " in difference.reason, f"{key} needs a reason"


def test_spec_ids_are_well_formed() -> None:
    ids = {spec for one in ALL for spec in one.spec}
    assert len(ids) >= SPEC_IDS_AT_LEAST
    assert [spec for spec in ids if not re.fullmatch(r"[A-Z]{2}-\d{3}", spec)] == []
