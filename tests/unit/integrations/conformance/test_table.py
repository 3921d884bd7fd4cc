"""The table of the conformance suite: cells, reasons, the place in a page."""

from __future__ import annotations

import pytest

from redstart.integrations.conformance.checks import CHECKS
from redstart.integrations.conformance.served import Case, Served, cases
from redstart.integrations.conformance.table import FAILED, PASSED, Table

NAMES = [check.name for check in CHECKS]


def case(name="mine", **lacks):
    return Case(Served(name, "server", [], lacks=lacks), "SQLite")


@pytest.fixture
def table():
    made = Table()
    one = case(load="it is slow")
    made.add(one)
    for name in NAMES:
        if name != "load":
            made.note(one, name, PASSED)
    return made


def test_an_empty_cell_has_the_number_of_its_reason(table):
    *_, row, reason = table.lines()
    assert row.split()[:4] == ["mine", "server", "SQLite", "yes"]
    assert row.split()[3 + NAMES.index("load")] == "[1]"
    assert reason == "[1] it is slow"


def test_a_failure_stays(table):
    table.note(case(), "normal", FAILED)
    table.note(case(), "normal", PASSED)
    assert table.lines()[-2].split()[3 + NAMES.index("normal")] == "NO"


def test_a_row_of_which_nothing_was_run_is_not_shown(table):
    table.add(case("other", HEAD="for another reason"))
    text = "\n".join(table.lines())
    assert "other" not in text
    assert "another reason" not in text
    table.note(case("other"), "normal", PASSED)
    assert table.lines()[-3:] == ["[1] it is slow", "[2] not run", "[3] for another reason"]


def test_a_table_without_results_is_false(table):
    assert table
    empty = Table()
    empty.add(case())
    assert not empty


def test_the_columns_stand_below_each_other(table):
    first, second, line, row, _ = table.lines()
    where = first.index("handler")
    assert second[where:].startswith("error ")
    assert line[where - 1 : where + 1] == " -"
    assert row[where:].startswith("yes ")


def test_in_markdown_each_column_is_explained(table):
    head, line, row, *rest = table.markdown().splitlines()
    assert head == f"| framework | server | database | {' | '.join(NAMES)} |"
    assert len({text.count("|") for text in (head, line, row)}) == 1
    assert "- [1] it is slow" in rest
    explained = [text for text in rest if text.startswith("| ") and not text.startswith("| column")]
    assert len(explained) == len(NAMES) >= 18
    assert all(len(text.split("|")[2].strip()) > 20 for text in explained)


def test_a_page_keeps_what_stands_around_the_table(table, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- conformance: begin -->\nobsolete\n<!-- conformance: end -->\nafter\n")
    for _ in range(2):
        table.write(page)
        text = page.read_text()
        assert text.startswith("before\n<!-- conformance: begin -->\n\n| framework |")
        assert text.endswith("|\n\n<!-- conformance: end -->\nafter\n")
        assert "obsolete" not in text


def test_a_new_file_is_the_table(table, tmp_path):
    page = tmp_path / "page.md"
    table.write(page)
    assert page.read_text() == table.markdown()


def test_further_databases_are_for_those_who_ask_for_all():
    served = [Served("mine", "server", [], databases=["SQLite"], more_databases=["PostgreSQL"])]
    assert [str(one) for one in cases(served)] == ["mine, server, SQLite"]
    assert [one.database for one in cases(served, everything=True)] == ["SQLite", "PostgreSQL"]
