"""Pools on a server: which session is handed out, whether it lives, what was left open on it."""

import logging
import threading
import time

from parity_program import program
from peewee import *


def pooled(t, cls=None, **options):
    from playhouse.pool import PooledPostgresqlDatabase

    return t.database(cls or PooledPostgresqlDatabase, **options)


def plain(db):
    """A connection past the pool, to look at the server and to end sessions."""
    import psycopg2

    wanted = ("host", "port", "user", "password")
    where = {name: db.connect_params[name] for name in wanted if name in db.connect_params}
    connection = psycopg2.connect(dbname=db.database, **where)
    connection.autocommit = True
    return connection


def ask(connection, sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def pid(db):
    return db.execute_sql("SELECT pg_backend_pid()").fetchone()[0]


def end(connection, number):
    """Ends a session, and waits until it is gone."""
    ask(connection, "SELECT pg_terminate_backend(%s)", number)
    while ask(connection, "SELECT 1 FROM pg_stat_activity WHERE pid = %s", number):
        pass


def states(connection):
    """The states of the other sessions of the database, when all are at rest."""
    sql = (
        "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid() "
        "AND backend_type = 'client backend' ORDER BY 1"
    )
    while "active" in (found := [row[0] for row in ask(connection, sql)]):
        pass
    return found


def gone(connection):
    """Waits until the other sessions of the database are gone."""
    while states(connection):
        pass
    return True


def in_thread(function):
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


class Holder:
    """A thread that has a session from `start` to `stop`."""

    def __init__(self, db):
        self.db = db
        self.go = threading.Event()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.outcome = []

    def start(self):
        self.thread.start()
        self.ready.wait()
        return self

    def _run(self):
        self.db.connect()
        self.pid = pid(self.db)
        self.ready.set()
        self.go.wait()
        self.outcome.append(self.db.close())

    def stop(self):
        self.go.set()
        self.thread.join()
        return self.outcome


@program(spec=("PH-001", "PH-008", "DB-080"))
def a_closed_session_is_used_again(t):
    db = pooled(t, max_connections="1")
    db.connect()
    first = pid(db)
    t.show("close", (db.close(), db.close(), db.is_closed()))
    t.show("sessions", states(plain(db)))
    t.show("again", (db.connect(), pid(db) == first, db.close()))


@program(spec=("PH-002", "PH-003", "SB-078"))
def a_full_pool_refuses(t):
    db = pooled(t, max_connections=1)
    db.connect()
    t.show("at once", in_thread(db.connect))
    t.show("a statement", in_thread(lambda: pid(db)))
    db._wait_timeout = 0.05
    t.show("in time", in_thread(db.connect)[0])
    t.show("sessions", len(states(plain(db))))
    db.close()
    t.show("idle ones do not count", in_thread(lambda: (db.connect(), db.close())))


@program(spec=("PH-004",))
def the_oldest_session_comes_first(t):
    db = pooled(t)
    holders = [Holder(db).start() for _ in range(4)]
    born = [holder.pid for holder in holders]
    for number in (2, 0, 3, 1):
        holders[number].stop()
    again = [Holder(db).start() for _ in range(4)]
    t.show("order", [born.index(holder.pid) for holder in again])
    t.show("stop", [holder.stop() for holder in again])


@program(spec=("PH-006",))
def an_idle_session_that_was_ended_is_replaced(t):
    db = pooled(t, max_connections=1)
    admin = plain(db)
    db.connect()
    first = pid(db)
    db.close()
    end(admin, first)
    t.show("connect", db.connect())
    second = pid(db)
    t.show("another", second == first)
    t.show("close", db.close())
    t.show("kept", (db.connect(), pid(db) == second, db.close()))


@program(spec=("PH-006",))
def several_idle_sessions_that_were_ended_are_passed_over(t):
    db = pooled(t)
    admin = plain(db)
    holders = [Holder(db).start() for _ in range(3)]
    for holder in holders:
        holder.stop()
    for holder in holders[:2]:
        end(admin, holder.pid)
    db.connect()
    t.show("the third", [holder.pid for holder in holders].index(pid(db)))
    db.close()
    t.show("sessions", states(admin))


@program(spec=("PH-006", "PH-007"))
def a_session_that_was_ended_in_use(t):
    db = pooled(t, max_connections=1)
    admin = plain(db)
    db.connect()
    first = pid(db)
    end(admin, first)
    try:
        t.show("statement", pid(db))
    except DatabaseError as error:
        # Whether the server's reason arrives with its end is chance under psycopg2.
        t.show("fails", type(error))
    t.show("closed", db.is_closed())
    t.show("close", db.close())
    t.show("connect", (db.connect(), pid(db) == first, db.close()))
    t.show("in use", len(db._in_use))


@program(spec=("PH-006", "PH-007"))
def a_session_that_was_ended_within_a_transaction(t):
    db = pooled(t, max_connections=1)
    admin = plain(db)
    with t.raises("block", message=False), db.atomic():
        end(admin, pid(db))
        pid(db)
    t.show("transaction", db.in_transaction())
    t.show("close", db.close())
    t.show("works", (db.connect(), db.execute_sql("SELECT 1").fetchone(), db.close()))


@program(spec=("PH-007", "SB-078"))
def what_was_left_open_is_undone(t):
    db = pooled(t, max_connections=1)

    class Note(db.Model):
        text = TextField()

    db.create_tables([Note])
    first = pid(db)
    for number in range(10):
        db.begin()
        Note.create(text=f"lost {number}")
        db.close()
        db.connect()
    t.show("rows", Note.select().count())
    t.show("the same session", pid(db) == first)
    db.close()
    t.show("states", states(plain(db)))


@program(spec=("PH-007", "SB-085"))
def a_transaction_that_failed_is_undone(t):
    db = pooled(t, max_connections=1)
    db.connect()
    first = pid(db)
    db.begin()
    with t.raises("fails"):
        db.execute_sql("SELECT nothing")
    with t.raises("aborted"):
        db.execute_sql("SELECT 1")
    t.show("usable", db.is_connection_usable())
    t.show("close", db.close())
    t.show("again", (db.connect(), pid(db) == first, db.is_connection_usable()))
    db.close()
    t.show("states", states(plain(db)))


@program(spec=("PH-007",))
def an_exception_in_a_block_leaves_the_session_clean(t):
    db = pooled(t, max_connections=1)

    class Note(db.Model):
        text = TextField(unique=True)

    with db:
        db.create_tables([Note])
    with t.raises("unique"), db:
        Note.create(text="a")
        Note.create(text="a")
    t.show("closed", db.is_closed())
    with db.connection_context():
        t.show("rows", Note.select().count())
    with t.raises("own"), db:
        Note.create(text="b")
        raise KeyError("own")
    with db:
        t.show("none", Note.select().count())


@program(spec=("PH-007", "DB-080"))
def settings_of_a_session_stay(t):
    db = pooled(t, max_connections=1)
    with db.connection_context():
        db.execute_sql("SET search_path TO pg_catalog")
        db.execute_sql("SET TIME ZONE 'Asia/Tokyo'")
        db.execute_sql("CREATE TEMP TABLE scratch (a int)")
    with db.connection_context():
        t.show("path", db.execute_sql("SHOW search_path").fetchone())
        t.show("zone", db.execute_sql("SHOW TimeZone").fetchone())
        t.show("table", db.execute_sql("SELECT count(*) FROM scratch").fetchone())


@program(spec=("PH-008",))
def the_ways_to_empty_a_pool(t):
    db = pooled(t)
    admin = plain(db)
    holders = [Holder(db).start() for _ in range(3)]
    for holder in holders[:2]:
        holder.stop()
    t.show("sessions", len(states(admin)))
    t.show("idle", db.close_idle())
    while len(states(admin)) > 1:
        pass
    t.show("one is used", holders[2].stop())
    db.connect()
    t.show("manual", (db.manual_close(), db.manual_close(), db.is_closed()))
    t.show("none", gone(admin))
    db.connect()
    t.show("stale", (db.close_stale(60), db.close_stale(0)))
    t.show("none again", gone(admin))
    with t.raises("statement", message=False):
        pid(db)
    t.show("close", db.close())
    db.connect()
    t.show("all", (db.close_all(), db.is_closed(), gone(admin)))


@program(spec=("PH-008",))
def close_all_ends_the_sessions_of_other_threads(t):
    db = pooled(t, max_connections=2)
    admin = plain(db)
    holder = Holder(db).start()
    db.connect()
    db.close_all()
    t.show("none", gone(admin))
    t.show("its close", holder.stop())
    t.show("in use", len(db._in_use))
    t.show("connect", (db.connect(), db.close(), len(states(admin))))


@program(spec=("PH-005",))
def old_sessions_are_ended(t):
    db = pooled(t, stale_timeout=0.05)
    admin = plain(db)
    db.connect()
    first = pid(db)
    time.sleep(0.06)
    t.show("close", db.close())
    t.show("none", gone(admin))
    t.show("another", (db.connect(), pid(db) == first, db.manual_close()))


@program(spec=("PH-001", "PH-012", "DB-067", "DB-081"))
def pools_by_dsn_and_url(t):
    from playhouse.db_url import connect
    from playhouse.pool import PooledPostgresqlDatabase

    where = t.settings()
    dsn = f"postgresql:///{where['database']}?host={where['host']}&port={where['port']}&user={where['user']}"
    db = PooledPostgresqlDatabase(dsn, max_connections="2", stale_timeout="300")
    t.show("dsn", (db.connect(), db.execute_sql("SELECT 1").fetchone(), db.close(), db.close_all()))
    for scheme in ("postgresql", "postgres+pool", "postgresext", "postgresqlext+pool", "psycopg3"):
        db = connect(dsn.replace("postgresql", scheme, 1) + "&application_name=my%20app&options=-c%20geqo%3Doff")
        with db:
            t.show(f"{scheme} name", db.execute_sql("SHOW application_name").fetchone())
            t.show(f"{scheme} option", db.execute_sql("SHOW geqo").fetchone())
    db = connect(dsn.replace("postgresql", "postgresql+pool", 1) + "&max_connections=1&timeout=none")
    t.show("pool", (db._max_connections, db._wait_timeout, db.connect(), in_thread(db.connect), db.close()))
    with t.raises("no pool", message=False):
        connect(f"{dsn}&max_connections=1").connect()


@program(spec=("PH-001",))
def a_pool_with_hstore_and_arrays(t):
    from playhouse.postgres_ext import ArrayField, HStoreField, PooledPostgresqlExtDatabase

    db = pooled(t, PooledPostgresqlExtDatabase, max_connections=1)
    db.execute_sql("CREATE EXTENSION hstore")
    db.close_all()
    db = PooledPostgresqlExtDatabase(db.database, register_hstore=True, max_connections=1, **db.connect_params)

    class Post(db.Model):
        tags = ArrayField(TextField)
        data = HStoreField()

    with db:
        db.create_tables([Post])
        Post.create(tags=["a", "b"], data={"k": "v"})
    with db:
        t.show("rows", [(post.tags, post.data) for post in Post.select()])


@program(spec=("DB-080",))
def a_class_that_prepares_sessions(t):
    from playhouse.pool import PooledDatabase, PooledPostgresqlDatabase

    class Tenant:
        tenant = "none"

        def _initialize_connection(self, conn):
            super()._initialize_connection(conn)
            cursor = conn.cursor()
            cursor.execute("SELECT set_config('app.tenant', %s, false)", (self.tenant,))
            cursor.close()

    class Before(Tenant, PooledPostgresqlDatabase):
        pass

    class Behind(PooledDatabase, Tenant, PostgresqlDatabase):
        pass

    for cls in (Before, Behind):
        db = pooled(t, cls, max_connections=1)
        for tenant in ("one", "two", "three"):
            db.tenant = tenant
            with db.connection_context():
                found = db.execute_sql("SELECT current_setting('app.tenant')").fetchone()
                t.show(f"{cls.__name__} {tenant}", found)
        db.close_all()


@program(spec=("PH-010",))
def threads_share_few_sessions(t):
    db = pooled(t, max_connections=3)
    db._wait_timeout = 30

    class Note(db.Model):
        number = IntegerField(primary_key=True)

    with db:
        db.create_tables([Note])
    # In which order the threads come is chance.
    logging.getLogger("peewee").setLevel(logging.WARNING)
    pids = set()

    def work(number):
        for step in range(5):
            with db.connection_context():
                pids.add(pid(db))
                Note.insert(number=number * 10 + step).execute()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    t.show("sessions", len(pids) <= 3)
    with db:
        t.show("rows", Note.select().count())
    t.show("in use", len(db._in_use))


@program(spec=("PH-007",))
def rows_on_the_server_that_were_not_read(t):
    from playhouse.postgres_ext import PooledPostgresqlExtDatabase, ServerSide

    db = pooled(t, PooledPostgresqlExtDatabase, max_connections=1)

    class Note(db.Model):
        number = IntegerField()

    with db:
        db.create_tables([Note])
        Note.insert_many([{"number": number} for number in range(1000)]).execute()
    db.connect()
    db.begin()
    rows = ServerSide(Note.select(Note.number).order_by(Note.number))
    t.show("first", next(iter(rows)).number)
    t.show("close", db.close())
    for number in range(5):
        db.connect()
        t.show(f"count {number}", Note.select().count())
        db.close()
    t.show("states", states(plain(db)))


@program(spec=("SB-079", "PH-008"))
def dispose_leaves_the_session_alone(t):
    db = pooled(t, max_connections=1)
    admin = plain(db)
    db.connect()
    connection = db.connection()
    first = pid(db)
    db.dispose()
    t.show("state", (db.is_closed(), len(states(admin))))
    t.show("another", (db.connect(), pid(db) == first))
    t.show("two", len(states(admin)))
    connection.close()
    db.close_all()
    t.show("none", gone(admin))
