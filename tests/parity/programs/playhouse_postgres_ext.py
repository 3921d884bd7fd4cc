"""The fields of playhouse.postgres_ext: what they render. Nothing here connects."""

import datetime
import uuid
from decimal import Decimal

import peewee
from parity_program import program
from peewee import *
from playhouse import postgres_ext
from playhouse.postgres_ext import (
    ArrayField,
    ArrayValue,
    BinaryJSONField,
    DateTimeTZField,
    HStoreField,
    IntervalField,
    Json,
    JsonLookup,
    JsonPath,
    Match,
    ObjectSlice,
    PostgresqlExtDatabase,
    Psycopg3Database,
    ServerSide,
    ServerSideQuery,
    TSVectorField,
)
from playhouse.postgres_ext import JSONField as PlainJSONField


def _model():
    db = PostgresqlExtDatabase("app")

    class Item(db.Model):
        key = TextField()
        numbers = ArrayField()
        tags = ArrayField(CharField, null=True)
        grid = ArrayField(IntegerField, dimensions=2, index=False)
        prices = ArrayField(DecimalField, {"decimal_places": 2}, convert_values=True)
        moments = ArrayField(DateTimeField, dimensions=2, convert_values=True)
        uids = ArrayField(UUIDField, convert_values=True)
        binary = BinaryJSONField(null=True)
        plain = PlainJSONField(null=True)
        store = HStoreField(null=True)
        words = TSVectorField(null=True)
        span = IntervalField(null=True)
        moment = DateTimeTZField(null=True)

    return Item


def _each(t, model, expressions):
    for label, expression in expressions:
        t.show(label, model.select(expression).sql())


def _shown(t, label, model):
    schema = model._schema
    t.show(f"{label} table", schema._create_table().query())
    for place, index in enumerate(schema._create_indexes()):
        t.show(f"{label} index {place}", index.query())


@program(spec=("FD-059",))
def fields_are_declared(t):
    Item = _model()
    _shown(t, "item", Item)
    for field in Item._meta.sorted_fields:
        t.show(field.name, (field.field_type, field.index, field.index_type))

    class Options(Item._meta.database.Model):
        a = ArrayField(CharField, {"max_length": 30}, unique=True)
        b = BinaryJSONField(index=False)
        c = HStoreField(index_type="GIST")
        d = ArrayField(index_type="BTREE", default=list)
        e = ArrayField(BigIntegerField, None, 3)
        f = ArrayField(TextField, constraints=[SQL("DEFAULT '{}'")])
        g = ArrayField(BooleanField)
        h = ArrayField(BlobField)
        i = ArrayField(PlainJSONField)
        j = ArrayField(BinaryJSONField)
        k = IntervalField(index=True)
        l = PlainJSONField(index=True)

    _shown(t, "options", Options)
    t.show("default", Options().d)


@program(spec=("FD-059",))
def plain_databases_know_the_types(t):
    db = PostgresqlDatabase("app")

    class Item(db.Model):
        numbers = ArrayField(BigIntegerField)
        binary = BinaryJSONField()
        plain = PlainJSONField()
        store = HStoreField()

    _shown(t, "item", Item)
    t.show("contains", Item.select().where(Item.numbers.contains(1)).sql())


@program(spec=("FD-059",))
def elements_and_slices_of_arrays(t):
    Item = _model()
    a, g = Item.numbers, Item.grid
    _each(
        t,
        Item,
        (
            ("first", a[0]),
            ("second", a[1]),
            ("negative", a[-1]),
            ("slice", a[1:3]),
            ("open", a[:2]),
            ("open end", a[2:]),
            ("all", a[:]),
            ("negative slice", a[-2:-1]),
            ("two", g[0][1]),
            ("slice of a slice", g[0:2][1]),
            ("slice of an item", g[1][0:2]),
            ("text", a["2"]),
            ("text slice", a["1:3"]),
            ("expression", a[Item.key]),
            ("compared", a[0] == 5),
            ("in", Item.tags[0].in_(["a", "b"])),
            ("null", a[0].is_null()),
            ("alias", a[0].alias("first")),
            ("order", a[0].desc()),
            ("slice object", ObjectSlice(a, [1, 2])),
            ("created", ObjectSlice.create(a, slice(1, 3))),
            ("of an alias", Item.alias("other").numbers[0]),
        ),
    )
    t.show("parts", (a[1].parts, a[1:3].parts, a[1:3][2].parts))
    with t.raises("no index"):
        a["x"]
    with t.raises("a tuple", message=False):
        a[(1, 2)]


