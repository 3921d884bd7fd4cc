"""Pools: the numbers, the limit, what happens when it is reached, the names."""

import threading

from parity_program import program
from peewee import *


def pooled(t, **options):
    from playhouse.pool import PooledSqliteDatabase

    return t.database(PooledSqliteDatabase, file=True, check_same_thread=False, **options)


def in_thread(function):
    """What a function gives in a thread of its own, or the exception's class and the first line of its text."""
    outcome = []

    def run():
        try:
            outcome.append(function())
        except Exception as error:
            outcome.append((type(error).__name__, str(error).split("\n")[0]))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return outcome[0]


@program(spec=("PH-001",))
def the_numbers_may_be_text(t):
    db = pooled(t, max_connections="2", stale_timeout="300", timeout="4")
    t.show("numbers", (db._max_connections, db._stale_timeout, db._wait_timeout))
    for text in ("many", "1.5", ""):
        with t.raises(f"text {text}"):
            pooled(t, max_connections=text)
        with t.raises(f"stale {text}"):
            pooled(t, stale_timeout=text)
        with t.raises(f"timeout {text}"):
            pooled(t, timeout=text)


@program(spec=("PH-001",))
def without_numbers_there_are_defaults(t):
    db = pooled(t)
    t.show("numbers", (db._max_connections, db._stale_timeout, db._wait_timeout))


@program(spec=("PH-001",))
def numbers_with_a_fraction(t):
    db = pooled(t, stale_timeout=0.5, timeout=0.25)
    t.show("numbers", (db._max_connections, db._stale_timeout, db._wait_timeout))


@program(spec=("PH-001",))
def numbers_may_stand_at_their_place(t):
    from playhouse.pool import PooledSqliteDatabase

    db = PooledSqliteDatabase(t.path("a.db"), 3, 60, 5)
    t.show("numbers", (db._max_connections, db._stale_timeout, db._wait_timeout))
    t.show("database", db.database)


@program(spec=("PH-001", "DB-080"))
def pooled_classes_are_databases_and_pools(t):
    from playhouse import pool
    from playhouse.postgres_ext import (
        PooledPostgresqlExtDatabase,
        PooledPsycopg3Database,
        PostgresqlExtDatabase,
        Psycopg3Database,
    )

    pairs = (
        (pool.PooledSqliteDatabase, SqliteDatabase),
        (pool.PooledPostgresqlDatabase, PostgresqlDatabase),
        (pool.PooledMySQLDatabase, MySQLDatabase),
        (PooledPostgresqlExtDatabase, PostgresqlExtDatabase),
        (PooledPsycopg3Database, Psycopg3Database),
    )
    for pooled_class, plain in pairs:
        name = pooled_class.__name__
        t.show(name, (issubclass(pooled_class, plain), issubclass(pooled_class, pool.PooledDatabase)))
        db = pooled_class("name", max_connections="7")
        t.show(f"{name} made", (db.database, db._max_connections, db.is_closed(), db.deferred))
    t.show("exception", pool.MaxConnectionsExceeded.__mro__[1])
    t.show("peewee's own", issubclass(pool.MaxConnectionsExceeded, DatabaseError | InterfaceError))
    t.show("fields", pool.PoolConnection._fields)


@program(spec=("PH-001",))
def settings_of_the_plain_classes_pass_through(t):
    from playhouse.pool import PooledPostgresqlDatabase

    db = pooled(t, max_connections=2, pragmas={"foreign_keys": 1, "cache_size": -3000}, timeout=7)
    with db:
        t.show("pragmas", (db.foreign_keys, db.cache_size))
    remote = PooledPostgresqlDatabase("d", host="h", user="u", port=5433, max_connections=2, stale_timeout=9)
    t.show("connect_params", dict(sorted(remote.connect_params.items())))


@program(spec=("PH-002", "SB-078"))
def a_full_pool_refuses_at_once(t):
    from playhouse.pool import MaxConnectionsExceeded

    db = pooled(t, max_connections=1)
    db.connect()
    t.show("connect", in_thread(db.connect))
    t.show("statement", in_thread(lambda: db.execute_sql("select 1")))
    t.show("connection", in_thread(db.connection))
    t.show("with", in_thread(lambda: db.__enter__()))
    t.show("context", in_thread(lambda: db.connection_context().__enter__()))
    t.show("atomic", in_thread(lambda: db.atomic().__enter__()))
    t.show("closed there", in_thread(db.is_closed))

    def caught():
        try:
            db.connect()
        except ValueError as error:
            return isinstance(error, MaxConnectionsExceeded), isinstance(error, DatabaseError)

    t.show("caught", in_thread(caught))
    db.close()
    t.show("afterwards", in_thread(lambda: (db.connect(), db.close())))


@program(spec=("PH-002", "SB-078"))
def a_full_pool_refuses_in_time(t):
    db = pooled(t, max_connections=1)
    db._wait_timeout = 0.05
    db.connect()
    outcome = in_thread(db.connect)
    t.show("class", outcome[0])
    t.show("text", "timed out" in outcome[1])
    db.close()


