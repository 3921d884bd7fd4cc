"""Documents in columns of json and jsonb, by the core field and by those of postgres_ext."""

import datetime
import decimal
import uuid

import peewee
from parity_program import program
from peewee import *
from playhouse.postgres_ext import BinaryJSONField
from playhouse.postgres_ext import JSONField as PlainJSONField

DOCUMENTS = [
    {"a": 1, "b": [1, 2, {"c": None}], "d": {"e": "f"}},
    [],
    {},
    [1, "two", 3.5, None, True],
    "text",
    5,
    1.5,
    True,
    {"ünï": "çode \" ' \\ \n %s", "": "empty"},
    {"big": 2**70, "long": 1.0000000000000002},
]


def _docs(t, field):
    db = t.database()

    class Doc(db.Model):
        name = TextField(default="")
        data = field

    db.create_tables([Doc])
    return Doc


def _names(query):
    return sorted(row.name for row in query)


def _there_and_back(t, field):
    Doc = _docs(t, field)
    for place, document in enumerate(DOCUMENTS):
        key = Doc.create(data=document).id
        t.show(f"read {place}", Doc.get_by_id(key).data)
        t.show(
            f"raw {place}",
            Doc._meta.database.execute_sql("SELECT data, data::text FROM doc WHERE id = %s", (key,)).fetchone(),
        )
    key = Doc.create(data=None).id
    t.show("null", Doc._meta.database.execute_sql("SELECT data IS NULL FROM doc WHERE id = %s", (key,)).fetchone())
    t.show("read null", Doc.get_by_id(key).data)
    return Doc


def _orders(t, field=None):
    Doc = _docs(t, field or BinaryJSONField(null=True))
    Doc.create(name="one", data={"k1": "v1", "n": 1, "list": [1, 2, 3], "deep": {"x": {"y": "z"}}})
    Doc.create(name="two", data={"k1": "v2", "k2": "v2", "n": 2, "list": []})
    Doc.create(name="three", data={"k1": None, "n": 3.5, "flag": True})
    Doc.create(name="four", data=["k1", "k2", 5])
    Doc.create(name="five", data=None)
    return Doc


@program(spec=("FD-059",))
def documents_of_jsonb(t):
    _there_and_back(t, BinaryJSONField(null=True, index=False))


@program(spec=("FD-059",))
def documents_of_json(t):
    _there_and_back(t, PlainJSONField(null=True))


@program(spec=("FD-047",))
def documents_of_the_core_field(t):
    _there_and_back(t, peewee.JSONField(null=True))


@program(spec=("FD-059",))
def the_text_of_json_is_kept_and_that_of_jsonb_is_not(t):
    db = t.database()
    text = '{"b": 1, "a":  2, "a": 3}'
    t.show("json", db.execute_sql("SELECT %s::json, %s::json::text", (text, text)).fetchone())
    t.show("jsonb", db.execute_sql("SELECT %s::jsonb, %s::jsonb::text", (text, text)).fetchone())
    with t.raises("broken"):
        db.execute_sql("SELECT %s::json", ('{"a": ',))
    with t.raises("nul"):
        db.execute_sql("SELECT %s::jsonb", ('"\\u0000"',))
    t.show("array", db.execute_sql("SELECT ARRAY['{\"a\": 1}', '[2]']::jsonb[]").fetchone())


@program(spec=("FD-059",))
def values_that_are_no_json(t):
    Doc = _docs(t, BinaryJSONField(null=True))
    for label, value in (
        ("uuid", uuid.UUID(int=1)),
        ("decimal", decimal.Decimal("1.5")),
        ("moment", datetime.datetime(2024, 1, 2)),
        ("bytes", b"x"),
        ("set", {1}),
        ("nan", float("nan")),
    ):
        with t.raises(label, message=False):
            Doc.create(data={"x": value})
    t.show("count", Doc.select().count())


