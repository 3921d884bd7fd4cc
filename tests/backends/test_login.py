"""Logins that succeed and that are refused, by settings of every kind: keywords, URLs, environment, files."""

from __future__ import annotations

import asyncio
import os
import re
import time

import pytest

from backends.programs import run_program
from backends.sessions import assert_at_rest
from redstart import InterfaceError, NotSupportedError, OperationalError, PostgresqlDatabase
from redstart.pool import PooledPostgresqlDatabase
from redstart.pwasyncio import AsyncPostgresqlDatabase
from servers.postgres import PASSWORDS
from servers.server_process import free_port

LOST = (OperationalError, InterfaceError)
TCP = "127.0.0.1"


def connect(*arguments, **keywords):
    """Connects in both ways and gives who it was on which database."""
    db = PostgresqlDatabase(*arguments, **keywords)
    with db.connection_context():
        sync = db.execute_sql("SELECT current_user, current_database()").fetchone()

    async def main():
        tasks = AsyncPostgresqlDatabase(*arguments, **keywords)
        async with tasks:
            found = (await tasks.aexecute_sql("SELECT current_user, current_database()")).fetchone()
        await tasks.close_pool()
        return found

    assert asyncio.run(main()) == sync
    return sync


def refused(*arguments, match, error=OperationalError, **keywords):
    """Asserts that neither way connects, with a message, and that nothing is left in the pools."""
    pool = PooledPostgresqlDatabase(*arguments, max_connections=1, **keywords)
    with pytest.raises(error, match=match):
        pool.connect()
    assert pool.is_closed()
    assert pool.pool_stats()["in_use"] == 0

    async def main():
        tasks = AsyncPostgresqlDatabase(*arguments, pool_size=1, **keywords)
        with pytest.raises(error, match=match):
            await tasks.aconnect()
        assert tasks.pool_stats()["in_use"] == 0
        await tasks.close_pool()

    asyncio.run(main())


@pytest.mark.parametrize("role", PASSWORDS)
@pytest.mark.parametrize("host", [None, TCP])
def test_every_method_of_passwords_lets_in_the_right_one_and_refuses_a_wrong_one(own_postgres, role, host):
    where = {"host": host or str(own_postgres.folder), "port": own_postgres.port, "user": role}
    assert connect("postgres", **where, password=PASSWORDS[role]) == (role, "postgres")
    refused("postgres", **where, password="wrong", match="password authentication failed")
    refused("postgres", **where, match="no password")


@pytest.mark.spec("DB-067")
def test_a_database_that_is_not_there_a_role_that_is_not_and_one_that_is_rejected(own_postgres):
    refused(own_postgres.dsn("nowhere"), match='database "nowhere" does not exist')
    refused(own_postgres.dsn(user="nobody_at_all"), match='role "nobody_at_all" does not exist')
    refused(own_postgres.dsn(user="rejected"), match="pg_hba.conf rejects connection")


def test_a_refused_login_names_no_password(own_postgres):
    db = PostgresqlDatabase("postgres", host=TCP, port=own_postgres.port, user="scram", password="hush-hush")
    with pytest.raises(OperationalError) as caught:
        db.connect()
    assert "hush-hush" not in str(caught.value)
    assert "hush-hush" not in repr(caught.value)


def test_a_port_without_a_server_and_a_socket_that_is_not_there(tmp_path):
    refused("postgres", host=TCP, port=free_port(), match="(?i)connection refused")
    refused("postgres", host=str(tmp_path), port=1, match="(?i)no such file")


def test_a_name_that_nobody_knows():
    refused("postgres", host="no-such-host.invalid", connect_timeout=20, match=re.escape("no-such-host.invalid"))


@pytest.mark.parametrize("behaviour", ["silent", "half"])
def test_a_server_that_accepts_and_stays_silent_is_given_up_after_connect_timeout(hostile_server, behaviour):
    server = hostile_server(behaviour)
    dsn = server.dsn(connect_timeout=2)
    pool = PooledPostgresqlDatabase(dsn, max_connections=1)
    tasks = AsyncPostgresqlDatabase(dsn, pool_size=1)

    def block():
        started = time.monotonic()
        with pytest.raises(OperationalError, match=r"(?i)time"):
            pool.connect()
        return time.monotonic() - started

    async def main():
        started = time.monotonic()
        # Both at once: neither waits for the other.
        blocking = asyncio.create_task(asyncio.to_thread(block))
        with pytest.raises(OperationalError, match=r"(?i)time"):
            await tasks.aconnect()
        return time.monotonic() - started, await blocking

    # Whoever did not wait did not give the server its time.
    assert all(waited > 1.9 for waited in asyncio.run(main()))
    for database in (pool, tasks):
        assert database.pool_stats()["in_use"] == 0


