"""Databases by URL: what a URL becomes, which class it stands for, what is refused."""

from parity_program import program
from peewee import *

SQLITE = (
    "sqlite:///x.db",
    "sqlite:////srv/data/x.db",
    "sqlite:///",
    "sqlite://",
    "sqlite:",
    "sqlite:///:memory:",
    "sqlite:///a/b/c.db?timeout=10",
    "sqlite:///x%20y.db",
    "sqlite:///x y.db",
    "sqlite://host/x.db",
    "sqlite:///x.db#fragment",
    "sqlite:///x.db;params",
    "sqlite:///C:/data/x.db",
    "sqlite+pool:///x.db?max_connections=5&stale_timeout=300",
    "sqlite+pool://",
    "sqliteext:///x.db",
    "SQLITE:///x.db",
)
REMOTE = (
    "postgresql://h/d",
    "postgresql://u@h/d",
    "postgresql://u:p@h/d",
    "postgresql://u:@h/d",
    "postgresql://:p@h/d",
    "postgresql://@h/d",
    "postgresql://u:p@h:5433/d",
    "postgresql://u:p@h:/d",
    "postgresql:///d",
    "postgresql://u@/d",
    "postgresql://h",
    "postgresql://h/",
    "postgresql://h/d/e",
    "postgresql://h//d",
    "postgresql://H.Example/D",
    "postgresql://[::1]:5433/d",
    "postgresql://127.0.0.1:0/d",
    "postgresql://u:p:q@h/d",
    "postgresql://u:p@q@h/d",
    "postgresql://u%40x:p%2Fq%3A@h/d%20e",
    "postgresql://u:päss@h/d",
    "postgresql://h/d?sslmode=require&connect_timeout=3",
    "postgresql://h/d?options=-c%20geqo%3Doff&application_name=my%20app",
    "postgresql://h/d?options=-c+geqo=off",
    "postgresql:///d?host=/var/run/postgresql",
    "postgresql:///d?host=/run&port=5433&user=x&password=y%26z",
    "postgresql://%2Fvar%2Frun%2Fpostgresql/d",
    "postgresql://%2Fvar%2Frun%2Fpostgresql:5433/d",
    "postgresql:///d?host=a,b&port=1,2&target_session_attrs=read-write",
    "postgres+pool://u:p@h/d?max_connections=20&timeout=none",
    "postgresext://h/d?register_hstore=true",
    "psycopg3://h/d?isolation_level=serializable",
    "mysql://u:p@h:3306/d?charset=latin1",
    "mysql+pool://u:p@h/d",
    "mysqlconnector://u:p@h/d",
    "mariadbconnector+pool://u:p@h/d",
    "cockroachdb://u:p@h:26257/d?sslmode=disable",
    "crdb+pool://root@h/d",
    "cysqlite:///x.db",
    "cysqlite+pool://",
    "apsw:///x.db",
    "apsw://",
    "unknown://u:p@h/d?a=1",
    "//h/d",
    "d",
    "",
    "/srv/x.db",
)
WRONG = (
    "postgresql://h:port/d",
    "postgresql://h:99999/d",
    "postgresql://h:-1/d",
    "postgresql://a:1,b:2/d",
    "postgresql://[::1/d",
)
SETTINGS = (
    "a=5", "a=-5", "a=+5", "a=1.5", "a=.5", "a=5.", "a=-1.5", "a=1e3", "a=0", "a=00", "a=007", "a=0x10", "a=1_000",
    "a=true", "a=True", "a=TRUE", "a=false", "a=False", "a=none", "a=None", "a=NULL", "a=null", "a=yes", "a=on",
    "a=", "a", "a=1&a=2", "a=1;b=2", "a=%31", "a=1%20", "a=x+y", "a=%C3%A4", "a=1.2.3", "a=nan", "a=inf", "a=١",
    "database=other", "user=v", "host=other", "port=7", "A=1", "a.b=1", "=1", "&&a=1&",
)  # fmt: skip
SCHEMES = (
    "sqlite",
    "postgres",
    "postgresql",
    "postgresext",
    "postgresqlext",
    "psycopg3",
    "mysql",
)


