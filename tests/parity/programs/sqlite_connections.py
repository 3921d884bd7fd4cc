"""Programs about opening, sharing and closing a SqliteDatabase.

Connection state, contexts and threads live here; pragmas and functions written in Python do not.
"""

import copy
import logging
import threading

from parity_program import program
from peewee import *


@program(spec=("DB-014", "DB-015", "SB-072"))
def connecting_twice_is_refused(t):
    db = t.database()
    t.show("closed at first", db.is_closed())
    t.show("connect", db.connect())
    with t.raises("second"):
        db.connect()
    t.show("reuse", db.connect(reuse_if_open=True))
    t.show("open", db.is_closed())
    t.show("close", db.close())
    t.show("close again", db.close())
    t.show("reuse opens when closed", db.connect(reuse_if_open=True))


@program(spec=("SB-073", "DB-016"))
def a_statement_opens_a_closed_database_and_leaves_it_open(t):
    db = t.database()
    t.show("before", db.is_closed())
    t.show("row", db.execute_sql("SELECT 1, ?", ("two",)).fetchone())
    t.show("after", db.is_closed())


@program(spec=("SB-073", "DB-016"))
def without_autoconnect_a_closed_database_refuses_statements(t):
    db = t.database(autoconnect=False)
    with t.raises("execute_sql"):
        db.execute_sql("SELECT 1")
    with t.raises("cursor"):
        db.cursor()
    t.show("still closed", db.is_closed())
    db.connect()
    t.show("row", db.execute_sql("SELECT 1").fetchone())


@program(spec=("DB-016",))
def connection_opens_even_without_autoconnect(t):
    db = t.database(autoconnect=False)
    connection = db.connection()
    t.show("closed", db.is_closed())
    t.show("same object", db.connection() is connection)
    t.show("usable", db.is_connection_usable())
    db.close()
    t.show("usable after close", db.is_connection_usable())


@program(spec=("DB-016", "DB-025"))
def cursors_behave_as_the_driver_gives_them(t):
    db = t.database()
    cursor = db.cursor()
    cursor.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)")
    cursor = db.execute_sql("INSERT INTO note (body) VALUES (?)", ("one",))
    t.show("lastrowid", cursor.lastrowid)
    t.show("rowcount", cursor.rowcount)
    db.execute_sql("INSERT INTO note (body) VALUES (?), (?)", ("two", "three"))
    cursor = db.execute_sql("SELECT id, body AS text FROM note ORDER BY id")
    t.show("labels", [column[0] for column in cursor.description])
    t.show("one", cursor.fetchone())
    t.show("many", cursor.fetchmany(1))
    t.show("rest", list(cursor))
    t.show("exhausted", cursor.fetchone())
    t.show("changed", db.execute_sql("UPDATE note SET body = 'x'").rowcount)


@program(spec=("DB-025",))
def parameters_may_be_missing_or_empty(t):
    db = t.database()
    t.show("none", db.execute_sql("SELECT 1").fetchall())
    t.show("empty tuple", db.execute_sql("SELECT 2", ()).fetchall())
    t.show("empty list", db.execute_sql("SELECT 3", []).fetchall())
    t.show("list", db.execute_sql("SELECT ?, ?", [None, b"raw"]).fetchall())


@program(spec=("DB-011", "SB-077"))
def a_database_without_a_name_refuses_work(t):
    db = SqliteDatabase(None)
    t.show("deferred", db.deferred)
    t.show("closed", db.is_closed())
    with t.raises("connect"):
        db.connect()
    with t.raises("close"):
        db.close()
    with t.raises("query"):
        db.execute_sql("SELECT 1")
    with t.raises("connection"):
        db.connection()
    with t.raises("atomic"), db.atomic():
        pass


@program(spec=("DB-011", "DB-012"))
def init_completes_a_database_without_a_name(t):
    db = SqliteDatabase(None, pragmas={"user_version": 3})
    t.show("init", db.init(t.path("late.db")))
    t.show("deferred", db.deferred)
    t.show("version", db.execute_sql("PRAGMA user_version").fetchone())
    t.show("close", db.close())


