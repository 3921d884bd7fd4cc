"""Programs about dates, times, timestamps and their parts.

Other kinds of values have their own files. No program reads the clock.
"""

import datetime
import os
import time
from datetime import date, timedelta, timezone

from parity_program import program
from peewee import *


def _column(t, field):
    """Returns a database and a model with the one nullable column x."""
    db = t.database()
    meta = type("Meta", (), {"database": db})
    model = type(Model)("Thing", (Model,), {"x": field, "Meta": meta})
    db.create_tables([model])
    return db, model


def _round_trip(t, model, values, label=""):
    """Writes each value, shows what SQLite stored and what a read gives back."""
    db = model._meta.database
    for value in values:
        key = model.insert(x=value).execute()
        stored = db.execute_sql("SELECT x, typeof(x) FROM thing WHERE id = ?", (key,)).fetchone()
        t.show("%sstored %r" % (label, value), stored)
        t.show("%sread %r" % (label, value), model.get_by_id(key).x)


@program(spec=("FD-018", "FD-020", "SB-092"))
def datetimes_are_stored_as_text(t):
    _, Thing = _column(t, DateTimeField(null=True))
    _round_trip(
        t,
        Thing,
        [
            datetime.datetime(2024, 2, 29, 13, 45, 59),
            datetime.datetime(2024, 2, 29, 13, 45, 59, 123456),
            datetime.datetime(2024, 2, 29, 13, 45, 59, 120000),
            datetime.datetime(1, 1, 1),
            datetime.datetime(9999, 12, 31, 23, 59, 59, 999999),
            date(2024, 2, 29),
            None,
        ],
    )


@program(spec=("FD-018", "FD-020"))
def datetimes_keep_their_offset(t):
    _, Thing = _column(t, DateTimeField(null=True))
    _round_trip(
        t,
        Thing,
        [
            datetime.datetime(2024, 2, 29, 13, 45, tzinfo=timezone.utc),
            datetime.datetime(2024, 2, 29, 13, 45, 1, 5, tzinfo=timezone(timedelta(hours=-5, minutes=-30))),
        ],
    )


@program(spec=("FD-018", "FD-019", "SB-092"))
def datetime_text_is_parsed_both_ways(t):
    _, Thing = _column(t, DateTimeField(null=True))
    _round_trip(
        t,
        Thing,
        [
            "2024-02-29 13:45:59",
            "2024-02-29T13:45:59.5",
            "2024-02-29 13:45",
            "2024-02-29",
            "2024-02-29T13:45:59Z",
            "2024-02-29 13:45:59+02:00",
            "2024-02-30 00:00:00",
            "tomorrow",
            "",
        ],
    )


@program(spec=("FD-019", "FD-018"))
def own_formats_are_tried(t):
    _, Thing = _column(t, DateTimeField(null=True, formats=["%d.%m.%Y", "%d.%m.%Y %H:%M"]))
    t.show("formats", Thing.x.formats)
    _round_trip(t, Thing, ["29.02.2024", "29.02.2024 13:45", "2024-02-29 13:45:59", "29/02/2024"])


@program(spec=("FD-018",))
def datetimes_take_odd_values(t):
    _, Thing = _column(t, DateTimeField(null=True))
    _round_trip(t, Thing, [20240229, 1.5, True])
    db = Thing._meta.database
    db.execute_sql("INSERT INTO thing (x) VALUES ('2024-01-01 00:00:00'), ('rubbish'), (5), (x'00')")
    t.show("raw values", [thing.x for thing in Thing.select().where(Thing.id > 3).order_by(Thing.id)])


@program(spec=("FD-018", "FD-019"))
def dates_narrow_datetimes(t):
    _, Thing = _column(t, DateField(null=True))
    _round_trip(
        t,
        Thing,
        [
            date(2024, 2, 29),
            datetime.datetime(2024, 2, 29, 13, 45),
            "2024-02-29",
            "2024-02-29 13:45:59",
            "2024-02-29 13:45:59.000001",
            "29.2.2024",
            None,
        ],
    )


