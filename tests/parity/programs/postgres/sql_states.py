"""The class and SQLSTATE of every error that an application meets, and that the connection works on after it."""

from parity_program import program
from peewee import *


def _shop(t):
    db = t.database()

    class Owner(db.Model):
        name = CharField(max_length=5, unique=True)

    class Item(db.Model):
        owner = ForeignKeyField(Owner, backref="items")
        count = IntegerField(constraints=[Check("count > 0")])
        price = DecimalField(max_digits=4, decimal_places=2, null=True)
        small = SmallIntegerField(null=True)

    db.create_tables([Owner, Item])
    Owner.create(name="ann")
    return db, Owner, Item


def _fails(t, label, db, sql, params=None):
    with t.raises(label):
        db.execute_sql(sql, params)
    t.show(f"{label} usable", db.execute_sql("SELECT 1").fetchone())


@program(spec=("DB-055", "SB-090"))
def unique_23505(t):
    db, Owner, Item = _shop(t)
    with t.raises("model"):
        Owner.create(name="ann")
    _fails(t, "raw", db, "INSERT INTO owner (name) VALUES (%s)", ("ann",))
    with t.raises("update"):
        Owner.create(name="bob")
        Owner.update(name="ann").execute()
    with t.raises("key"):
        Owner.insert(id=1, name="x").execute()
    t.show("count", Owner.select().count())


@program(spec=("DB-055",))
def foreign_key_23503(t):
    db, Owner, Item = _shop(t)
    with t.raises("insert"):
        Item.create(owner=99, count=1)
    Item.create(owner=1, count=1)
    with t.raises("delete"):
        Owner.delete().execute()
    with t.raises("instance"):
        Owner.get().delete_instance()


@program(spec=("DB-055",))
def not_null_23502(t):
    db, Owner, Item = _shop(t)
    with t.raises("model"):
        Item.create(owner=1, count=None)
    _fails(t, "raw", db, "INSERT INTO item (owner_id) VALUES (1)")
    with t.raises("update"):
        Owner.update(name=None).execute()
    _fails(t, "alter", db, "ALTER TABLE owner ADD COLUMN must int NOT NULL")


@program(spec=("DB-055",))
def check_23514(t):
    db, Owner, Item = _shop(t)
    with t.raises("model"):
        Item.create(owner=1, count=0)
    _fails(t, "raw", db, "INSERT INTO item (owner_id, count) VALUES (1, -5)")


@program(spec=("DB-055",))
def exclusion_23p01(t):
    db = t.database()
    db.execute_sql("CREATE TABLE booking (during int4range, EXCLUDE USING gist (during WITH &&))")
    db.execute_sql("INSERT INTO booking VALUES ('[1,5)')")
    _fails(t, "overlap", db, "INSERT INTO booking VALUES ('[4,6)')")


@program(spec=("DB-055",))
def restrict_23001_and_dependents_2bp01(t):
    db, Owner, Item = _shop(t)
    db.execute_sql("CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a ON DELETE RESTRICT)")
    db.execute_sql("INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)")
    _fails(t, "restrict", db, "DELETE FROM a")
    _fails(t, "drop", db, "DROP TABLE a")
    with t.raises("model"):
        Owner.drop_table()


@program(spec=("DB-055",))
def text_too_long_22001(t):
    db, Owner, Item = _shop(t)
    with t.raises("model"):
        Owner.create(name="too long a name")
    _fails(t, "raw", db, "INSERT INTO owner (name) VALUES ('too long')")
    _fails(
        t,
        "bits",
        db,
        "SELECT 1 FROM (SELECT B'1010'::bit(4)) x; CREATE TABLE bits (b bit(2)); INSERT INTO bits VALUES (B'101')",
    )


@program(spec=("DB-055",))
def numbers_out_of_range_22003(t):
    db, Owner, Item = _shop(t)
    with t.raises("decimal"):
        Item.create(owner=1, count=1, price="1000")
    with t.raises("integer"):
        Item.create(owner=1, count=2**31)
    with t.raises("small"):
        Item.create(owner=1, count=1, small=40000)
    _fails(t, "sum", db, "SELECT 2147483647 + 1")
    _fails(t, "cast", db, "SELECT 99999::smallint")
    _fails(t, "float", db, "SELECT 1e308::float8 * 10")


@program(spec=("DB-055",))
def division_by_zero_22012(t):
    db = t.database()
    _fails(t, "integers", db, "SELECT 1 / 0")
    _fails(t, "parameters", db, "SELECT %s / %s", (1, 0))
    _fails(t, "modulo", db, "SELECT 5 %% 0")
    _fails(t, "rows", db, "SELECT 10 / (3 - g) FROM generate_series(1, 5) g")