@program(spec=("FD-059",))
def arrays_are_compared_with_their_type(t):
    Item = _model()
    a, tags = Item.numbers, Item.tags
    _each(
        t,
        Item,
        (
            ("equal", a == [1, 2]),
            ("equal tags", tags == ["a", "b"]),
            ("equal grid", Item.grid == [[1, 2], [3, 4]]),
            ("equal tuple", a == (1, 2)),
            ("unequal", a != [1]),
            ("less", a < [1]),
            ("less or equal", a <= [1]),
            ("greater", a > [1]),
            ("greater or equal", a >= [1]),
            ("none", a == None),
            ("empty", a == []),
            ("field", a == Item.grid),
            ("prices", Item.prices == ["1.5"]),
            ("moments", Item.moments == [["2020-01-01"]]),
            ("uids", Item.uids == [uuid.UUID(int=1)]),
            ("contains", a.contains(1)),
            ("contains two", a.contains(1, 2)),
            ("contains list", a.contains([1, 2])),
            ("contains nothing", a.contains()),
            ("contains price", Item.prices.contains(Decimal("1.5"))),
            ("contains any", tags.contains_any("a", "b")),
            ("contained", tags.contained_by("a", "b")),
            ("null", a.is_null()),
            ("any", Value(1) == fn.ANY(a)),
            ("length", fn.array_length(a, 1)),
            ("unnest", fn.unnest(tags)),
            ("cast", a.cast("text[]")),
            ("value", ArrayValue(tags, ["x"])),
        ),
    )
    with t.raises("no list", message=False):
        Item.select(a == 1).sql()
    other = Item.alias("other")
    t.show("alias", other.select(other.id).where(other.tags.contains("a")).sql())


@program(spec=("FD-059",))
def values_are_stored(t):
    Item = _model()
    row = {
        "numbers": [1, 2],
        "tags": ("a",),
        "grid": [[1], [2]],
        "prices": ["1.234", 2],
        "moments": [["2020-01-01", datetime.datetime(2020, 1, 2)]],
        "uids": ["00000000-0000-0000-0000-000000000001"],
        "binary": {"a": 1},
        "plain": [1],
        "store": {"a": "b"},
        "words": fn.to_tsvector("some words"),
        "span": datetime.timedelta(1),
        "moment": datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc),
    }
    t.show("insert", Item.insert(row).sql())
    t.show("nulls", Item.insert(tags=None, binary=None, plain=None, store=None).sql())
    t.show("set", Item.insert(numbers={1}, binary="text", plain=3).sql())
    t.show("range", Item.insert(numbers=range(3)).sql())
    t.show("update", Item.update(numbers=[3], store={"x": None}, binary=[1]).sql())
    t.show("function", Item.update(numbers=fn.array_append(Item.numbers, 3)).sql())
    t.show("as is", Item.update(numbers=AsIs([1])).sql())
    t.show("many", Item.insert_many([{"numbers": [1]}, {"numbers": [2, 3]}]).sql())


@program(spec=("FD-059",))
def values_are_converted(t):
    Item = _model()
    for label, value in (
        ("list", Item.numbers.db_value([1, "2"])),
        ("none", Item.numbers.db_value(None)),
        ("text", Item.tags.db_value("abc")),
        ("tuple", Item.tags.db_value(("b",))),
        ("generator", Item.numbers.db_value(one for one in (1, 2))),
        ("nested", Item.grid.db_value([(1, 2), (3,)])),
        ("prices", Item.prices.db_value(["1.239", None, 2])),
        ("moments", Item.moments.db_value([["2020-01-01"], ["2021-01-01"]])),
        ("uids", Item.uids.db_value([uuid.UUID(int=1), None])),
        ("read list", Item.numbers.python_value([1, 2])),
        ("read none", Item.numbers.python_value(None)),
        ("read text", Item.numbers.python_value("{1,2}")),
        ("read prices", Item.prices.python_value(["1.5", None, 2])),
        ("read moments", Item.moments.python_value([["2020-01-01"], ["x"]])),
        ("read uids", Item.uids.python_value(["00000000-0000-0000-0000-000000000001"])),
        ("read one price", Item.prices.python_value("12")),
        ("document", Item.binary.db_value({"a": 1})),
        ("document none", Item.binary.db_value(None)),
        ("document value", Item.plain.to_value([1])),
        ("read document", Item.binary.python_value({"a": 1})),
        ("read document text", Item.binary.python_value('{"a": 1}')),
        ("store", Item.store.db_value({"a": 1})),
        ("read store", Item.store.python_value({"a": "1"})),
        ("read store text", Item.store.python_value('"a"=>"1"')),
        ("span", Item.span.db_value(datetime.timedelta(1))),
        ("moment", Item.moment.db_value("2020-01-01 00:00:00+02:00")),
        ("read moment", Item.moment.python_value("2020-01-01 00:00:00+02:00")),
    ):
        t.show(label, value)


