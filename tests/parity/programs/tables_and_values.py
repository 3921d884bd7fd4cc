"""The query builder without models: Table, Select, ValuesList."""

from peewee import *

from parity_program import program


def plain(t):
    db = t.database()
    db.execute_sql("create table users (id integer primary key, name text, age int)")
    db.execute_sql("create table notes (id integer primary key, user_id int, body text)")
    User = Table("users", ("id", "name", "age"), primary_key="id").bind(db)
    Note = Table("notes", ("id", "user_id", "body")).bind(db)
    User.insert({User.name: "ann", User.age: 30}).execute()
    User.insert({User.name: "bob", User.age: 20}).execute()
    for user_id, body in [(1, "x"), (1, "y"), (2, "z")]:
        Note.insert({Note.user_id: user_id, Note.body: body}).execute()
    return db, User, Note


@program(spec=("QB-033", "QB-037"))
def rows_of_a_table_are_dicts(t):
    db, User, Note = plain(t)
    query = User.select(User.id, User.name).where(User.age > 18).order_by(User.id)
    t.show("sql", query.sql())
    t.show("rows", list(query))
    t.show("tuples", list(query.tuples()))
    t.show("namedtuples", list(query.namedtuples()))
    t.show("type", type(query).__name__)


@program(spec=("QB-033",))
def all_columns_of_a_table(t):
    db, User, Note = plain(t)
    t.show("declared", User.select().sql())
    t.show("rows", list(User.select()))
    loose = Table("users").bind(db)
    t.show("star", loose.select().sql())
    t.show("star rows", list(loose.select()))
    t.show("node", User.select(User.__star__).sql())


@program(spec=("QB-033",))
def columns_are_attributes_or_c(t):
    db, User, Note = plain(t)
    loose = Table("users")
    t.show("c", loose.select(loose.c.name).where(loose.c.age == 5).sql())
    t.show("item", loose.select(loose.c["name"]).sql())
    with t.raises("declared c", message=False):
        User.c.name
    with t.raises("unknown", message=False):
        User.nothing
    with t.raises("undeclared", message=False):
        loose.name


@program(spec=("QB-033", "QB-006"))
def tables_have_schemas_and_aliases(t):
    db, User, Note = plain(t)
    T = Table("t", ("id", "v"), schema="main")
    t.show("schema", T.select(T.id).sql())
    A = User.alias("a")
    t.show("alias", A.select(A.id).where(A.name == "ann").sql())
    t.show("alias rows", list(A.select(A.id).where(A.name == "ann").bind(db)))
    t.show("constructor", Table("users", ("id",), alias="u").select().sql())


@program(spec=("QB-033",))
def tables_join(t):
    db, User, Note = plain(t)
    query = Note.select(Note.body, User.name).join(User, on=(Note.user_id == User.id)).order_by(Note.id)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    t.show("dicts", list(query))
    t.show("left", User.select(User.id).left_outer_join(Note, on=(Note.user_id == User.id)).sql())
    t.show("kind", User.select(User.id).join(Note, JOIN.CROSS).sql())
    joined = User.join(Note, JOIN.INNER, on=(Note.user_id == User.id))
    t.show("source", Select([joined], [User.name, Note.body]).sql())


@program(spec=("QB-033",))
def tables_write(t):
    db, User, Note = plain(t)
    t.show("insert", User.insert(name="cy", age=1).sql())
    t.show("id", User.insert(name="cy", age=1).execute())
    t.show("many", User.insert([{"name": "d", "age": 2}, {"name": "e", "age": 3}]).execute())
    t.show("tuples", User.insert([("f", 4)], columns=[User.name, User.age]).execute())
    t.show("update", User.update({User.age: User.age + 1}).where(User.name == "ann").execute())
    t.show("update sql", User.update(age=1).where(User.id == 1).sql())
    t.show("replace", User.replace(id=1, name="ann2", age=9).execute())
    t.show("delete", User.delete().where(User.name == "bob").execute())
    t.show("rows", list(User.select().order_by(User.id).tuples()))