@program(spec=("DB-055",))
def bad_text_22p02(t):
    db = t.database()
    _fails(t, "integer", db, "SELECT 'abc'::int")
    _fails(t, "uuid", db, "SELECT 'xyz'::uuid")
    _fails(t, "boolean", db, "SELECT 'maybe'::boolean")
    _fails(t, "numeric", db, "SELECT '1.2.3'::numeric")
    _fails(t, "json", db, "SELECT '{'::json")
    _fails(t, "array", db, "SELECT '{1,2'::int[]")
    _fails(t, "parameter", db, "SELECT %s::int", ("abc",))


@program(spec=("DB-055",))
def bad_moments_22007_and_22008(t):
    db = t.database()
    _fails(t, "text", db, "SELECT 'nonsense'::timestamp")
    _fails(t, "day", db, "SELECT '2024-02-30'::date")
    _fails(t, "month", db, "SELECT '2024-13-01'::date")
    _fails(t, "far", db, "SELECT '2024-01-01'::timestamp + interval '300000 years'")
    _fails(t, "interval", db, "SELECT 'long'::interval")


@program(spec=("DB-055",))
def bad_arguments_of_functions_22(t):
    db = t.database()
    _fails(t, "substring", db, "SELECT substring('abc', 1, -1)")
    _fails(t, "log", db, "SELECT ln(0)")
    _fails(t, "root", db, "SELECT sqrt(-1)")
    _fails(t, "power", db, "SELECT power(0, -1)")
    _fails(t, "regular expression", db, "SELECT 'a' ~ '('")
    _fails(t, "encoding", db, "SELECT convert_from('\\xff', 'UTF8')")
    _fails(t, "subscript", db, "SELECT ARRAY[[1,2],[3]]")
    _fails(t, "limit", db, "SELECT 1 LIMIT -1")
    _fails(t, "base64", db, "SELECT decode('%%%%', 'base64')")
    _fails(t, "chr", db, "SELECT chr(0)")


@program(spec=("DB-055",))
def several_rows_21000(t):
    db = t.database()
    _fails(t, "subquery", db, "SELECT (SELECT generate_series(1, 2))")
    db.execute_sql("CREATE TABLE word (w text PRIMARY KEY)")
    _fails(t, "upsert twice", db, "INSERT INTO word VALUES ('a'), ('a') ON CONFLICT (w) DO UPDATE SET w = EXCLUDED.w")


@program(spec=("DB-055",))
def missing_table_42p01(t):
    db = t.database()

    class Ghost(db.Model):
        name = TextField()

    for label, run in (
        ("select", lambda: list(Ghost.select())),
        ("get", lambda: Ghost.get_or_none(Ghost.name == "x")),
        ("insert", lambda: Ghost.create(name="x")),
        ("update", lambda: Ghost.update(name="x").execute()),
        ("delete", lambda: Ghost.delete().execute()),
        ("drop", lambda: Ghost.drop_table(safe=False)),
        ("count", lambda: Ghost.select().count()),
    ):
        with t.raises(label):
            run()
    _fails(t, "raw", db, "SELECT * FROM nowhere")
    _fails(t, "alias", db, "SELECT x.a FROM (SELECT 1 AS a) y")


@program(spec=("DB-055",))
def missing_column_42703(t):
    db, Owner, Item = _shop(t)
    _fails(t, "raw", db, "SELECT nothing FROM owner")
    _fails(t, "insert", db, "INSERT INTO owner (nothing) VALUES (1)")
    _fails(t, "ambiguous", db, "SELECT id FROM owner a, owner b")
    _fails(t, "not grouped", db, "SELECT id, name, count(*) FROM item GROUP BY owner_id")
    with t.raises("grouping"):
        list(Item.select(Item.count, fn.MAX(Item.price)).group_by(Item.owner))


@program(spec=("DB-055",))
def missing_functions_types_and_operators_428(t):
    db = t.database()
    _fails(t, "function", db, "SELECT nothing(1)")
    _fails(t, "arguments", db, "SELECT lower(1, 2)")
    _fails(t, "operator", db, "SELECT 1 || 2")
    _fails(t, "compared", db, "SELECT 'a'::text = 1")
    _fails(t, "type", db, "SELECT 1::nothing")
    _fails(t, "collation", db, "SELECT 'a' COLLATE nothing")
    _fails(t, "mismatch", db, "SELECT CASE WHEN true THEN 1 ELSE true END")
    _fails(t, "column type", db, "CREATE TABLE x (a int); INSERT INTO x VALUES (true)")
    with t.raises("fn"):
        Select(columns=[fn.nothing_of_that_name(1)]).bind(db).scalar()