@program(spec=("PH-002", "PH-003", "SB-078"))
def with_a_timeout_connect_waits_for_another_thread(t):
    for label, timeout in (("seconds", 30), ("for ever", 0), ("text", "30")):
        db = pooled(t, max_connections=1)
        db.init(db.database, timeout=timeout)
        db.connect()
        mine = db.connection()
        started, outcome = threading.Event(), []

        def waits(db=db, started=started, outcome=outcome, mine=mine):
            started.set()
            outcome.append(db.connect())
            outcome.append(db.connection() is mine)
            outcome.append(db.close())

        thread = threading.Thread(target=waits)
        thread.start()
        started.wait()
        t.show(f"{label}: waits", outcome)
        db.close()
        thread.join()
        t.show(f"{label}: has it", outcome)
        db.close_all()


@program(spec=("PH-002",))
def a_second_connect_of_a_thread_is_an_error_as_ever(t):
    db = pooled(t, max_connections=1)
    t.show("first", db.connect())
    with t.raises("second"):
        db.connect()
    t.show("reused", db.connect(reuse_if_open=True))
    t.show("closed", (db.close(), db.close(), db.is_closed()))
    t.show("opened", (db.connect(reuse_if_open=True), db.close()))


@program(spec=("PH-001",))
def no_limit(t):
    for label, number in (("none", None), ("zero", 0), ("text", "0")):
        db = pooled(t, max_connections=number)
        held, done = [], threading.Event()
        threads = []
        for _ in range(25):
            up = threading.Event()

            def hold(db=db, up=up, held=held, done=done):
                held.append(db.connect())
                up.set()
                done.wait()
                db.close()

            threads.append(threading.Thread(target=hold))
            threads[-1].start()
            up.wait()
        t.show(label, (len(held), all(held)))
        done.set()
        for thread in threads:
            thread.join()


@program(spec=("PH-003",))
def only_connections_in_use_count(t):
    db = pooled(t, max_connections=2)
    inside, done = threading.Barrier(2), threading.Event()

    def hold():
        db.connect()
        inside.wait()
        done.wait()
        db.close()

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait()
    db.connect()
    t.show("full", in_thread(db.connect))
    db.close()
    t.show("one idle, one in use", in_thread(lambda: (db.connect(), db.close())))
    done.set()
    thread.join()
    t.show("two idle", (db.connect(), db.close(), db.connect(), db.close()))
    t.show("in use", len(db._in_use))


@program(spec=("PH-009",))
def a_deferred_pool(t):
    from playhouse.pool import PooledSqliteDatabase

    db = PooledSqliteDatabase(None, max_connections=4, stale_timeout=20, timeout=2)
    t.show("deferred", db.deferred)
    for name in ("connect", "close", "connection", "close_all"):
        with t.raises(name):
            getattr(db, name)()
    t.show("quiet", (db.manual_close(), db.close_idle(), db.close_stale(), db.dispose(), db.is_closed()))
    with t.raises("statement"):
        db.execute_sql("select 1")
    with t.raises("with"), db:
        pass
    db.init(t.path("late.db"))
    t.watch(db)
    t.show("kept", (db._max_connections, db._stale_timeout, db._wait_timeout, db.deferred))
    db.init(t.path("late.db"), max_connections="5", stale_timeout="6", timeout="7")
    t.show("text", (db._max_connections, db._stale_timeout, db._wait_timeout))
    db.init(t.path("late.db"), 1, 2, 3)
    t.show("by place", (db._max_connections, db._stale_timeout, db._wait_timeout))
    db.init(t.path("late.db"), timeout=0)
    t.show("zero", (db._max_connections, db._stale_timeout, db._wait_timeout))
    t.show("connects", (db.connect(), db.execute_sql("select 1").fetchone(), db.close()))


@program(spec=("PH-009",))
def init_keeps_the_idle_connections_to_the_same_database(t):
    db = pooled(t, max_connections=3)
    db.connect()
    first = db.connection()
    db.close()
    db.init(db.database, max_connections=1)
    db.connect()
    t.show("kept", db.connection() is first)
    t.show("limit", in_thread(db.connect))
    db.close()


@program(spec=("PH-009",))
def init_of_an_open_pool_closes_the_thread_s_connection(t):
    db = pooled(t)
    db.connect()
    db.init(db.database, max_connections=2)
    t.show("closed", db.is_closed())
    t.show("in use", len(db._in_use))


@program(spec=("PH-010",))
def the_logger_has_peewee_s_name(t):
    from playhouse import pool

    t.show("name", pool.logger.name)
    db = pooled(t)
    db.connect()
    db.close()
    db.connect()
    db.close()
    db.close_idle()
    db.connect()
    db.manual_close()


@program(spec=("PH-001",))
def the_little_functions_of_the_module(t):
    from playhouse.pool import locked, make_int

    t.show("numbers", [make_int(value) for value in (None, 5, 2.5, "7", True)])
    with t.raises("no number"):
        make_int("x")

    class Thing:
        def __init__(self):
            self._lock = self._pool_lock = threading.RLock()

        @locked
        def name(self, value, other=1):
            return value, other

    t.show("locked", (Thing().name(2, other=3), Thing.name.__name__))
