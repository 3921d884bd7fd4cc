"""JSONField on PostgreSQL: what it renders. Nothing here connects."""

import peewee
from parity_program import program
from peewee import *


def _docs():
    db = PostgresqlDatabase("app")

    class Doc(db.Model):
        key = TextField()
        data = JSONField(null=True)

    class Note(db.Model):
        doc = ForeignKeyField(Doc, backref="notes")

    return db, Doc, Note


def _each(t, model, expressions):
    for label, expression in expressions:
        t.show(label, model.select(expression).sql())


@program(spec=("FD-047",))
def documents_are_parameters(t):
    _, Doc, _ = _docs()
    for label, value in (("dict", {"a": [1, None]}), ("list", [1]), ("text", "x"), ("number", 1.5), ("bool", True)):
        t.show(label, Doc.insert(key="k", data=value).sql())
        t.show(label + " update", Doc.update(data=value).sql())
    t.show("none", Doc.insert(key="k", data=None).sql())
    t.show("none update", Doc.update(data=None).sql())
    t.show("many", Doc.insert_many([{"key": "a", "data": 1}, {"key": "b", "data": [2]}]).sql())
    t.show("from a field", Doc.update(data=Doc.data).sql())
    target = Doc.insert(key="a", data={"a": 1})
    t.show("upsert", target.on_conflict(conflict_target=[Doc.key], update={Doc.data: {"z": 1}}).sql())
    t.show("preserve", target.on_conflict(conflict_target=[Doc.key], preserve=[Doc.data]).sql())
    t.show("read", [Doc.data.python_value(value) for value in (None, {"a": 1}, "x", 3)])
    t.show("ddl", Doc._schema._create_table().query())


@program(spec=("FD-047",))
def own_functions_write_only(t):
    db = PostgresqlDatabase("app")

    class Doc(db.Model):
        data = JSONField(dumps=lambda value: f"<{value}>", loads=lambda text: "never")

    t.show("insert", Doc.insert(data=[1]).sql())
    t.show("compare", Doc.select().where(Doc.data["a"] == [1]).sql())
    t.show("set", Doc.update(data=Doc.data["a"].set("x")).sql())
    t.show("contains", Doc.select().where(Doc.data.contains([1])).sql())
    t.show("read", Doc.data.python_value({"a": 1}))


@program(spec=("FD-048", "FD-049"))
def paths_stand_in_the_text(t):
    _, Doc, Note = _docs()
    d = Doc.data
    _each(
        t,
        Doc,
        (
            ("name", d["a"]),
            ("nested", d["a"]["b"][0]),
            ("negative", d["a"][-1]),
            ("path", d.path("a", 0, "b")),
            ("double quote", d['a"b']),
            ("single quote", d["a'b"]),
            ("backslash", d["a\\b"]),
            ("percent", d["a%b"]),
            ("comma", d["a,b"]),
            ("braces", d["{a}"]),
            ("empty", d[""]),
            ("text", d["a"].as_text()),
            ("text below", d["a"].as_text()["b"]),
            ("json again", d["a"].as_text(False)),
            ("int", d["a"].as_int()),
            ("float", d["a"]["b"].as_float()),
            ("alias", d["a"].alias("x")),
            ("order", d["a"].desc()),
            ("cast", d["a"].cast("text")),
            ("in a function", fn.COUNT(d["a"])),
            ("text in a function", fn.UPPER(d["a"].as_text())),
            ("in a list", peewee.NodeList((SQL("x"), d["a"]))),
            ("in a window", fn.SUM(d["a"]).over(partition_by=d["b"], order_by=d["c"])),
            ("in a case", Case(None, [(d["a"] == 1, d["b"])], d["c"])),
        ),
    )
    other = Doc.alias("other")
    t.show("of an alias", other.select(other.data["a"]).where(other.data["b"] == 1).sql())
    t.show("joined", Note.select(Note, Doc.data["a"]).join(Doc).where(Doc.data["a"].as_int() > 1).sql())
    t.show("grouped", Doc.select(d["a"], fn.COUNT(Doc.id)).group_by(d["a"]).sql())
    t.show("subquery", Note.select().where(Note.doc.in_(Doc.select(Doc.id).where(d["x"] == 1))).sql())


