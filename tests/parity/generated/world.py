"""The databases that generated programs work on, and how they show what a step gave.

A program file imports this once its engine is chosen. Nothing here may depend on chance.
"""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import peewee as pw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOMENT = dt.datetime(2024, 2, 28, 23, 30, 15)  # noqa: DTZ001  a naive moment, as columns hold it
#: Attributes that a joined or aliased row may carry beside its fields.
EXTRAS = ("x", "y", "n", "ua", "tb", "user", "tweet", "parent", "fav", "sub", "name", "total", "rank", "boss", "kid")


def world(t: Any, **options: Any) -> SimpleNamespace:
    """Makes the models of all generated programs in a fresh database, with a few rows each."""
    db = t.database(**options)
    made = SimpleNamespace(db=db, **social(db), **typed(db), **keyed(db))
    db.create_tables([one for one in vars(made).values() if isinstance(one, type)])
    fill(made)
    return made


def social(db: Any) -> dict[str, Any]:
    """Makes users, their tweets, favourites with a composite key, and a tree of categories."""

    class User(db.Model):
        username = pw.CharField(unique=True)
        age = pw.IntegerField(null=True)
        active = pw.BooleanField(default=True)
        joined = pw.DateTimeField(default=MOMENT)
        bio = pw.TextField(null=True)
        rating = pw.FloatField(default=1.5)

    class Tweet(db.Model):
        user = pw.ForeignKeyField(User, backref="tweets", on_delete="CASCADE")
        content = pw.TextField(default="")
        likes = pw.IntegerField(default=0)
        day = pw.DateField(null=True)
        reply_to = pw.ForeignKeyField("self", null=True, backref="replies")

    class Favorite(db.Model):
        user = pw.ForeignKeyField(User, backref="favorites")
        tweet = pw.ForeignKeyField(Tweet, backref="favorites")
        weight = pw.IntegerField(default=1, constraints=[pw.Check("weight < 100")])

        class Meta:
            primary_key = pw.CompositeKey("user", "tweet")

    class Category(db.Model):
        name = pw.CharField(max_length=20)
        parent = pw.ForeignKeyField("self", null=True, backref="children")

        class Meta:
            indexes = ((("name", "parent"), True),)

    return {"User": User, "Tweet": Tweet, "Favorite": Favorite, "Category": Category}


def typed(db: Any) -> dict[str, Any]:
    """Makes a model with a field of every kind that SQLite stores."""

    class Typed(db.Model):
        big = pw.BigIntegerField(null=True)
        small = pw.SmallIntegerField(null=True, index=True)
        double = pw.DoubleField(null=True)
        money = pw.DecimalField(null=True, decimal_places=2)
        rounded = pw.DecimalField(null=True, decimal_places=1, auto_round=True)
        fixed = pw.FixedCharField(max_length=4, null=True)
        blob = pw.BlobField(null=True)
        bits = pw.BitField(default=1)
        key = pw.UUIDField(null=True)
        raw_key = pw.BinaryUUIDField(null=True)
        at = pw.TimeField(null=True)
        stamp = pw.TimestampField(null=True, default=None, utc=True)
        ip = pw.IPField(null=True)
        flag = pw.BooleanField(null=True)
        data = pw.JSONField(null=True)
        bare = pw.BareField(null=True)

    return {"Typed": Typed}


def keyed(db: Any) -> dict[str, Any]:
    """Makes models whose keys and columns are named in other ways than usual."""

    class Country(db.Model):
        code = pw.CharField(max_length=2, primary_key=True)
        label = pw.CharField(column_name="full name", unique=True)

        class Meta:
            table_name = "lands"

    class City(db.Model):
        name = pw.CharField(column_name="city_name")
        country = pw.ForeignKeyField(Country, column_name="cc", null=True, object_id_name="country_code")
        twin = pw.ForeignKeyField(Country, field="label", null=True, backref="twins", column_name="twin_label")
        order = pw.IntegerField(default=lambda: 7)

    class Pair(db.Model):
        a = pw.IntegerField()
        b = pw.TextField()
        note = pw.TextField(null=True)

        class Meta:
            primary_key = pw.CompositeKey("a", "b")

    return {"Country": Country, "City": City, "Pair": Pair}