@program(spec=("QB-033", "QB-047"))
def tables_answer(t):
    db, User, Note = plain(t)
    t.show("count", User.select().count())
    t.show("exists", User.select().where(User.id == 9).exists())
    t.show("scalar", User.select(fn.MAX(User.age)).scalar())
    t.show("first", User.select(User.name).order_by(User.id).first())
    t.show("get", User.select(User.name).where(User.id == 2).get())
    t.show("get nothing", User.select(User.name).where(User.id == 99).get())
    t.show(
        "group",
        list(Note.select(Note.user_id, fn.COUNT(Note.id).alias("n")).group_by(Note.user_id).order_by(Note.user_id)),
    )
    with t.raises("group by the table"):
        loose = Table("users")
        loose.select().group_by(loose).sql()


@program(spec=("QB-048",))
def an_unbound_table_cannot_run(t):
    loose = Table("users", ("id",))
    t.show("sql", loose.select().sql())
    with t.raises("execute"):
        loose.select().execute()
    with t.raises("iterate"):
        list(loose.select())
    db, User, Note = plain(t)
    t.show("bound later", len(list(loose.select().bind(db))))
    t.show("given", len(list(loose.select().execute(db))))


@program
def select_stands_alone(t):
    db = t.database()
    t.show("value", Select(columns=[Value(1), fn.UPPER("a")]).sql())
    t.show("run", list(Select(columns=[Value(1).alias("x")]).bind(db)))
    T = Table("t")
    t.show("from", Select([T], [T.c.a]).where(T.c.a > 1).sql())
    t.show("two", Select([T, Table("u")], [T.c.a]).sql())


@program(spec=("QB-033",))
def a_values_list_is_a_source(t):
    values = ValuesList([(1, "a"), (2, "b")], columns=("n", "s"), alias="v")
    query = values.select(values.c.n, values.c.s).order_by(values.c.n)
    t.show("sql", query.sql())
    t.show("unnamed", ValuesList([(1,), (2,)]).select(SQL("*")).sql())
    t.show("renamed", ValuesList([(1,)]).columns("z").alias("y").select(SQL("z")).sql())


@program(spec=("QB-033",))
def column_names_of_a_values_list_are_not_for_sqlite(t):
    db = t.database()
    values = ValuesList([(1, "a"), (2, "b")], columns=("n", "s"))
    query = values.select(SQL("*")).bind(db)
    t.show("sql", query.sql())
    with t.raises("run", message=False):
        t.show("rows", sorted(query.tuples()))
    t.show("unnamed", list(ValuesList([(1, "a"), (2, "b")]).select(SQL("*")).bind(db).tuples()))


@program(spec=("QB-033",))
def tables_of_a_model(t):
    db = t.database()

    class User(db.Model):
        name = TextField()
        age = IntegerField()

    db.create_tables([User])
    User.create(name="ann", age=3)
    table = User._meta.table
    t.show("type", type(table).__name__)
    t.show("sql", table.select(table.name).where(table.age > 1).sql())
    t.show("rows", list(table.select(table.name)))


@program(spec=("QB-033",))
def inserts_into_plain_tables_read_their_key_by_returning(t):
    db = t.database(returning_clause=True)
    db.execute_sql("CREATE TABLE note (id INTEGER PRIMARY KEY, number INTEGER UNIQUE)")
    note = Table("note", ("id", "number"), primary_key="id").bind(db)
    t.show("one", note.insert({"number": 1}).execute())
    t.show("many", list(note.insert([{"number": 2}, {"number": 3}]).execute()))
    t.show("row count", note.insert({"number": 4}).as_rowcount().execute())
    t.show("ignored", note.insert({"number": 1}).on_conflict_ignore().execute())
    t.show("returning", list(note.insert({"number": 9}).returning(note.number).execute()))
    t.show("dicts", note.insert({"number": 10}).dicts().execute())
    keyless = Table("note", ("id", "number")).bind(db)
    t.show("no key", keyless.insert({"number": 11}).execute())
