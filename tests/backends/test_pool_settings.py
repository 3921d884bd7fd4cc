"""What pools have beyond peewee's, on a server: connections in advance, ages, the probe, holders, URLs."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from backends.sessions import assert_at_rest, pids, terminate, wait_until
from redstart import OperationalError
from redstart import pool as module
from redstart.db_url import connect
from redstart.pool import MaxConnectionsExceeded, PooledPostgresqlDatabase


def backend(db):
    """Give the number of the session's process."""
    return db.execute_sql("SELECT pg_backend_pid()").fetchone()[0]


def address(test_database):
    """Give where the server is: the socket's folder, the port, the user."""
    found = parse_qs(urlsplit(test_database.dsn()).query)
    return found["host"][0], found["port"][0], found["user"][0]


@pytest.fixture
def by_url():
    """Make databases by URL; all their sessions are ended afterwards."""
    made = []

    def make(url, **options):
        made.append(connect(url, **options))
        return made[-1]

    yield make
    for db in made:
        if hasattr(db, "close_all"):
            db.close_all()
        else:
            db.close()


def test_sessions_are_opened_in_advance(postgres_database, pooled):
    db = pooled(min_connections=3, max_connections=6)
    db.connect()
    assert len(pids(postgres_database)) == 4
    db.close()
    with db:
        assert len(pids(postgres_database)) == 4


def test_a_server_that_takes_no_more_sessions_harms_no_one_who_has_one(postgres_database, pooled):
    postgres_database.execute(f'ALTER DATABASE "{postgres_database.name}" CONNECTION LIMIT 2')
    # The limit is for others than superusers.
    postgres_database.execute("DROP ROLE IF EXISTS narrow")
    postgres_database.execute("CREATE ROLE narrow LOGIN")
    try:
        db = pooled(min_connections=5, user="narrow")
        assert db.connect()
        assert db.execute_sql("SELECT 1").fetchone() == (1,)
        assert db.pool_stats()["size"] == 2
        db.close_all()
    finally:
        postgres_database.execute("DROP ROLE narrow")


def test_sessions_opened_in_advance_have_the_database_s_limit_of_time(postgres_database, pooled):
    db = pooled(min_connections=1, max_connections=2, statement_timeout=0.2)
    db.connect()

    async def main():
        async with db:
            with pytest.raises(OperationalError, match="timeout"):
                await db.aexecute_sql("SELECT pg_sleep(60)")

    asyncio.run(main())
    assert db.pool_stats()["created"] == 2
    assert db.close()
    assert_at_rest(postgres_database, db)


@pytest.mark.spec("PH-006")
def test_a_session_that_was_idle_for_long_is_asked(postgres_database, pooled, monkeypatch):
    asked = []
    answers = module.answers
    monkeypatch.setattr(module, "answers", lambda conn: asked.append(answers(conn)) or asked[-1])
    db = pooled(max_connections=1, probe_after=0)
    db.connect()
    first = backend(db)
    db.close()
    db.connect()
    assert backend(db) == first
    db.close()
    assert asked == [True]
    terminate(postgres_database, first)
    db.connect()
    assert backend(db) != first
    db.close()


@pytest.mark.spec("PH-006")
def test_a_task_asks_a_session_that_was_idle_for_long(postgres_database, pooled):
    db = pooled(max_connections=1, probe_after=0)

    async def one():
        async with db:
            return (await db.aexecute_sql("SELECT pg_backend_pid()")).fetchone()[0]

    async def main():
        first = await one()
        assert await one() == first
        await asyncio.to_thread(terminate, postgres_database, first)
        assert await one() != first

    asyncio.run(main())


def test_idle_sessions_are_ended(postgres_database, pooled):
    db = pooled(idle_timeout=3600)

    async def use():
        async with db:
            await asyncio.sleep(0)

    async def main():
        await asyncio.gather(*(use() for _ in range(4)))

    asyncio.run(main())
    with db:
        assert len(pids(postgres_database)) == 4
    db.init(db.database, idle_timeout=0)
    with db:
        wait_until(lambda: pids(postgres_database) == {backend(db)}, "one session")