def fill(w: Any) -> None:
    """Stores the same few rows in every database."""
    ann = w.User.create(username="ann", age=31, bio="A_b%c", rating=4.25)
    bob = w.User.create(username="bob", age=None, active=False, joined=MOMENT.replace(year=2023))
    cyd = w.User.create(username="cyd", age=17, bio="", rating=0)
    w.User.create(username="Dän", age=31, bio="it's")
    one = w.Tweet.create(user=ann, content="hello", likes=3, day=dt.date(2024, 1, 31))
    two = w.Tweet.create(user=ann, content="World", likes=0, day=dt.date(2024, 2, 29), reply_to=one)
    w.Tweet.create(user=bob, content="50% off", likes=10, reply_to=one)
    w.Tweet.create(user=cyd, content="", likes=3, day=dt.date(2023, 12, 31), reply_to=two)
    w.Favorite.insert_many([(1, 2, 1), (2, 1, 5), (3, 1, 2)]).execute()
    root = w.Category.create(name="root")
    kids = [w.Category.create(name=name, parent=root) for name in ("left", "right")]
    w.Category.create(name="leaf", parent=kids[0])
    w.Typed.create(
        big=1 << 40,
        small=-3,
        double=0.1,
        money=decimal.Decimal("12.30"),
        rounded="7.25",
        fixed="abcdef",
        blob=b"\x00x",
        bits=5,
        key=uuid.UUID(int=7),
        raw_key=uuid.UUID(int=8),
        at=dt.time(1, 2, 3),
        stamp=MOMENT,
        ip="10.0.0.1",
        flag=True,
        data={"a": [1, {"b": None}], "n": 5, "s": "x"},
        bare="7",
    )
    w.Typed.create(small=4, bits=0, data=[1, 2, 3], bare=2.5)
    w.Typed.create()
    w.Country.insert_many([("fr", "France"), ("de", "Germany"), ("xx", "Nowhere")]).execute()
    w.City.create(name="Paris", country="fr", twin="Germany")
    w.City.create(name="Berlin", country="de", order=1)
    w.City.create(name="Atlantis")
    w.Pair.insert_many([(1, "x", None), (1, "y", "n"), (2, "x", "m")]).execute()


def step(t: Any, label: str, body: Callable[[], Any]) -> None:
    """Runs one step of a program; what it gives or raises is recorded, neither ends the program."""
    with t.raises(f"{label} raises", message=False):
        t.show(label, body())


def rows(query: Any, limit: int = 60) -> Any:
    """Runs a query and gives its SQL, its rows with all that hangs on them, or its plain result."""
    sql = query.sql()
    result = query.execute()
    if isinstance(result, (int, str, type(None))):
        return [sql, result]
    found = [graph(row) for row in first(iter(query), limit)]
    return [sql, found]


def first(items: Iterator[Any], count: int) -> Iterator[Any]:
    """Gives at most `count` items: a wrong query must not fill the memory."""
    for _, item in zip(range(count), items, strict=False):
        yield item


def graph(row: Any, depth: int = 0) -> Any:
    """Gives an instance with its data, its related instances and its extra attributes; else the value."""
    if not hasattr(row, "__data__") or depth > 4:
        return row
    data = row.__data__
    return {
        "class": type(row).__name__,
        "data": [(name, data[name]) for name in sorted(data)],
        "dirty": sorted(row.dirty_field_names),
        "rel": [(name, graph(row.__rel__[name], depth + 1)) for name in sorted(row.__rel__)],
        "extra": [
            (name, graph(value, depth + 1))
            for name in EXTRAS
            if name not in type(row)._meta.combined and (value := getattr(row, name, None)) is not None
            if not hasattr(value, "sql")
        ],
    }
