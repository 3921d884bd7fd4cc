"""Spans of time, moments with a time zone, texts that are searched."""

import datetime

from parity_program import program
from peewee import *
from playhouse.postgres_ext import DateTimeTZField, IntervalField, Match, TSVectorField

UTC = datetime.timezone.utc
SPAN = datetime.timedelta


@program(spec=("FD-059",))
def spans_come_back(t):
    db = t.database()

    class Event(db.Model):
        span = IntervalField(null=True)

    db.create_tables([Event])
    values = [
        SPAN(0),
        SPAN(days=1),
        SPAN(seconds=1, microseconds=1),
        SPAN(days=-1, seconds=3),
        SPAN(hours=100),
        SPAN(days=4000, microseconds=999999),
        None,
    ]
    for value in values:
        Event.create(span=value)
    t.show("rows", [row.span for row in Event.select().order_by(Event.id)])
    t.show("long", Event.select().where(Event.span > SPAN(days=2)).count())
    t.show("sum", Event.select(fn.SUM(Event.span)).scalar())
    t.show("text", Event.create(span="1 day 02:03:04").span)
    t.show("stored", Event.select().order_by(Event.id.desc()).get().span)


@program(spec=("FD-059",))
def spans_of_months_and_years(t):
    db = t.database()
    for place, text in enumerate(
        ("1 month", "1 year", "1 year 2 months 3 days 04:05:06.7", "-1 month", "-00:00:01.5", "1 mon -1 day")
    ):
        t.show(f"span {place}", db.execute_sql("SELECT %s::interval", (text,)).fetchone())
    t.show("difference", db.execute_sql("SELECT '2024-03-01'::timestamp - '2024-02-01'::timestamp").fetchone())
    t.show("days", db.execute_sql("SELECT '2024-03-01'::date - '2024-02-01'::date").fetchone())


@program(spec=("FD-059", "DB-069"))
def moments_and_spans_are_added(t):
    db = t.database()

    class Event(db.Model):
        at = DateTimeField()

    db.create_tables([Event])
    Event.create(at=datetime.datetime(2024, 1, 31, 12))
    t.show("plus", Event.select(Event.at + SPAN(days=1, hours=1)).scalar())
    t.show("minus", Event.select(Event.at - SPAN(minutes=1)).scalar())
    t.show("interval", Event.select(Event.at + db.interval("1 month")).scalar())
    t.show("difference", Event.select(Event.at - datetime.datetime(2024, 1, 1)).scalar())
    t.show("update", Event.update(at=Event.at + SPAN(weeks=1)).execute())
    t.show("after", Event.get().at)


@program(spec=("FD-059", "DB-069"))
def moments_have_the_zone_of_the_session(t):
    db = t.database()

    class Event(db.Model):
        at = DateTimeTZField()

    db.create_tables([Event])
    zone = datetime.timezone(SPAN(hours=5, minutes=30))
    for value in (
        datetime.datetime(2024, 7, 1, 12, tzinfo=UTC),
        datetime.datetime(2024, 7, 1, 12, tzinfo=zone),
        datetime.datetime(2024, 7, 1, 12, 0, 0, 5),
        "2024-07-01 12:00:00-03:00",
    ):
        Event.create(at=value)
    rows = lambda: [(row.at.isoformat(), row.at.utcoffset()) for row in Event.select().order_by(Event.id)]
    t.show("utc", rows())
    for name in ("America/New_York", "Asia/Kolkata", "UTC"):
        t.show(f"set {name}", db.set_time_zone(name))
        t.show(name, rows())
    db.execute_sql("SET TIME ZONE '-03:30'")
    t.show("negative", rows())
    db.execute_sql("SET TIME ZONE 'Europe/Paris'")
    t.show(
        "old",
        [
            x.isoformat()
            for x in db.execute_sql(
                "SELECT '1900-01-01 00:00:00+00'::timestamptz, '1995-06-01 00:00+00'::timestamptz"
            ).fetchone()
        ],
    )
    t.show("found", Event.select().where(Event.at == datetime.datetime(2024, 7, 1, 12, tzinfo=UTC)).count())


@program(spec=("DB-069",))
def a_time_zone_is_remembered(t):
    db = t.database()
    db.set_time_zone("Asia/Tokyo")
    t.show("now", db.execute_sql("SHOW timezone").fetchone())
    db.close()
    t.show("after reconnect", db.execute_sql("SHOW timezone").fetchone())
    with t.raises("unknown"):
        db.set_time_zone("Nowhere/Land")


@program(spec=("FD-059",))
def moments_with_a_zone_beyond_pythons_years(t):
    db = t.database()
    for place, text in enumerate(("infinity", "-infinity", "20000-01-01 00:00+00", "0001-01-01 00:00+00 BC")):
        with t.raises(f"value {place}", message=False):
            t.show(f"row {place}", db.execute_sql("SELECT %s::timestamptz", (text,)).fetchone())
    t.show("usable", db.execute_sql("SELECT 1").fetchone())


def _posts(t):
    db = t.database()

    class Post(db.Model):
        content = TextField()
        vector = TSVectorField(null=True)

    db.create_tables([Post])
    for content in ("The quick brown fox jumps", "A lazy dog sleeps", "Foxes and dogs are running", "nothing"):
        Post.create(content=content, vector=fn.to_tsvector("english", content))
    return Post


def _contents(query):
    return sorted(row.content for row in query)


@program(spec=("PH-071",))
def texts_are_searched(t):
    Post = _posts(t)
    t.show("word", _contents(Post.select().where(Match(Post.content, "fox", "english"))))
    t.show("and", _contents(Post.select().where(Match(Post.content, "fox & dog", "english"))))
    t.show("or", _contents(Post.select().where(Match(Post.content, "quick | lazy", "english"))))
    t.show("plain", _contents(Post.select().where(Match(Post.content, "running dogs", "english", plain=True))))
    t.show("web", _contents(Post.select().where(Match(Post.content, "fox -running", "english", websearch=True))))
    t.show("default", _contents(Post.select().where(Match(Post.content, "nothing"))))
    with t.raises("both"):
        Match(Post.content, "x", plain=True, websearch=True)
    with t.raises("broken query"):
        Post.select().where(Match(Post.content, "fox &", "english")).count()
    with t.raises("unknown language"):
        Post.select().where(Match(Post.content, "fox", "klingon")).count()


@program(spec=("FD-059",))
def vectors_are_searched(t):
    Post = _posts(t)
    t.show("word", _contents(Post.select().where(Post.vector.match("fox", "english"))))
    t.show("plain", _contents(Post.select().where(Post.vector.match("brown fox", "english", plain=True))))
    t.show("web", _contents(Post.select().where(Post.vector.match('"lazy dog"', "english", websearch=True))))
    t.show("value", [row.vector for row in Post.select().order_by(Post.id)])
    rank = fn.ts_rank(Post.vector, fn.to_tsquery("english", "fox | dog"))
    t.show("ranked", [row.content for row in Post.select().order_by(rank.desc(), Post.id)])
    t.show(
        "headline",
        Post.select(fn.ts_headline("english", Post.content, fn.to_tsquery("english", "fox")))
        .order_by(Post.id)
        .scalar(),
    )
