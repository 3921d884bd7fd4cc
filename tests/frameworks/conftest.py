"""The server of the conformance tests: that of the session."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def conformance_postgres(postgres_server):
    return postgres_server.dsn()
