"""Arrays: values there and back, places, slices, comparisons."""

import datetime
import decimal

from parity_program import program
from peewee import *
from playhouse.postgres_ext import ArrayField, PostgresqlExtDatabase


def _posts(t):
    db = t.database()

    class Post(db.Model):
        name = TextField()
        tags = ArrayField(TextField, null=True)
        points = ArrayField(IntegerField, default=list)

    db.create_tables([Post])
    Post.create(name="one", tags=["alpha", "beta", "gamma"], points=[1, 2, 3])
    Post.create(name="two", tags=["beta", "delta"], points=[])
    Post.create(name="three", tags=[], points=[9])
    Post.create(name="four", tags=None, points=[3, 2, 1])
    return Post


def _names(query):
    return sorted(row.name for row in query)


@program(spec=("FD-059",))
def lists_come_back_as_lists(t):
    Post = _posts(t)
    t.show("rows", [(row.name, row.tags, row.points) for row in Post.select().order_by(Post.id)])
    t.show("raw", Post._meta.database.execute_sql("SELECT tags, points FROM post ORDER BY id").fetchall())
    t.show("tuples", list(Post.select(Post.tags).order_by(Post.id).tuples()))


@program(spec=("FD-059",))
def elements_of_every_kind(t):
    db = t.database()

    class All(db.Model):
        small = ArrayField(SmallIntegerField, index=False, null=True)
        big = ArrayField(BigIntegerField, index=False, null=True)
        double = ArrayField(DoubleField, index=False, null=True)
        dec = ArrayField(DecimalField, field_kwargs={"max_digits": 8, "decimal_places": 2}, index=False, null=True)
        char = ArrayField(CharField, field_kwargs={"max_length": 9}, index=False, null=True)
        flag = ArrayField(BooleanField, index=False, null=True)
        day = ArrayField(DateField, index=False, null=True)
        moment = ArrayField(DateTimeField, index=False, null=True)

    db.create_tables([All])
    key = All.create(
        small=[1, -2],
        big=[2**40, None],
        double=[1.5, None, float("inf")],
        dec=[decimal.Decimal("1.25"), decimal.Decimal("-3")],
        char=["a", "b c", 'd"e', "f\\g", "", "NULL", None, "x,y", "{z}"],
        flag=[True, False, None],
        day=[datetime.date(2024, 1, 2)],
        moment=[datetime.datetime(2024, 1, 2, 3, 4, 5, 6)],
    ).id
    row = All.get_by_id(key)
    for name in All._meta.sorted_field_names:
        t.show(name, getattr(row, name))
    t.show("empty", [getattr(All.get_by_id(All.create().id), name) for name in All._meta.sorted_field_names[1:]])


@program(spec=("FD-059",))
def texts_with_special_characters(t):
    Post = _posts(t)
    odd = ["a,b", "c d", '"', "\\", "'", "{", "}", "{}", "", " ", "null", "NULL", "\n\t", "ünï", "%s", "x" * 1000]
    key = Post.create(name="odd", tags=odd).id
    t.show("same", Post.get_by_id(key).tags == odd)
    t.show("found", _names(Post.select().where(Post.tags == odd)))
    for place, text in enumerate(odd):
        t.show(f"contains {place}", _names(Post.select().where(Post.tags.contains(text))))


@program(spec=("FD-059",))
def more_dimensions(t):
    db = t.database()

    class Grid(db.Model):
        cells = ArrayField(IntegerField, dimensions=2, index=False)

    db.create_tables([Grid])
    Grid.create(cells=[[1, 2, 3], [4, 5, 6]])
    t.show("cells", Grid.get().cells)
    t.show("row", Grid.select(Grid.cells[0:1]).scalar())
    t.show("cell", Grid.select(Grid.cells[1][2]).scalar())
    with t.raises("ragged"):
        Grid.create(cells=[[1, 2], [3]])


