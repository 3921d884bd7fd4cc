"""Proves that the parity harness notices a difference, wherever it stands, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parity_compare import Difference, Outcome, differing_parts, run_both, verdict
from parity_program import declared

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = """
from peewee import *
from parity_program import program


@program(spec=('SB-002', 'SB-004'))
def one(t):
    db = t.database({options})
    class User(db.Model):
        name = TextField()
    db.create_tables([User])
    {body}
"""


def records(tmp_path: Path, body: str, options: str = "") -> Any:
    """Runs a one-program file under peewee and returns the program's record."""
    file = tmp_path / "topic.py"
    indented = body.strip().replace("\n", "\n    ")
    file.write_text(TEMPLATE.format(body=indented, options=options), encoding="utf-8")
    oracle, tested = run_both(file, "peewee")
    first, second = oracle.record("one"), tested.record("one")
    assert differing_parts(first, second) == {}, "the same program twice must agree"
    return first


@pytest.mark.parametrize(
    ("left", "right", "parts"),
    [
        ("t.show('a', 1)", "t.show('a', 2)", {"show:a"}),
        ("t.show('a', 1)", "t.show('a', True)", {"show:a"}),
        ("t.show('a', 1)", "t.show('a', 1.0)", {"show:a"}),
        ("t.show('a', [1])", "t.show('a', (1,))", {"show:a"}),
        ("t.show('a', 'x')", "t.show('a', b'x')", {"show:a"}),
        ("t.show('a', {1: 2, 3: 4})", "t.show('a', {3: 4, 1: 2})", {"show:a"}),
        ("t.show('a', User(name='x'))", "t.show('a', User(name='y'))", {"show:a"}),
        ("t.show('a', User())", "t.show('a', User(name='y'))", {"show:a"}),
        ("t.show('a', User.select())", "t.show('a', User.select().limit(1))", {"show:a"}),
        ("t.show('a', 1)", "t.show('b', 1)", {"show:a", "show:b"}),
        ("User.get_or_none(User.id == 1)", "User.get_or_none(User.id == 2)", {"statements"}),
        ("User.get_or_none(User.id == 1)", "User.get_or_none(User.name == 1)", {"statements"}),
        ("db.execute_sql('select ?', (1,))", "db.execute_sql('select ?', [1])", {"statements"}),
        ("User.create(name='x')", "User.create(name='y')", {"statements", "databases"}),
        ("t.show('a', 1)\nt.show('b', 1)", "t.show('b', 1)\nt.show('a', 1)", {"order"}),
        ("t.show('a', 1)\nlen(User)", "len(User)\nt.show('a', 1)", {"order"}),
        (
            "with t.raises('a'):\n    raise ValueError('x')",
            "with t.raises('a'):\n    raise TypeError('x')",
            {"raises:a"},
        ),
        (
            "with t.raises('a'):\n    raise ValueError('x')",
            "with t.raises('a'):\n    raise ValueError('y')",
            {"raises:a"},
        ),
        (
            "with t.raises('a'):\n    raise ValueError('x')",
            "with t.raises('a'):\n    pass",
            {"raises:a"},
        ),
        ("raise ValueError('x')", "raise ValueError('y')", {"end"}),
        ("raise ValueError('x')", "pass", {"end"}),
    ],
)
def test_a_difference_is_found_in_its_part(tmp_path: Path, left: str, right: str, parts: set[str]) -> None:
    found = differing_parts(records(tmp_path, left), records(tmp_path, right))
    assert set(found) == parts
    assert all("\n-" in diff and "\n+" in diff for diff in found.values())


@pytest.mark.parametrize("options", ["", "file=True"])
def test_a_silent_write_is_found_in_the_contents(tmp_path: Path, options: str) -> None:
    silent = "db.connection().execute(\"insert into user (name) values ('{}')\")"
    left = records(tmp_path, silent.format("x"), options)
    right = records(tmp_path, silent.format("y"), options)
    assert set(differing_parts(left, right)) == {"databases"}


def test_names_that_no_two_runs_share_are_replaced(tmp_path: Path) -> None:
    body = """
with db.atomic():
    with db.atomic():
        User.create(name='x')
    with db.savepoint():
        pass
t.show('path', t.path('x.db'))
t.show('object', str(object()))
"""
    text = str(records(tmp_path, body))
    assert 'SAVEPOINT "s<1>"' in text
    assert 'SAVEPOINT "s<2>"' in text
    assert "<folder>/x.db" in text
    assert "0x<address>" in text


def test_a_message_can_be_left_out(tmp_path: Path) -> None:
    left = "with t.raises('a', message=False):\n    raise ValueError('x')"
    right = "with t.raises('a', message=False):\n    raise ValueError('y')"
    assert differing_parts(records(tmp_path, left), records(tmp_path, right)) == {}


def test_a_program_must_end_as_it_declares(tmp_path: Path) -> None:
    failing = records(tmp_path, "raise ValueError('x')")
    returning = records(tmp_path, "t.show('a', 1)")
    assert "is declared ends_with=None" in verdict(failing, failing, None, None)
    assert "is declared ends_with='ValueError'" in verdict(returning, returning, "ValueError", None)
    assert verdict(failing, failing, "ValueError", None) == ""
    assert verdict(returning, returning, None, None) == ""


