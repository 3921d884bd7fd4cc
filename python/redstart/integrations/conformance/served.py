"""What is under test: an application, the server that it runs under, the databases that it is tried on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: The kinds of databases, with the scheme of each one's URL: with a pool, and the classes of ``pwasyncio``.
DATABASES = {
    "SQLite": "sqlite+pool",
    "PostgreSQL": "postgresql+pool",
    "SQLite async": "sqlite+async",
    "PostgreSQL async": "postgresql+async",
}

#: What applications for WSGI do not have, with the reasons.
WSGI = {
    "background": "WSGI knows no task after the response",
    "WebSocket": "WSGI knows no WebSockets",
    "thread": "all handlers of WSGI are plain functions in threads: see the other columns",
}


@dataclass(frozen=True)
class Served:
    """An application under a server.

    Attributes:
        framework: How the table calls the application.
        server: How the table calls the server.
        command: The command that serves it, in one process and in the foreground. ``{port}`` in it stands for the port
            of 127.0.0.1; the environment variable ``PORT`` is the same. With threads it needs at least eight.
        databases: The kinds of databases of each run, of `DATABASES`.
        more_databases: Further ones, for ``--conformance-all``.
        lacks: The checks that do not apply, each with the reason.
        environment: Further environment variables.
        folder: The folder that the command runs in; None for the present one.

    Example:
        >>> from redstart.integrations.conformance.served import WSGI, Served
        >>> served = Served("mine", "gunicorn", ["gunicorn", "--threads=8", "--bind=127.0.0.1:{port}", "mine:app"],
        ...                 lacks=WSGI)
        >>> served.command_on(8000)[2]
        '--bind=127.0.0.1:8000'
    """

    framework: str
    server: str
    command: Sequence[str]
    databases: Sequence[str] = ("SQLite", "PostgreSQL")
    more_databases: Sequence[str] = ()
    lacks: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None

    def __post_init__(self) -> None:
        """Refuses kinds of databases that there are not.

        Raises:
            ValueError: There is one.
        """
        unknown = {*self.databases, *self.more_databases} - set(DATABASES)
        if unknown:
            raise ValueError(f"{', '.join(sorted(unknown))}: the databases are called {', '.join(DATABASES)}.")

    def command_on(self, port: int) -> list[str]:
        """Gives the command for a port."""
        return [word.replace("{port}", str(port)) for word in self.command]


@dataclass(frozen=True)
class Case:
    """An application under a server on a kind of database: a row of the table."""

    served: Served
    database: str

    @property
    def name(self) -> tuple[str, str, str]:
        """The framework, the server and the database."""
        return self.served.framework, self.served.server, self.database

    def __str__(self) -> str:
        return ", ".join(self.name)


def cases(all_served: Sequence[Served], *, everything: bool = False) -> list[Case]:
    """Gives the rows of the table.

    Args:
        all_served: What is under test.
        everything: Whether `more_databases` are tried too.
    """
    found: list[Case] = []
    for served in all_served:
        kinds = [*served.databases, *(served.more_databases if everything else ())]
        found += [Case(served, kind) for kind in kinds]
    return found


__all__ = ["DATABASES", "WSGI", "Case", "Served", "cases"]