@program(spec=("FD-018", "FD-019"))
def times_take_many_shapes(t):
    _, Thing = _column(t, TimeField(null=True))
    _round_trip(
        t,
        Thing,
        [
            datetime.time(13, 45),
            datetime.time(13, 45, 59, 123456),
            datetime.datetime(2024, 2, 29, 13, 45, 1),
            timedelta(hours=3, minutes=4, seconds=5),
            "13:45",
            "13:45:59",
            "13:45:59.5",
            "2024-02-29 13:45:59",
            "noon",
            None,
        ],
    )


@program(spec=("FD-021",))
def parts_of_a_datetime_are_expressions(t):
    _, Thing = _column(t, DateTimeField(null=True))
    Thing.create(x=datetime.datetime(2024, 2, 29, 13, 45, 59, 123456))
    Thing.create(x=datetime.datetime(1999, 12, 31))
    field = Thing.x
    for part in ("year", "month", "day", "hour", "minute", "second"):
        query = Thing.select(getattr(field, part).alias("part")).order_by(Thing.id)
        t.show(part, (query.sql(), [row[0] for row in query.tuples()]))
    t.show("where", [thing.id for thing in Thing.select().where(field.year == 1999)])
    t.show(
        "group", list(Thing.select(field.year, fn.COUNT(Thing.id)).group_by(field.year).order_by(field.year).tuples())
    )


@program(spec=("FD-021",))
def a_part_of_null_is_refused_when_read(t):
    _, Thing = _column(t, DateTimeField(null=True))
    Thing.create(x=None)
    with t.raises("read", message=False):
        next(iter(Thing.select(Thing.x.year).tuples()))
    t.show("aliased elsewhere", Thing.select(fn.date_part("year", Thing.x)).scalar())
    t.show("where", Thing.select().where(Thing.x.year.is_null()).count())


@program(spec=("FD-021",))
def parts_of_dates_and_times(t):
    db = t.database()

    class Event(Model):
        day = DateField()
        at = TimeField()

        class Meta:
            database = db

    db.create_tables([Event])
    Event.create(day=date(2024, 2, 29), at=datetime.time(13, 45, 59))
    query = Event.select(
        Event.day.year, Event.day.month, Event.day.day, Event.at.hour, Event.at.minute, Event.at.second
    )
    t.show("sql", query.sql())
    t.show("row", query.tuples().get())


@program(spec=("FD-021",))
def truncate_cuts_a_datetime_down(t):
    _, Thing = _column(t, DateTimeField(null=True))
    Thing.create(x=datetime.datetime(2024, 2, 29, 13, 45, 59))
    for part in ("year", "month", "day", "hour", "minute", "second"):
        query = Thing.select(Thing.x.truncate(part).alias("cut"))
        t.show(part, (query.sql(), query.tuples().get()))


@program(spec=("FD-021",))
def to_timestamp_gives_seconds(t):
    _, Thing = _column(t, DateTimeField(null=True))
    Thing.create(x=datetime.datetime(1970, 1, 2))
    query = Thing.select(Thing.x.to_timestamp().alias("seconds"))
    t.show("sql", query.sql())
    t.show("row", query.tuples().get())


@program(spec=("SB-097", "DB-061"))
def a_part_of_bad_text_fails_the_query(t):
    _, Thing = _column(t, DateTimeField(null=True))
    Thing.create(x="not a date")
    t.show("plain read", Thing.get().x)
    with t.raises("part"):
        Thing.select(Thing.x.year).tuples().get()


