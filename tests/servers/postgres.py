"""PostgreSQL for the tests: a private server, or the one that `REDSTART_TEST_POSTGRES` names.

Both make and drop databases. Only the private one can be stopped, killed, given TLS and roles with passwords.
"""

from __future__ import annotations

import functools
import os
import shutil
import signal
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from servers.ordinary_user import hand_over
from servers.packages import postgres_folder
from servers.server_process import ServerFailed, ServerFolder, ServerProcess, free_port, run_tool
from servers.tls import Certificates, make_certificates

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

GIVEN = "REDSTART_TEST_POSTGRES"
SUPERUSER = "postgres"
#: Roles that need a password, by name; each is called like the method that `pg_hba.conf` asks of it.
PASSWORDS = {"scram": "s3cret:/@%' x", "md5": "other-s3cret", "cleartext": "third-s3cret"}
#: A role that is let in with a client certificate only, on a server with TLS.
CERTIFIED = "certified"
#: A role that `pg_hba.conf` refuses.
REJECTED = "rejected"
#: Nothing is synced to the disk, but what was committed is written: it survives a kill, and tests count on that.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "max_prepared_transactions": "10",
    "shared_buffers": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%p %u@%d ",
}
STOPS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
ATTEMPTS = 5


class Databases:
    """What a test asks of any server: addresses, statements, databases made and dropped."""

    #: Whether the server may be stopped and killed.
    owned = False

    def __init__(self) -> None:
        self._numbers = count(1)

    def dsn(self, dbname: str = "postgres", **options: str | int) -> str:
        """Returns the URL of a database; options such as `sslmode` or `user` are added to it."""
        raise NotImplementedError

    def execute(self, sql: str, params: Any = None, dbname: str = "postgres") -> list[tuple[Any, ...]]:
        """Runs one statement as the superuser outside a transaction and returns its rows."""
        # Only tests that use a server need the driver.
        import psycopg2

        with closing(psycopg2.connect(self.dsn(dbname))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                return cursor.fetchall() if cursor.description else []

    @functools.cached_property
    def version(self) -> int:
        """The server's version as a number, such as 150018."""
        return int(self.execute("SHOW server_version_num")[0][0])

    def create_database(self, name: str | None = None, template: str = "template1") -> str:
        """Makes a database, with a name that is free when none is given; returns its name."""
        name = name or f"test_{os.getpid()}_{next(self._numbers)}"
        # Copying files is the quicker strategy where nothing is synced; before version 15 there was no other.
        strategy = " STRATEGY file_copy" if self.version >= 150000 else ""
        self.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(template)}{strategy}")
        return name

    def drop_database(self, name: str) -> None:
        """Drops a database if it is there, whoever is connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")

    def sessions(self, dbname: str) -> int:
        """Returns how many sessions of clients a database has."""
        found = self.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'", (dbname,)
        )
        return int(found[0][0])


class GivenServer(Databases):
    """A server that somebody else runs: its DSN's user must be allowed to make databases."""

    def __init__(self, dsn: str) -> None:
        """Reads the DSN, a URL or `key=value` pairs."""
        super().__init__()
        from psycopg2.extensions import parse_dsn

        self._given = parse_dsn(dsn)

    def dsn(self, dbname: str = "postgres", **options: str | int) -> str:
        """Returns the URL of a database on the given server."""
        return url({**self._given, "dbname": dbname, **options})


