"""The plugin as somebody uses it who has an integration of his own: a folder with an application and a test module."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

APPS = Path(__file__).parent / "apps"
MODULE = """
import sys
from redstart.integrations.conformance.served import WSGI, Served
from redstart.integrations.conformance.suite import ConformanceTests

command = [sys.executable, "-m", "waitress", "--listen=127.0.0.1:{port}", "--threads=16", "mine:application"]

class TestMine(ConformanceTests):
    served = [Served("mine", "waitress", command, lacks={**WSGI, "load": "it is slow"})]
"""


@pytest.fixture
def run(tmp_path):
    """Runs pytest in a folder of its own; gives its exit code and what it printed."""
    shutil.copy(APPS / "wsgi_app.py", tmp_path / "mine.py")
    (tmp_path / "test_mine.py").write_text(MODULE)

    def pytest_there(*options):
        command = [sys.executable, "-m", "pytest", "-p", "redstart.integrations.conformance.plugin", *options]
        environment = {name: value for name, value in os.environ.items() if name != "CONFORMANCE_POSTGRES"}
        # The package that is under test, wherever that stands.
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider", "test_mine.py"],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return pytest_there


def cells(output, database):
    """The cells of the table's row of a database."""
    (line,) = re.findall(rf"^mine +waitress +{database} +(.*)$", output, re.MULTILINE)
    return line.split()


def test_what_is_checked_ends_in_a_table(run, tmp_path, conformance_postgres):
    code, output = run(f"--conformance-postgres={conformance_postgres}", "--conformance-table=table.md")
    assert code == 0, output
    for database in ("SQLite", "PostgreSQL"):
        found = cells(output, database)
        assert found.count("yes") == 14
        assert len(found) == 18
    assert "[4] it is slow" in output
    table = (tmp_path / "table.md").read_text()
    assert "| mine | waitress | PostgreSQL | yes |" in table
    assert "| mounted | An application within the application uses the request's connection. |" in table


OWN = """
from redstart.integrations.conformance.checks import Check
from redstart.integrations.conformance.waiting import expect

def no_cookies(site):
    \"\"\"No answer sets a cookie.\"\"\"
    expect("set-cookie" not in site.ask("/item/1").headers, "GET /item/1 sets a cookie")

def no_rows(site):
    expect(site.ask("/item/1").status == 404, "there is a row")

class TestOwn(ConformanceTests):
    served = TestMine.served
    more_checks = [Check("cookies", no_cookies), Check("no rows", no_rows)]
"""


def test_a_suite_has_checks_of_its_own(run, tmp_path, conformance_postgres):
    (tmp_path / "test_mine.py").write_text(MODULE + OWN)
    chosen = "TestOwn and (cookies or rows or SIGTERM)"
    postgres = f"--conformance-postgres={conformance_postgres}"
    code, output = run("-v", "-k", chosen, postgres, "--conformance-table=table.md")
    assert code == 1
    assert "there is a row" in output
    assert cells(output, "SQLite")[-3:] == ["yes", "NO", "yes"]
    # The last one ends the server, so that the others come before it.
    assert output.index("SQLite-no_rows]") < output.index("SQLite-SIGTERM]")
    assert "| cookies | No answer sets a cookie. |" in (tmp_path / "table.md").read_text()


def test_a_check_with_the_name_of_another_one_is_refused(run, tmp_path):
    (tmp_path / "test_mine.py").write_text(MODULE + OWN.replace('"no rows"', '"normal"'))
    code, output = run()
    assert code != 0
    assert "two checks with the name normal" in output


def test_without_a_server_the_checks_on_it_are_skipped_with_the_reason(run):
    code, output = run("-k", "normal")
    assert code == 0, output
    assert cells(output, "SQLite")[1] == "yes"
    (number,) = re.findall(r"\[(\d)\] no PostgreSQL server: name one", output)
    assert cells(output, "PostgreSQL")[1] == f"[{number}]"


def test_a_check_that_fails_shows_what_the_server_wrote(run, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(file.read_text().replace("found = blocking.item(1)", "found = {}['no such thing']"))
    code, output = run("-k", "SQLite and middleware")
    assert code == 1
    assert "GET /middleware {'fail': 0} answers 500" in output
    assert "KeyError: 'no such thing'" in output
    assert cells(output, "SQLite")[3] == "NO"


def test_a_server_that_does_not_start_fails_each_check_at_once(run, tmp_path):
    (tmp_path / "mine.py").write_text("raise ZeroDivisionError('at the start')")
    code, output = run("-k", "SQLite")
    assert code == 1
    assert "The server ended with the code" in output
    assert "ZeroDivisionError: at the start" in output
    assert cells(output, "SQLite").count("NO") == 14


def test_an_unknown_check_or_database_is_refused_by_name(run, tmp_path):
    module = tmp_path / "test_mine.py"
    module.write_text(MODULE.replace('"load": ', '"lode": '))
    code, output = run()
    assert code != 0
    assert "lacks lode: the checks are tables, normal" in output
    module.write_text(MODULE.replace("lacks=", 'databases=["Oracle"], lacks='))
    code, output = run()
    assert code != 0
    assert "Oracle: the databases are called SQLite, PostgreSQL" in output