@program(spec=("FD-060",))
def paths_give_text(t):
    Doc = _orders(t)
    read = lambda expression: [row[0] for row in Doc.select(expression).order_by(Doc.id).tuples()]
    t.show("key", read(Doc.data["k1"]))
    t.show("number", read(Doc.data["n"]))
    t.show("deep", read(Doc.data["deep"]["x"]["y"]))
    t.show("list", read(Doc.data["list"][1]))
    t.show("document", read(Doc.data["deep"]["x"]))
    t.show("json", read(Doc.data["deep"].as_json()))
    t.show("path", read(Doc.data.path("deep", "x", "y")))
    t.show("place", read(Doc.data[0]))


@program(spec=("FD-060",))
def paths_stand_in_conditions(t):
    Doc = _orders(t)
    t.show("equal", _names(Doc.select().where(Doc.data["k1"] == "v1")))
    t.show("number as text", _names(Doc.select().where(Doc.data["n"] == "2")))
    t.show("cast", _names(Doc.select().where(Doc.data["n"].cast("numeric") > 1)))
    t.show("like", _names(Doc.select().where(Doc.data["k1"].startswith("v"))))
    t.show("null", _names(Doc.select().where(Doc.data["k1"].is_null())))
    t.show("order", [row.name for row in Doc.select().order_by(Doc.data["n"].desc(nulls="last"), Doc.name)])


@program(spec=("FD-059",))
def documents_are_searched(t):
    Doc = _orders(t)
    t.show("contains", _names(Doc.select().where(Doc.data.contains({"k1": "v1"}))))
    t.show("contains deep", _names(Doc.select().where(Doc.data.contains({"deep": {"x": {"y": "z"}}}))))
    t.show("contains list", _names(Doc.select().where(Doc.data.contains(["k1"]))))
    t.show("contains key", _names(Doc.select().where(Doc.data.contains("k2"))))
    t.show("contains any", _names(Doc.select().where(Doc.data.contains_any("k2", "flag"))))
    t.show("contains all", _names(Doc.select().where(Doc.data.contains_all("k1", "k2"))))
    t.show("contained", _names(Doc.select().where(Doc.data.contained_by({"k1": None, "n": 3.5, "flag": True, "z": 1}))))
    t.show("has key", _names(Doc.select().where(Doc.data.has_key("list"))))
    t.show("equal", _names(Doc.select().where(Doc.data == {"k1": None, "n": 3.5, "flag": True})))


@program(spec=("FD-059",))
def documents_are_changed_on_the_server(t):
    Doc = _orders(t)
    one = Doc.name == "one"
    t.show("concat", Doc.update(data=Doc.data.concat({"new": [1]})).where(one).execute())
    t.show("concatenated", Doc.get(one).data)
    t.show("remove", Doc.update(data=Doc.data.remove("k1", "deep")).where(one).execute())
    t.show("removed", Doc.get(one).data)
    t.show(
        "set",
        Doc.update(data=fn.jsonb_set(Doc.data, "{list,0}", Value("9", unpack=False).cast("jsonb")))
        .where(one)
        .execute(),
    )
    t.show("after", Doc.get(one).data)


@program(spec=("FD-060",))
def paths_of_the_standard(t):
    Doc = _orders(t)
    read = lambda expression: [row[0] for row in Doc.select(expression).order_by(Doc.id).tuples()]
    t.show("exists", _names(Doc.select().where(Doc.data.path_exists("$.deep.x"))))
    t.show("match", _names(Doc.select().where(Doc.data.path_match("$.n > 1"))))
    t.show("first", read(Doc.data.path_query_first("$.list[*] ? (@ > 1)")))
    t.show("array", read(Doc.data.path_query_array("$.list[*]")))
    t.show("rows", sorted(str(value) for value in read(Doc.data.path_query("$.list[*]"))))