@program(spec=("FD-050", "FD-051"))
def documents_and_paths_are_compared(t):
    _, Doc, _ = _docs()
    d = Doc.data
    _each(
        t,
        Doc,
        (
            ("whole", d == {"a": 1}),
            ("whole list", d == [1, 2]),
            ("not whole", d != [1]),
            ("whole null", d == None),
            ("whole not null", d != None),
            ("whole in", d.in_([{"a": 1}, {"b": 2}])),
            ("whole less", d < {"a": 1}),
            ("equal", d["a"] == "x"),
            ("unequal", d["a"] != 1),
            ("less", d["a"] < 2),
            ("greater", d["a"] >= 2.5),
            ("in", d["a"].in_(["x", 1])),
            ("not in", d["a"].not_in(["x", {"k": 1}])),
            ("between", d["a"].between(1, 2)),
            ("none", d["a"] == None),
            ("not none", d["a"] != None),
            ("null", d["a"].is_null()),
            ("not null", d["a"].is_null(False)),
            ("bool", d["a"] == True),
            ("dict", d["a"] == {"x": 1}),
            ("text", d["a"].as_text() == "x"),
            ("text in", d["a"].as_text().in_(["x", "y"])),
            ("int", d["a"].as_int() > 3),
            ("field", d["a"] == Doc.key),
            ("path", d["a"] == d["b"]),
            ("like", d["a"].like("x%")),
            ("ilike", d["a"].ilike("x%")),
            ("regexp", d["a"].regexp("x")),
            ("iregexp", d["a"].iregexp("x")),
            ("startswith", d["a"].startswith("x")),
            ("endswith", d["a"].endswith("x")),
            ("text contains", d["a"].as_text().contains("x")),
        ),
    )


@program(spec=("FD-052",))
def predicates_look_inside(t):
    _, Doc, _ = _docs()
    d = Doc.data
    _each(
        t,
        Doc,
        (
            ("contains", d.contains({"a": 1})),
            ("contains list", d.contains([1])),
            ("contains text", d.contains("x")),
            ("path contains", d["a"].contains([1])),
            ("contained", d.contained_by({"a": 1})),
            ("path contained", d["a"].contained_by([1])),
            ("key", d.has_key("a")),
            ("keys", d.has_keys(["a", "b"])),
            ("any key", d.has_any_keys(("a", "b"))),
            ("path key", d["a"].has_key("b")),
            ("path keys", d["a"]["b"].has_keys(["a", "b"])),
            ("path any key", d["a"].has_any_keys(["a"])),
        ),
    )


@program(spec=("FD-053", "FD-054"))
def documents_are_changed_in_place(t):
    _, Doc, _ = _docs()
    d = Doc.data
    for label, value in (
        ("set", d["a"].set("z")),
        ("set number", d["a"].set(1.5)),
        ("set dict", d["a"].set({"a": 1})),
        ("set none", d["a"].set(None)),
        ("set deep", d["a"]["b"][0].set(True)),
        ("insert", d["a"].insert("k")),
        ("insert deep", d["a"]["b"].insert([1])),
        ("replace", d["a"].replace(9)),
        ("replace none", d["a"][0].replace(None)),
        ("append", d["a"].append("w")),
        ("append dict", d["a"].append({"x": 1})),
        ("append to all", d.append([3])),
        ("remove", d["a"].remove()),
        ("remove item", d["a"][0].remove()),
        ("update", d.update({"a": 1})),
    ):
        t.show(label, Doc.update(data=value).where(Doc.key == "a").sql())
    t.show("length", Doc.select(d.length(), d["a"].length()).sql())


@program(spec=("FD-053",))
def branches_of_a_case_are_cast(t):
    _, Doc, _ = _docs()
    one = Case(Doc.key, [("a", Doc.data.case_value({"x": 1})), ("b", Doc.data.case_value("y"))], Doc.data)
    t.show("case", Doc.update(data=one).sql())


@program(spec=("FD-053",))
def an_unset_document_of_a_bulk_update_is_cast_too(t):
    db = PostgresqlDatabase("app")
    sent = []

    class Doc(db.Model):
        data = JSONField(null=True)

    class Done:
        rowcount = 2

    def execute(query, **options):
        sent.append(query)
        return Done()

    db.execute = execute
    t.show("rows", Doc.bulk_update([Doc(id=1, data={"x": 1}), Doc(id=2, data=[2])], [Doc.data]))
    t.show("sql", sent.pop().sql())
    Doc.bulk_update([Doc(id=1, data=None)], [Doc.data])
    t.show("null", sent.pop().sql())
