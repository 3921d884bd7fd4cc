"""Programs that make rows of another driver's cursor, as asynchronous libraries for peewee do."""

import sqlite3

import peewee
from parity_program import program
from peewee import *


class _Record:
    """A row that gives its values by index, and its names where it is iterated."""

    def __init__(self, names, values):
        self.names, self.values = names, values

    def __getitem__(self, index):
        return self.values[index]

    def __iter__(self):
        return iter(self.names)


class _Cursor:
    def __init__(self, names, rows):
        self.description = [[name] for name in names]
        self.rows = list(rows)
        self.closed = 0

    def fetchone(self):
        return self.rows.pop(0) if self.rows else None

    def close(self):
        self.closed += 1


def _models(db):
    class User(Model):
        name = TextField()
        born = DateField(null=True)

        class Meta:
            database = db

    class Tweet(Model):
        user = ForeignKeyField(User, backref="tweets")
        text = TextField()

        class Meta:
            database = db

    return User, Tweet


def _shown(value):
    return value.__data__ if isinstance(value, Model) else value


@program(spec=("DB-001",))
def rows_of_another_cursor_become_what_the_query_gives(t):
    user, _ = _models(t.database())
    names, row = ("id", "name", "born"), (1, "huey", "2001-02-03")
    queries = {
        "models": user.select(),
        "tuples": user.select().tuples(),
        "dicts": user.select().dicts(),
        "namedtuples": user.select().namedtuples(),
        "objects": user.select().objects(dict),
        "raw": user.raw("select 1"),
        "returning": user.insert(name="huey").returning(user),
    }
    for label, query in queries.items():
        wrapper = query._get_cursor_wrapper(_Cursor(names, ()))
        wrapper.initialize()
        t.show(f"{label} of a tuple", _shown(wrapper.process_row(row)))
        t.show(f"{label} of a record", _shown(wrapper.process_row(_Record(names, row))))
        cursor = _Cursor(names, [row, _Record(names, row)])
        wrapper = query._get_cursor_wrapper(cursor)
        t.show(label, [_shown(each) for each in wrapper])
        t.show(f"{label} kept", (len(wrapper), wrapper.count, wrapper.cursor is cursor, cursor.closed))


@program(spec=("DB-001",))
def rows_of_another_cursor_become_joined_models(t):
    user, tweet = _models(t.database())
    query = tweet.select(tweet, user).join(user)
    wrapper = query._get_cursor_wrapper(_Cursor(("id", "user_id", "text", "id", "name", "born"), ()))
    wrapper.initialize()
    found = wrapper.process_row((1, 2, "meow", 2, "huey", None))
    t.show("joined", (found.text, found.user.name, found.user_id))


@program(spec=("DB-001",))
def a_connection_gives_rows_of_its_own_type(t):
    class Database(SqliteDatabase):
        def _connect(self):
            connection = sqlite3.connect(self.database, isolation_level=None)
            connection.row_factory = sqlite3.Row
            return connection

    db = Database(t.path("rows.db"))
    user, tweet = _models(db)
    db.create_tables([user, tweet])
    tweet.create(user=user.create(name="huey", born="2001-02-03"), text="meow")
    t.show("models", [(each.name, each.born) for each in user.select()])
    t.show("others", [list(query) for query in (user.select().dicts(), user.select().tuples())])
    t.show("joined", [each.user.name for each in tweet.select(tweet, user).join(user)])
    t.show("get", (user.get().name, user.get_by_id(1).name, user.select().count(), user.select().exists()))
    t.show("iterator", [each.name for each in user.select().iterator()])
    db.close()


@program(spec=("DB-001",))
def errors_of_another_driver_are_translated(t):
    connection = sqlite3.connect(":memory:")
    with t.raises("operational"), peewee.__exception_wrapper__:
        connection.execute("select * from nowhere")
    t.show("map", peewee.__exception_wrapper__.exceptions is peewee.EXCEPTIONS)
    connection.create_function("date_part", 2, peewee._sqlite_date_part)
    connection.create_function("date_trunc", 2, peewee._sqlite_date_trunc)
    found = connection.execute("select date_part('year', '2001-02-03'), date_trunc('month', '2001-02-03 04:05:06')")
    t.show("functions", found.fetchone())
    connection.close()
