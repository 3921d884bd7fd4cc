"""Prints the share of peewee's surface at the end of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from house import surface

if TYPE_CHECKING:
    import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints what the surface test measured, if it ran."""
    if lines := config.stash.get(surface.REPORT, None):
        terminalreporter.section("peewee's surface that the package has")
        for line in lines:
            terminalreporter.write_line(line)
