"""Connections to a server: where it is, how the session is set up, what the database knows of it."""

from parity_program import program
from peewee import *
from playhouse.db_url import connect
from urllib.parse import quote


def _url(settings, scheme="postgresql", **options):
    host = quote(settings["host"], safe="")
    text = f"{scheme}://{settings['user']}@{host}:{settings['port']}/{settings['database']}"
    return text + ("?" + "&".join(f"{key}={value}" for key, value in options.items()) if options else "")


@program(spec=("DB-067",))
def databases_are_named_in_three_ways(t):
    settings = t.settings()
    name = lambda db: (
        db.execute_sql("SELECT current_database() = %s", (settings["database"],)).fetchone()[0],
        db.close(),
    )
    t.show("keywords", name(PostgresqlDatabase(**settings)))
    t.show("url", name(PostgresqlDatabase(_url(settings))))
    by_port = {**settings, "host": "127.0.0.1"}
    t.show("db_url", name(connect(_url(by_port))))
    t.show("db_url postgres", name(connect(_url(by_port, "postgres"))))
    later = PostgresqlDatabase(None)
    later.init(**settings)
    t.show("later", name(later))


@program(spec=("DB-067",))
def sessions_have_options(t):
    settings = t.settings()
    db = PostgresqlDatabase(
        **settings, application_name="my app", options="-c statement_timeout=1234 -c timezone=Asia/Tokyo"
    )
    show = lambda setting: db.execute_sql(f"SHOW {setting}").fetchone()[0]
    for setting in ("application_name", "statement_timeout", "timezone", "client_encoding", "datestyle"):
        t.show(setting, show(setting))
    db.close()
    db = PostgresqlDatabase(_url(settings, application_name="by_url", connect_timeout=5))
    t.show("by url", db.execute_sql("SHOW application_name").fetchone())


@program(spec=("DB-068",))
def the_servers_version_is_a_number(t):
    db = t.database()
    t.show("before", db.server_version)
    db.connect()
    t.show("type", type(db.server_version).__name__)
    t.show("same", str(db.server_version) == db.execute_sql("SHOW server_version_num").fetchone()[0])


@program(spec=("SB-072", "SB-073", "SB-076"))
def connections_open_and_close(t):
    db = t.database()
    t.show("closed", db.is_closed())
    t.show("connect", db.connect())
    with t.raises("again"):
        db.connect()
    t.show("reuse", db.connect(reuse_if_open=True))
    t.show("close", (db.close(), db.close()))
    pid = lambda: db.execute_sql("SELECT pg_backend_pid()").fetchone()[0]
    with db.connection_context():
        first = pid()
        t.show("same session", pid() == first)
    t.show("after", db.is_closed())
    t.show("other session", pid() != first)


@program(spec=("SB-074",))
def every_thread_has_its_session(t):
    import threading

    db = t.database()
    pid = lambda: db.execute_sql("SELECT pg_backend_pid()").fetchone()[0]
    seen = [pid()]

    def work():
        seen.append(pid())
        seen.append(db.in_transaction())
        db.close()

    with db.atomic():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    t.show("differ", seen[0] != seen[1])
    t.show("transaction", seen[2])


@program(spec=("DB-067",))
def passwords_that_are_wrong(t):
    settings = {**t.settings(), "database": "postgres"}
    for role in ("scram", "md5", "cleartext"):
        with t.raises(role):
            PostgresqlDatabase(**{**settings, "user": role, "password": "wrong"}).connect()
        with t.raises(f"{role} none"):
            PostgresqlDatabase(**{**settings, "user": role}).connect()
    with t.raises("refused"):
        PostgresqlDatabase(**{**settings, "user": "rejected"}).connect()
    with t.raises("no tls"):
        PostgresqlDatabase(**{**settings, "host": "127.0.0.1", "sslmode": "require"}).connect()


@program(spec=("DB-067",))
def passwords_that_are_right(t):
    settings = {**t.settings(), "database": "postgres"}
    # As the private servers of the tests have them.
    for role, password in (("scram", "s3cret:/@%' x"), ("md5", "other-s3cret"), ("cleartext", "third-s3cret")):
        for host in (settings["host"], "127.0.0.1"):
            db = PostgresqlDatabase(**{**settings, "host": host, "user": role, "password": password})
            t.show(f"{role} {host[0]}", db.execute_sql("SELECT current_user").fetchone())
            db.close()


@program(spec=("DB-067",))
def the_first_of_several_hosts_that_answers(t):
    settings = t.settings()
    db = PostgresqlDatabase(
        settings["database"], host=f"127.0.0.1,{settings['host']}", port=f"1,{settings['port']}", user=settings["user"]
    )
    t.show("works", db.execute_sql("SELECT 1").fetchone())


@program(spec=("DB-028",))
def settings_of_the_dialect(t):
    db = t.database()
    t.show("param", db.param)
    t.show("quote", db.quote)
    for flag in (
        "for_update",
        "nulls_ordering",
        "returning_clause",
        "sequences",
        "compound_select_parentheses",
        "safe_create_index",
    ):
        t.show(flag, getattr(db, flag))
    t.show("random", Select(columns=[fn.RANDOM()]).bind(db).sql())


@program(spec=("DB-067",))
def a_temporary_table_lives_as_long_as_its_session(t):
    db = t.database()

    class Scratch(db.Model):
        n = IntegerField()

        class Meta:
            temporary = True

    db.create_tables([Scratch])
    Scratch.create(n=1)
    t.show("count", Scratch.select().count())
    db.close()
    with t.raises("gone"):
        Scratch.select().count()


@program(spec=("DB-067",))
def settings_of_a_session_stay_in_it(t):
    db = t.database()
    db.execute_sql("SET work_mem = '5MB'")
    t.show("set", db.execute_sql("SHOW work_mem").fetchone())
    with db.atomic():
        db.execute_sql("SET LOCAL work_mem = '6MB'")
        t.show("local", db.execute_sql("SHOW work_mem").fetchone())
    t.show("after", db.execute_sql("SHOW work_mem").fetchone())
    db.close()
    t.show("fresh", db.execute_sql("SHOW work_mem").fetchone() != ("5MB",))


@program(spec=("DB-067",))
def tables_change_under_prepared_statements(t):
    db = t.database()

    class Note(db.Model):
        body = TextField()

    db.create_tables([Note])
    Note.create(body="1")
    for place in range(8):
        Note.get(Note.id == 1)
    raw = lambda: db.execute_sql("SELECT * FROM note WHERE id = %s", (1,)).fetchone()
    t.show("before", [raw() for _ in range(7)][-1])
    db.execute_sql("ALTER TABLE note ADD COLUMN stars integer DEFAULT 5")
    t.show("more columns", raw())
    db.execute_sql("ALTER TABLE note ALTER COLUMN body TYPE integer USING body::integer")
    t.show("another type", raw())
    db.execute_sql("DROP TABLE note; CREATE TABLE note (id integer, body boolean); INSERT INTO note VALUES (1, true)")
    t.show("another table", raw())
    with db.atomic():
        db.execute_sql("ALTER TABLE note ADD COLUMN again text")
        t.show("inside", raw())
