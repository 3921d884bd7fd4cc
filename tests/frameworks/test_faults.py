"""The suite finds what is wrong: applications with one fault each, and the checks that they fail."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from redstart.integrations.conformance import databases, waiting
from redstart.integrations.conformance.checks import CHECKS
from redstart.integrations.conformance.served import WSGI, Case, Served
from redstart.integrations.conformance.site import Site

APPS = Path(__file__).parent / "apps"
WAITRESS = [sys.executable, "-m", "waitress", "--listen=127.0.0.1:{port}", "--threads=16"]
#: A connection that is missing is seen in one way or another, as threads come and go.
GIVEN_BACK = "not given back|uses [2-9] connections|answers 500"
UVICORN = [sys.executable, "-m", "uvicorn", "--port={port}", "--log-level=warning"]


@pytest.fixture
def failures(conformance_postgres, monkeypatch):
    """Runs checks on the application with a fault; gives the messages of those that fail."""
    monkeypatch.setattr(waiting, "PATIENCE", 0.5)
    monkeypatch.setattr(databases, "TIMEOUT", 1)

    def run(command, fault, names):
        served = Served("faulty", "server", command, environment={"FAULT": fault}, folder=APPS)
        found = {}
        with Site(Case(served, "PostgreSQL"), conformance_postgres) as site:
            for check in CHECKS:
                if check.name in names:
                    try:
                        check.run(site)
                    except Exception as error:
                        found[check.name] = str(error)
        return found

    return run


@pytest.mark.parametrize(
    ("fault", "check", "message"),
    [
        ("without_integration", "normal", GIVEN_BACK),
        ("closed_before_the_body", "stream", GIVEN_BACK),
        ("closed_on_success", "handler error", GIVEN_BACK),
        ("without_tables", "tables", "there are these tables: \\[\\]"),
        ("without_transactions", "isolation", "another request sees what is not committed"),
        ("with_committed_failures", "handler error", "what the handler did not commit is there"),
        ("with_swallowed_errors", "handler error", "/fail answers 200"),
        ("with_second_connections", "normal", "uses 2 connections"),
        ("with_another_pool", "limit", "the server had"),
        ("with_lost_writes", "load", "rows are missing"),
        ("with_a_child", "SIGTERM", "sessions after the end"),
    ],
)
def test_a_fault_is_found(fault, check, message, failures):
    found = failures([*WAITRESS, "faulty_app:application"], fault, {check})
    assert re.search(message, found[check])


@pytest.mark.parametrize(
    ("fault", "check", "message"),
    [
        ("with_threads_without_context", "thread", GIVEN_BACK),
        ("with_websockets_that_hold", "WebSocket", GIVEN_BACK),
        # The pool is empty before or after somebody looks at its figures.
        ("with_a_task_that_holds", "background", "not given back|/count .* answers 500"),
    ],
)
def test_a_fault_of_a_task_is_found(fault, check, message, failures):
    found = failures([*UVICORN, "faulty_asgi_app:application"], fault, {check})
    assert re.search(message, found[check])


def test_the_same_application_without_a_fault_fails_no_check(failures):
    names = {check.name for check in CHECKS} - set(WSGI)
    assert len(names) >= 15
    assert failures([*WAITRESS, "wsgi_app:application"], "", names) == {}
