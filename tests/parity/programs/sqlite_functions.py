"""Programs about what SQLite lets Python add or set: functions, aggregates, collations, pragmas, attachments.

Opening and closing connections has its own file.
"""

import datetime

from parity_program import program
from peewee import *


@program(spec=("DB-060",))
def a_function_in_python_is_called_from_sql(t):
    db = t.database()

    @db.func("shout", 1)
    def loud(text):
        return None if text is None else text.upper() + "!"

    t.show("stays a function", loud("a"))
    t.show("row", db.execute_sql("SELECT shout(?), shout(NULL)", ("hey",)).fetchone())

    @db.func()
    def twice(value):
        return value * 2

    t.show("open connection", db.execute_sql("SELECT twice(4), twice(1.5)").fetchone())
    db.close()
    t.show("next connection", db.execute_sql("SELECT twice(5)").fetchone())


@program(spec=("DB-060",))
def functions_take_and_give_every_sqlite_type(t):
    db = t.database()
    seen = []

    @db.func(num_params=-1)
    def witness(*values):
        seen.append(values)
        return len(values)

    t.show("count", db.execute_sql("SELECT witness(1, 2.5, 'text', x'00ff', NULL), witness()").fetchone())
    t.show("values", seen)

    @db.func(num_params=1)
    def give(kind):
        return {"int": 7, "float": 0.5, "text": "é", "blob": b"\x00\x01", "none": None, "bool": True}[kind]

    for kind in ("int", "float", "text", "blob", "none", "bool"):
        t.show(kind, db.execute_sql("SELECT give(?)", (kind,)).fetchone())


@program(spec=("DB-060", "SB-097"))
def an_error_in_a_function_fails_the_statement(t):
    db = t.database()

    @db.func()
    def refuse(value):
        raise ValueError("refused")

    with t.raises("raised"):
        db.execute_sql("SELECT refuse(1)").fetchall()
    t.show("still usable", db.execute_sql("SELECT 1").fetchone())
    with t.raises("unknown"):
        db.execute_sql("SELECT no_such_function(1)")
    db.register_function(lambda a: a, "one_argument", 1)
    with t.raises("too many arguments"):
        db.execute_sql("SELECT one_argument(1, 2)")


@program(spec=("DB-060",))
def functions_are_used_in_model_queries(t):
    db = t.database()

    class Word(Model):
        text = TextField()

        class Meta:
            database = db

    @db.func("backwards")
    def backwards(text):
        return text[::-1]

    db.create_tables([Word])
    Word.insert_many([{"text": "abc"}, {"text": "level"}]).execute()
    query = Word.select(Word.text, fn.backwards(Word.text).alias("turned")).order_by(Word.id)
    t.show("rows", list(query.tuples()))
    t.show("same", [w.text for w in Word.select().where(fn.backwards(Word.text) == Word.text)])


@program(spec=("DB-060",))
def unregistering_leaves_open_connections_alone(t):
    db = t.database()
    db.register_function(lambda: 1, "one", 0)
    t.show("before", db.execute_sql("SELECT one()").fetchone())
    t.show("unregister", db.unregister_function("one"))
    t.show("open connection keeps it", db.execute_sql("SELECT one()").fetchone())
    db.close()
    with t.raises("next connection"):
        db.execute_sql("SELECT one()")
    with t.raises("unknown name"):
        db.unregister_function("one")
    with t.raises("unknown aggregate"):
        db.unregister_aggregate("one")
    with t.raises("unknown collation"):
        db.unregister_collation("one")


@program(spec=("DB-060",))
def an_aggregate_in_python_folds_rows(t):
    db = t.database()

    @db.aggregate("product")
    class Product:
        def __init__(self):
            self.total = 1

        def step(self, value):
            self.total *= value

        def finalize(self):
            return self.total

    db.execute_sql("CREATE TABLE n (kind TEXT, value INTEGER)")
    db.execute_sql("INSERT INTO n VALUES ('a', 2), ('a', 3), ('b', 7)")
    t.show("all", db.execute_sql("SELECT product(value) FROM n").fetchone())
    t.show("groups", db.execute_sql("SELECT kind, product(value) FROM n GROUP BY kind ORDER BY kind").fetchall())
    t.show("no rows", db.execute_sql("SELECT product(value) FROM n WHERE kind = 'x'").fetchone())


@program(spec=("DB-060",))
def an_aggregate_is_named_after_its_class(t):
    db = t.database()

    class Longest:
        def __init__(self):
            self.text = ""

        def step(self, text):
            if len(text) > len(self.text):
                self.text = text

        def finalize(self):
            return self.text

    db.register_aggregate(Longest)
    db.execute_sql("CREATE TABLE word (text TEXT)")
    db.execute_sql("INSERT INTO word VALUES ('aa'), ('aaaa'), ('a')")
    t.show("longest", db.execute_sql("SELECT longest(text) FROM word").fetchone())