def _documents(Item):
    return (("binary", Item.binary), ("plain", Item.plain))


@program(spec=("FD-060",))
def documents_are_looked_into(t):
    Item = _model()
    for name, d in _documents(Item):
        for label, expression in (
            ("item", d["a"]),
            ("index", d[0]),
            ("nested", d["a"]["b"]),
            ("mixed", d["a"][0]["c"]),
            ("negative", d[-1]),
            ("json", d["a"].as_json()),
            ("json nested", d["a"][0].as_json()),
            ("json then item", d["a"].as_json()["b"]),
            ("text again", d["a"].as_json().as_json(False)),
            ("quote", d["a'b"]),
            ("double quote", d['a"b']),
            ("percent", d["a%"]),
            ("expression", d[Item.key]),
            ("path", d.path("a", 0)),
            ("path json", d.path("a", 0).as_json()),
            ("path text", d.path("a", 0).as_json(False)),
            ("path of an item", d["a"].path("b", 1)),
            ("equal", d == {"a": 1}),
            ("equal list", d == [1]),
            ("unequal", d != {"a": 1}),
            ("none", d == None),
            ("item equal", d["a"] == "x"),
            ("item number", d["a"] == 1),
            ("item less", d["a"] < "x"),
            ("item in", d["a"].in_(["a", "b"])),
            ("item null", d["a"].is_null()),
            ("item none", d["a"] == None),
            ("json equal", d["a"].as_json() == Json({"b": 1})),
            ("json less", d["a"].as_json() < 3),
            ("path equal", d.path("a", "b") == Json("x")),
            ("like", d["a"].like("%x")),
            ("startswith", d["a"].startswith("x")),
            ("cast", d["a"].cast("int") > 3),
            ("alias", d["a"].alias("q")),
            ("order", d["a"].desc()),
            ("plus", d["a"] + 1),
            ("function", fn.FOO(d["a"])),
            ("concat", d.concat({"a": 1})),
            ("append", d.append([1])),
            ("update", d.update({"a": 1})),
            ("length", d.length()),
            ("extract", d.extract("a", "b", 0)),
            ("extract equal", d.extract("a") == "x"),
        ):
            t.show(f"{name} {label}", Item.select(expression).sql())
        grouped = Item.select(d["a"], fn.COUNT(Item.id)).group_by(d["a"]).order_by(d["a"])
        t.show(f"{name} grouped", grouped.sql())


@program(spec=("FD-060",))
def documents_are_searched(t):
    Item = _model()
    d = Item.binary
    _each(
        t,
        Item,
        (
            ("contains", d.contains({"a": 1})),
            ("contains list", d.contains([1])),
            ("contains text", d.contains("a")),
            ("contains field", d.contains(Item.binary)),
            ("contained", d.contained_by({"a": 1})),
            ("any", d.contains_any("a", "b")),
            ("all", d.contains_all("a", "b")),
            ("key", d.has_key("a")),
            ("remove", d.remove("a")),
            ("remove two", d.remove("a", "b")),
            ("path exists", d.path_exists("$.a")),
            ("path match", d.path_match("$.a > 1")),
            ("path query", d.path_query("$.a")),
            ("path query array", d.path_query_array("$.a")),
            ("path query first", d.path_query_first("$.a")),
        ),
    )