@pytest.mark.parametrize(
    "behaviour",
    [
        "closes",
        "garbage",
        "http",
        "half_then_close",
        "half_greeting_then_close",
        "huge_length",
        "tiny_length",
        "starting_up",
    ],
)
def test_a_server_that_sends_nonsense_is_an_operational_error(hostile_server, behaviour):
    server = hostile_server(behaviour)
    words = "starting up" if behaviour == "starting_up" else "."
    refused(server.dsn(connect_timeout=5), match=words, error=LOST)


def test_a_server_that_asks_for_an_unknown_kind_of_password_is_told_apart(hostile_server):
    server = hostile_server("unknown_authentication")
    refused(server.dsn(connect_timeout=5), match="authentication method 99", error=NotSupportedError)


@pytest.mark.parametrize("behaviour", ["garbage_query", "half_query", "close_query"])
def test_a_server_that_breaks_off_in_an_answer_ends_the_connection(hostile_server, behaviour):
    server = hostile_server(behaviour)
    pool = PooledPostgresqlDatabase(server.dsn(connect_timeout=2), max_connections=1)
    for _ in range(1 if behaviour == "half_query" else 2):
        with pytest.raises(LOST), pool.connection_context():
            # What answers nothing more ends by the time limit; no statement waits for ever.
            pool.connection().set_statement_timeout(0.3)
            pool.execute_sql("SELECT 1")
        assert pool.pool_stats()["in_use"] == 0
        assert pool.pool_stats()["idle"] == 0

    async def main():
        tasks = AsyncPostgresqlDatabase(server.dsn(connect_timeout=2), pool_size=1, statement_timeout=0.3)
        for _ in range(1 if behaviour == "half_query" else 2):
            with pytest.raises(LOST):
                async with tasks:
                    await tasks.aexecute_sql("SELECT 1")
        await tasks.close_pool()

    asyncio.run(main())


def test_the_first_of_several_hosts_may_be_dead(own_postgres, hostile_server):
    silent = hostile_server("silent")
    ports = f"{free_port()},{silent.port},{own_postgres.port}"
    two = f"{free_port()},{own_postgres.port}"
    assert connect(f"postgresql://postgres@{TCP}:{free_port()},{TCP}:{own_postgres.port}/postgres")[0] == "postgres"
    assert connect(f"host={TCP},{TCP} port={two} user=postgres dbname=postgres")[0] == "postgres"
    where = {"host": f"{TCP},{TCP},{TCP}", "port": ports, "user": "postgres", "connect_timeout": 2}
    assert connect("postgres", **where) == ("postgres", "postgres")
    dead = f"{free_port()},{free_port()}"
    refused("postgres", host=f"{TCP},{TCP}", port=dead, match=dead.split(",")[1])


def test_target_session_attrs_choose_among_hosts(own_postgres):
    hosts = {"host": f"{own_postgres.folder},{TCP}", "port": f"{own_postgres.port},{own_postgres.port}"}
    for wanted in ("any", "read-write", "primary", "prefer-standby"):
        assert connect("postgres", user="postgres", **hosts, target_session_attrs=wanted)[0] == "postgres"
    for wanted in ("read-only", "standby"):
        refused("postgres", user="postgres", **hosts, target_session_attrs=wanted, match=".")
    # A default of the role makes its sessions read-only.
    own_postgres.execute("CREATE ROLE reader LOGIN")
    own_postgres.execute("ALTER ROLE reader SET default_transaction_read_only = on")
    try:
        assert connect("postgres", user="reader", **hosts, target_session_attrs="read-only")[0] == "reader"
        refused("postgres", user="reader", **hosts, target_session_attrs="read-write", match=".")
    finally:
        own_postgres.execute("DROP ROLE reader")


def test_unix_socket_and_tcp(own_postgres):
    peer = "SELECT inet_server_port()"
    for host, port in ((str(own_postgres.folder), None), (TCP, own_postgres.port), ("localhost", own_postgres.port)):
        db = PostgresqlDatabase("postgres", host=host, port=own_postgres.port, user="postgres")
        with db.connection_context():
            assert db.execute_sql(peer).fetchone() == (port,)


