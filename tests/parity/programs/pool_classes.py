"""Pools: classes of one's own, before and behind the pool in the list of bases."""

import sqlite3

from parity_program import program
from peewee import *


def recording(events, **methods):
    """A class that notes when a database's own methods are called."""

    class Recording:
        def _connect(self):
            events.append("connect")
            return super()._connect()

        def _close(self, conn):
            events.append("close")
            return super()._close(conn)

        def _initialize_connection(self, conn):
            events.append("initialize")
            return super()._initialize_connection(conn)

    return type("Recording", (Recording,), methods)


def taken(events):
    seen = list(events)
    events.clear()
    return seen


@program(spec=("DB-080",))
def what_is_overridden_before_the_pool(t):
    from playhouse.pool import PooledSqliteDatabase

    events = []
    mixin = recording(events)

    class Mine(mixin, PooledSqliteDatabase):
        pass

    db = t.database(Mine, file=True, max_connections=1)
    db.connect()
    t.show("connect", taken(events))
    db.close()
    t.show("close", taken(events))
    db.connect()
    t.show("again", taken(events))
    db.manual_close()
    t.show("manual_close", taken(events))
    db.connect()
    taken(events)
    db.close_all()
    t.show("close_all", taken(events))
    db.connect()
    taken(events)
    db.close_stale(0)
    t.show("close_stale", taken(events))
    db.close()
    t.show("close of a stale one", taken(events))
    db.connect()
    db.close()
    taken(events)
    db.close_idle()
    t.show("close_idle", taken(events))
    with db:
        pass
    t.show("with", taken(events))
    db.connect()
    taken(events)
    db.dispose()
    t.show("dispose", taken(events))


@program(spec=("DB-080",))
def what_is_overridden_behind_the_pool(t):
    from playhouse.pool import PooledDatabase

    events = []
    mixin = recording(events)

    class Mine(PooledDatabase, mixin, SqliteDatabase):
        pass

    db = t.database(Mine, file=True, max_connections=1)
    db.connect()
    t.show("connect", taken(events))
    db.close()
    t.show("close", taken(events))
    db.connect()
    t.show("again", taken(events))
    db.manual_close()
    t.show("manual_close", taken(events))
    db.connect()
    db.close()
    taken(events)
    db.close_idle()
    t.show("close_idle", taken(events))
    db.connect()
    taken(events)
    db.close_all()
    t.show("close_all", taken(events))


@program(spec=("DB-080",))
def a_connect_that_fails_takes_no_slot(t):
    from playhouse.pool import PooledDatabase

    class Mine(PooledDatabase, SqliteDatabase):
        broken = True

        def _connect(self):
            return super()._connect()

    class Broken(SqliteDatabase):
        broken = True

        def _connect(self):
            if self.broken:
                raise RuntimeError("not now")
            return super()._connect()

    class PooledBroken(PooledDatabase, Broken):
        pass

    db = t.database(PooledBroken, file=True, max_connections=1)
    for number in range(3):
        with t.raises(f"connect {number}"):
            db.connect()
    t.show("closed", (db.is_closed(), len(db._in_use)))
    db.broken = False
    t.show("then", (db.connect(), db.execute_sql("select 1").fetchone(), db.close()))


@program(spec=("DB-080",))
def a_file_that_cannot_be_opened_takes_no_slot(t):
    from playhouse.pool import PooledSqliteDatabase

    db = PooledSqliteDatabase(t.path("no/such/folder.db"), max_connections=1)
    for number in range(3):
        with t.raises(f"connect {number}", message=False):
            db.connect()
            db.execute_sql("select 1")
    t.show("closed", (db.is_closed(), len(db._in_use)))


@program(spec=("DB-080",))
def connections_of_a_foreign_driver(t):
    from playhouse.pool import PooledDatabase

    class Foreign(Database):
        param = "?"

        def _connect(self):
            return sqlite3.connect(self.database, isolation_level=None)

        def get_tables(self, schema=None):
            rows = self.execute_sql("select name from sqlite_master where type = 'table' order by 1").fetchall()
            return [name for (name,) in rows]

    class PooledForeign(PooledDatabase, Foreign):
        pass

    db = PooledForeign(t.path("foreign.db"), max_connections=2)
    t.show("connect", db.connect())
    first = db.connection()
    t.show("type", type(first).__module__)
    db.execute_sql("create table note (id integer primary key, text)")

    class Note(db.Model):
        text = TextField()

    Note.insert(text="one").execute()
    t.show("rows", [(note.id, note.text) for note in Note.select()])
    t.show("tables", db.get_tables())
    t.show("close", (db.close(), db.close()))
    t.show("again", (db.connect(), db.connection() is first))
    with db.atomic() as transaction:
        Note.insert(text="two").execute()
        transaction.rollback()
    with db.atomic():
        Note.insert(text="three").execute()
    t.show("texts", [note.text for note in Note.select().order_by(Note.id)])
    with t.raises("driver's error"):
        db.execute_sql("select nothing from nowhere")
    t.show("manual", (db.close(), db.manual_close(), db.connect(), db.manual_close()))
    with t.raises("closed", message=False):
        first.execute("select 1")


