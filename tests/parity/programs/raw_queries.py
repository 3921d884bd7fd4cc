"""Programs about SQL written by hand: Model.raw, RawQuery, SQL nodes, Database.execute.

The cursors of execute_sql have their own file.
"""

from parity_program import program
from peewee import *
from peewee import RawQuery


def _notes(t):
    """Returns a database and a model with three rows."""
    db = t.database()

    class Note(Model):
        body = TextField()
        stars = IntegerField(default=0)
        at = DateField(null=True)

        class Meta:
            database = db

    db.create_tables([Note])
    rows = [("a", 1, "2024-01-01"), ("b", 2, None), ("c", 3, "2024-03-03")]
    Note.insert_many(rows, fields=[Note.body, Note.stars, Note.at]).execute()
    return db, Note


@program(spec=("QB-043", "MD-030"))
def raw_rows_become_instances(t):
    _, Note = _notes(t)
    query = Note.raw("SELECT id, body, at FROM note WHERE stars > ? ORDER BY id", 1)
    t.show("sql", query.sql())
    for note in query:
        t.show("note %d" % note.id, (type(note).__name__, note.id, note.body, note.at, note.stars, note.is_dirty()))
    t.show("cached", len(query))


@program(spec=("QB-043", "SB-031"))
def extra_columns_become_attributes(t):
    _, Note = _notes(t)
    note = Note.raw("SELECT id, upper(body) AS loud, stars + 1 AS stars, '2020-02-02' AS at FROM note LIMIT 1").get()
    t.show("attributes", (note.id, note.loud, note.stars, note.at))
    t.show("data", note.__data__)


@program(spec=("QB-037", "QB-043"))
def raw_rows_come_in_every_shape(t):
    _, Note = _notes(t)
    sql = "SELECT body, at, count(*) AS n FROM note GROUP BY body, at ORDER BY body"
    t.show("dicts", list(Note.raw(sql).dicts()))
    t.show("tuples", list(Note.raw(sql).tuples()))
    t.show("namedtuples", [(row.body, row.n, row._fields) for row in Note.raw(sql).namedtuples()])
    t.show("objects", [(type(row).__name__, row.body) for row in Note.raw(sql).objects()])
    t.show("own", list(Note.raw(sql).objects(lambda **row: sorted(row))))


@program(spec=("QB-043",))
def raw_queries_have_get_and_indexing(t):
    _, Note = _notes(t)
    t.show("get", Note.raw("SELECT * FROM note ORDER BY id").get().body)
    with t.raises("miss"):
        Note.raw("SELECT * FROM note WHERE id = ?", 99).get()
    query = Note.raw("SELECT * FROM note ORDER BY id")
    t.show("index", (query[0].body, query[2].body, [note.body for note in query[1:]]))
    with t.raises("out of range"):
        query[5]
    t.show("iterator", [note.body for note in Note.raw("SELECT * FROM note ORDER BY id").iterator()])


@program(spec=("QB-043",))
def raw_queries_may_write(t):
    _, Note = _notes(t)
    cursor = Note.raw("UPDATE note SET stars = stars + ?", 10).execute()
    t.show("rows", list(cursor))
    t.show("stored", [note.stars for note in Note.select().order_by(Note.id)])
    with t.raises("broken"):
        Note.raw("SELEC 1").execute()
    with t.raises("parameters are missing", message=False):
        Note.raw("SELECT * FROM note WHERE id = ?").execute()


@program(spec=("QB-037",))
def a_raw_query_needs_no_model(t):
    db, _ = _notes(t)
    query = RawQuery("SELECT body, stars FROM note WHERE stars < ? ORDER BY id", [3], _database=db)
    t.show("default", list(query))
    t.show("bound", list(RawQuery("SELECT 1 AS one").bind(db).tuples()))
    with t.raises("unbound"):
        RawQuery("SELECT 1").execute()


@program(spec=("QB-018", "SB-015"))
def sql_nodes_stand_anywhere(t):
    _, Note = _notes(t)
    query = (
        Note.select(Note.body, SQL("stars * ? AS bigger", [10]))
        .where(SQL("stars >= ?", [2]))
        .group_by(SQL("body"))
        .having(SQL("bigger < 99"))
        .order_by(SQL("bigger").desc())
    )
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    t.show("update", Note.update(stars=SQL("stars + 1")).where(SQL("id = 1")).execute())


@program(spec=("DB-026",))
def the_database_executes_nodes(t):
    db, Note = _notes(t)
    t.show("select", db.execute(Note.select(Note.body).order_by(Note.id)).fetchall())
    t.show("sql node", db.execute(SQL("SELECT ?, ?", [1, "x"])).fetchone())
    cursor = db.execute(Note.insert(body="d"))
    t.show("insert", (db.last_insert_id(cursor), db.rows_affected(cursor)))


@program(spec=("QB-003",))
def a_query_shows_itself(t):
    _, Note = _notes(t)
    t.show("str", str(Note.select(Note.id).where((Note.body == "it's") & (Note.stars > 1) & (Note.at == None))))
    t.show("raw", str(Note.raw("SELECT ?", 5)))
    t.show("bool", str(Note.select(Note.id).where(Value(True) == Note.stars)))
