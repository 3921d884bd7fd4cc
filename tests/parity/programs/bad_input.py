"""Programs about input that must fail: with which exception, and what state is left behind.

How exceptions look from the inside has its own file.
"""

import datetime
import decimal

from parity_program import program
from peewee import *


def _notes(t, **settings):
    """Returns a database and a model with one row."""
    db = t.database(**settings)

    class Note(Model):
        body = TextField(null=True)
        number = IntegerField(null=True)

        class Meta:
            database = db

    db.create_tables([Note])
    Note.create(body="first", number=1)
    return db, Note


@program(spec=("DB-055",))
def a_path_that_cannot_be_opened(t):
    db = SqliteDatabase(t.path("no such folder/app.db"))
    with t.raises("connect"):
        db.connect()
    t.show("closed", db.is_closed())
    with t.raises("query"):
        db.execute_sql("SELECT 1")
    with t.raises("with"), db:
        pass
    t.show("close", db.close())
    t.show("depth", db.transaction_depth())


@program(spec=("DB-055",))
def a_folder_is_no_database(t):
    import os

    os.mkdir(t.path("folder"))
    db = SqliteDatabase(t.path("folder"))
    with t.raises("query"):
        db.execute_sql("CREATE TABLE note (body TEXT)")
    t.show("close", db.close())


@program(spec=("DB-055",))
def a_file_that_is_no_database(t):
    path = t.path("text.db")
    with open(path, "wb") as file:
        file.write(b"This is just text, long enough to be looked at as a header. " * 40)
    db = SqliteDatabase(path)
    with t.raises("read"):
        db.execute_sql("SELECT * FROM note")
    with t.raises("write"):
        db.execute_sql("CREATE TABLE note (body TEXT)")
    with t.raises("atomic"), db.atomic():
        db.get_tables()
    t.show("depth", db.transaction_depth())
    db.close()
    with open(path, "rb") as file:
        t.show("untouched", file.read(4))


@program(spec=("DB-055",))
def a_pragma_on_a_file_that_is_no_database_fails_at_connect(t):
    path = t.path("text.db")
    with open(path, "wb") as file:
        file.write(b"not a database " * 200)
    db = SqliteDatabase(path, pragmas={"journal_mode": "wal"})
    with t.raises("connect"):
        db.connect()
    t.show("closed", db.is_closed())


@program(spec=("DB-055",))
def a_locked_database_after_its_timeout(t):
    db, Note = _notes(t, file=True, timeout=0.1)
    other = SqliteDatabase(db.database, timeout=0.1)
    with other.atomic("EXCLUSIVE"):
        with t.raises("read"):
            Note.select().count()
        with t.raises("write"):
            Note.create(body="blocked")
        with t.raises("begin"), db.atomic("IMMEDIATE"):
            pass
    t.show("depth", db.transaction_depth())
    t.show("works again", Note.create(body="second").id)
    other.close()


@program(spec=("DB-055",))
def a_read_only_file_refuses_writes(t):
    db, Note = _notes(t, file=True)
    db.close()
    readonly = SqliteDatabase("file:%s?mode=ro" % db.database, uri=True)
    with readonly.bind_ctx([Note]):
        t.show("read", Note.select().count())
        with t.raises("write"):
            Note.create(body="refused")
        with t.raises("write in a block"), readonly.atomic():
            Note.create(body="refused")
        t.show("still usable", Note.get().body)
    readonly.close()


@program(spec=("DB-055",))
def broken_constraints_write_nothing(t):
    db = t.database(pragmas={"foreign_keys": 1})

    class Parent(Model):
        code = IntegerField(unique=True)

        class Meta:
            database = db

    class Child(Model):
        parent = ForeignKeyField(Parent)
        size = IntegerField(constraints=[Check("size > 0")])

        class Meta:
            database = db

    db.create_tables([Parent, Child])
    parent = Parent.create(code=1)
    with t.raises("unique in many rows"):
        Parent.insert_many([{"code": 2}, {"code": 3}, {"code": 1}]).execute()
    with t.raises("check"):
        Child.create(parent=parent, size=0)
    with t.raises("foreign key"):
        Child.create(parent=99, size=1)
    with t.raises("not null"):
        Child.create(size=1)
    with t.raises("update"):
        Parent.create(code=5)
        Parent.update(code=1).execute()
    t.show("parents", [row.code for row in Parent.select().order_by(Parent.code)])
    t.show("children", Child.select().count())


@program(spec=("DB-055",))
def broken_sql_leaves_the_connection_usable(t):
    db, Note = _notes(t)
    for sql in ("SELEC 1", "SELECT * FROM", "SELECT (", "INSERT INTO note", "SELECT 'open", "SELECT * FROM note WHERE"):
        with t.raises(sql):
            db.execute_sql(sql)
    t.show("empty", db.execute_sql("").fetchall())
    t.show("comment", db.execute_sql("-- nothing").fetchall())
    t.show("usable", Note.select().count())


