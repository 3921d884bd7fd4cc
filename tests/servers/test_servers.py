"""The servers of the tests do what the tests believe: they let in, refuse, stop, come back and leave nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from servers.hostile import BEHAVIOURS
from servers.postgres import CERTIFIED, PASSWORDS, REJECTED, GivenServer, postgres_server
from servers.server_process import is_running

TESTS = Path(__file__).parent.parent


def connects(dsn):
    """Whether a connection can be made; the reason where it cannot."""
    try:
        with closing(psycopg2.connect(dsn)):
            return ""
    except (psycopg2.OperationalError, UnicodeDecodeError) as error:
        return str(error)


def test_a_database_of_a_test_is_empty_and_is_dropped(postgres_server):
    name = postgres_server.create_database()
    assert postgres_server.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", None, name) == [(0,)]
    with closing(psycopg2.connect(postgres_server.dsn(name))):
        assert postgres_server.sessions(name) == 1
        postgres_server.drop_database(name)
    assert postgres_server.execute("SELECT count(*) FROM pg_database WHERE datname = %s", (name,)) == [(0,)]


def test_a_database_has_hstore_at_hand(postgres_database):
    postgres_database.execute("CREATE EXTENSION hstore")
    assert postgres_database.execute("SELECT 'a=>1'::hstore -> 'a'") == [("1",)]


def test_the_server_is_reached_by_socket_and_by_port(own_postgres):
    assert connects(own_postgres.dsn()) == ""
    assert connects(own_postgres.dsn(host=own_postgres.host)) == ""
    socket = own_postgres.folder / f".s.PGSQL.{own_postgres.port}"
    assert socket.is_socket()
    assert len(str(socket)) < 107


def test_the_server_runs_as_no_root(own_postgres):
    assert (own_postgres.folder / "data" / "PG_VERSION").stat().st_uid != 0


@pytest.mark.parametrize("role", PASSWORDS)
@pytest.mark.parametrize("host", ["socket", "127.0.0.1"])
def test_a_role_with_a_password_needs_it(own_postgres, role, host):
    where = {"user": role} if host == "socket" else {"user": role, "host": host}
    assert connects(own_postgres.dsn(**where, password=PASSWORDS[role])) == ""
    assert "password authentication failed" in connects(own_postgres.dsn(**where, password=role))


def test_passwords_are_kept_in_the_form_that_their_method_asks_for(own_postgres):
    kept = dict(own_postgres.execute("SELECT rolname, left(rolpassword, 3) FROM pg_authid WHERE rolpassword != ''"))
    assert (kept["scram"], kept["md5"]) == ("SCR", "md5")


def test_a_role_may_be_refused(own_postgres):
    assert "rejects connection" in connects(own_postgres.dsn(user=REJECTED))


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_stopped_server_comes_back_on_its_port_with_its_data(own_postgres, postgres_database, mode):
    postgres_database.execute("CREATE TABLE kept AS SELECT 1 AS a")
    with closing(psycopg2.connect(postgres_database.dsn())) as connection:
        own_postgres.stop(mode)
        assert "No such file" in connects(own_postgres.dsn()) or "refused" in connects(own_postgres.dsn())
        assert not own_postgres.process.running
        own_postgres.start()
        with pytest.raises(psycopg2.DatabaseError):
            connection.cursor().execute("SELECT 1")
    assert postgres_database.execute("SELECT a FROM kept") == [(1,)]


def test_a_killed_server_recovers(own_postgres):
    before = own_postgres.process.pid
    with closing(psycopg2.connect(own_postgres.dsn())) as connection:
        connection.cursor().execute("SELECT 1")
        own_postgres.kill()
        own_postgres.start()
    assert own_postgres.process.pid != before
    assert "not properly shut down" in own_postgres.process.tail(10_000)
    assert own_postgres.execute("SELECT 1") == [(1,)]


def test_settings_may_be_changed(own_postgres):
    own_postgres.configure(max_connections="20")
    assert own_postgres.execute("SHOW max_connections") == [("20",)]
    own_postgres.configure(max_connections="100")


def test_a_given_server_is_used_and_left_running(own_postgres, monkeypatch):
    monkeypatch.setenv("REDSTART_TEST_POSTGRES", own_postgres.dsn("template1", application_name="given"))
    given = postgres_server()
    assert isinstance(given, GivenServer)
    assert given.execute("SELECT current_database(), current_setting('application_name')") == [("postgres", "given")]
    name = given.create_database()
    assert given.execute("SELECT current_database()", None, name) == [(name,)]
    given.drop_database(name)


def test_a_server_shows_a_certificate_that_its_clients_can_check(tls_postgres):
    tls = tls_postgres.tls
    checked = {"sslmode": "verify-full", "sslrootcert": str(tls.authority.certificate)}
    for host in ("localhost", "127.0.0.1"):
        assert connects(tls_postgres.dsn(host=host, **checked)) == ""
    stranger = {**checked, "sslrootcert": str(tls.other_authority.certificate)}
    assert "certificate verify failed" in connects(tls_postgres.dsn(host="localhost", **stranger))


def test_a_server_may_show_a_certificate_that_is_wrong(tls_postgres):
    root = str(tls_postgres.tls.authority.certificate)
    full = {"host": "localhost", "sslmode": "verify-full", "sslrootcert": root}
    tls_postgres.present("expired")
    assert "certificate verify failed" in connects(tls_postgres.dsn(**full))
    tls_postgres.present("elsewhere")
    assert "does not match host name" in connects(tls_postgres.dsn(**full))
    assert connects(tls_postgres.dsn(**{**full, "sslmode": "verify-ca"})) == ""
    tls_postgres.present("server")
    assert connects(tls_postgres.dsn(**full)) == ""


def test_a_role_may_need_a_client_certificate(tls_postgres):
    tls = tls_postgres.tls
    where = {"host": "localhost", "user": CERTIFIED, "sslmode": "require"}
    shown = {"sslcert": str(tls.clients[CERTIFIED].certificate), "sslkey": str(tls.clients[CERTIFIED].key)}
    assert connects(tls_postgres.dsn(**where, **shown)) == ""
    assert "requires a valid client certificate" in connects(tls_postgres.dsn(**where))
    strange = {"sslcert": str(tls.stranger.certificate), "sslkey": str(tls.stranger.key)}
    assert "unknown ca" in connects(tls_postgres.dsn(**where, **strange))
    assert "rejects connection" in connects(tls_postgres.dsn(**{**where, "sslmode": "disable"}))


def test_pgbouncer_gives_each_transaction_another_session(pgbouncer, postgres_database):
    dsn = pgbouncer.dsn(postgres_database.name)
    with closing(psycopg2.connect(dsn)) as one, closing(psycopg2.connect(dsn)) as other:
        sessions = []
        for connection in (one, other):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                sessions.append(cursor.fetchone())
        assert sessions[0] != sessions[1]
        for connection in (one, other):
            connection.commit()
        clients = [psycopg2.connect(dsn) for _ in range(10)]
        for client in clients:
            client.cursor().execute("SELECT 1")
            client.commit()
            client.close()
    assert 2 <= postgres_database.server.sessions(postgres_database.name) <= 3


def test_pgbouncer_refuses_what_it_was_not_told_to_ignore(pgbouncer):
    refused = connects(pgbouncer.dsn(options="-c statement_timeout=1000"))
    assert "unsupported startup parameter" in refused


EXPECTED = {
    "silent": "timeout expired",
    "closes": "server closed the connection unexpectedly",
    "refuses_tls": "server does not support SSL",
    "starting_up": "the database system is starting up",
    "half": "timeout expired",
    "half_then_close": "server closed the connection unexpectedly",
}


@pytest.mark.parametrize("behaviour", EXPECTED)
def test_a_hostile_server_behaves_as_told(hostile_server, behaviour):
    server = hostile_server(behaviour)
    mode = "require" if behaviour == "refuses_tls" else "disable"
    assert EXPECTED[behaviour] in connects(server.dsn(connect_timeout=2, sslmode=mode))
    assert server.accepted >= 1


@pytest.mark.parametrize("behaviour", [one for one in BEHAVIOURS if one.endswith("_query")])
def test_a_hostile_server_may_turn_hostile_at_a_query(hostile_server, behaviour):
    server = hostile_server(behaviour)
    assert connects(server.dsn(connect_timeout=2)) == ""


@pytest.mark.parametrize("behaviour", ["garbage", "http", "huge_length", "tiny_length", "unknown_authentication"])
def test_no_client_gets_in_by_nonsense(hostile_server, behaviour):
    assert connects(hostile_server(behaviour).dsn(connect_timeout=2)) != ""


DYING = """
import os, signal, sys
from servers.postgres import PostgresServer
from servers.pgbouncer import PgBouncer
server = PostgresServer()
server.start()
bouncer = PgBouncer(server)
bouncer.start()
print(server.process.pid, server.folder, bouncer.process.pid, flush=True)
{end}
"""


@pytest.mark.parametrize(
    "end", ["os.kill(os.getpid(), signal.SIGKILL)", "sys.exit()", "raise SystemError", "os._exit(1)"]
)
def test_nothing_is_left_of_a_server_when_the_tests_die(end):
    started = run_script(DYING.format(end=end))
    assert started.stdout, started.stderr
    pid, folder, bouncer = started.stdout.split()
    deadline = time.monotonic() + 30
    while (alive(pid) or alive(bouncer) or Path(folder).exists()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(pid)
    assert not alive(bouncer)
    assert not Path(folder).exists()


def alive(pid):
    """Whether a process runs; one that nobody has reaped does not."""
    return is_running(int(pid))


STALE = """
import os, subprocess, sys
from servers.server_process import ServerFolder
folder = ServerFolder("rs-old-").path
other = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
(folder / "postgres.pid").write_text(str(other.pid))
print(other.pid, folder, flush=True)
os._exit(1)
"""


def test_a_process_that_has_the_id_of_a_server_that_ended_is_left_alone():
    pid, folder = run_script(STALE).stdout.split()
    try:
        deadline = time.monotonic() + 30
        while Path(folder).exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not Path(folder).exists()
        assert alive(pid)
    finally:
        os.kill(int(pid), signal.SIGKILL)


FORKING = """
import os, sys
from servers.postgres import PostgresServer
with PostgresServer() as server:
    child = os.fork()
    if child == 0:
        # An ordinary end, with everything that was registered for it.
        sys.exit(0)
    os.waitpid(child, 0)
    print(server.execute("SELECT 1"), server.process.running)
"""


def test_a_forked_child_that_ends_leaves_the_server_alone():
    assert run_script(FORKING).stdout.strip() == "[(1,)] True"


def run_script(script):
    """Runs a program with the servers at hand."""
    return subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