@program(spec=("FD-060",))
def places_of_documents_are_searched_and_changed(t):
    Item = _model()
    for name, make in (
        ("item", lambda: Item.binary["a"]),
        ("deep", lambda: Item.binary["a"][0]),
        ("json", lambda: Item.binary["a"].as_json()),
        ("path", lambda: Item.binary.path("a", "b")),
        ("plain", lambda: Item.plain["a"]),
        ("plain path", lambda: Item.plain.path("a", 1)),
        ("below", lambda: Item.binary["a"].path("b", 2)),
    ):
        place = make()
        for label, expression in (
            ("contains", place.contains({"x": 1})),
            ("contains text", place.contains("x")),
            ("contains field", place.contains(Item.binary)),
            ("contained", place.contained_by([1])),
            ("any", place.contains_any("x", "y")),
            ("all", place.contains_all("x", "y")),
            ("key", place.has_key("x")),
            ("length", place.length()),
            ("extract", place.extract("z", 1)),
            ("concat", place.concat({"x": 1})),
            ("concat field", place.concat(Item.key)),
            ("path exists", place.path_exists("$.a")),
            ("path match", place.path_match("$.a")),
            ("path query", place.path_query("$.a")),
            ("path query array", place.path_query_array("$.a")),
            ("path query first", place.path_query_first("$.a")),
        ):
            t.show(f"{name} {label}", Item.select(expression).sql())
        for label, value in (
            ("set", place.set(3)),
            ("set none", place.set(None)),
            ("set field", place.set(Item.key)),
            ("insert", place.insert([1])),
            ("replace", place.replace({"x": 1})),
            ("append", place.append({"x": 1})),
            ("update", place.update({"x": 1})),
            ("remove", place.remove()),
        ):
            t.show(f"{name} {label}", Item.update(binary=value).sql())


@program(spec=("FD-060",))
def nodes_of_documents(t):
    Item = _model()
    d = Item.binary
    _each(
        t,
        Item,
        (
            ("json", Json({"a": 1})),
            ("json with a function", Json([1], dumps=lambda value: "written")),
            ("lookup", JsonLookup(d, ["a", 0])),
            ("lookup json", JsonLookup(d, ["a", 0], as_json=True)),
            ("path", JsonPath(d, ["a", 0])),
            ("path json", JsonPath(d, ["a", 0], as_json=True)),
        ),
    )
    t.show("parts", (d["a"][0].parts, d.path("a", 0).parts))
    case = Case(None, [(Item.key == "x", d.case_value({"x": 1}))], d)
    t.show("case", Item.update(binary=case).sql())
    plain = Case(None, [(Item.key == "x", Item.plain.case_value([1]))], Item.plain)
    t.show("plain case", Item.update(plain=plain).sql())

    class Own(Item._meta.database.Model):
        data = PlainJSONField(dumps=lambda value: "never")

    t.show("own function is kept", Own.data._dumps(1))


@program(spec=("FD-060",))
def keys_with_special_characters_in_a_path(t):
    Item = _model()
    t.show("path", Item.select(Item.binary.path("a,b", "{c}", 'd"e', "", "null")).sql())


@program(spec=("FD-059",))
def dicts_of_text(t):
    Item = _model()
    h = Item.store
    _each(
        t,
        Item,
        (
            ("item", h["a"]),
            ("item equal", h["a"] == "1"),
            ("item in", h["a"].in_(["1", "2"])),
            ("item null", h["a"].is_null()),
            ("item alias", h["a"].alias("x")),
            ("item expression", h[Item.key]),
            ("keys", h.keys()),
            ("values", h.values()),
            ("items", h.items()),
            ("slice", h.slice("a", "b")),
            ("exists", h.exists("a")),
            ("defined", h.defined("a")),
            ("contains", h.contains("a")),
            ("contains list", h.contains(["a", "b"])),
            ("contains dict", h.contains({"a": "1"})),
            ("contains any", h.contains_any("a", "b")),
            ("equal", h == {"a": "1"}),
            ("of an alias", Item.alias("other").store["a"]),
        ),
    )
    for label, value in (
        ("update", h.update(a="1", b="2")),
        ("update dict", h.update({"a": "1"})),
        ("update both", h.update({"a": "1"}, b="2")),
        ("update nothing", h.update()),
        ("delete", h.delete("a")),
        ("delete two", h.delete("a", "b")),
    ):
        t.show(label, Item.update(store=value).where(h.contains({"x": "y"})).sql())


