"""JSONField on SQLite: paths, comparisons, predicates and update expressions."""

from peewee import *

from parity_program import program


def _docs(t):
    db = t.database()

    class Doc(db.Model):
        key = TextField()
        data = JSONField(null=True)

    db.create_tables([Doc])
    Doc.create(key="a", data={"name": "ann", "tags": ["x", "y"], "n": 1, "deep": {"k": [1, 2, {"z": None}]}})
    Doc.create(key="b", data={"name": "bob", "tags": [], "n": 2.5, "deep": None})
    Doc.create(key="c", data=[1, 2, 3])
    Doc.create(key="d", data=None)
    Doc.create(key="e", data="text")
    return db, Doc


def _keys(query):
    return [row.key for row in query.order_by(query.model.key)]


@program(spec=("FD-047",))
def documents_come_back_as_python_values(t):
    db, Doc = _docs(t)
    t.show("values", [row.data for row in Doc.select().order_by(Doc.key)])
    t.show("stored", [row[0] for row in db.execute_sql("SELECT typeof(data) FROM doc ORDER BY key")])
    t.show("insert", Doc.insert(key="x", data={"a": [1]}).sql())
    t.show("update", Doc.update(data={"a": [1]}).sql())


@program(spec=("FD-048", "FD-049"))
def paths_lead_into_documents(t):
    db, Doc = _docs(t)
    for label, path in (
        ("item", Doc.data["name"]),
        ("nested", Doc.data["deep"]["k"][0]),
        ("negative", Doc.data["tags"][-1]),
        ("path", Doc.data.path("deep", "k", 2)),
        ("text", Doc.data["name"].as_text()),
        ("int", Doc.data["n"].as_int()),
        ("float", Doc.data["n"].as_float()),
    ):
        query = Doc.select(Doc.key, path.alias("found")).where(Doc.key.in_(["a", "b"])).order_by(Doc.key)
        t.show(label, query.sql())
        t.show(label + " rows", [tuple(row) for row in query.tuples()])


@program(spec=("FD-050", "SB-096"))
def documents_and_paths_are_compared(t):
    db, Doc = _docs(t)
    for label, condition in (
        ("equal", Doc.data["name"] == "ann"),
        ("unequal", Doc.data["name"] != "ann"),
        ("less", Doc.data["n"] < 2),
        ("in", Doc.data["name"].in_(["ann", "bob"])),
        ("null", Doc.data["deep"].is_null()),
        ("none", Doc.data["deep"] == None),
        ("not none", Doc.data["deep"] != None),
        ("whole", Doc.data == [1, 2, 3]),
        ("whole null", Doc.data == None),
        ("between", Doc.data["n"].between(1, 2)),
    ):
        query = Doc.select().where(condition)
        t.show(label, query.sql())
        t.show(label + " keys", _keys(query))


@program(spec=("FD-051", "FD-052"))
def predicates_look_inside(t):
    db, Doc = _docs(t)
    for label, condition in (
        ("like", Doc.data["name"].ilike("a%")),
        ("startswith", Doc.data["name"].startswith("b")),
        ("contains", Doc.data.contains({"name": "ann"})),
        ("contains path", Doc.data["tags"].contains(["x"])),
        ("contained by", Doc.data["tags"].contained_by(["x", "y", "z"])),
        ("has key", Doc.data.has_key("name")),
        ("has keys", Doc.data.has_keys(["name", "n"])),
        ("has any", Doc.data.has_any_keys(["nope", "tags"])),
        ("path has key", Doc.data["deep"].has_key("k")),
    ):
        query = Doc.select().where(condition)
        t.show(label, query.sql())
        t.show(label + " keys", _keys(query))


@program(spec=("FD-053", "FD-054"))
def documents_are_changed_in_place(t):
    db, Doc = _docs(t)
    for label, value in (
        ("set", Doc.data["name"].set("zoe")),
        ("set dict", Doc.data["deep"].set({"a": [1]})),
        ("set missing", Doc.data["fresh"]["x"].set(1)),
        ("insert", Doc.data["name"].insert("kept")),
        ("replace", Doc.data["n"].replace(9)),
        ("append", Doc.data["tags"].append("w")),
        ("remove", Doc.data["n"].remove()),
        ("update", Doc.data.update({"name": None, "more": True})),
    ):
        query = Doc.update(data=value).where(Doc.key == "a")
        t.show(label, query.sql())
        t.show(label + " count", query.execute())
        t.show(label + " value", Doc.get(Doc.key == "a").data)
    t.show("length", [row for row in Doc.select(Doc.data["tags"].length()).where(Doc.key == "a").tuples()])


@program(spec=("FD-047",))
def own_functions_write_and_read(t):
    import json

    db = t.database()

    class Doc(db.Model):
        data = JSONField(
            dumps=lambda value: json.dumps(value, sort_keys=True), loads=lambda text: ("read", json.loads(text))
        )

    db.create_tables([Doc])
    Doc.create(data={"b": 1, "a": 2})
    t.show("value", Doc.get().data)
    t.show("stored", db.execute_sql("SELECT data FROM doc").fetchone())
