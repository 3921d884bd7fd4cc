"""Transactions as a server has them: broken ones, isolation, savepoints, locks, what others see."""

from parity_program import program
from peewee import *


def _notes(t, **options):
    db = t.database(**options)

    class Note(db.Model):
        body = TextField(unique=True)

    db.create_tables([Note])
    return db, Note


def _other(db):
    return PostgresqlDatabase(db.database, **db.connect_params)


def _bodies(Note):
    return sorted(row.body for row in Note.select())


@program(spec=("SB-085", "DB-055"))
def a_broken_transaction_refuses_everything(t):
    db, Note = _notes(t)
    with t.raises("block"):
        with db.atomic():
            Note.create(body="one")
            with t.raises("first"):
                Note.create(body="one")
            with t.raises("second"):
                Note.select().count()
            with t.raises("third"):
                db.execute_sql("SELECT 1")
            Note.create(body="two")
    t.show("after", _bodies(Note))
    t.show("depth", db.transaction_depth())


@program(spec=("SB-085", "DB-040"))
def a_broken_transaction_that_ends_well_is_rolled_back(t):
    db, Note = _notes(t)
    with t.raises("end"):
        with db.atomic():
            Note.create(body="one")
            with t.raises("broken"):
                db.execute_sql("SELECT 1/0")
    t.show("rows", _bodies(Note))
    t.show("usable", Note.create(body="later").body)


@program(spec=("SB-085", "SB-081"))
def an_inner_block_saves_the_transaction(t):
    db, Note = _notes(t)
    with db.atomic():
        Note.create(body="one")
        with t.raises("inner"):
            with db.atomic():
                Note.create(body="two")
                Note.create(body="one")
        Note.create(body="three")
        with t.raises("deeper"):
            with db.atomic():
                with db.atomic():
                    db.execute_sql("SELECT 1/0")
        Note.create(body="four")
    t.show("rows", _bodies(Note))


@program(spec=("SB-085",))
def get_or_create_survives_in_a_transaction(t):
    db, Note = _notes(t)
    with db.atomic():
        t.show("first", Note.get_or_create(body="x")[1])
        t.show("second", Note.get_or_create(body="x")[1])
    t.show("rows", _bodies(Note))


@program(spec=("DB-041", "SB-081"))
def savepoints_are_undone_alone(t):
    db, Note = _notes(t)
    with db.atomic() as outer:
        Note.create(body="a")
        with db.savepoint() as point:
            Note.create(body="b")
            point.rollback()
            Note.create(body="c")
        with db.savepoint() as point:
            Note.create(body="d")
            point.commit()
            Note.create(body="e")
            point.rollback()
    t.show("rows", _bodies(Note))


@program(spec=("DB-042",))
def a_transaction_may_commit_in_the_middle(t):
    db, Note = _notes(t)
    with db.transaction() as block:
        Note.create(body="a")
        block.commit()
        Note.create(body="b")
        block.rollback()
        Note.create(body="c")
    t.show("rows", _bodies(Note))
    with t.raises("begin=False"):
        with db.transaction() as block:
            Note.create(body="d")
            block.commit(begin=False)
    t.show("after", _bodies(Note))


@program(spec=("SB-080", "DB-038"))
def others_see_what_is_committed(t):
    db, Note = _notes(t)
    other = _other(db)
    count = lambda: other.execute_sql("SELECT count(*) FROM note").fetchone()[0]
    Note.create(body="a")
    t.show("autocommit", count())
    with db.atomic():
        Note.create(body="b")
        t.show("inside", count())
    t.show("committed", count())
    other.close()


@program(spec=("DB-049",))
def isolation_levels(t):
    db, Note = _notes(t)
    show = lambda: db.execute_sql("SHOW transaction_isolation").fetchone()[0]
    t.show("default", show())
    for level in ("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE", "serializable"):
        with db.atomic(level):
            t.show(level, show())
        with db.transaction(level):
            with db.atomic("READ COMMITTED"):
                t.show(f"{level} outermost", show())
    with t.raises("unknown"):
        with db.atomic("SNAPSHOT"):
            pass
    t.show("after", (show(), db.transaction_depth()))


@program(spec=("DB-067", "DB-069"))
def a_database_has_an_isolation_level(t):
    db, Note = _notes(t, isolation_level="SERIALIZABLE")
    show = lambda: db.execute_sql("SHOW transaction_isolation").fetchone()[0]
    t.show("outside", show())
    with db.atomic():
        t.show("inside", show())
    with t.raises("unknown"):
        PostgresqlDatabase(db.database, isolation_level="nonsense", **db.connect_params)


@program(spec=("DB-069",))
def the_isolation_level_may_be_set(t):
    db, Note = _notes(t)
    show = lambda: db.execute_sql("SHOW transaction_isolation").fetchone()[0]
    db.set_isolation_level("SERIALIZABLE")
    with db.atomic():
        t.show("set", show())
    db.close()
    with db.atomic():
        t.show("reconnected", show())
    db.set_isolation_level(None)
    with db.atomic():
        t.show("unset", show())


@program(spec=("DB-049",))
def snapshots_stay_as_they_were(t):
    db, Note = _notes(t)
    other = _other(db)
    with db.atomic("REPEATABLE READ"):
        t.show("before", Note.select().count())
        other.execute_sql("INSERT INTO note (body) VALUES ('other')")
        t.show("repeatable", Note.select().count())
    t.show("after", Note.select().count())
    with db.atomic("READ COMMITTED"):
        other.execute_sql("INSERT INTO note (body) VALUES ('more')")
        t.show("committed", Note.select().count())
    other.close()