def test_a_deliberate_difference_is_allowed_only_while_it_differs(tmp_path: Path) -> None:
    left = records(tmp_path, "t.show('a', 1)\nt.show('b', 1)")
    right = records(tmp_path, "t.show('a', 2)\nt.show('b', 1)")
    allowed = Difference(frozenset({"show:a"}), "for this test")
    assert verdict(left, right, None, allowed) == ""
    assert "show:a differs" in verdict(left, right, None, None)
    assert "no longer differ" in verdict(left, left, None, allowed)
    wider = Difference(frozenset({"show:a", "end"}), "for this test")
    assert "['end'], which no longer differ" in verdict(left, right, None, wider)


def test_a_label_used_twice_is_refused(tmp_path: Path) -> None:
    record = records(tmp_path, "t.show('a', 1)\nt.show('a', 2)")
    assert "used twice" in record["end"]["message"]


def test_a_program_that_shows_nothing_fails() -> None:
    empty = {"events": [], "end": "returned", "databases": []}
    assert "nothing to compare" in verdict(empty, empty, None, None)


def file_of(tmp_path: Path, source: str) -> Path:
    """Writes a program file."""
    file = tmp_path / "topic.py"
    file.write_text(source, encoding="utf-8")
    return file


def test_a_hang_and_a_crash_cost_one_program_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARITY_TIME_LIMIT", "1")
    source = """
import os
from parity_program import program
@program
def hangs(t):
    t.show('a', 1)
    while True: pass
@program
def crashes(t):
    t.show('a', 1)
    os.abort()
@program
def works(t):
    t.show('a', 1)
"""
    oracle, _ = run_both(file_of(tmp_path, source), "peewee")
    assert "stopped after 1 s" in oracle.record("hangs")["end"]["harness"]
    assert "crashed" in oracle.record("crashes")["end"]["harness"]
    assert oracle.record("works")["end"] == "returned"
    works, hangs = oracle.record("works"), oracle.record("hangs")
    assert "end differs" in verdict(works, hangs, None, None)
    assert "the program stopped" in verdict(hangs, hangs, None, None)


def test_a_file_that_cannot_be_loaded_fails_every_program(tmp_path: Path) -> None:
    oracle, _ = run_both(file_of(tmp_path, "import nothing_of_that_name"), "peewee")
    with pytest.raises(AssertionError, match="nothing_of_that_name"):
        oracle.record("one")


FAKE_ENGINE = """
import sys
def install_as_peewee():
    import peewee
    global Model
    Model = {model}
    count = peewee.ModelSelect.count
    peewee.ModelSelect.count = lambda self, *args: count(self, *args) {change}
"""


def under_a_fake_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, model: str = "peewee.Model"
) -> tuple[Any, Any]:
    """Runs a program under peewee and under an engine that counts in its own way."""
    (tmp_path / "redstart.py").write_text(FAKE_ENGINE.format(change=change, model=model), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    body = "t.show('count', User.select().count())"
    file = file_of(tmp_path, TEMPLATE.format(body=body, options=""))
    oracle, tested = run_both(file, "redstart")
    return oracle, tested


def test_a_wrong_engine_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    oracle, tested = under_a_fake_engine(tmp_path, monkeypatch, "+ 1")
    assert set(differing_parts(oracle.record("one"), tested.record("one"))) == {"show:count"}


def test_a_right_engine_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    oracle, tested = under_a_fake_engine(tmp_path, monkeypatch, "+ 0")
    assert verdict(oracle.record("one"), tested.record("one"), None, None) == ""


def test_an_engine_that_is_not_installed_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    oracle, tested = under_a_fake_engine(tmp_path, monkeypatch, "+ 0", model="object")
    assert oracle.record("one")["end"] == "returned"
    with pytest.raises(AssertionError, match="does not give redstart"):
        tested.record("one")


def test_a_program_that_did_not_run_fails() -> None:
    with pytest.raises(AssertionError, match="did not run"):
        Outcome({}, None, "").record("one")


def test_programs_are_known_without_running_them(tmp_path: Path) -> None:
    source = """
from parity_program import program
@program
def first(t): ...
@program(spec=('SB-001', 'SB-002'), ends_with='ValueError')
def second(t): ...
def no_program(t): ...
"""
    first, second = declared(file_of(tmp_path, source))
    assert (first.id, first.spec, first.ends_with) == ("topic::first", (), None)
    assert (second.name, second.spec) == ("second", ("SB-001", "SB-002"))
    assert second.ends_with == "ValueError"


def test_each_program_starts_afresh(tmp_path: Path) -> None:
    source = """
from parity_program import program
seen = []
@program
def first(t):
    seen.append(1)
    t.show('seen', seen)
@program
def second(t):
    seen.append(2)
    t.show('seen', seen)
"""
    oracle, _ = run_both(file_of(tmp_path, source), "peewee")
    assert oracle.record("second")["events"] == [["show", "seen", {"list": ["int: 2"]}]]
