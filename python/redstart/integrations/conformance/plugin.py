"""The plugin of pytest: options, the fixture of a served application, the table at the end.

Load it with ``-p``, or with ``pytest_plugins = ["redstart.integrations.conformance.plugin"]`` in the ``conftest.py`` at
the root of your tests.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from redstart.integrations.conformance.checks import CHECKS
from redstart.integrations.conformance.served import cases
from redstart.integrations.conformance.site import Site
from redstart.integrations.conformance.suite import ConformanceTests
from redstart.integrations.conformance.table import FAILED, PASSED, Table

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from redstart.integrations.conformance.checks import Check
    from redstart.integrations.conformance.served import Case

_TABLE = pytest.StashKey[Table]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options."""
    group = parser.getgroup("conformance", "conformance of web integrations")
    group.addoption("--conformance-all", action="store_true", help="also on the databases that are optional")
    group.addoption(
        "--conformance-postgres",
        metavar="URL",
        default=os.environ.get("CONFORMANCE_POSTGRES"),
        help="a PostgreSQL server whose user may make databases (or the variable CONFORMANCE_POSTGRES)",
    )
    group.addoption(
        "--conformance-table",
        metavar="FILE",
        type=Path,
        help="writes the table in Markdown into a file; see redstart.integrations.conformance.table",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begins the table."""
    config.stash[_TABLE] = Table()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Makes a test of each check that applies to a case."""
    cls = metafunc.cls
    if cls is None or not issubclass(cls, ConformanceTests) or "conformance_check" not in metafunc.fixturenames:
        return
    table = metafunc.config.stash[_TABLE]
    params = []
    for case in cases(cls.served, everything=bool(metafunc.config.getoption("--conformance-all"))):
        checks = [*CHECKS[:-1], *cls.more_checks, CHECKS[-1]]
        _check_names(case, checks)
        table.add(case, checks)
        params += [
            pytest.param(case, check, id="-".join(part.replace(" ", "_") for part in (*case.name, check.name)))
            for check in checks
            if check.name not in case.served.lacks
        ]
    names = ("conformance_site", "conformance_check")
    metafunc.parametrize(names, params, indirect=["conformance_site"])


def _check_names(case: Case, checks: Sequence[Check]) -> None:
    names = [check.name for check in checks]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise pytest.UsageError(f"{case} has two checks with the name {', '.join(sorted(twice))}")
    unknown = set(case.served.lacks) - set(names)
    if unknown:
        raise pytest.UsageError(f"{case} lacks {', '.join(sorted(unknown))}: the checks are {', '.join(names)}")


@pytest.fixture(scope="session")
def conformance_postgres(pytestconfig: pytest.Config) -> str | None:
    """The URL of a PostgreSQL server whose user may make databases; None for none. To be overridden at will."""
    found: str | None = pytestconfig.getoption("--conformance-postgres")
    return found


@pytest.fixture(scope="class")
def conformance_sites() -> Iterator[OneSite]:
    """Keeps the application that the running tests check; it is served until another one is asked for."""
    one = OneSite()
    yield one
    one.close()


@pytest.fixture
def conformance_site(request: pytest.FixtureRequest, conformance_sites: OneSite) -> Site:
    """A served application, on a fresh database."""
    case: Case = request.param
    postgres = None
    if case.database.startswith("PostgreSQL"):
        postgres = request.getfixturevalue("conformance_postgres")
        if postgres is None:
            pytest.skip("no PostgreSQL server: name one with --conformance-postgres")
    return conformance_sites.of(case, postgres)


class OneSite:
    """One served application at a time."""

    def __init__(self) -> None:
        """Begins with none."""
        self._case: Case | None = None
        self._site: Site | None = None
        self._failure: Exception | None = None

    def of(self, case: Case, postgres: str | None) -> Site:
        """Gives the site of a case; that of another one is closed.

        Args:
            case: The case.
            postgres: See `Site`.

        Raises:
            Exception: It could not be served. The same is raised when it is asked for again.
        """
        if self._case is not case:
            self.close()
            self._case = case
            site = Site(case, postgres)
            try:
                self._site = site.__enter__()
            except Exception as error:
                self._failure = error
                raise
        if self._site is None:
            raise self._failure or RuntimeError(f"{case} is not served")
        self._site.start()
        return self._site

    def close(self) -> None:
        """Ends what is served."""
        site, self._site, self._case, self._failure = self._site, None, None, None
        if site is not None:
            site.__exit__(None, None, None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fills a cell of the table, and adds what the server wrote to a failure."""
    report = yield
    params: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    check, case = params.get("conformance_check"), params.get("conformance_site")
    if check is None or case is None:
        return report
    table = item.config.stash[_TABLE]
    if report.failed:
        table.note(case, check.name, FAILED)
        site = getattr(item, "funcargs", {}).get("conformance_site")
        if site is not None:
            report.sections.append(("output of the server", site.output()))
    elif report.skipped:
        table.note(case, check.name, _reason(report))
    elif report.when == "call":
        table.note(case, check.name, PASSED)
    return report


def _reason(report: pytest.TestReport) -> str:
    where = report.longrepr
    return str(where[2]).removeprefix("Skipped: ") if isinstance(where, tuple) else "skipped"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the table, and writes it where that is wanted."""
    table = config.stash[_TABLE]
    if not table or config.getoption("collectonly"):
        return
    terminalreporter.section("conformance")
    for line in table.lines():
        terminalreporter.write_line(line)
    file: Path | None = config.getoption("--conformance-table")
    if file is not None:
        table.write(file)
        terminalreporter.write_line(f"written into {file}")
