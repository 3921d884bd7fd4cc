"""Pools: which connection is handed out, when one is closed, the ways to empty a pool."""

import logging
import threading
import time

from parity_program import program
from peewee import *


def pooled(t, **options):
    from playhouse.pool import PooledSqliteDatabase

    return t.database(PooledSqliteDatabase, file=True, check_same_thread=False, **options)


class Holder:
    """A thread that has a connection from `start` to `stop`."""

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
        self.connection = self.db.connection()
        self.ready.set()
        self.go.wait()
        for action in (lambda: self.db.execute_sql("select 1").fetchone(), self.db.is_closed, self.db.close):
            try:
                self.outcome.append(action())
            except Exception as error:
                self.outcome.append(type(error).__name__)

    def stop(self):
        self.go.set()
        self.thread.join()
        return self.outcome


def is_open(connection):
    try:
        connection.execute("select 1")
    except Exception:
        return False
    return True


@program(spec=("PH-008", "DB-080"))
def a_closed_connection_is_used_again(t):
    db = pooled(t)
    db.connect()
    first = db.connection()
    t.show("close", db.close())
    t.show("still open", is_open(first))
    t.show("again", (db.connect(), db.connection() is first, db.close(), db.close()))


@program(spec=("PH-008", "DB-080"))
def with_and_contexts_take_and_give_back(t):
    db = pooled(t, max_connections=1)
    seen = []
    with db:
        seen.append(db.connection())
        t.show("within", (db.is_closed(), db.in_transaction(), len(db._in_use)))
    with db.connection_context():
        seen.append(db.connection())
        t.show("context", (db.is_closed(), db.in_transaction()))

    @db.connection_context()
    def decorated():
        seen.append(db.connection())
        return db.is_closed()

    @db
    def in_transaction():
        seen.append(db.connection())
        return db.in_transaction()

    t.show("decorated", (decorated(), in_transaction()))
    with t.raises("error"), db:
        seen.append(db.connection())
        raise ValueError("inside")
    db.execute_sql("select 1")
    seen.append(db.connection())
    db.close()
    t.show("one connection", len({id(one) for one in seen}))
    t.show("in use", (db.is_closed(), len(db._in_use)))


@program(spec=("PH-004",))
def the_oldest_connection_comes_first(t):
    db = pooled(t)
    holders = [Holder(db).start() for _ in range(4)]
    born = [holder.connection for holder in holders]
    for number in (2, 0, 3, 1):
        holders[number].stop()
    again = [Holder(db).start() for _ in range(4)]
    t.show("order", [born.index(holder.connection) for holder in again])
    t.show("full use", len(db._in_use))
    for holder in again:
        holder.stop()
    t.show("none in use", len(db._in_use))


@program(spec=("PH-005", "SB-078"))
def a_stale_connection_is_closed_when_it_comes_back(t):
    db = pooled(t, stale_timeout=100)
    db.connect()
    first = db.connection()
    db.close()
    db.connect()
    t.show("young", db.connection() is first)
    db.init(db.database) if db.is_closed() else None
    set_stale_timeout(db, 0.001)
    time.sleep(0.01)
    t.show("close", db.close())
    t.show("open", is_open(first))
    set_stale_timeout(db, 100)
    t.show("another", (db.connect(), db.connection() is first))
    db.close()


@program(spec=("PH-005", "SB-078"))
def a_stale_connection_is_closed_when_it_is_taken(t):
    db = pooled(t, stale_timeout=100)
    db.connect()
    first = db.connection()
    db.close()
    set_stale_timeout(db, 0.001)
    time.sleep(0.01)
    db.connect()
    t.show("the same", db.connection() is first)
    t.show("open", is_open(first))
    set_stale_timeout(db, 100)
    db.close()


@program(spec=("PH-005",))
def age_counts_from_the_making_and_not_from_the_last_use(t):
    db = pooled(t, stale_timeout=100)
    db.connect()
    first = db.connection()
    for _ in range(3):
        time.sleep(0.03)
        db.close()
        db.connect()
    t.show("the same", db.connection() is first)
    db.close()
    set_stale_timeout(db, 0.05)
    db.connect()
    t.show("too old, though just used", db.connection() is first)
    set_stale_timeout(db, 100)
    db.close()


def set_stale_timeout(db, seconds):
    """Changes the number without closing the thread's connection, as `init` would."""
    db._stale_timeout = seconds
    if hasattr(db, "_pool_settings"):
        db._pool.configure(*db._pool_settings())


@program(spec=("PH-005",))
def no_age_at_all_means_none(t):
    db = pooled(t, stale_timeout=0)
    db.connect()
    first = db.connection()
    db.close()
    db.connect()
    t.show("the same", db.connection() is first)
    db.close()