@program(spec=("DB-055",))
def missing_schemas_and_databases_3(t):
    db = t.database()
    _fails(t, "schema", db, "CREATE TABLE nowhere.x (a int)")
    _fails(t, "read", db, "SELECT * FROM nowhere.x")
    settings = {**t.settings(), "database": "no_database_of_that_name"}
    with t.raises("database"):
        PostgresqlDatabase(**settings).connect()
    with t.raises("role"):
        PostgresqlDatabase(**{**settings, "database": "postgres", "user": "nobody_of_that_name"}).connect()
    with t.raises("port", message=False):
        PostgresqlDatabase("postgres", host="127.0.0.1", port=1, connect_timeout=5).connect()


@program(spec=("DB-055",))
def things_that_are_there_already_42p07(t):
    db, Owner, Item = _shop(t)
    _fails(t, "table", db, "CREATE TABLE owner (a int)")
    _fails(t, "column", db, "ALTER TABLE owner ADD COLUMN name text")
    _fails(t, "index", db, "CREATE INDEX owner_name ON owner (id)")
    _fails(t, "schema", db, "CREATE SCHEMA public")
    _fails(t, "type", db, "CREATE TYPE owner AS ENUM ('a')")
    _fails(
        t,
        "function",
        db,
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    )
    _fails(t, "role", db, "CREATE ROLE postgres")
    with t.raises("model"):
        Owner.create_table(safe=False)


@program(spec=("DB-055",))
def broken_syntax_42601(t):
    db = t.database()
    _fails(t, "word", db, "SELEKT 1")
    _fails(t, "end", db, "SELECT 1 FROM")
    _fails(t, "quote", db, "SELECT 'abc")
    _fails(t, "columns", db, "SELECT 1, 2 UNION SELECT 1")
    _fails(t, "values", db, "CREATE TABLE x (a int); INSERT INTO x VALUES (1, 2)")
    _fails(t, "window", db, "SELECT 1 WHERE row_number() OVER () = 1")
    _fails(t, "aggregate", db, "SELECT 1 WHERE count(*) > 1")
    _fails(t, "nested", db, "SELECT max(count(*))")
    _fails(t, "reserved", db, "CREATE TABLE user (a int)")


@program(spec=("DB-055",))
def rights_42501(t):
    db, Owner, Item = _shop(t)
    db.execute_sql("CREATE TABLE secret (a int)")
    db.execute_sql("SET ROLE pg_monitor")
    _fails(t, "read", db, "SELECT * FROM secret")
    _fails(t, "write", db, "INSERT INTO owner (name) VALUES ('x')")
    with t.raises("model"):
        Owner.select().count()
    db.execute_sql("RESET ROLE")
    t.show("again", Owner.select().count())


@program(spec=("DB-055",))
def too_slow_57014(t):
    db = t.database()
    db.execute_sql("SET statement_timeout = 50")
    _fails(t, "sleep", db, "SELECT pg_sleep(10)")
    with t.raises("in a transaction"):
        with db.atomic():
            db.execute_sql("SELECT pg_sleep(10)")
    db.execute_sql("SET statement_timeout = 0")
    t.show("usable", db.execute_sql("SELECT 1").fetchone())


@program(spec=("DB-055",))
def cancelled_57014(t):
    db = t.database()
    _fails(t, "statement", db, "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(15)")
    with t.raises("in a transaction"):
        with db.atomic():
            db.execute_sql("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(15)")
    t.show("depth", db.transaction_depth())


@program(spec=("DB-055",))
def locks_55p03(t):
    db, Owner, Item = _shop(t)
    other = PostgresqlDatabase(db.database, **db.connect_params)
    with db.atomic():
        Owner.select().for_update().execute()
        with t.raises("nowait"):
            other.execute_sql("SELECT * FROM owner FOR UPDATE NOWAIT")
        other.execute_sql("SET lock_timeout = 20")
        with t.raises("timeout"):
            other.execute_sql("UPDATE owner SET name = 'x'")
        t.show("skip", other.execute_sql("SELECT * FROM owner FOR UPDATE SKIP LOCKED").fetchall())
        with t.raises("table"):
            other.execute_sql("LOCK TABLE owner IN ACCESS EXCLUSIVE MODE NOWAIT")
    other.close()


@program(spec=("DB-055",))
def serialization_40001(t):
    db, Owner, Item = _shop(t)
    other = PostgresqlDatabase(db.database, **db.connect_params)
    with t.raises("updated since"):
        with db.atomic("REPEATABLE READ"):
            t.show("read", Owner.select().count())
            other.execute_sql("UPDATE owner SET name = 'other'")
            Owner.update(name="mine").execute()
    t.show("name", Owner.get().name)
    with t.raises("serializable"):
        with db.atomic("SERIALIZABLE"):
            t.show("seen", Owner.select().where(Owner.name == "other").count())
            with other.atomic("SERIALIZABLE"):
                other.execute_sql("SELECT count(*) FROM owner").fetchall()
                other.execute_sql("INSERT INTO owner (name) VALUES ('o2')")
            Owner.create(name="o3")
    t.show("names", sorted(owner.name for owner in Owner.select()))
    other.close()