class PostgresServer(Databases):
    """A private server in a folder of its own, on a unix socket there and on 127.0.0.1; ends with the process.

    Everybody on this machine is let in as any role, but for the roles of `PASSWORDS`, `REJECTED` and `CERTIFIED`.
    """

    owned = True

    def __init__(self, *, with_tls: bool = False, settings: dict[str, str] | None = None) -> None:
        """Prepares a server; `start`, or entering it as a context, starts it.

        Args:
            with_tls: Makes certificates (`tls`) and speaks TLS with `tls.server`.
            settings: Lines of `postgresql.conf`, beside those that make it quick.
        """
        super().__init__()
        self.host = "127.0.0.1"
        self.port = 0
        self.tls: Certificates | None = None
        self._with_tls = with_tls
        self._settings = {**SETTINGS, **(settings or {})}
        self._folder: ServerFolder | None = None
        self._process: ServerProcess | None = None

    def __enter__(self) -> Self:
        """Starts the server."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Removes the server."""
        self.remove()

    @property
    def folder(self) -> Path:
        """The folder of the socket, the log and the data."""
        if self._folder is None:
            raise ServerFailed("the server was not started yet")
        return self._folder.path

    @property
    def process(self) -> ServerProcess:
        """The process: its id, its log, signals."""
        if self._process is None:
            raise ServerFailed("the server was not started yet")
        return self._process

    def dsn(self, dbname: str = "postgres", **options: str | int) -> str:
        """Returns the URL of a database, over the unix socket unless a `host` is given."""
        return url({"host": str(self.folder), "port": self.port, "user": SUPERUSER, "dbname": dbname, **options})

    def start(self) -> None:
        """Starts the server, the first time after making it, and waits until it takes connections."""
        if self._folder is None:
            self._make()
            return
        self._run()

    def stop(self, mode: str = "fast") -> None:
        """Stops the server: `smart` waits for clients, `fast` ends their sessions, `immediate` quits."""
        self.process.end(STOPS[mode])

    def restart(self, mode: str = "fast") -> None:
        """Stops and starts the server, on the same port."""
        self.stop(mode)
        self.start()

    def kill(self) -> None:
        """Kills all its processes at once, as a power cut would; `start` recovers."""
        self.process.crash()

    def configure(self, **settings: str) -> None:
        """Changes settings and restarts the server."""
        self._settings.update(settings)
        self._write_settings()
        self.restart()

    def present(self, certificate: str) -> None:
        """Lets the server show another of its certificates: `server`, `expired` or `elsewhere`."""
        chosen = getattr(self.tls, certificate)
        self._install_certificate(chosen.certificate, chosen.key)
        self.restart()

    def remove(self) -> None:
        """Stops the server and removes its folder."""
        if self._folder is not None:
            self._folder.remove()
        self._folder = self._process = None

    def _make(self) -> None:
        programs = postgres_folder()
        self._folder = ServerFolder("rs-pg-")
        self._process = self._folder.process("postgres")
        command = [programs / "initdb", "-D", self._data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
        run_tool([*command, "--locale=C.UTF-8" if _has_c_utf8() else "--locale=C", "--no-sync"], self.folder)
        if self._with_tls:
            (self.folder / "tls").mkdir()
            self.tls = make_certificates(self.folder / "tls", (CERTIFIED,))
            self._install_certificate(self.tls.server.certificate, self.tls.server.key)
            ssl = {"ssl": "on", "ssl_cert_file": "shown.crt", "ssl_key_file": "shown.key"}
            self._settings.update(ssl, ssl_ca_file=str(self.tls.authority.certificate))
        (self._data / "pg_hba.conf").write_text(self._access(), encoding="utf-8")
        for attempt in range(1, ATTEMPTS + 1):
            self.port = free_port()
            self._write_settings()
            try:
                self._run()
                break
            except ServerFailed:
                # Somebody may have taken the port since.
                if attempt == ATTEMPTS or "in use" not in self.process.tail():
                    raise
        self._make_roles()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self) -> None:
        self.process.start([str(postgres_folder() / "postgres"), "-D", str(self._data)], self._is_ready)

    def _is_ready(self) -> bool:
        """Whether the server says so of itself; the file of a crashed server names another process."""
        file = self._data / "postmaster.pid"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return len(lines) > 7 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    def _write_settings(self) -> None:
        own = {
            "port": str(self.port),
            "listen_addresses": self.host,
            "unix_socket_directories": str(self.folder),
        }
        lines = [f"{name} = '{value}'" for name, value in {**self._settings, **own}.items()]
        (self._data / "postgresql.auto.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _install_certificate(self, certificate: Path, key: Path) -> None:
        for source, name in ((certificate, "shown.crt"), (key, "shown.key")):
            target = self._data / name
            shutil.copyfile(source, target)
            target.chmod(0o600)
            hand_over(target)

    def _access(self) -> str:
        methods = {"scram": "scram-sha-256", "md5": "md5", "cleartext": "password", REJECTED: "reject"}
        lines = []
        for role, method in methods.items():
            lines += [f"local all {role} {method}", f"host all {role} all {method}"]
        lines += [f"hostssl all {CERTIFIED} all cert"] if self._with_tls else []
        lines += [f"local all {CERTIFIED} reject", f"host all {CERTIFIED} all reject"]
        return "\n".join([*lines, "local all all trust", "host all all 127.0.0.1/32 trust", ""])

    def _make_roles(self) -> None:
        statements = ["SET password_encryption = 'scram-sha-256'"]
        for role, password in PASSWORDS.items():
            statements += ["SET password_encryption = 'md5'"] if role == "md5" else []
            statements += [f"CREATE ROLE {role} LOGIN PASSWORD '{password.replace(chr(39), chr(39) * 2)}'"]
            statements += ["SET password_encryption = 'scram-sha-256'"]
        statements += [f"CREATE ROLE {role} LOGIN" for role in (CERTIFIED, REJECTED)]
        self.execute("; ".join(statements))


def postgres_server() -> Databases:
    """Returns the server that `REDSTART_TEST_POSTGRES` names, or a private one, started."""
    if given := os.environ.get(GIVEN):
        return GivenServer(given)
    server = PostgresServer()
    server.start()
    return server


def url(options: dict[str, Any]) -> str:
    """Returns a connection URL; the host may be the folder of a socket."""
    rest = dict(options)
    database = quote(str(rest.pop("dbname", "")), safe="")
    return f"postgresql:///{database}?{urlencode(rest, quote_via=quote)}"


def quoted(name: str) -> str:
    """Returns an identifier in quotes."""
    return '"' + name.replace('"', '""') + '"'


def _has_c_utf8() -> bool:
    """Whether the machine has a locale that sorts by code points and still knows capital letters."""
    return Path("/usr/lib/locale/C.utf8").exists() or Path("/usr/lib/locale/C.UTF-8").exists()