@program(spec=("DB-060",))
def a_collation_in_python_orders_text(t):
    db = t.database()

    @db.collation("by_length")
    def by_length(left, right):
        return (len(left) > len(right)) - (len(left) < len(right))

    class Word(Model):
        text = TextField()

        class Meta:
            database = db

    db.create_tables([Word])
    Word.insert_many([("ccc",), ("a",), ("bb",)], fields=[Word.text]).execute()
    query = Word.select().order_by(by_length.collation(Word.text))
    t.show("sql", query.sql())
    t.show("order", [word.text for word in query])
    t.show("named in asc", [w.text for w in Word.select().order_by(Word.text.desc(collation="by_length"))])
    db.close()
    with t.raises("unregistered"):
        db.unregister_collation("by_length")
        db.execute_sql("SELECT 'a' < 'b' COLLATE by_length")


@program(spec=("DB-060",))
def a_window_function_in_python_slides_over_rows(t):
    db = t.database()

    @db.window_function("running")
    class Running:
        def __init__(self):
            self.values = []

        def step(self, value):
            self.values.append(value)

        def inverse(self, value):
            self.values.remove(value)

        def value(self):
            return sum(self.values)

        def finalize(self):
            return sum(self.values)

    db.execute_sql("CREATE TABLE n (value INTEGER)")
    db.execute_sql("INSERT INTO n VALUES (1), (2), (3), (4)")
    rows = db.execute_sql(
        "SELECT value, running(value) OVER (ORDER BY value ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) "
        "FROM n ORDER BY value"
    )
    t.show("rows", rows.fetchall())
    t.show("as aggregate", db.execute_sql("SELECT running(value) FROM n").fetchone())


@program(spec=("DB-061",))
def date_part_takes_text_apart(t):
    db = t.database()
    text = "2024-02-29 13:45:59.123456"
    for part in ("year", "month", "day", "hour", "minute", "second"):
        t.show(part, db.execute_sql("SELECT date_part(?, ?)", (part, text)).fetchone())
    t.show("date only", db.execute_sql("SELECT date_part('day', '2024-02-29')").fetchone())
    t.show("time only", db.execute_sql("SELECT date_part('hour', '13:45')").fetchone())
    t.show("nothing", db.execute_sql("SELECT date_part('year', NULL), date_part('year', '')").fetchone())
    with t.raises("bad text"):
        db.execute_sql("SELECT date_part('year', 'soon')").fetchone()
    with t.raises("bad part"):
        db.execute_sql("SELECT date_part('century', ?)", (text,)).fetchone()


@program(spec=("DB-061",))
def date_trunc_cuts_text_down(t):
    db = t.database()
    text = "2024-02-29 13:45:59.123456"
    for part in ("year", "month", "day", "hour", "minute", "second"):
        t.show(part, db.execute_sql("SELECT date_trunc(?, ?)", (part, text)).fetchone())
    t.show("nothing", db.execute_sql("SELECT date_trunc('year', NULL), date_trunc('year', '')").fetchone())
    with t.raises("bad text"):
        db.execute_sql("SELECT date_trunc('year', 'soon')").fetchone()


@program(spec=("DB-061",))
def regexp_exists_only_when_asked_for(t):
    plain = t.database()
    with t.raises("without"):
        plain.execute_sql("SELECT 'abc' REGEXP 'a.c'").fetchone()
    db = t.database(regexp_function=True)
    t.show("found", db.execute_sql("SELECT 'xxabcxx' REGEXP 'a.c'").fetchone())
    t.show("not found", db.execute_sql("SELECT 'abc' REGEXP '^b'").fetchone())
    t.show("case", db.execute_sql("SELECT 'ABC' REGEXP 'abc'").fetchone())

    class Word(Model):
        text = TextField()

        class Meta:
            database = db

    db.create_tables([Word])
    Word.insert_many([{"text": "cat"}, {"text": "dog"}]).execute()
    t.show("rows", [w.text for w in Word.select().where(Word.text.regexp("^c"))])
    with t.raises("bad pattern"):
        db.execute_sql("SELECT 'abc' REGEXP '('").fetchone()


@program(spec=("DB-057",))
def pragmas_are_set_on_every_connection(t):
    db = t.database(file=True, pragmas={"foreign_keys": 1, "cache_size": -1000})
    t.show("first", (db.foreign_keys, db.cache_size))
    db.close()
    t.show("second", (db.foreign_keys, db.cache_size))
    listed = t.database(pragmas=[("foreign_keys", "on"), ("user_version", 5)])
    t.show("pairs", (listed.foreign_keys, listed.user_version))
    t.show("by default", t.database().foreign_keys)