def shown(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return type(error).__name__


@program(spec=("PH-013", "PH-015"))
def urls_of_files_become_arguments(t):
    from playhouse.db_url import parse

    for url in SQLITE:
        t.show(url, parse(url))


@program(spec=("PH-013", "PH-015"))
def urls_of_servers_become_arguments(t):
    from playhouse.db_url import parse

    for url in REMOTE:
        t.show(url, parse(url))


@program(spec=("PH-013", "PH-015"))
def urls_that_cannot_be_taken_apart(t):
    from playhouse.db_url import connect, parse

    for url in WRONG:
        with t.raises(f"parse {url}"):
            parse(url)
        with t.raises(f"connect {url}"):
            connect(url)


@program(spec=("PH-015",))
def names_and_passwords_are_decoded_on_demand(t):
    from playhouse.db_url import parse

    for url in (
        "postgresql://us%40er:p%40ss@h/d",
        "mysql://us%40er:p%2Bs+s@h/d",
        "postgresql://us%zz:p%@h/d",
        "postgresql://%C3%A4:%C3%B6@h/d",
        "postgresql://h/d",
    ):
        for password in (False, True):
            for user in (False, True):
                arguments = parse(url, unquote_password=password, unquote_user=user)
                t.show(f"{url} {password} {user}", arguments)
        t.show(f"{url} by place", parse(url, True, True))


@program(spec=("PH-014",))
def settings_of_a_query_string(t):
    from playhouse.db_url import parse

    for text in SETTINGS:
        t.show(text, shown(parse, f"sqlite:///x.db?{text}"))


@program(spec=("PH-011",))
def a_url_that_was_taken_apart_already(t):
    from urllib.parse import urlparse

    from playhouse.db_url import parseresult_to_dict

    for url in (*SQLITE[:5], *REMOTE[:9], "mysql://u%40:p%40@h/d?a=1"):
        t.show(url, parseresult_to_dict(urlparse(url)))
        t.show(f"{url} decoded", parseresult_to_dict(urlparse(url), True, True))


@program(spec=("PH-011", "PH-012", "DB-081"))
def the_scheme_chooses_the_class(t):
    from playhouse.db_url import connect

    for scheme in SCHEMES:
        for suffix in ("", "+pool"):
            db = connect(f"{scheme}{suffix}://u:p@h/name")
            t.show(f"{scheme}{suffix}", (type(db).__name__, db.database, db.is_closed(), sorted(db.connect_params)))


@program(spec=("PH-012",))
def all_schemes_are_known(t):
    from playhouse.db_url import schemes

    t.show("schemes", sorted(schemes))


@program(spec=("PH-001", "PH-014", "DB-081"))
def a_pool_s_numbers_come_from_the_url(t):
    from playhouse.db_url import connect

    for scheme in SCHEMES:
        db = connect(f"{scheme}+pool://h/name?max_connections=5&stale_timeout=300&timeout=7")
        t.show(scheme, (db._max_connections, db._stale_timeout, db._wait_timeout))
    db = connect("sqlite+pool:///x.db?max_connections=none&stale_timeout=null&timeout=0")
    t.show("none", (db._max_connections, db._stale_timeout, db._wait_timeout))
    db = connect("postgresql+pool://h/name?max_connections=5", max_connections=9, stale_timeout="8")
    t.show("arguments", (db._max_connections, db._stale_timeout))


@program(spec=("PH-014",))
def arguments_come_before_the_url(t):
    from playhouse.db_url import connect

    db = connect("postgresql://u:p@h:5433/d?connect_timeout=3", user="v", port=1, application_name="x")
    t.show("remote", (db.database, dict(sorted(db.connect_params.items()))))
    db = connect("postgresql://h/d", database="other")
    t.show("database", db.database)
    db = connect(f"sqlite:///{t.path('a.db')}", pragmas={"foreign_keys": 1})
    with db:
        t.show("pragma", db.foreign_keys)
    with t.raises("wrong"):
        connect("sqlite:///x.db", 1, 2, 3)


@program(spec=("PH-015",))
def a_database_has_to_be_named(t):
    from playhouse.db_url import connect

    for url in ("postgresql://h", "postgresql://h/", "postgres://", "mysql://h/", "postgresql+pool://u:p@h"):
        with t.raises(url, message=False):
            connect(url)
    for url in ("sqlite://", "sqlite:///", "sqlite+pool://", "sqlite+pool:///"):
        t.show(url, connect(url).database)


@program(spec=("PH-015",))
def schemes_that_nobody_knows(t):
    from playhouse.db_url import connect

    for url in ("unknown://h/d", "postgrsql://h/d", "sqlite+pol:///x.db", "apsw+pool:///x.db", "x.db", "", "/srv/x.db"):
        with t.raises(url):
            connect(url)


@program(spec=("PH-011",))
def classes_of_one_s_own(t):
    from playhouse import db_url

    class Mine(SqliteDatabase):
        pass

    class Other(PostgresqlDatabase):
        pass

    db_url.register_database(Mine, "mine", "mine+more")
    db_url.register_database(Other, "other")
    t.show("mine", (type(db_url.connect("mine:///x.db")), type(db_url.connect("mine+more:///x.db"))))
    other = db_url.connect("other://u:p@h/d?a=1")
    t.show("other", (type(other), other.database, dict(sorted(other.connect_params.items()))))
    with t.raises("without a name", message=False):
        db_url.connect("mine://")
    db_url.register_database(Mine, "sqlite")
    t.show("replaced", type(db_url.connect("sqlite:///x.db")))
    db_url.register_database(Mine)
    t.show("in schemes", sorted(name for name, cls in db_url.schemes.items() if cls in (Mine, Other)))


@program(spec=("DB-081",))
def the_database_of_a_url_works(t):
    from playhouse.db_url import connect

    for scheme in ("sqlite", "sqlite+pool"):
        db = t.watch(connect(f"{scheme}:///{t.path(scheme + '.db')}"))

        class Note(db.Model):
            text = TextField()

        with db:
            db.create_tables([Note])
            Note.create(text=scheme)
            t.show(scheme, [note.text for note in Note.select()])


@program(spec=("DB-081",))
def a_proxy_is_given_a_database_later(t):
    from playhouse.db_url import connect

    proxy = DatabaseProxy()
    proxy.initialize(connect("sqlite:///:memory:"))
    with proxy:
        t.show("works", proxy.execute_sql("select 1").fetchone())


@program(spec=("PH-011",))
def no_text_is_no_url(t):
    from playhouse.db_url import connect, parse

    for value in (None, 5, ["sqlite://"]):
        with t.raises(f"parse {value}", message=False):
            parse(value)
        with t.raises(f"connect {value}", message=False):
            connect(value)