@program(spec=("DB-080",))
def a_foreign_connection_is_closed_by_its_class(t):
    from playhouse.pool import PooledDatabase

    events = []

    class Foreign(Database):
        def _connect(self):
            events.append("open")
            return sqlite3.connect(":memory:")

        def _close(self, conn):
            events.append("close")
            conn.close()

    class PooledForeign(PooledDatabase, Foreign):
        pass

    db = PooledForeign("memory", max_connections=1)
    db.connect()
    db.close()
    t.show("kept", taken(events))
    db.close_idle()
    t.show("idle", taken(events))
    db.connect()
    db.manual_close()
    t.show("manual", taken(events))
    db.connect()
    db.close_all()
    t.show("all", taken(events))
    db.connect()
    db.close_stale(0)
    t.show("stale", taken(events))
    db.close()
    t.show("stale one given back", taken(events))
    db.connect()
    db.dispose()
    t.show("disposed", taken(events))


@program(spec=("PH-001",))
def a_class_of_one_s_own_takes_further_arguments(t):
    from playhouse.pool import PooledSqliteDatabase

    class Mine(PooledSqliteDatabase):
        def __init__(self, database, label="none", **kwargs):
            self.label = label
            super().__init__(database, **kwargs)

        def init(self, database, label=None, **kwargs):
            if label is not None:
                self.label = label
            super().init(database, **kwargs)

    db = Mine(t.path("a.db"), label="x", max_connections="3", pragmas={"foreign_keys": 1})
    t.show("made", (db.label, db._max_connections, db.database))
    db.init(t.path("b.db"), label="y", stale_timeout="8")
    t.show("changed", (db.label, db._max_connections, db._stale_timeout))
    with db:
        t.show("pragma", db.foreign_keys)


@program(spec=("PH-001",))
def pools_behind_a_proxy(t):
    from playhouse.pool import PooledSqliteDatabase

    proxy = DatabaseProxy()

    class Note(Model):
        text = TextField()

        class Meta:
            database = proxy

    db = t.database(PooledSqliteDatabase, file=True, max_connections=1)
    proxy.initialize(db)
    with proxy:
        proxy.create_tables([Note])
        Note.create(text="a")
    with proxy.connection_context():
        t.show("count", Note.select().count())
    t.show("pool's methods", (proxy.manual_close(), proxy.close_idle(), proxy.close_stale(), proxy.close_all()))


@program(spec=("PH-001",))
def models_are_bound_to_a_pool_like_to_any_database(t):
    from playhouse.pool import PooledSqliteDatabase

    first = t.database(PooledSqliteDatabase, file=True, max_connections=1)
    second = t.database(PooledSqliteDatabase, file=True, max_connections=1)

    class Note(first.Model):
        text = TextField()

    for db in (first, second):
        with db.bind_ctx([Note]), db:
            db.create_tables([Note])
            Note.create(text=str(db is first))
    with second.bind_ctx([Note]):
        t.show("second", [note.text for note in Note.select()])
    t.show("first", [note.text for note in Note.select()])
    first.close()
    second.close()


@program(spec=("PH-001",))
def the_statements_are_those_of_the_plain_class(t):
    from playhouse.pool import PooledMySQLDatabase, PooledPostgresqlDatabase
    from playhouse.postgres_ext import PooledPostgresqlExtDatabase

    for cls in (PooledPostgresqlDatabase, PooledPostgresqlExtDatabase, PooledMySQLDatabase):
        db = cls("name")

        class Note(db.Model):
            text = TextField(index=True)
            number = IntegerField(null=True)

        t.show(f"{cls.__name__} select", Note.select().where(Note.text ** "a%").limit(3))
        t.show(f"{cls.__name__} insert", Note.insert(text="a"))
        t.show(f"{cls.__name__} update", Note.update(number=Note.number + 1).where(Note.id == 1))
