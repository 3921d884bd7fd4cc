"""The servers as fixtures of pytest: each is started when the first test asks for it.

Nothing is imported before that, so the suites without a server pay nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from servers.hostile import HostileServer
    from servers.pgbouncer import PgBouncer
    from servers.postgres import Databases, PostgresServer

GIVEN_REASON = "REDSTART_TEST_POSTGRES names the server, and a given server is neither stopped nor configured"


@dataclass(frozen=True)
class TestDatabase:
    """One database of a server, for one test."""

    __test__ = False

    server: Databases
    name: str

    def dsn(self, **options: str | int) -> str:
        """Returns its URL."""
        return self.server.dsn(self.name, **options)

    def execute(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        """Runs one statement on a connection of its own, past the code under test."""
        return self.server.execute(sql, params, self.name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Databases]:
    """The server of the session: a private one, or that of `REDSTART_TEST_POSTGRES`."""
    from servers.postgres import PostgresServer, postgres_server

    server = postgres_server()
    yield server
    if isinstance(server, PostgresServer):
        server.remove()


@pytest.fixture
def own_postgres(postgres_server: Databases) -> Iterator[PostgresServer]:
    """The server of the session where it may be stopped and killed; it runs again after the test."""
    from servers.postgres import PostgresServer

    if not isinstance(postgres_server, PostgresServer):
        pytest.skip(GIVEN_REASON)
    yield postgres_server
    postgres_server.start()


@pytest.fixture
def postgres_database(postgres_server: Databases) -> Iterator[TestDatabase]:
    """A fresh database, dropped after the test whoever is connected to it."""
    name = postgres_server.create_database()
    yield TestDatabase(postgres_server, name)
    postgres_server.drop_database(name)


@pytest.fixture(scope="session")
def tls_postgres() -> Iterator[PostgresServer]:
    """A second private server, with TLS and certificates in `tls`."""
    from servers.postgres import PostgresServer

    with PostgresServer(with_tls=True) as server:
        yield server


@pytest.fixture(scope="session")
def pgbouncer(postgres_server: Databases) -> Iterator[PgBouncer]:
    """PgBouncer in transaction mode with three sessions, in front of the server of the session."""
    from servers.pgbouncer import PgBouncer
    from servers.postgres import PostgresServer

    if not isinstance(postgres_server, PostgresServer):
        pytest.skip(GIVEN_REASON)
    with PgBouncer(postgres_server) as one:
        yield one


@pytest.fixture
def hostile_server() -> Iterator[Callable[[str], HostileServer]]:
    """Makes servers that misbehave: `hostile_server("silent").dsn()`."""
    from contextlib import ExitStack

    from servers.hostile import HostileServer

    with ExitStack() as stack:
        yield lambda behaviour: stack.enter_context(HostileServer(behaviour))