@program(spec=("DB-025",))
def two_statements_at_once_are_refused(t):
    db, Note = _notes(t)
    with t.raises("two", message=False):
        db.execute_sql("SELECT 1; DELETE FROM note")
    t.show("nothing deleted", Note.select().count())
    t.show("a trailing semicolon is fine", db.execute_sql("SELECT 1;").fetchone())


@program(spec=("DB-025",))
def the_number_of_parameters_must_fit(t):
    db, _ = _notes(t)
    with t.raises("too few", message=False):
        db.execute_sql("SELECT ?, ?", (1,))
    with t.raises("too many", message=False):
        db.execute_sql("SELECT ?", (1, 2))
    with t.raises("none", message=False):
        db.execute_sql("SELECT ?")
    t.show("usable", db.execute_sql("SELECT ?", (1,)).fetchone())


@program(spec=("DB-052", "FD-013"))
def integers_beyond_sixty_four_bits(t):
    db, Note = _notes(t)
    for value in (2**63, -(2**63) - 1, 2**200):
        with t.raises("write %d" % value, message=False):
            Note.create(number=value)
        with t.raises("compare %d" % value, message=False):
            list(Note.select().where(Note.number == value))
    with t.raises("execute_sql", message=False):
        db.execute_sql("SELECT ?", (2**64,))
    with t.raises("limit", message=False):
        list(Note.select().limit(2**64))
    t.show("rows", Note.select().count())


@program(spec=("FD-015",))
def a_lone_surrogate(t):
    db, Note = _notes(t)
    with t.raises("write", message=False):
        Note.create(body="broken \ud800 text")
    with t.raises("compare", message=False):
        list(Note.select().where(Note.body == "\udfff"))
    with t.raises("sql", message=False):
        db.execute_sql("SELECT '\ud800'")
    t.show("rows", Note.select().count())


@program(spec=("FD-015",))
def text_with_a_nul(t):
    db, Note = _notes(t)
    note = Note.create(body="before\x00after")
    t.show("read", Note.get_by_id(note.id).body)
    t.show("found", Note.select().where(Note.body == "before\x00after").count())
    t.show("raw", db.execute_sql("SELECT body, length(body), hex(body) FROM note WHERE id = 2").fetchone())
    with t.raises("in the sql", message=False):
        db.execute_sql("SELECT 1 \x00 2")
    t.show("usable", Note.select().count())


@program(spec=("FD-015",))
def bytes_that_are_not_utf8(t):
    db, Note = _notes(t)
    with t.raises("write", message=False):
        Note.create(body=b"\xff\xfe")
    db.execute_sql("INSERT INTO note (body) VALUES (CAST(x'fffe' AS TEXT))")
    with t.raises("read", message=False):
        list(Note.select().order_by(Note.id))
    t.show("count", Note.select().count())
    t.show("deleted", Note.delete_by_id(2))


@program(spec=("MD-031", "SB-046"))
def unknown_columns_and_fields(t):
    db, Note = _notes(t)
    with t.raises("attribute", message=False):
        Note.shoe
    with t.raises("instance attribute", message=False):
        Note().shoe
    with t.raises("insert"):
        Note.insert({"shoe": 1}).execute()
    with t.raises("filter", message=False):
        list(Note.filter(shoe=1))
    with t.raises("sql"):
        list(Note.select(SQL("shoe")))

    class Wrong(Model):
        body = TextField()
        shoe = IntegerField()

        class Meta:
            database = db
            table_name = "note"

    with t.raises("missing column"):
        list(Wrong.select())
    with t.raises("missing column on insert"):
        Wrong.create(body="x", shoe=1)
    t.show("rows", Note.select().count())


@program(spec=("SB-073", "DB-016"))
def work_on_a_closed_database(t):
    db = t.database(file=True, autoconnect=False)

    class Late(Model):
        body = TextField()

        class Meta:
            database = db

    for label, work in (
        ("create_table", Late.create_table),
        ("create", lambda: Late.create(body="x")),
        ("iterate", lambda: list(Late.select())),
        ("get", Late.get),
        ("count", lambda: Late.select().count()),
        ("execute_sql", lambda: db.execute_sql("SELECT 1")),
        ("tables", db.get_tables),
    ):
        with t.raises(label):
            work()
    t.show("closed", db.is_closed())
    db.connect()


@program(spec=("DB-011", "SB-077"))
def work_on_an_uninitialised_database(t):
    db = SqliteDatabase(None)

    class Late(Model):
        body = TextField()

        class Meta:
            database = db

    t.show("sql can be built", Late.select().sql())
    for label, work in (
        ("create_table", Late.create_table),
        ("create", lambda: Late.create(body="x")),
        ("iterate", lambda: list(Late.select())),
        ("save", lambda: Late(body="x").save()),
        ("with", lambda: db.__enter__()),
    ):
        with t.raises(label):
            work()


