"""The marks that name facts of the specification: what they refuse, what the report says."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from house import tree

SPECIFICATION = """# A specification
## 1. Things
### 1.1 Small things
- **DB-001** a thing
- **DB-002** another one
### 1.2 `Big` things
- **DB-003** a third one
## 2. Others
- **FD-001** and the last
"""
HEAD = "import pytest\n"


@pytest.fixture
def report(tmp_path):
    """Runs tests beside a small specification; returns pytest's exit code and what it printed."""

    def run(tests, specification=SPECIFICATION):
        shared = tmp_path / "shared"
        shared.mkdir()
        if specification:
            (shared / "peewee-spec.md").write_text(specification)
        (tmp_path / "test_it.py").write_text(HEAD + tests)
        (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    spec(*ids): facts\n")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "spec_marks", "-p", "no:cacheprovider", "--spec-report"]
        environment = {**os.environ, "REDSTART_SHARED": str(shared), "PYTHONPATH": str(tree.ROOT / "tests")}
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_fact_is_shown_when_its_tests_pass(report):
    code, printed = report(
        """
@pytest.mark.spec("DB-001", "FD-001")
def test_one(): pass

@pytest.mark.spec("DB-003")
@pytest.mark.skip
def test_two(): pass
"""
    )
    assert code == 0
    assert "1 of   2  1.1 Small things" in printed
    assert "not: DB-002" in printed
    assert "0 of   1  1.2 `Big` things" in printed
    assert "1 of   1  2 Others" in printed
    assert "2 of   4  facts are shown (50%)" in printed


def test_a_fact_is_not_shown_when_one_of_its_tests_fails(report):
    code, printed = report(
        """
@pytest.mark.spec("DB-001")
def test_one(): pass

@pytest.mark.spec("DB-001")
def test_two(): assert False
"""
    )
    assert code == 1
    assert "not: DB-001 (fails) DB-002" in printed


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ('"DB-999"', "the specification has no fact DB-999"),
        ('"db-1"', "'db-1' is not of the form 'MD-012'"),
        ("", "the mark `spec` takes ids and nothing else"),
    ],
)
def test_a_mark_that_names_no_fact_is_refused(report, mark, message):
    code, printed = report(f"@pytest.mark.spec({mark})\ndef test_one(): pass\n")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert message in printed


def test_without_the_specification_a_line_says_so(report):
    code, printed = report('@pytest.mark.spec("DB-999")\ndef test_one(): pass\n', specification="")
    assert code == 0
    assert "skipped: there is no shared/peewee-spec.md" in printed