@program(spec=("DB-055",))
def read_only_transactions_25006(t):
    db, Owner, Item = _shop(t)
    with t.raises("insert"):
        with db.atomic():
            db.execute_sql("SET TRANSACTION READ ONLY")
            t.show("read", Owner.select().count())
            Owner.create(name="x")
    db.execute_sql("SET default_transaction_read_only = on")
    with t.raises("session"):
        Owner.create(name="x")
    with t.raises("ddl"):
        db.execute_sql("CREATE TABLE x (a int)")


@program(spec=("DB-055", "SB-085"))
def states_of_transactions_25(t):
    db, Owner, Item = _shop(t)
    with db.atomic():
        with t.raises("inside"):
            db.execute_sql("VACUUM")
    with t.raises("create database"):
        with db.atomic():
            db.execute_sql("CREATE DATABASE never_made")
    with t.raises("savepoint"):
        db.execute_sql("SAVEPOINT one")
    with t.raises("rollback to"):
        db.execute_sql("ROLLBACK TO SAVEPOINT one")
    with t.raises("unknown savepoint"):
        with db.atomic():
            db.execute_sql("ROLLBACK TO SAVEPOINT nowhere")
    with t.raises("isolation after a query"):
        with db.atomic():
            Owner.select().count()
            db.execute_sql("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")


@program(spec=("DB-055",))
def raised_by_functions_p0001(t):
    db = t.database()
    _fails(t, "raise", db, "DO $$ BEGIN RAISE EXCEPTION 'my text'; END $$")
    _fails(t, "own state", db, "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'ZX123'; END $$")
    _fails(t, "known state", db, "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'unique_violation'; END $$")
    _fails(t, "assert", db, "DO $$ BEGIN ASSERT false, 'no'; END $$")
    _fails(t, "no data", db, "DO $$ DECLARE x int; BEGIN SELECT 1 INTO STRICT x WHERE false; END $$")
    _fails(t, "too many", db, "DO $$ DECLARE x int; BEGIN SELECT g INTO STRICT x FROM generate_series(1, 2) g; END $$")
    _fails(t, "notice is none", db, "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '22012'; END $$")


@program(spec=("DB-055",))
def other_states(t):
    db = t.database()
    _fails(t, "setting", db, "SET nothing_of_that_name = 1")
    _fails(t, "value of a setting", db, "SET work_mem = 'much'")
    _fails(t, "read only setting", db, "SET server_version = '1'")
    _fails(t, "encoding", db, "SET client_encoding = 'nothing'")
    _fails(t, "cursor", db, "FETCH ALL FROM nothing")
    _fails(t, "prepared", db, "EXECUTE nothing")
    _fails(t, "not a table", db, "CREATE SEQUENCE s; INSERT INTO s VALUES (1)")
    _fails(t, "not supported", db, "CREATE TABLE t (a int); ALTER TABLE t ALTER a TYPE int USING (SELECT 1)")
    _fails(t, "extension", db, "CREATE EXTENSION nothing_of_that_name")
    _fails(
        t,
        "recursion",
        db,
        "CREATE FUNCTION r() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN r(); END $$; SELECT r()",
    )
    _fails(t, "sequence end", db, "CREATE SEQUENCE short MAXVALUE 1; SELECT nextval('short'); SELECT nextval('short')")
    _fails(t, "sequence unused", db, "CREATE SEQUENCE fresh; SELECT currval('fresh')")
    _fails(t, "lastval", db, "SELECT 1; SELECT lastval()")
    _fails(t, "generated", db, "CREATE TABLE g (a int GENERATED ALWAYS AS (1) STORED); INSERT INTO g VALUES (5)")


@program(spec=("DB-055",))
def a_session_that_is_ended(t):
    db, Owner, Item = _shop(t)
    other = PostgresqlDatabase(db.database, **db.connect_params)
    ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()"
    t.show("ended", other.execute_sql(ended).fetchall())
    other.close()
    with t.raises("next", message=False):
        Owner.select().count()
    t.show("closed", db.is_closed())
    db.close()
    t.show("again", Owner.select().count())


@program(spec=("DB-052", "SB-089"))
def an_error_carries_its_original(t):
    db, Owner, Item = _shop(t)
    try:
        Owner.create(name="ann")
    except IntegrityError as error:
        t.show("orig", error.orig is not None)
        t.show("context", error.__context__ is not None)
        t.show("cause", error.__cause__)
        t.show("text", "owner_name" in str(error))
        t.show("state", error.orig.pgcode)
        t.show("constraint", error.orig.diag.constraint_name)
        t.show("table", error.orig.diag.table_name)
        t.show("primary", error.orig.diag.message_primary)
        t.show("detail", error.orig.diag.message_detail)
