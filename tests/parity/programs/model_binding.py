"""Programs about which database a model talks to: bind, bind_ctx, proxies.

What a Database object does by itself has its own file.
"""

from parity_program import program
from peewee import *
from peewee import Proxy


def _pair(t):
    """Returns two databases and an unbound user and tweet model."""

    class User(Model):
        name = TextField()

    class Tweet(Model):
        user = ForeignKeyField(User, backref="tweets")
        body = TextField()

    return t.database(), t.database(), User, Tweet


@program(spec=("MD-041",))
def an_unbound_model_builds_but_does_not_run(t):
    _, _, User, _ = _pair(t)
    t.show("database", User._meta.database)
    t.show("sql", User.select().where(User.name == "x").sql())
    t.show("insert", User.insert(name="x").sql())
    with t.raises("execute"):
        User.select().execute()
    with t.raises("iterate"):
        list(User.select())
    with t.raises("create"):
        User.create(name="x")
    with t.raises("count"):
        User.select().count()
    with t.raises("create_table"):
        User.create_table()
    with t.raises("table_exists"):
        User.table_exists()


@program(spec=("MD-040", "DB-034"))
def bind_sets_the_database_of_a_model(t):
    one, two, User, _ = _pair(t)
    t.show("new", User.bind(one))
    t.show("same", User.bind(one))
    t.show("other", User.bind(two))
    User.create_table()
    User.create(name="in two")
    t.show("tables", (one.get_tables(), two.get_tables()))


@program(spec=("MD-040",))
def bind_walks_relations(t):
    one, two, User, Tweet = _pair(t)
    User.bind(one)
    t.show("backrefs follow", Tweet._meta.database is one)
    Tweet.bind(two)
    t.show("refs follow", User._meta.database is two)
    Tweet.bind(one, bind_refs=False)
    t.show("refs stay", User._meta.database is two)
    User.bind(one, bind_backrefs=False)
    User.bind(two, bind_backrefs=False)
    t.show("backrefs stay", Tweet._meta.database is one)


@program(spec=("MD-040", "DB-034"))
def bind_ctx_restores_what_was_before(t):
    one, two, User, Tweet = _pair(t)
    one.bind([User, Tweet])
    for label, db in (("one", one), ("two", two)):
        with db.bind_ctx([User, Tweet]) as models:
            t.show("models in " + label, [model.__name__ for model in models])
            db.create_tables([User, Tweet])
            t.show("bound to " + label, User._meta.database is db)
    t.show("restored", (User._meta.database is one, Tweet._meta.database is one))
    with User.bind_ctx(two):
        User.create(name="in two")
        t.show("related too", Tweet._meta.database is two)
    t.show("counts", User.select().count())
    with t.raises("error"), two.bind_ctx([User]):
        raise ValueError("stop")
    t.show("restored after an error", User._meta.database is one)


@program(spec=("MD-040", "DB-023"))
def bind_ctx_decorates_functions(t):
    one, two, User, _ = _pair(t)
    one.bind([User])

    @two.bind_ctx([User])
    def work():
        User.create_table()
        User.create(name="decorated")
        return User._meta.database is two

    t.show("inside", work())
    t.show("outside", User._meta.database is one)


@program(spec=("MD-040", "SB-038"))
def a_query_keeps_the_database_it_was_made_with(t):
    one, two, User, _ = _pair(t)
    for db, name in ((one, "one"), (two, "two")):
        with db.bind_ctx([User]):
            User.create_table()
            User.create(name=name)
    one.bind([User])
    query = User.select(User.name)
    with two.bind_ctx([User]):
        t.show("made before", [user.name for user in query])
        t.show("made inside", [user.name for user in User.select(User.name)])
    t.show("executed elsewhere", [user.name for user in query.clone().execute(two)])


@program(spec=("DB-076",))
def a_proxy_passes_attributes_on(t):
    proxy = Proxy()
    calls = []

    def remember(target):
        calls.append(target)

    t.show("callback comes back", proxy.attach_callback(remember) is remember)
    with t.raises("read early"):
        proxy.upper
    with t.raises("write"):
        proxy.something = 1
    t.show("true", bool(proxy))
    proxy.initialize("text")
    t.show("passes", proxy.upper())
    t.show("object", proxy.obj)
    t.show("calls", calls)
    proxy.initialize("other")
    t.show("again", (proxy.upper(), calls))
    t.show("is none", proxy.obj is None)


@program(spec=("DB-077", "DB-078", "SB-077"))
def a_database_proxy_needs_its_database(t):
    proxy = DatabaseProxy()

    class Note(Model):
        body = TextField()

        class Meta:
            database = proxy

    with t.raises("sql"):
        Note.select().sql()
    with t.raises("execute"):
        Note.create(body="x")
    with t.raises("atomic"), proxy.atomic():
        pass
    with t.raises("with"), proxy:
        pass
    with t.raises("table"):
        Note.create_table()
    t.show("database", Note._meta.database is proxy)


@program(spec=("DB-077",))
def a_database_proxy_stands_for_its_database(t):
    proxy = DatabaseProxy()

    class Note(proxy.Model):
        body = TextField()

    class Rated(proxy.Model):
        note = ForeignKeyField(Note)
        stars = IntegerField()

    db = t.database()
    proxy.initialize(db)
    proxy.create_tables([Note, Rated])
    with proxy.atomic():
        note = Note.create(body="a")
        with proxy.savepoint():
            Rated.create(note=note, stars=5)
    with proxy.transaction():
        t.show("depth", db.transaction_depth())
    with proxy.connection_context():
        t.show("open", db.is_closed())
    t.show("closed", proxy.is_closed())
    t.show("real", Note._meta.get_database_instance() is db)
    t.show("callable", callable(proxy))


@program(spec=("DB-077", "DB-023"))
def blocks_of_a_proxy_decorate_before_it_is_initialised(t):
    proxy = DatabaseProxy()

    @proxy.atomic()
    def work():
        return proxy.transaction_depth()

    @proxy.connection_context()
    def connected():
        return proxy.is_closed()

    with t.raises("too early"):
        work()
    proxy.initialize(t.database())
    t.show("depth", work())
    t.show("connected", connected())


@program(spec=("DB-079",))
def fields_with_hooks_wait_for_the_proxy(t):
    proxy = DatabaseProxy()

    class Blob(Model):
        data = BlobField()

        class Meta:
            database = proxy

    db = t.database()
    proxy.initialize(db)
    db.create_tables([Blob])
    Blob.create(data="text")
    Blob.create(data=b"\x00\xff")
    t.show("rows", [bytes(blob.data) for blob in Blob.select().order_by(Blob.id)])


@program(spec=("MD-040",))
def a_subclass_does_not_follow_a_later_bind(t):
    one, two, User, _ = _pair(t)

    class Admin(User):
        pass

    User.bind(one)
    t.show("child", Admin._meta.database)
    Admin.bind(two)
    t.show("parent", User._meta.database is one)