@program(spec=("DB-012",))
def init_closes_the_open_connection_and_merges_settings(t):
    db = t.database(timeout=2)
    db.connect()
    db.execute_sql("CREATE TABLE note (id INTEGER)")
    db.init(t.path("other.db"), cached_statements=10)
    t.show("closed", db.is_closed())
    t.show("settings", sorted(db.connect_params))
    t.show("tables", db.get_tables())
    db.close()
    db.init(None)
    t.show("deferred again", db.deferred)
    db.init(":memory:")


@program(spec=("DB-020", "SB-076"))
def with_database_is_a_connection_and_a_transaction(t):
    db = t.database(file=True)
    with db as entered:
        t.show("same", entered is db)
        t.show("depth", db.transaction_depth())
        db.execute_sql("CREATE TABLE note (body TEXT)")
    t.show("closed", db.is_closed())
    with t.raises("error"), db:
        db.execute_sql("INSERT INTO note VALUES ('lost')")
        raise ValueError("stop")
    t.show("closed after error", db.is_closed())
    with db:
        t.show("rows", db.execute_sql("SELECT * FROM note").fetchall())


@program(spec=("DB-020", "SB-076"))
def with_database_closes_a_connection_that_was_open_before(t):
    db = t.database(file=True)
    db.connect()
    with db:
        with db:
            t.show("depth", db.transaction_depth())
        t.show("inner leaves it open", db.is_closed())
    t.show("outer closes", db.is_closed())


@program(spec=("DB-021", "DB-023"))
def a_database_decorates_functions(t):
    db = t.database(file=True)

    @db
    def descend(depth):
        """Descends."""
        t.show("inside %d" % depth, (db.is_closed(), db.transaction_depth()))
        return depth if depth == 0 else descend(depth - 1)

    t.show("name", (descend.__name__, descend.__doc__))
    t.show("result", descend(2))
    t.show("closed", db.is_closed())


@program(spec=("DB-022", "DB-023", "SB-076"))
def connection_context_opens_without_a_transaction(t):
    db = t.database(file=True)
    with db.connection_context():
        t.show("inside", (db.is_closed(), db.in_transaction()))
        with db.connection_context():
            pass
        t.show("inner leaves it open", db.is_closed())
    t.show("closed", db.is_closed())
    db.connect()
    with db.connection_context():
        pass
    t.show("closes what was open before", db.is_closed())

    @db.connection_context()
    def work():
        return db.is_closed(), db.transaction_depth()

    t.show("decorated", work())
    t.show("closed again", db.is_closed())


@program(spec=("DB-017", "SB-079"))
def dispose_forgets_the_connection(t):
    db = t.database(file=True)
    db.connect()
    connection = db.connection()
    t.show("dispose", db.dispose())
    t.show("closed", db.is_closed())
    t.show("close has nothing to do", db.close())
    db.connect()
    t.show("new connection", db.connection() is connection)
    connection.close()