@program(spec=("PH-071",))
def texts_are_searched(t):
    Item = _model()
    w = Item.words
    _each(
        t,
        Item,
        (
            ("match", w.match("a & b")),
            ("language", w.match("a", "english")),
            ("plain", w.match("a", plain=True)),
            ("websearch", w.match("a", websearch=True)),
            ("plain language", w.match("a", "english", True)),
            ("websearch language", w.match("a", "english", websearch=True)),
            ("node", w.match(fn.to_tsquery("x"))),
            ("Match", Match(Item.key, "a")),
            ("Match language", Match(Item.key, "a", "english")),
            ("Match plain", Match(Item.key, "a", plain=True)),
            ("Match websearch", Match(Item.key, "a", "english", websearch=True)),
            ("Match field", Match(Item.key, Item.key)),
            ("Match function", Match(fn.UPPER(Item.key), "a")),
            ("equal", w == "x"),
        ),
    )
    with t.raises("both"):
        w.match("a", plain=True, websearch=True)
    with t.raises("Match both"):
        Match(Item.key, "a", plain=True, websearch=True)


@program(spec=("FD-059",))
def spans_and_moments(t):
    Item = _model()
    _each(
        t,
        Item,
        (
            ("greater", Item.span > datetime.timedelta(1)),
            ("text", Item.span == "1 day"),
            ("sum", Item.moment + Item.span),
            ("moment", Item.moment > datetime.datetime(2020, 1, 1)),
            ("moment text", Item.moment == "2020-01-01"),
            ("year", Item.moment.year),
            ("truncate", Item.moment.truncate("day")),
            ("timestamp", Item.moment.to_timestamp()),
        ),
    )


@program(spec=("PH-069",))
def databases_of_the_extension(t):
    db = PostgresqlExtDatabase("app", register_hstore=True, server_side_cursors=True, host="h")
    t.show("settings", (db._register_hstore, db._server_side_cursors, db.connect_params))
    t.show("plain", (PostgresqlExtDatabase("app")._register_hstore, PostgresqlExtDatabase("app")._server_side_cursors))
    three = Psycopg3Database("app", isolation_level="SERIALIZABLE")
    t.show("psycopg 3", (three._isolation_level, isinstance(three, PostgresqlExtDatabase)))
    t.show("adapters", [db.psycopg2_adapter.__name__, db.psycopg3_adapter.__name__])
    for name in sorted(dir(postgres_ext)):
        value = getattr(postgres_ext, name, None)
        if name.isupper() and isinstance(value, str):
            t.show(name, value)


@program(spec=("PH-070",))
def related_rows_do_not_go_with_cursors_on_the_server(t):
    db = PostgresqlExtDatabase("app")

    class User(db.Model):
        name = TextField()

    class Tweet(db.Model):
        user = ForeignKeyField(User, backref="tweets")

    query = User.select().with_related(User.tweets)
    with t.raises("query"):
        ServerSideQuery(query)
    with t.raises("rows"):
        next(ServerSide(query))
    server_side = ServerSideQuery(User.select(), 3)
    t.show("sql", db.get_sql_context().sql(server_side).query())
    t.show("size", server_side.array_size)
    t.show("closed before it ran", server_side.close())


@program(spec=("FD-059", "FD-060"))
def bulk_updates_of_these_fields(t):
    Item = _model()
    db = Item._meta.database
    sent = []

    class Done:
        rowcount = 2

    def execute(query, **options):
        sent.append(query)
        return Done()

    db.execute = execute
    items = [Item(id=1, binary={"x": 1}, plain=[1]), Item(id=2, binary=[2], plain="x")]
    Item.bulk_update(items, [Item.binary, Item.plain])
    t.show("documents", sent.pop().sql())
    Item.bulk_update([Item(id=1, numbers=[1], store={"a": "1"})], [Item.numbers, Item.store])
    t.show("arrays and dicts", sent.pop().sql())
    Item.bulk_update([Item(id=1, binary=None)], [Item.binary])
    t.show("no document", sent.pop().sql())


@program(spec=("FD-059",))
def an_array_of_a_model_without_a_database(t):
    class Loose(Model):
        numbers = ArrayField()

    with PostgresqlExtDatabase("app").bind_ctx([Loose]):
        t.show("bound", Loose.select().where(Loose.numbers.contains(1)).sql())
    t.show("class", peewee.Model in Loose.__mro__)
