"""Running a SELECT: count, exists, scalar, first, peek, get, iteration, caching."""

from peewee import *
from peewee import PeeweeException

from parity_program import program


def numbers(t):
    db = t.database()

    class Number(db.Model):
        value = IntegerField()
        word = TextField(null=True)

    db.create_tables([Number])
    rows = [(3, "three"), (1, "one"), (2, "two"), (2, None), (5, "five")]
    Number.insert_many(rows, fields=[Number.value, Number.word]).execute()
    return Number


@program(spec=("QB-047", "SB-026"))
def count_wraps_the_query(t):
    Number = numbers(t)
    t.show("all", Number.select().count())
    t.show("where", Number.select().where(Number.value > 2).count())
    t.show("ordered", Number.select().order_by(Number.word).count())
    t.show("limited", Number.select().limit(2).count())
    t.show("clear", Number.select().limit(2).offset(1).count(clear_limit=True))
    t.show("distinct", Number.select(Number.value).distinct().count())
    t.show("grouped", Number.select(Number.value).group_by(Number.value).count())
    t.show(
        "having",
        Number.select(Number.value).group_by(Number.value).having(fn.COUNT(Number.id) > 1).count(),
    )
    t.show("nothing", Number.select().where(Number.value > 99).count())


@program(spec=("QB-047", "SB-027"))
def exists_asks_for_one_row(t):
    Number = numbers(t)
    t.show("yes", Number.select().where(Number.value == 3).exists())
    t.show("no", Number.select().where(Number.value == 33).exists())
    t.show("ordered", Number.select().order_by(Number.value).limit(2).exists())


@program(spec=("QB-047", "SB-027"))
def scalar_takes_the_first_column_of_the_first_row(t):
    Number = numbers(t)
    t.show("max", Number.select(fn.MAX(Number.value)).scalar())
    t.show("first column", Number.select(Number.word, Number.id).order_by(Number.id).scalar())
    t.show("tuple", Number.select(Number.word, Number.id).order_by(Number.id).scalar(as_tuple=True))
    t.show("dict", Number.select(Number.word, Number.id).order_by(Number.id).scalar(as_dict=True))
    t.show("empty", Number.select(Number.word).where(Number.id > 99).scalar())
    t.show("null", Number.select(Number.word).where(Number.id == 4).scalar())
    t.show("empty tuple", Number.select(Number.word).where(Number.id > 99).scalar(as_tuple=True))


@program(spec=("QB-047",))
def scalars_yields_the_first_column(t):
    Number = numbers(t)
    query = Number.select(Number.value, Number.word).order_by(Number.id)
    t.show("type", type(query.scalars()).__name__)
    t.show("values", list(query.scalars()))
    t.show(
        "expression",
        list(Number.select((Number.value * 2).alias("v")).order_by(Number.id).scalars()),
    )
    t.show("empty", list(query.where(Number.id > 99).scalars()))


@program(spec=("QB-047", "SB-025"))
def first_changes_the_query(t):
    Number = numbers(t)
    query = Number.select().order_by(Number.value)
    t.show("first", query.first())
    t.show("sql after", query.sql())
    t.show("length after", len(query))
    t.show("none", Number.select().where(Number.id > 99).first())
    t.show("two", Number.select().order_by(Number.value).first(n=2))


@program(spec=("SB-025",))
def first_takes_its_number_by_keyword(t):
    Number = numbers(t)
    with t.raises("positional", message=False):
        Number.select().first(2)
    t.show("three", [row.value for row in Number.select().order_by(Number.id).first(n=3)])
    t.show("more than there are", len(Number.select().first(n=99)))


@program(spec=("QB-047", "SB-025"))
def peek_leaves_the_query_alone(t):
    Number = numbers(t)
    query = Number.select().order_by(Number.value)
    t.show("peek", query.peek())
    t.show("sql after", query.sql())
    t.show("length after", len(query))
    t.show("two", query.peek(n=2))
    t.show("none", Number.select().where(Number.id > 99).peek())


@program(spec=("QB-047", "SB-024"))
def get_takes_the_first_match(t):
    Number = numbers(t)
    t.show("query", Number.select().where(Number.value == 2).order_by(Number.id).get())
    t.show("offset ignored", Number.select().order_by(Number.id).offset(3).get())
    t.show("dicts", Number.select().where(Number.value == 3).dicts().get())
    t.show("tuples", Number.select(Number.value).order_by(Number.id).tuples().get())
    with t.raises("miss"):
        Number.select().where(Number.value == 33).get()
    t.show("or none", Number.select().where(Number.value == 33).get_or_none())


