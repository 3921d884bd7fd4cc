"""PgBouncer in transaction mode, in front of a private PostgreSQL.

It is set up as plainly as a hosting company would: nothing is ignored, reset or tracked for the client's sake.
"""

from __future__ import annotations

import contextlib
import signal
import socket
from typing import TYPE_CHECKING

from servers.ordinary_user import hand_over
from servers.packages import pgbouncer
from servers.postgres import SUPERUSER, PostgresServer, url
from servers.server_process import ServerFailed, ServerFolder, ServerProcess, free_port

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

CONFIGURATION = """
[databases]
* = host={server} port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users.txt
admin_users = {superuser}
pool_mode = {pool_mode}
default_pool_size = {pool_size}
max_client_conn = 500
"""


class PgBouncer:
    """A private PgBouncer; every role of the server that needs no password may use it."""

    def __init__(self, server: PostgresServer, *, pool_mode: str = "transaction", pool_size: int = 3) -> None:
        """Prepares a PgBouncer for a running server.

        Args:
            server: Where it passes everything on to.
            pool_mode: `transaction`, `session` or `statement`.
            pool_size: How many sessions it opens for each database and role.
        """
        self.host = "127.0.0.1"
        self.port = 0
        self._server = server
        self._settings = {"pool_mode": pool_mode, "pool_size": pool_size}
        self._folder: ServerFolder | None = None
        self._process: ServerProcess | None = None

    def __enter__(self) -> Self:
        """Starts it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Removes it."""
        self.remove()

    @property
    def process(self) -> ServerProcess:
        """The process: its id, its log, signals."""
        if self._process is None:
            raise ServerFailed("pgbouncer was not started yet")
        return self._process

    def dsn(self, dbname: str = "postgres", **options: str | int) -> str:
        """Returns the URL of a database, on 127.0.0.1 unless another `host` is given."""
        return url({"host": self.host, "port": self.port, "user": SUPERUSER, "dbname": dbname, **options})

    def start(self) -> None:
        """Starts it and waits until it takes connections."""
        if self._folder is None:
            self._folder = ServerFolder("rs-pb-")
            self._process = self._folder.process("pgbouncer")
            self.port = free_port()
        self._configure(self._folder.path)
        self.process.start([str(pgbouncer()), str(self._folder.path / "pgbouncer.ini")], self._listens)

    def stop(self) -> None:
        """Ends it at once, and with it the sessions of its clients."""
        self.process.end(signal.SIGTERM)

    def remove(self) -> None:
        """Ends it and removes its folder."""
        if self._folder is not None:
            self._folder.remove()
        self._folder = self._process = None

    def _configure(self, folder: Path) -> None:
        settings = {
            "server": self._server.folder,
            "server_port": self._server.port,
            "port": self.port,
            "folder": folder,
            "superuser": SUPERUSER,
            **self._settings,
        }
        users = folder / "users.txt"
        users.write_text(f'"{SUPERUSER}" ""\n', encoding="utf-8")
        file = folder / "pgbouncer.ini"
        file.write_text(CONFIGURATION.format(**settings), encoding="utf-8")
        for one in (users, file):
            hand_over(one)

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), timeout=1):
            return True
        return False