@program(spec=("FD-048", "FD-049", "FD-050"))
def paths_of_the_core_field(t):
    Doc = _orders(t, peewee.JSONField(null=True))
    read = lambda expression: [row[0] for row in Doc.select(expression).order_by(Doc.id).tuples()]
    t.show("key", read(Doc.data["k1"]))
    t.show("deep", read(Doc.data["deep"]["x"]))
    t.show("list", read(Doc.data["list"][1]))
    t.show("last", read(Doc.data["list"][-1]))
    t.show("text", read(Doc.data["k1"].as_text()))
    t.show("int", _names(Doc.select().where(Doc.data["list"][0].as_int() == 1)))
    t.show("equal", _names(Doc.select().where(Doc.data["k1"] == "v1")))
    t.show("number", _names(Doc.select().where(Doc.data["n"] == 2)))
    t.show("greater", _names(Doc.select().where(Doc.data["n"].as_float() > 1.5)))
    t.show("none", _names(Doc.select().where(Doc.data["k1"] == None)))
    t.show("in", _names(Doc.select().where(Doc.data["k1"].in_(["v1", "v2"]))))
    t.show("like", _names(Doc.select().where(Doc.data["k1"].startswith("v"))))


@program(spec=("FD-052",))
def predicates_of_the_core_field(t):
    Doc = _orders(t, peewee.JSONField(null=True))
    t.show("contains", _names(Doc.select().where(Doc.data.contains({"k1": "v1"}))))
    t.show("contained", _names(Doc.select().where(Doc.data.contained_by({"k1": None, "n": 3.5, "flag": True}))))
    t.show("has key", _names(Doc.select().where(Doc.data.has_key("k2"))))
    t.show("has keys", _names(Doc.select().where(Doc.data.has_keys(["k1", "k2"]))))
    t.show("has any", _names(Doc.select().where(Doc.data.has_any_keys(["flag", "deep"]))))
    t.show("path", _names(Doc.select().where(Doc.data["deep"].has_key("x"))))


@program(spec=("FD-053", "FD-054"))
def updates_of_the_core_field(t):
    Doc = _orders(t, peewee.JSONField(null=True))
    one = Doc.name == "one"
    for label, change in (
        ("set", Doc.data["n"].set(10)),
        ("set document", Doc.data["deep"].set({"q": [1, None, True]})),
        ("insert", Doc.data["fresh"].insert("x")),
        ("insert again", Doc.data["fresh"].insert("y")),
        ("replace", Doc.data["fresh"].replace("z")),
        ("replace missing", Doc.data["nowhere"].replace("z")),
        ("append", Doc.data["list"].append(4)),
        ("remove", Doc.data["k1"].remove()),
        ("update", Doc.data.update({"deep": {"r": 1}, "more": 2})),
    ):
        Doc.update(data=change).where(one).execute()
        t.show(label, Doc.get(one).data)
    t.show("length", Doc.select(Doc.data["list"].length()).where(one).scalar())


@program(spec=("FD-059",))
def documents_in_bulk(t):
    Doc = _docs(t, BinaryJSONField(null=True))
    Doc.insert_many([{"name": f"n{n}", "data": {"n": n, "l": [n] * n}} for n in range(5)]).execute()
    rows = list(Doc.select().order_by(Doc.id))
    for row in rows:
        row.data["changed"] = row.id
    t.show("updated", Doc.bulk_update(rows, [Doc.data], batch_size=2))
    t.show("rows", [row.data for row in Doc.select().order_by(Doc.id)])
    t.show("dicts", list(Doc.select(Doc.name, Doc.data).order_by(Doc.id).dicts())[:2])


@program(spec=("FD-059",))
def functions_that_make_documents(t):
    db = t.database()
    t.show("object", db.execute_sql("SELECT json_build_object('a', 1, 'b', json_build_array(1, 'x', NULL))").fetchone())
    t.show("row", db.execute_sql("SELECT row_to_json(r) FROM (SELECT 1 AS a, 'x' AS b) r").fetchone())
    t.show("aggregate", db.execute_sql("SELECT jsonb_agg(x) FROM generate_series(1, 3) x").fetchone())
    t.show("to_jsonb", db.execute_sql("SELECT to_jsonb(%s::text), to_jsonb(%s::int[])", ("a", [1, 2])).fetchone())
    t.show("null", db.execute_sql("SELECT 'null'::json, 'null'::jsonb, NULL::json").fetchone())