def _in_utc(work):
    """Runs the work with UTC as the local time zone, so that every machine agrees."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        work()
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


@program(spec=("FD-022",))
def timestamps_are_whole_seconds(t):
    def work():
        _, Thing = _column(t, TimestampField(null=True, default=None))
        _round_trip(
            t,
            Thing,
            [
                datetime.datetime(2024, 2, 29, 13, 45, 59),
                datetime.datetime(2024, 2, 29, 13, 45, 59, 999999),
                datetime.datetime(2024, 2, 29, 13, 45, tzinfo=timezone(timedelta(hours=2))),
                date(2024, 2, 29),
                1709214359,
                "2024-02-29 13:45:59",
                0,
                None,
            ],
        )

    _in_utc(work)


@program(spec=("FD-022",))
def timestamps_have_a_resolution(t):
    def work():
        for resolution in (0, 1, 2, 3, 6, 1000, 1_000_000):
            _, Thing = _column(t, TimestampField(null=True, default=None, resolution=resolution, utc=True))
            t.show("resolution of %d" % resolution, Thing.x.resolution)
            values = [datetime.datetime(2024, 2, 29, 13, 45, 59, 123456), 5]
            _round_trip(t, Thing, values, "%d: " % resolution)
        for resolution in (7, 15, -1, 10_000_000):
            with t.raises("resolution %d" % resolution):
                TimestampField(resolution=resolution)

    _in_utc(work)


@program(spec=("FD-022",))
def timestamps_use_local_time_unless_utc(t):
    before = os.environ.get("TZ")
    os.environ["TZ"] = "XXX-3"
    time.tzset()
    try:
        for utc in (False, True):
            _, Thing = _column(t, TimestampField(null=True, default=None, utc=utc))
            _round_trip(t, Thing, [datetime.datetime(2024, 2, 29, 13, 45, 59), 0], "utc " if utc else "local ")
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


@program(spec=("FD-022",))
def timestamps_have_a_default_unless_given(t):
    given = TimestampField(default=lambda: 5)
    t.show("own default", given.default())
    t.show("now by default", callable(TimestampField().default))
    t.show("none", TimestampField(default=None).default)

    class Thing(Model):
        x = TimestampField(utc=True)

    t.show("type", type(Thing().x).__name__)


@program(spec=("FD-022",))
def parts_of_timestamps_are_expressions(t):
    def work():
        _, Thing = _column(t, TimestampField(null=True, default=None, utc=True))
        Thing.create(x=datetime.datetime(2024, 2, 29, 13, 45, 59))
        field = Thing.x
        for part in ("year", "month", "day", "hour", "minute", "second"):
            query = Thing.select(getattr(field, part).alias("part"))
            t.show(part, (query.sql(), query.tuples().get()))
        query = Thing.select(field.from_timestamp().alias("text"))
        t.show("from_timestamp", (query.sql(), query.tuples().get()))
        found = Thing.select().where(field == datetime.datetime(2024, 2, 29, 13, 45, 59))
        t.show("compared", (found.sql(), found.count()))

    _in_utc(work)


@program(spec=("SB-018", "FD-011"))
def dates_are_converted_when_compared(t):
    db = t.database()

    class Event(Model):
        day = DateField()
        at = DateTimeField()

        class Meta:
            database = db

    db.create_tables([Event])
    Event.create(day=date(2024, 2, 28), at=datetime.datetime(2024, 2, 28, 1))
    Event.create(day=date(2024, 2, 29), at=datetime.datetime(2024, 2, 29, 1))
    for label, expression in (
        ("date by text", Event.day == "2024-02-29 10:00:00"),
        ("date by datetime", Event.day >= datetime.datetime(2024, 2, 29, 5)),
        ("datetime by date", Event.at >= date(2024, 2, 29)),
        ("datetime by text", Event.at < "2024-02-29"),
        ("between", Event.at.between(date(2024, 2, 28), date(2024, 2, 29))),
    ):
        query = Event.select(Event.id).where(expression)
        t.show(label, (query.sql(), [row[0] for row in query.tuples()]))


@program(spec=("SB-032", "QB-015"))
def dates_under_functions_are_converted(t):
    _, Thing = _column(t, DateTimeField(null=True))
    for day in (1, 15, 28):
        Thing.create(x=datetime.datetime(2024, 2, day, 12))
    t.show("max", Thing.select(fn.MAX(Thing.x)).scalar())
    t.show("min uncoerced", Thing.select(fn.MIN(Thing.x).coerce(False)).scalar())
    t.show("coalesce", Thing.select(fn.COALESCE(Thing.x, None)).order_by(Thing.id).scalar())
    t.show("count", Thing.select(fn.COUNT(Thing.x)).scalar())
    t.show("strftime", Thing.select(fn.strftime("%Y", Thing.x)).scalar())
    t.show("date of", Thing.select(fn.DATE(Thing.x)).order_by(Thing.id).scalar())