@program(spec=("PH-006",))
def a_connection_that_was_closed_behind_the_pool_is_replaced(t):
    db = pooled(t)
    db.connect()
    first = db.connection()
    first.close()
    t.show("close", db.close())
    db.connect()
    second = db.connection()
    t.show("another", second is first)
    t.show("works", db.execute_sql("select 1").fetchone())
    db.close()
    second.close()
    db.connect()
    t.show("idle", db.connection() is second)
    t.show("works too", db.execute_sql("select 1").fetchone())
    db.close()


@program(spec=("PH-006",))
def all_dead_ones_are_passed_over(t):
    db = pooled(t)
    holders = [Holder(db).start() for _ in range(3)]
    born = [holder.connection for holder in holders]
    for holder in holders:
        holder.stop()
    born[0].close()
    born[1].close()
    db.connect()
    t.show("third", born.index(db.connection()))
    db.close()


@program(spec=("PH-007", "SB-078"))
def what_was_left_open_is_undone(t):
    db = pooled(t, max_connections=1)

    class Note(db.Model):
        text = TextField()

    db.create_tables([Note])
    for number in range(20):
        db.begin()
        Note.create(text=f"lost {number}")
        db.close()
        db.connect()
    t.show("nothing", Note.select().count())
    db.close()


@program(spec=("PH-007",))
def a_session_that_was_left_open(t):
    db = pooled(t, max_connections=1)

    class Note(db.Model):
        text = TextField()

    db.create_tables([Note])
    db.session_start()
    Note.create(text="lost")
    with t.raises("too early"):
        db.close()
    t.show("rollback", db.session_rollback())
    t.show("close", db.close())
    t.show("count", Note.select().count())
    db.close()


@program(spec=("PH-007",))
def a_manual_transaction_that_was_left_open(t):
    db = pooled(t, max_connections=1)

    class Note(db.Model):
        text = TextField()

    db.create_tables([Note])
    with db.manual_commit():
        db.begin()
        Note.create(text="a")
        db.commit()
        db.begin()
        Note.create(text="b")
    db.close()
    t.show("rows", [note.text for note in Note.select()])
    db.close()


@program(spec=("PH-007",))
def no_closing_within_a_transaction(t):
    db = pooled(t)
    db.connect()
    first = db.connection()
    for name in ("close", "manual_close", "close_all"):
        with t.raises(name), db.atomic():
            getattr(db, name)()
        t.show(f"{name}: open", (db.is_closed(), db.connection() is first, is_open(first)))
    db.close()


@program(spec=("PH-007",))
def rows_that_were_not_read_do_not_matter(t):
    db = pooled(t, max_connections=1)

    class Note(db.Model):
        text = TextField()

    db.create_tables([Note])
    Note.insert_many([{"text": str(number)} for number in range(500)]).execute()
    rows = iter(Note.select().iterator())
    t.show("first", next(rows).text)
    t.show("close", db.close())
    t.show("again", Note.select().count())
    db.close()


@program(spec=("PH-008",))
def manual_close_closes(t):
    db = pooled(t)
    t.show("none", db.manual_close())
    db.connect()
    first = db.connection()
    t.show("one", db.manual_close())
    t.show("afterwards", (db.is_closed(), is_open(first), len(db._in_use), db.manual_close()))
    db.connect()
    t.show("another", db.connection() is first)
    t.show("close", db.close())


@program(spec=("PH-008",))
def manual_close_frees_the_slot(t):
    db = pooled(t, max_connections=1)
    for _ in range(5):
        db.connect()
        db.manual_close()
    t.show("connects", (db.connect(), db.close()))


@program(spec=("PH-008",))
def close_idle_leaves_those_in_use(t):
    db = pooled(t)
    holders = [Holder(db).start() for _ in range(3)]
    for holder in holders[:2]:
        holder.stop()
    t.show("gives", db.close_idle())
    t.show("open", [is_open(holder.connection) for holder in holders])
    t.show("works", holders[2].stop())
    db.connect()
    t.show("used again", db.connection() is holders[2].connection)
    db.close()
    t.show("with none", (db.close_idle(), db.close_idle()))


@program(spec=("PH-008",))
def close_stale_counts_those_that_are_out_for_long(t):
    db = pooled(t, max_connections=1)
    t.show("none", (db.close_stale(), db.close_stale(0)))
    db.connect()
    first = db.connection()
    t.show("young", (db.close_stale(), db.close_stale(60), db.close_stale(age=600), is_open(first)))
    time.sleep(0.01)
    t.show("old", db.close_stale(0.001))
    t.show("open", (is_open(first), db.is_closed(), len(db._in_use)))
    with t.raises("statement"):
        db.execute_sql("select 1")
    t.show("close", db.close())
    t.show("works", (db.connect(), db.execute_sql("select 1").fetchone(), db.close()))


@program(spec=("PH-008",))
def close_stale_leaves_idle_ones(t):
    db = pooled(t)
    db.connect()
    first = db.connection()
    db.close()
    time.sleep(0.01)
    t.show("stale", db.close_stale(0))
    t.show("open", is_open(first))