@program(spec=("FD-059",))
def places_count_from_zero(t):
    Post = _posts(t)
    t.show("first", [row[0] for row in Post.select(Post.tags[0]).order_by(Post.id).tuples()])
    t.show("beyond", [row[0] for row in Post.select(Post.points[5]).order_by(Post.id).tuples()])
    t.show("slice", [row[0] for row in Post.select(Post.tags[0:2]).order_by(Post.id).tuples()])
    t.show("condition", _names(Post.select().where(Post.tags[0] == "beta")))
    t.show("sum", [row[0] for row in Post.select(Post.points[0] + 1).order_by(Post.id).tuples()])


@program(spec=("FD-059",))
def arrays_are_searched(t):
    Post = _posts(t)
    t.show("contains", _names(Post.select().where(Post.tags.contains("beta"))))
    t.show("contains both", _names(Post.select().where(Post.tags.contains("alpha", "beta"))))
    t.show("contains any", _names(Post.select().where(Post.tags.contains_any("delta", "alpha"))))
    t.show("contained by", _names(Post.select().where(Post.tags.contained_by("beta", "delta", "x"))))
    t.show("numbers", _names(Post.select().where(Post.points.contains(3))))
    t.show("list", _names(Post.select().where(Post.tags.contains(["alpha", "beta"]))))
    t.show("any", _names(Post.select().where(Value("gamma") == fn.ANY(Post.tags))))
    t.show("all", _names(Post.select().where(Value(9) == fn.ALL(Post.points))))


@program(spec=("FD-059",))
def arrays_are_compared(t):
    Post = _posts(t)
    t.show("equal", _names(Post.select().where(Post.tags == ["beta", "delta"])))
    t.show("order matters", _names(Post.select().where(Post.points == [3, 2, 1])))
    t.show("not equal", _names(Post.select().where(Post.points != [1, 2, 3])))
    t.show("greater", _names(Post.select().where(Post.points > [2])))
    t.show("empty", _names(Post.select().where(Post.points == [])))
    t.show("null", _names(Post.select().where(Post.tags.is_null())))


@program(spec=("FD-059",))
def functions_on_arrays(t):
    Post = _posts(t)
    t.show("length", [row[0] for row in Post.select(fn.array_length(Post.tags, 1)).order_by(Post.id).tuples()])
    t.show("unnest", [row[0] for row in Post.select(fn.unnest(Post.tags).alias("tag")).order_by(SQL("tag")).tuples()])
    t.show("aggregate", Post.select(fn.array_agg(Post.name)).where(Post.name.in_(["one"])).scalar())
    t.show("no rows", Post.select(fn.array_agg(Post.name)).where(Post.name == "none").scalar())
    t.show("append", Post.update(points=fn.array_append(Post.points, 7)).where(Post.name == "two").execute())
    t.show("appended", Post.get(Post.name == "two").points)
    t.show(
        "concatenated",
        Post.update(points=Post.points.concat(Value([8, 8], unpack=False))).where(Post.name == "two").execute(),
    )
    t.show("after", Post.get(Post.name == "two").points)


@program(spec=("FD-059",))
def arrays_are_updated(t):
    Post = _posts(t)
    t.show("update", Post.update(tags=["x"], points=[]).where(Post.name == "one").execute())
    post = Post.get(Post.name == "one")
    t.show("after", (post.tags, post.points))
    post.points = [4, 5]
    post.save()
    t.show("saved", Post.get(Post.name == "one").points)
    Post.insert_many([{"name": "many", "tags": ["m"], "points": [1]}, {"name": "more", "tags": None}]).execute()
    t.show(
        "many", [(row.tags, row.points) for row in Post.select().where(Post.name.startswith("m")).order_by(Post.name)]
    )


@program(spec=("FD-059",))
def lists_as_parameters(t):
    db = t.database()
    t.show("any", db.execute_sql("SELECT 2 = ANY(%s), 5 = ANY(%s)", ([1, 2], [1, 2])).fetchone())
    t.show("cast", db.execute_sql("SELECT %s::text[]", (["a", None],)).fetchone())
    t.show("empty", db.execute_sql("SELECT %s::int[]", ([],)).fetchone())
    t.show("lower bound", db.execute_sql("SELECT '[0:1]={7,8}'::int[]").fetchone())
    t.show("unnest", db.execute_sql("SELECT * FROM unnest(%s, %s) AS u(a, b)", ([1, 2], ["x", "y"])).fetchall())
