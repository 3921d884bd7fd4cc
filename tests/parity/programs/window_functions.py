"""Window functions: over(), Window objects, frames, exclusion, extension, errors."""

from peewee import *
from peewee import Window

from parity_program import program


def race(t):
    db = t.database()

    class Lap(db.Model):
        team = TextField()
        seconds = IntegerField()

    db.create_tables([Lap])
    rows = [("a", 10), ("a", 12), ("b", 9), ("b", 15), ("b", 11)]
    Lap.insert_many(rows, fields=[Lap.team, Lap.seconds]).execute()
    return Lap


def ask(t, label, Lap, node):
    query = Lap.select(Lap.id, node.alias("v")).order_by(Lap.id)
    t.show(label, query.sql())
    t.show(label + " rows", list(query.tuples()))


@program(spec=("QB-016",))
def over_partitions_and_orders(t):
    Lap = race(t)
    ask(t, "empty", Lap, fn.SUM(Lap.seconds).over())
    ask(t, "partition", Lap, fn.SUM(Lap.seconds).over(partition_by=[Lap.team]))
    ask(t, "order", Lap, fn.SUM(Lap.seconds).over(order_by=[Lap.seconds]))
    ask(t, "both", Lap, fn.RANK().over(partition_by=[Lap.team], order_by=[Lap.seconds.desc()]))


@program(spec=("QB-016",))
def ranking_and_offset_functions(t):
    Lap = race(t)
    ask(t, "row number", Lap, fn.ROW_NUMBER().over(order_by=[Lap.seconds]))
    ask(t, "lag", Lap, fn.LAG(Lap.seconds).over(order_by=[Lap.id]))
    ask(t, "lead", Lap, fn.LEAD(Lap.seconds, 1, 0).over(order_by=[Lap.id]))
    ask(t, "ntile", Lap, fn.NTILE(2).over(order_by=[Lap.id]))
    ask(t, "first", Lap, fn.FIRST_VALUE(Lap.team).over(order_by=[Lap.seconds]))


@program(spec=("QB-016", "QB-017"))
def frames_have_bounds_and_types(t):
    Lap = race(t)
    total = fn.SUM(Lap.seconds)
    ask(
        t,
        "rows",
        Lap,
        total.over(order_by=[Lap.id], start=Window.preceding(1), end=Window.following(1)),
    )
    ask(t, "start", Lap, total.over(order_by=[Lap.id], start=Window.preceding(1)))
    ask(
        t,
        "unbounded",
        Lap,
        total.over(order_by=[Lap.id], start=Window.preceding(), end=Window.CURRENT_ROW),
    )
    ask(
        t,
        "range",
        Lap,
        total.over(
            order_by=[Lap.seconds],
            frame_type=Window.RANGE,
            start=Window.preceding(2),
            end=Window.CURRENT_ROW,
        ),
    )
    ask(t, "type alone", Lap, total.over(order_by=[Lap.id], frame_type=Window.ROWS))


@program(spec=("QB-017",))
def a_window_is_named_once_and_used_twice(t):
    Lap = race(t)
    window = Window(partition_by=[Lap.team], order_by=[Lap.seconds])
    query = (
        Lap.select(Lap.id, fn.RANK().over(window).alias("r"), fn.SUM(Lap.seconds).over(window).alias("s"))
        .window(window)
        .order_by(Lap.id)
    )
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))


@program(spec=("QB-017",))
def windows_have_aliases(t):
    Lap = race(t)
    one = Window(order_by=[Lap.id]).alias("one")
    two = Window(partition_by=[Lap.team], alias="two")
    query = Lap.select(fn.SUM(Lap.seconds).over(one), fn.COUNT(Lap.id).over(window=two)).window(one, two)
    t.show("sql", query.sql())
    t.show("rows", sorted(query.tuples()))
    with t.raises("duplicate"):
        Lap.select().window(Window(order_by=[Lap.id]), Window(order_by=[Lap.team]))


@program(spec=("QB-017",))
def windows_extend_and_exclude(t):
    Lap = race(t)
    base = Window(partition_by=[Lap.team], alias="base")
    more = Window(order_by=[Lap.seconds], extends=base, alias="more")
    query = Lap.select(Lap.id, fn.SUM(Lap.seconds).over(more).alias("s")).window(base, more).order_by(Lap.id)
    t.show("extends", query.sql())
    t.show("extends rows", list(query.tuples()))
    window = Window(
        order_by=[Lap.id],
        start=Window.preceding(1),
        end=Window.following(1),
        exclude=Window.CURRENT_ROW,
    )
    query = Lap.select(Lap.id, fn.SUM(Lap.seconds).over(window).alias("s")).window(window).order_by(Lap.id)
    t.show("exclude", query.sql())
    t.show("exclude rows", list(query.tuples()))


@program(spec=("QB-017",))
def frame_types_are_changed_on_a_copy(t):
    Lap = race(t)
    window = Window(order_by=[Lap.id], start=Window.preceding(2), end=Window.CURRENT_ROW)
    for label, changed in [
        ("rows", window.as_rows()),
        ("range", window.as_range()),
        ("groups", window.as_groups()),
        ("same", window),
    ]:
        t.show(label, Lap.select(fn.SUM(Lap.seconds).over(changed)).window(changed).sql())


@program(spec=("QB-017",))
def a_frame_needs_a_start(t):
    Lap = race(t)
    with t.raises("window"):
        Window(order_by=[Lap.id], end=Window.CURRENT_ROW)
    with t.raises("over"):
        Lap.select(fn.SUM(Lap.seconds).over(order_by=[Lap.id], end=Window.CURRENT_ROW)).sql()


@program(spec=("QB-016",))
def a_filtered_aggregate_over_a_window(t):
    Lap = race(t)
    ask(t, "filter", Lap, fn.SUM(Lap.seconds).filter(Lap.seconds > 10).over(partition_by=[Lap.team]))


@program
def windows_in_a_subquery(t):
    Lap = race(t)
    ranked = Lap.select(
        Lap.team,
        Lap.seconds,
        fn.ROW_NUMBER().over(partition_by=[Lap.team], order_by=[Lap.seconds]).alias("n"),
    ).alias("ranked")
    query = ranked.select_from(ranked.c.team, ranked.c.seconds).where(ranked.c.n == 1).order_by(ranked.c.team)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    t.show("count", Lap.select(fn.RANK().over(order_by=[Lap.id])).count())