@program(spec=("PH-008",))
def close_all_closes_idle_ones_and_one_s_own(t):
    db = pooled(t)
    holder = Holder(db).start()
    holder.stop()
    db.connect()
    mine = db.connection()
    t.show("gives", db.close_all())
    t.show("open", (is_open(mine), is_open(holder.connection), db.is_closed(), len(db._in_use)))
    t.show("again", (db.close_all(), db.connect(), db.connection() is mine, db.close()))


@program(spec=("PH-008",))
def close_all_frees_all_slots(t):
    db = pooled(t, max_connections=3)
    holders = [Holder(db).start() for _ in range(2)]
    db.connect()
    db.close_all()
    t.show("in use", len(db._in_use))
    t.show("closed here", db.is_closed())
    more = [Holder(db).start() for _ in range(3)]
    t.show("three more", len(db._in_use))
    for holder in more:
        holder.stop()
    t.show("others close", [holder.stop()[1:] for holder in holders])
    t.show("connects", (db.connect(), db.close()))


@program(spec=("PH-008", "SB-079"))
def dispose_forgets_without_closing(t):
    db = pooled(t, max_connections=1)
    holder = Holder(db).start()
    holder.stop()
    idle = holder.connection
    db.connect()
    mine = db.connection()
    t.show("the idle one", mine is idle)
    t.show("gives", db.dispose())
    t.show("afterwards", (db.is_closed(), len(db._in_use), is_open(mine)))
    t.show("another", (db.connect(), db.connection() is mine, db.close(), db.close()))


@program(spec=("PH-010",))
def a_thread_that_ends_without_close(t):
    db = pooled(t, max_connections=1)
    thread = threading.Thread(target=db.connect)
    thread.start()
    thread.join()
    try:
        t.show("connects", db.connect())
    except ValueError as error:
        t.show("refused", type(error).__name__)
        t.show("stale", db.close_stale(0))
        db.connect()
    t.show("works", db.execute_sql("select 1").fetchone())
    db.close()


@program(spec=("PH-010", "DB-080"))
def each_thread_has_its_own(t):
    db = pooled(t, max_connections=4, timeout=30)

    class Note(db.Model):
        number = IntegerField()

    db.create_tables([Note])
    db.close()
    # In which order the threads come is chance.
    logging.getLogger("peewee").setLevel(logging.WARNING)
    lock, most = threading.Lock(), [0]

    def work(number):
        for step in range(5):
            with db.connection_context():
                with lock:
                    most[0] = max(most[0], len(db._in_use))
                    Note.create(number=number * 10 + step)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    t.show("at most", most[0] <= 4)
    t.show("rows", sorted(note.number for note in Note.select()))
    Note.delete().execute()
    db.close()
    t.show("none in use", len(db._in_use))


@program(spec=("PH-010",))
def one_connection_for_all_threads(t):
    db = pooled(t, thread_safe=False, max_connections=1)
    db.connect()
    mine = db.connection()
    seen = []
    thread = threading.Thread(target=lambda: seen.append((db.is_closed(), db.connection() is mine)))
    thread.start()
    thread.join()
    t.show("seen", seen)
    t.show("open", (db.is_closed(), db.close()))


@program(spec=("DB-080",))
def a_database_in_memory_lives_as_long_as_its_connection(t):
    from playhouse.pool import PooledSqliteDatabase

    db = PooledSqliteDatabase(":memory:", max_connections=2)
    db.connect()
    db.execute_sql("create table a (b)")
    db.close()
    db.connect()
    t.show("kept", db.get_tables())
    db.manual_close()
    db.connect()
    t.show("gone", db.get_tables())
    db.close()


@program(spec=("DB-080",))
def settings_of_a_session_stay_with_the_connection(t):
    db = pooled(t, max_connections=1, pragmas={"foreign_keys": 1})
    db.connect()
    db.execute_sql("pragma foreign_keys = 0")
    db.execute_sql("create temp table scratch (a)")
    db.close()
    db.connect()
    t.show("pragma", db.foreign_keys)
    t.show("temp", db.execute_sql("select count(*) from scratch").fetchone())
    db.close()


@program(spec=("DB-080",))
def functions_attached_databases_and_hooks(t):
    db = pooled(t, max_connections=1)

    @db.func("plus_one")
    def plus_one(value):
        return value + 1

    with db:
        t.show("function", db.execute_sql("select plus_one(4)").fetchone())
    with db:
        t.show("again", db.execute_sql("select plus_one(5)").fetchone())
        db.manual_close() if not db.in_transaction() else None
    db.attach(t.path("other.db"), "other")
    with db.connection_context():
        t.show("attached", [row[1] for row in db.execute_sql("pragma database_list").fetchall()])
    with db.connection_context():
        t.show("still", [row[1] for row in db.execute_sql("pragma database_list").fetchall()])