@pytest.mark.spec("PH-002")
def test_a_refused_connect_names_the_holder_and_its_line(pooled):
    db = pooled(max_connections=1, track_checkouts=True)

    async def main():
        asyncio.current_task().set_name("report")
        async with db:
            with pytest.raises(MaxConnectionsExceeded, match=rf"task report, \d+\.\d s, {__file__}:\d+"):
                await asyncio.to_thread(db.connect)

    asyncio.run(main())


@pytest.mark.spec("PH-008")
def test_close_all_ends_sessions_that_are_made_ready_too(postgres_database, pooled):
    db = pooled(max_connections=3)

    async def forgets():
        await db.aconnect()
        await db.aexecute_sql("BEGIN")

    asyncio.run(forgets())
    db.connect()
    db.close_all()
    wait_until(lambda: not pids(postgres_database), "no session")
    assert db.pool_stats()["in_use"] == 0


@pytest.mark.spec("PH-009")
def test_another_database_gets_other_sessions(postgres_database, postgres_server, pooled):
    other = postgres_server.create_database()
    try:
        db = pooled()
        with db:
            assert db.execute_sql("SELECT current_database()").fetchone() == (postgres_database.name,)
        db.init(postgres_server.dsn(other))
        with db:
            assert db.execute_sql("SELECT current_database()").fetchone() == (other,)
        wait_until(lambda: not pids(postgres_database), "no session of the first one")
        db.close_all()
    finally:
        postgres_server.drop_database(other)


@pytest.mark.spec("PH-012", "PH-013", "DB-081")
@pytest.mark.parametrize(
    "hosts",
    [
        "127.0.0.1:{port}",
        "localhost:{port}",
        "127.0.0.1:1,127.0.0.1:{port}",
        "127.0.0.1:1,{socket}:{port}",
        "{socket}:{port}",
    ],
)
@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+pool", "postgresext+pool", "psycopg3+pool"])
def test_a_url_leads_to_the_server(postgres_database, by_url, scheme, hosts):
    socket, port, user = address(postgres_database)
    where = hosts.format(port=port, socket=quote(socket, safe=""))
    db = by_url(f"{scheme}://{user}@{where}/{postgres_database.name}?application_name=by%20url&connect_timeout=5")
    with db:
        assert db.execute_sql("SELECT current_database()").fetchone() == (postgres_database.name,)
        assert db.execute_sql("SHOW application_name").fetchone() == ("by url",)


@pytest.mark.spec("PH-014")
def test_settings_of_a_url_go_to_the_pool_and_to_the_driver(postgres_database, by_url):
    socket, port, user = address(postgres_database)
    url = f"postgresql+pool:///{postgres_database.name}?host={socket}&port={port}&user={user}"
    db = by_url(f"{url}&max_connections=1&options=-c%20geqo%3Doff&statement_timeout=0.2&track_checkouts=true")
    with db:
        assert db.execute_sql("SHOW geqo").fetchone() == ("off",)
        with pytest.raises(MaxConnectionsExceeded, match="test_pool_settings"):
            asyncio.run(asyncio.to_thread(db.connect))
    with db.connection_context(), pytest.raises(OperationalError, match="timeout"):
        db.execute_sql("SELECT pg_sleep(60)")


@pytest.mark.spec("DB-067")
def test_a_dsn_may_be_the_name_of_a_pool_s_database(postgres_database):
    db = PooledPostgresqlDatabase(postgres_database.dsn(), max_connections="2")
    with db:
        assert db.execute_sql("SELECT current_database()").fetchone() == (postgres_database.name,)
    db.close_all()


@pytest.mark.spec("PH-015")
def test_a_password_in_a_url_is_decoded_on_demand(postgres_database, by_url):
    _, port, _ = address(postgres_database)
    postgres_database.execute('DROP ROLE IF EXISTS "us@er"')
    postgres_database.execute("CREATE ROLE \"us@er\" LOGIN PASSWORD 'p@ss/word'")
    try:
        url = f"postgresql+pool://us%40er:p%40ss%2Fword@127.0.0.1:{port}/{postgres_database.name}"
        with by_url(url, unquote_password=True, unquote_user=True) as db:
            assert db.execute_sql("SELECT current_user").fetchone() == ("us@er",)
        with pytest.raises(OperationalError):
            by_url(url).connect()
        db.close_all()
    finally:
        postgres_database.execute('DROP ROLE "us@er"')