@program(spec=("SB-084",))
def a_commit_may_fail(t):
    db = t.database()
    db.execute_sql(
        "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a DEFERRABLE INITIALLY DEFERRED)"
    )
    with t.raises("commit"):
        with db.atomic():
            db.execute_sql("INSERT INTO b VALUES (1)")
            t.show("inside", db.execute_sql("SELECT count(*) FROM b").fetchone())
    t.show("after", db.execute_sql("SELECT count(*) FROM b").fetchone())
    t.show("depth", db.transaction_depth())
    with db.atomic():
        db.execute_sql("INSERT INTO b VALUES (2)")
        db.execute_sql("INSERT INTO a VALUES (2)")
    t.show("in time", db.execute_sql("SELECT count(*) FROM b").fetchone())


@program(spec=("DB-040", "DB-043"))
def ddl_is_undone_too(t):
    db, Note = _notes(t)

    class Draft(db.Model):
        title = TextField(index=True)

    with t.raises("undone"):
        with db.atomic():
            db.create_tables([Draft])
            Draft.create(title="x")
            raise ValueError("no")
    t.show("tables", db.get_tables())
    with db.atomic() as block:
        Note.drop_table()
        block.rollback()
    t.show("still there", Note.table_exists())


@program(spec=("DB-045",))
def transactions_by_hand(t):
    db, Note = _notes(t)
    with db.manual_commit():
        db.begin()
        Note.create(body="a")
        db.rollback()
        db.begin()
        Note.create(body="b")
        db.commit()
        Note.create(body="c")
        with t.raises("atomic"):
            with db.atomic():
                pass
    t.show("rows", _bodies(Note))


@program(spec=("DB-047", "SB-087"))
def functions_after_the_commit(t):
    db, Note = _notes(t)
    seen = []
    with db.atomic():
        db.after_commit(lambda: seen.append("one"))
        with t.raises("inner"):
            with db.atomic():
                db.after_commit(lambda: seen.append("inner"))
                db.execute_sql("SELECT 1/0")
        t.show("before", list(seen))
    t.show("after", list(seen))
    with t.raises("outer"):
        with db.atomic():
            db.after_commit(lambda: seen.append("never"))
            db.execute_sql("SELECT 1/0")
    t.show("end", seen)


@program(spec=("DB-069",))
def rows_are_locked(t):
    db, Note = _notes(t)
    Note.insert_many([("a",), ("b",), ("c",)], [Note.body]).execute()
    other = _other(db)
    free = lambda: sorted(
        row[0] for row in other.execute_sql("SELECT body FROM note FOR UPDATE SKIP LOCKED").fetchall()
    )
    for label, lock in (
        ("update", lambda query: query.for_update()),
        ("nowait", lambda query: query.for_update(nowait=True)),
        ("skip", lambda query: query.for_update("FOR UPDATE SKIP LOCKED")),
        ("share", lambda query: query.for_update("FOR SHARE")),
        ("of", lambda query: query.for_update(of=Note)),
        ("key", lambda query: query.for_update("FOR NO KEY UPDATE")),
    ):
        with db.atomic():
            t.show(f"{label} rows", [row.body for row in lock(Note.select().where(Note.body == "a"))])
            t.show(f"{label} free", free())
    t.show("after", free())
    other.close()


@program(spec=("DB-069",))
def locks_in_joins(t):
    db = t.database()

    class Owner(db.Model):
        name = TextField()

    class Pet(db.Model):
        owner = ForeignKeyField(Owner)
        name = TextField()

    db.create_tables([Owner, Pet])
    Pet.create(owner=Owner.create(name="ann"), name="rex")
    with db.atomic():
        query = Pet.select(Pet, Owner).join(Owner).for_update(of=(Pet,))
        t.show("rows", [(pet.name, pet.owner.name) for pet in query])
    with t.raises("grouped"):
        list(Pet.select(fn.COUNT(Pet.id)).group_by(Pet.owner).for_update())


@program(spec=("SB-075", "DB-046"))
def closing_within_a_transaction(t):
    db, Note = _notes(t)
    with db.atomic():
        Note.create(body="a")
        with t.raises("close"):
            db.close()
    t.show("rows", _bodies(Note))
    with t.raises("with db"):
        with db:
            Note.create(body="b")
            raise ValueError("no")
    t.show("closed", db.is_closed())
    t.show("after", _bodies(Note))


@program(spec=("DB-048",))
def sessions(t):
    db, Note = _notes(t)
    db.session_start()
    Note.create(body="a")
    t.show("commit", db.session_commit())
    db.session_start()
    Note.create(body="b")
    t.show("rollback", db.session_rollback())
    t.show("nothing", db.session_rollback())
    t.show("rows", _bodies(Note))


@program(spec=("DB-037",))
def batches_are_committed_one_by_one(t):
    db, Note = _notes(t)
    with t.raises("third"):
        for number in db.batch_commit([1, 2, 3, 4, 2, 5], 2):
            Note.create(body=str(number))
    t.show("rows", _bodies(Note))


@program(spec=("SB-088", "SB-091"))
def advisory_locks_and_notices(t):
    db, Note = _notes(t)
    other = _other(db)
    with db.atomic():
        db.execute_sql("SELECT pg_advisory_xact_lock(42)")
        t.show("held", other.execute_sql("SELECT pg_try_advisory_lock(42)").fetchone())
    t.show("free", other.execute_sql("SELECT pg_try_advisory_lock(42)").fetchone())
    db.execute_sql("DO $$ BEGIN RAISE NOTICE 'hello'; RAISE WARNING 'careful'; END $$")
    t.show("usable", db.execute_sql("SELECT 1").fetchone())
    other.close()