@program(spec=("MD-032", "SB-024"))
def model_get_takes_keys_expressions_and_filters(t):
    Number = numbers(t)
    t.show("key", Number.get(3))
    t.show("expression", Number.get(Number.value == 5))
    t.show("two", Number.get(Number.value == 2, Number.word == "two"))
    t.show("filter", Number.get(value=1))
    t.show("lookup", Number.get(value__gt=3))
    t.show("both", Number.get(Number.value == 2, word="two"))
    with t.raises("miss"):
        Number.get(99)
    with t.raises("miss expression"):
        Number.get((Number.value == 33) & (Number.word == "x"))
    with t.raises("text", message=False):
        Number.get("abc")


@program(spec=("MD-033",))
def lookups_by_primary_key(t):
    Number = numbers(t)
    t.show("by id", Number.get_by_id(2))
    t.show("text key", Number.get_by_id("2"))
    with t.raises("miss"):
        Number.get_by_id(99)
    t.show("or none", Number.get_or_none(Number.id == 99))
    t.show("or none hit", Number.get_or_none(Number.id == 1))
    t.show("or none filter", Number.get_or_none(value=99))
    t.show("set", Number.set_by_id(2, {"word": "uno"}))
    t.show("set missing", Number.set_by_id(99, {"word": "uno"}))
    t.show("delete", Number.delete_by_id(3))
    t.show("delete again", Number.delete_by_id(3))


@program(spec=("MD-002", "SB-070"))
def does_not_exist_is_a_class_per_model(t):
    Number = numbers(t)
    t.show("name", Number.DoesNotExist.__name__)
    t.show("base", issubclass(Number.DoesNotExist, DoesNotExist))
    t.show("not a peewee exception", issubclass(DoesNotExist, PeeweeException))
    try:
        Number.get_by_id(99)
    except Number.DoesNotExist as error:
        t.show("caught", error)


@program(spec=("QB-044", "SB-028"))
def results_are_cached_on_the_query(t):
    Number = numbers(t)
    query = Number.select().order_by(Number.id)
    t.show("first", [row.value for row in query])
    t.show("second", [row.value for row in query])
    t.show("length", len(query))
    t.show("index", query[1].value)
    t.show("same object", query[0] is list(query)[0])
    Number.delete().execute()
    t.show("stale", len(query))
    t.show("fresh", len(query.clone()))


@program(spec=("QB-044",))
def indexing_and_slicing_fetch_what_they_need(t):
    Number = numbers(t)
    query = Number.select(Number.value).order_by(Number.id)
    t.show("zero", query[0].value)
    t.show("last", query[-1].value)
    t.show("slice", [row.value for row in query[1:3]])
    t.show("open", [row.value for row in query[3:]])
    t.show("step", [row.value for row in query[::2]])
    t.show("slice type", type(query[1:3]).__name__)
    with t.raises("out of range", message=False):
        query[99]
    with t.raises("text", message=False):
        query["a"]


@program(spec=("SB-028",))
def len_and_bool_run_the_query(t):
    Number = numbers(t)
    t.show("len", len(Number.select()))
    t.show("true", bool(Number.select()))
    t.show("false", bool(Number.select().where(Number.id > 99)))
    t.show("in", Number.get_by_id(1) in Number.select())
    t.show("not in", Number(id=99) in Number.select())


@program(spec=("SB-029", "MD-011"))
def the_model_class_is_a_container(t):
    Number = numbers(t)
    t.show("len", len(Number))
    t.show("bool", bool(Number))
    t.show("iter", sorted(row.value for row in Number))
    t.show("in", 1 in Number)
    t.show("not in", 99 in Number)
    t.show("item", Number[2])
    with t.raises("missing item"):
        Number[99]
    Number[2] = {"word": "changed"}
    t.show("changed", Number[2].word)
    del Number[2]
    t.show("deleted", 2 in Number)
    t.show("repr", repr(Number))


@program(spec=("QB-046",))
def iterator_streams_without_a_cache(t):
    Number = numbers(t)
    query = Number.select(Number.value).order_by(Number.id)
    t.show("values", [row.value for row in query.iterator()])
    t.show("tuples", list(query.clone().tuples().iterator()))
    t.show("dicts", list(query.clone().dicts().iterator()))


@program(spec=("QB-046", "SB-037"))
def a_second_iterator_finds_a_closed_cursor(t):
    Number = numbers(t)
    query = Number.select(Number.value).order_by(Number.id)
    t.show("first", len(list(query.iterator())))
    with t.raises("second", message=False):
        list(query.iterator())
    t.show("normal", list(query))
    consumed = Number.select(Number.value).order_by(Number.id)
    t.show("consumed", len(list(consumed)))
    with t.raises("after", message=False):
        list(consumed.iterator())