@program(spec=("DB-058",))
def pragma_reads_and_writes_one_value(t):
    db = t.database(file=True)
    t.show("read", db.pragma("user_version"))
    t.show("write", db.pragma("user_version", 9))
    t.show("read again", db.pragma("user_version"))
    t.show("falsy", db.pragma("user_version", None))
    t.show("is zero", db.pragma("user_version"))
    t.show("unknown", db.pragma("no_such_pragma"))
    t.show("schema", db.pragma("user_version", schema="main"))
    with t.raises("permanent without a value"):
        db.pragma("user_version", permanent=True)
    db.pragma("foreign_keys", 1, permanent=True)
    db.close()
    t.show("kept", db.pragma("foreign_keys"))


@program(spec=("DB-059",))
def pragma_properties_read_and_write(t):
    db = t.database(file=True)
    for name, value in (
        ("cache_size", 77),
        ("foreign_keys", True),
        ("journal_mode", "wal"),
        ("journal_size_limit", 4096),
        ("read_uncommitted", 1),
        ("synchronous", 1),
        ("wal_autocheckpoint", 50),
        ("application_id", 42),
        ("user_version", 3),
    ):
        setattr(db, name, value)
        t.show(name, getattr(db, name))
    t.show("page_size", db.page_size)
    t.show("mmap_size", db.mmap_size)


@program(spec=("DB-059",))
def timeout_is_seconds_and_reaches_an_open_connection(t):
    db = t.database(timeout=2)
    t.show("given", db.timeout)
    t.show("busy_timeout", db.pragma("busy_timeout"))
    db.timeout = 0.5
    t.show("changed", (db.timeout, db.pragma("busy_timeout")))
    t.show("default", t.database().timeout)


@program(spec=("DB-062",))
def attached_files_are_another_schema(t):
    path = t.path("side.db")
    db = t.database(file=True)
    db.connect()
    t.show("attach", db.attach(path, "side"))
    t.show("again", db.attach(path, "side"))
    with t.raises("name in use"):
        db.attach(t.path("other.db"), "side")
    db.execute_sql("CREATE TABLE side.note (body TEXT)")
    t.show("tables", (db.get_tables(), db.get_tables(schema="side")))
    db.close()
    t.show("attached on the next connection", db.get_tables(schema="side"))
    t.show("detach", db.detach("side"))
    t.show("detach again", db.detach("side"))
    with t.raises("gone"):
        db.execute_sql("SELECT * FROM side.note")


@program(spec=("DB-062", "QB-006"))
def a_model_may_live_in_an_attached_schema(t):
    db = t.database()
    db.attach(":memory:", "side")

    class Note(Model):
        body = TextField(index=True)

        class Meta:
            database = db
            schema = "side"

    db.create_tables([Note])
    note = Note.create(body="there")
    note.body = "changed"
    t.show("saved", note.save())
    t.show("rows", list(Note.select().where(Note.body == "changed").dicts()))
    t.show("exists", (Note.table_exists(), db.table_exists("note"), db.table_exists("note", schema="side")))
    t.show("deleted", note.delete_instance())
    db.drop_tables([Note])
    t.show("tables", db.get_tables(schema="side"))


@program(spec=("DB-065", "DB-013"))
def class_flags_tell_what_sqlite_can(t):
    db = t.database()
    for name in (
        "param",
        "quote",
        "limit_max",
        "for_update",
        "returning_clause",
        "truncate_table",
        "safe_create_index",
        "safe_drop_index",
        "sequences",
        "index_schema_prefix",
        "index_value_literals",
        "nulls_ordering",
        "use_concat_function",
        "compound_select_parentheses",
    ):
        t.show(name, getattr(db, name))


@program(spec=("DB-013",))
def field_types_and_operations_may_be_overridden(t):
    db = t.database(field_types={"TEXT": "CITEXT"}, operations={"ILIKE": "CLIKE"})

    class Note(Model):
        body = TextField()

        class Meta:
            database = db

    t.show("ddl", Note._schema._create_table(safe=False).query())
    t.show("operation", Note.select().where(Note.body ** "a%").sql())


@program(spec=("DB-035", "FD-021"))
def date_helpers_build_sql(t):
    db = t.database()

    class Event(Model):
        at = DateTimeField()

        class Meta:
            database = db

    db.create_tables([Event])
    Event.create(at=datetime.datetime(2020, 1, 2, 3, 4, 5))
    query = Event.select(
        db.extract_date("year", Event.at).alias("a_year"),
        db.truncate_date("month", Event.at).alias("a_month"),
        db.to_timestamp(Event.at).alias("seconds"),
    )
    t.show("row", query.tuples().get())
    t.show("from_timestamp", Event.select(db.from_timestamp(Value(0)).alias("epoch")).sql())
    t.show("random", Event.select().order_by(db.random()).sql())