def test_application_name_and_options_reach_the_server(own_postgres):
    db = PostgresqlDatabase(
        own_postgres.dsn(), application_name="naïve app", options="-c work_mem=1234kB -c search_path=a,\\ b"
    )
    with db.connection_context():
        row = db.execute_sql(
            "SELECT current_setting('application_name'), current_setting('work_mem'), current_setting('search_path')"
        ).fetchone()
    assert row == ("na??ve app", "1234kB", "a, b")


REPORT = """
import json, sys
from redstart import PostgresqlDatabase
db = PostgresqlDatabase(*sys.argv[2:3] or [""], **json.loads(sys.argv[1]))
db.connect()
print(json.dumps(db.execute_sql(
    "SELECT current_user, current_database(), current_setting('application_name'), current_setting('TimeZone')"
).fetchone()))
"""


def test_variables_of_the_environment_say_what_is_not_said(own_postgres):
    variables = {
        "PGHOST": TCP,
        "PGPORT": str(own_postgres.port),
        "PGUSER": "scram",
        "PGPASSWORD": PASSWORDS["scram"],
        "PGDATABASE": "postgres",
        "PGAPPNAME": "by environment",
        "PGTZ": "Europe/Paris",
    }
    found = run_program(REPORT, "{}", "postgres", variables=variables)
    assert found == ["scram", "postgres", "by environment", "Europe/Paris"]
    # What is said is stronger.
    found = run_program(REPORT, '{"user": "postgres", "application_name": "said"}', "postgres", variables=variables)
    assert found[0::2] == ["postgres", "said"]


def test_a_password_file_is_read_and_one_that_others_can_read_is_not(own_postgres, tmp_path):
    password = PASSWORDS["scram"].replace("\\", "\\\\").replace(":", "\\:")
    file = tmp_path / "passwords"
    file.write_text(f"other:*:*:*:wrong\n{TCP}:{own_postgres.port}:*:scram:{password}\n*:*:*:*:wrong\n")
    file.chmod(0o600)
    where = {"host": TCP, "port": own_postgres.port, "user": "scram"}
    assert connect("postgres", **where, passfile=str(file)) == ("scram", "postgres")
    variables = {"PGPASSFILE": str(file), "PGHOST": TCP, "PGPORT": str(own_postgres.port), "PGUSER": "scram"}
    assert run_program(REPORT, "{}", "postgres", variables=variables)[0] == "scram"
    file.chmod(0o644)
    refused("postgres", **where, passfile=str(file), match="passwords")


def test_a_service_file_is_read(own_postgres, tmp_path):
    file = tmp_path / "services"
    file.write_text(
        f"[other]\nhost=nowhere.invalid\n[mine]\nhost={TCP}\nport={own_postgres.port}\nuser=postgres\ndbname=postgres\n"
        "application_name=by service\n"
    )
    variables = {"PGSERVICEFILE": str(file)}
    assert run_program(REPORT, '{"service": "mine"}', "postgres", variables=variables)[2] == "by service"
    assert run_program(REPORT, "{}", "service=mine", variables=variables)[2] == "by service"
    assert run_program(REPORT, "{}", "postgres", variables={**variables, "PGSERVICE": "mine"})[2] == "by service"
    assert os.environ.get("PGSERVICE") is None


def test_a_login_that_fails_leaves_the_pool_usable(own_postgres, postgres_database, pooled):
    db = pooled(max_connections=1)
    own_postgres.execute(f'ALTER DATABASE "{postgres_database.name}" ALLOW_CONNECTIONS false')
    for _ in range(3):
        with pytest.raises(OperationalError, match="not currently accepting connections"):
            db.connect()
    own_postgres.execute(f'ALTER DATABASE "{postgres_database.name}" ALLOW_CONNECTIONS true')
    with db.connection_context():
        assert db.execute_sql("SELECT 1").fetchone() == (1,)
    assert_at_rest(postgres_database, db)


def test_a_server_without_free_places_says_so(own_postgres, pooled):
    own_postgres.configure(max_connections="6", superuser_reserved_connections="3")
    try:
        db = PooledPostgresqlDatabase(own_postgres.dsn(user="plain"), max_connections=20)
        own_postgres.execute("CREATE ROLE plain LOGIN")
        others = [PostgresqlDatabase(own_postgres.dsn(user="plain")) for _ in range(3)]
        for one in others:
            one.connect()
        with pytest.raises(OperationalError, match="remaining connection slots"):
            db.connect()
        for one in others:
            one.close()
    finally:
        own_postgres.configure(max_connections="100")