@program(spec=("QB-045",))
def queries_nest_while_iterating(t):
    Number = numbers(t)
    seen = []
    for row in Number.select().order_by(Number.id):
        seen.append((row.value, Number.select().where(Number.value < row.value).count()))
    t.show("seen", seen)
    nested = [(a.id, b.id) for a in Number.select().limit(2) for b in Number.select().limit(2)]
    t.show("nested", nested)


@program(spec=("QB-045",))
def writes_while_iterating(t):
    Number = numbers(t)
    for row in Number.select().order_by(Number.id):
        row.value += 10
        row.save()
    t.show("values", [row.value for row in Number.select().order_by(Number.id)])


@program(spec=("QB-044",))
def leaving_a_loop_early_keeps_the_rest(t):
    Number = numbers(t)
    query = Number.select(Number.value).order_by(Number.id)
    for row in query:
        t.show("first", row.value)
        break
    t.show("all", [row.value for row in query])
    one, two = iter(query), iter(query)
    t.show("two iterators", (next(one).value, next(two).value, next(one).value))


@program(spec=("QB-047",))
def execute_gives_a_cursor_wrapper(t):
    Number = numbers(t)
    query = Number.select(Number.value).order_by(Number.id)
    result = query.execute()
    t.show("length", len(result))
    t.show("values", [row.value for row in result])
    t.show("again", query.execute() is result)
    t.show("index", result[2].value)
    t.show("tuples", list(query.tuples().execute()))


@program(spec=("QB-048", "MD-041"))
def an_unbound_query_cannot_run(t):
    class Loose(Model):
        name = TextField()

    t.show("sql", Loose.select().where(Loose.name == "a").sql())
    with t.raises("execute"):
        Loose.select().execute()
    with t.raises("get"):
        Loose.get()
    with t.raises("count"):
        Loose.select().count()
    with t.raises("iterate"):
        list(Loose.select())
    with t.raises("create"):
        Loose.create(name="x")
    with t.raises("create table"):
        Loose.create_table()


@program(spec=("QB-047", "SB-038"))
def a_query_can_run_on_another_database(t):
    Number = numbers(t)
    other = t.database()
    with Number.bind_ctx(other):
        other.create_tables([Number])
        Number.create(value=100, word="other")
    query = Number.select(Number.value).where(Number.value > 4)
    t.show("own", [row[0] for row in query.tuples().execute()])
    t.show("other", [row[0] for row in query.tuples().execute(other)])
    t.show("count", (query.count(), query.count(other)))
    t.show("get", query.get(other).value)
    t.show("first", query.first(other).value)
    t.show("exists", Number.select().where(Number.value == 100).exists(other))


@program
def errors_of_the_driver_leave_the_database_usable(t):
    Number = numbers(t)
    with t.raises("table"):
        list(Number.select().from_(SQL("nowhere")))
    with t.raises("function", message=False):
        Number.select(fn.nothing_like_it(1)).scalar()
    with t.raises("type", message=False):
        [row for row in Number.select().where(fn.LOWER(Number.word) == object)]
    with t.raises("big", message=False):
        list(Number.select().where(Number.value == 2**70))
    t.show("still there", Number.select().count())


@program(spec=("DB-026", "DB-025"))
def the_database_executes_queries_and_text(t):
    Number = numbers(t)
    db = Number._meta.database
    t.show("execute", db.execute(Number.select(Number.value).order_by(Number.id)).fetchall())
    t.show("sql", db.execute_sql("select value from number where id < ? order by id", (3,)).fetchall())
    cursor = db.execute_sql("select value, word as w from number order by id")
    t.show("one", cursor.fetchone())
    t.show("names", [column[0] for column in cursor.description])
    t.show("rest", len(cursor.fetchall()))


@program
def empty_tables_answer_everything(t):
    Number = numbers(t)
    Number.delete().execute()
    t.show("list", list(Number.select()))
    t.show("count", Number.select().count())
    t.show("exists", Number.select().exists())
    t.show("first", Number.select().first())
    t.show("scalar", Number.select(fn.MAX(Number.value)).scalar())
    t.show("sum", Number.select(fn.SUM(Number.value)).scalar())
    t.show("bool", bool(Number.select()))
    t.show("slice", Number.select()[:2])
    with t.raises("index", message=False):
        Number.select()[0]
    with t.raises("get"):
        Number.get()