@program(spec=("DB-018", "SB-074"))
def every_thread_has_its_own_connection(t):
    db = t.database(file=True)
    db.connect()
    db.execute_sql("CREATE TABLE note (body TEXT)")
    seen = []

    def work():
        seen.append(("closed at first", db.is_closed()))
        with db.atomic():
            seen.append(("depth", db.transaction_depth()))
            db.execute_sql("INSERT INTO note VALUES ('from the thread')")
        seen.append(("closed after", db.is_closed()))
        seen.append(("close", db.close()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    t.show("seen in the thread", seen)
    t.show("here", (db.is_closed(), db.transaction_depth()))
    t.show("rows", db.execute_sql("SELECT body FROM note").fetchall())


@program(spec=("DB-018", "SB-074"))
def a_memory_database_is_one_per_thread(t):
    db = t.database()
    db.execute_sql("CREATE TABLE note (body TEXT)")
    seen = []

    def work():
        seen.append(db.get_tables())
        db.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    t.show("tables in the thread", seen)
    t.show("tables here", db.get_tables())


@program(spec=("DB-018",))
def an_unsafe_database_shares_its_state_between_threads(t):
    db = t.database(thread_safe=False, check_same_thread=False)
    db.execute_sql("CREATE TABLE note (body TEXT)")
    seen = []

    def work():
        seen.append((db.is_closed(), db.get_tables()))
        db.execute_sql("INSERT INTO note VALUES ('shared')")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    t.show("seen in the thread", seen)
    t.show("rows", db.execute_sql("SELECT body FROM note").fetchall())


@program(spec=("DB-019", "SB-071"))
def a_database_is_never_copied(t):
    db = t.database()
    t.show("deepcopy", copy.deepcopy(db) is db)
    t.show("inside a container", copy.deepcopy([db])[0] is db)


@program(spec=("DB-015", "SB-075"))
def closing_inside_a_transaction_is_refused(t):
    db = t.database()
    with db.atomic():
        with t.raises("close in atomic"):
            db.close()
        t.show("still open", db.is_closed())
    t.show("close", db.close())
    db.connect()
    db.begin()
    t.show("a bare begin does not hinder closing", db.close())


@program(spec=("DB-027",))
def query_hooks_see_every_statement(t):
    db = t.database()
    events = []
    t.show("no hooks", db.query_hooks)
    db.query_hooks.append(events.append)
    db.execute_sql("CREATE TABLE note (body TEXT)")
    db.execute_sql("INSERT INTO note VALUES (?)", ("one",))
    with t.raises("broken"):
        db.execute_sql("SELECT missing FROM nowhere")
    with db.atomic():
        db.execute_sql("SELECT 1")
    t.show("statements", [(event.sql, event.params) for event in events])
    t.show("measured", [event.duration >= 0 for event in events])
    t.show("failures", [type(event.exception).__name__ for event in events])
    t.show("fields", events[0]._fields)


@program(spec=("DB-027",))
def an_error_in_a_query_hook_reaches_the_caller(t):
    db = t.database()

    def refuse(event):
        raise RuntimeError("hook refuses " + event.sql)

    db.execute_sql("CREATE TABLE note (body TEXT)")
    db.query_hooks.append(refuse)
    with t.raises("insert"):
        db.execute_sql("INSERT INTO note VALUES ('kept')")
    db.query_hooks.remove(refuse)
    t.show("rows", db.execute_sql("SELECT body FROM note").fetchall())


@program(spec=("DB-006", "DB-007", "SB-088", "SB-091"))
def the_logger_gets_a_pair_before_the_statement_runs(t):
    db = t.database()
    records = []

    class Keeper(logging.Handler):
        def emit(self, record):
            records.append((record.levelname, type(record.msg).__name__, record.args, record.msg[0]))

    logger = logging.getLogger("peewee")
    keeper = Keeper()
    logger.addHandler(keeper)
    try:
        db.execute_sql("SELECT ?", (1,))
        with t.raises("broken"):
            db.execute_sql("SELECT missing FROM nowhere")
        with db.atomic():
            db.execute_sql("SELECT 2")
    finally:
        logger.removeHandler(keeper)
    t.show("records", records)


@program(spec=("DB-036",))
def a_database_offers_a_base_model(t):
    db = t.database()
    t.show("cached", db.Model is db.Model)
    t.show("name", db.Model.__name__)

    class Note(db.Model):
        body = TextField()

    t.show("bound", Note._meta.database is db)
    db.create_tables([Note])
    Note.create(body="hello")


@program(spec=("DB-010",))
def unknown_settings_are_remembered_for_the_driver(t):
    db = t.database(cached_statements=20)
    t.show("remembered", db.connect_params.get("cached_statements"))
    with t.raises("isolation level"):
        SqliteDatabase(":memory:", isolation_level="DEFERRED")
    other = SqliteDatabase(":memory:", not_a_setting=1)
    with t.raises("unknown to the driver", message=False):
        other.connect()
    t.show("closed", other.is_closed())


@program(spec=("DB-009",))
def chunked_groups_any_iterable(t):
    t.show("even", list(chunked(range(4), 2)))
    t.show("rest", list(chunked((n for n in range(5)), 3)))
    t.show("empty", list(chunked([], 3)))
    t.show("text", list(chunked("abcd", 3)))