@program(spec=("MD-041",))
def work_on_a_model_without_a_database(t):
    class Lonely(Model):
        body = TextField()

    for label, work in (
        ("create_table", Lonely.create_table),
        ("drop_table", Lonely.drop_table),
        ("create", lambda: Lonely.create(body="x")),
        ("save", lambda: Lonely(body="x").save()),
        ("get", Lonely.get),
        ("get_or_none", lambda: Lonely.get_or_none(Lonely.id == 1)),
        ("update", lambda: Lonely.update(body="y").execute()),
        ("delete", lambda: Lonely.delete().execute()),
        ("delete_instance", lambda: Lonely(id=1).delete_instance()),
        ("len", lambda: len(Lonely)),
        ("exists", lambda: Lonely.select().exists()),
        ("raw", lambda: list(Lonely.raw("SELECT 1"))),
        ("get_or_create", lambda: Lonely.get_or_create(body="x")),
    ):
        with t.raises(label, message=label != "get_or_create"):
            work()


@program(spec=("FD-013", "SB-094"))
def values_the_driver_cannot_take(t):
    db = t.database()

    class Bag(Model):
        bare = BareField(null=True)
        number = IntegerField(null=True)
        real = FloatField(null=True)

        class Meta:
            database = db

    db.create_tables([Bag])
    for label, values in (
        ("object in a bare field", {"bare": object()}),
        ("dict in a bare field", {"bare": {"a": 1}}),
        ("set in a bare field", {"bare": {1}}),
        ("complex in a float", {"real": 1j}),
        ("object in an integer", {"number": object()}),
    ):
        with t.raises(label, message=False):
            Bag.create(**values)
    with t.raises("parameter", message=False):
        db.execute_sql("SELECT ?", (object(),))
    t.show("rows", Bag.select().count())


@program(spec=("DB-004",))
def values_the_driver_takes_without_a_field(t):
    db = t.database()
    for label, value in (
        ("decimal", decimal.Decimal("1.50")),
        ("date", datetime.date(2024, 2, 29)),
        ("time", datetime.time(13, 45)),
        ("datetime", datetime.datetime(2024, 2, 29, 13, 45)),
        ("bool", True),
        ("bytearray", bytearray(b"a")),
        ("memoryview", memoryview(b"b")),
        ("none", None),
    ):
        t.show(label, db.execute_sql("SELECT ?, typeof(?)", (value, value)).fetchone())


@program(spec=("FD-018", "FD-023", "FD-024", "FD-014"))
def values_the_field_cannot_take(t):
    db = t.database()

    class Strict(Model):
        price = DecimalField(null=True, auto_round=True)
        address = IPField(null=True)
        binary = BinaryUUIDField(null=True)
        stamp = TimestampField(null=True, default=None)
        blob = BlobField(null=True)

        class Meta:
            database = db

    db.create_tables([Strict])
    for name, value in (
        ("price", "not a number"),
        ("address", "not an address"),
        ("address", 5),
        ("binary", "short"),
        ("stamp", "not a time"),
        ("stamp", object()),
        ("blob", 5),
        ("blob", object()),
    ):
        with t.raises("%s %s" % (name, type(value).__name__), message=False):
            Strict.create(**{name: value})
    t.show("rows", list(Strict.select().tuples()))


@program(spec=("FD-011", "QB-009"))
def lists_of_values_that_do_not_fit(t):
    _, Note = _notes(t)
    t.show("empty", list(Note.select().where(Note.number << [])))
    t.show("mixed", Note.select(Note.id).where(Note.number << [1, "2", None, 3.5]).sql())
    with t.raises("text", message=False):
        list(Note.select().where(Note.number << "abc"))
    with t.raises("dict view", message=False):
        list(Note.select().where(Note.number << {1: 2}.keys()))


@program(spec=("QB-006",))
def values_never_become_sql(t):
    db, Note = _notes(t)
    evil = "'; DROP TABLE note; --"
    t.show("stored", Note.create(body=evil).id)
    t.show("found", Note.get(Note.body == evil).id)
    t.show("like", Note.select().where(Note.body.contains(evil)).count())
    t.show("sql", Note.select(Note.id).where(Note.body == evil).sql())
    t.show("still there", db.table_exists("note"))


@program(spec=("DB-045", "SB-086"), ends_with="OperationalError")
def a_program_that_ends_on_broken_sql(t):
    db, Note = _notes(t)
    with db.atomic():
        Note.create(body="lost")
        db.execute_sql("SELECT * FROM nowhere")


@program(spec=("SB-048", "QB-051"))
def rows_that_do_not_fit_together(t):
    db = t.database()

    class Strict(Model):
        a = IntegerField()
        b = IntegerField()
        c = IntegerField(default=7)

        class Meta:
            database = db

    db.create_tables([Strict])
    with t.raises("missing value"):
        Strict.insert_many([{"a": 1, "b": 2}, {"a": 3}]).execute()
    with t.raises("too short", message=False):
        Strict.insert_many([(1, 2), (3,)], fields=[Strict.a, Strict.b]).execute()
    with t.raises("unknown name"):
        Strict.insert_many([{"a": 1, "b": 2, "x": 3}]).execute()
    t.show("extra later", Strict.insert_many([{"a": 1, "b": 2}, {"a": 3, "b": 4, "c": 5}]).execute())
    with t.raises("no rows of rows", message=False):
        Strict.insert_many([1, 2]).execute()
    t.show("rows", list(Strict.select().order_by(Strict.id).tuples()))
