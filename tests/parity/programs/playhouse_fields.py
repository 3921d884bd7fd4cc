"""The fields of playhouse: enumerations, compressed bytes, pickled objects."""

import bz2
import enum
import pickle
import zlib

from parity_program import program
from peewee import Model
from playhouse.fields import CompressedField, EnumField, IntEnumField, PickleField


class Color(enum.Enum):
    RED = "r"
    GREEN = "g"


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


class Mixed(enum.Enum):
    ONE = 1
    TWO = "two"


def _shirt(t):
    db = t.database()

    class Shirt(Model):
        color = EnumField(Color, default=Color.GREEN)
        size = IntEnumField(Size, null=True)

        class Meta:
            database = db

    db.create_tables([Shirt])
    return Shirt


@program(spec=("FD-056",))
def members_are_written_by_value_and_read_as_members(t):
    Shirt = _shirt(t)
    Shirt.create(color=Color.RED, size=Size.LARGE)
    Shirt.create(color="r", size=1)
    Shirt.create()
    rows = Shirt.select(Shirt.color, Shirt.size).order_by(Shirt.id)
    t.show("rows", [(str(color), size is None or str(size.name)) for color, size in rows.tuples()])
    t.show("choices", [list(field.choices) for field in (Shirt.color, Shirt.size)])
    t.show("given choices", list(EnumField(Color, choices=[("r", "Red")]).choices))
    t.show("lengths", [EnumField(Color).max_length, EnumField(Color, max_length=1).max_length])


@program(spec=("FD-056",))
def members_and_values_compare(t):
    Shirt = _shirt(t)
    Shirt.create(color=Color.RED, size=Size.LARGE)
    Shirt.create(size=Size.SMALL)
    for name, condition in {
        "member": Shirt.color == Color.RED,
        "value": Shirt.color == "r",
        "in": Shirt.color.in_([Color.RED, "g"]),
        "greater": Shirt.size > Size.SMALL,
        "null": Shirt.size.is_null(),
    }.items():
        query = Shirt.select().where(condition)
        t.show(name, [query.sql(), query.count()])


@program(spec=("FD-056",))
def what_is_no_member_is_refused(t):
    Shirt = _shirt(t)
    with t.raises("created"):
        Shirt.create(color="blue")
    with t.raises("by name"):
        Shirt.create(color="RED")
    with t.raises("number as text"):
        Shirt.create(size="1")
    with t.raises("compared"):
        Shirt.select().where(Shirt.color == "blue").count()
    with t.raises("pattern"):
        Shirt.select().where(Shirt.color.startswith("r")).count()
    with t.raises("updated"):
        Shirt.update(size=9).execute()
    Shirt._meta.database.execute_sql("insert into shirt (color, size) values ('blue', 9)")
    with t.raises("read"):
        [shirt.color for shirt in Shirt.select()]
    with t.raises("text of numbers"):
        EnumField(Size)
    with t.raises("numbers of text"):
        IntEnumField(Color)
    with t.raises("mixed"):
        EnumField(Mixed)


def _page(t):
    db = t.database()

    class Page(Model):
        body = CompressedField(null=True)
        small = CompressedField(9, "bz2", null=True)
        notes = PickleField(null=True)

        class Meta:
            database = db

    db.create_tables([Page])
    return Page


@program(spec=("FD-056",))
def compressed_bytes_come_back(t):
    Page = _page(t)
    Page.create(body="héé" * 50, small=b"\x00" * 500)
    Page.create(body=bytearray(b"x"), small="")
    Page.create()
    t.show("read", [(page.body, page.small) for page in Page.select().order_by(Page.id)])
    body, small = Page._meta.database.execute_sql("select body, small from page order by id").fetchone()
    t.show("stored", [zlib.decompress(body).decode(), bz2.decompress(small) == b"\x00" * 500, len(small) < 100])
    t.show("found", Page.select().where(Page.body == "héé" * 50).count())
    with t.raises("algorithm"):
        CompressedField(algorithm="lz4")
    with t.raises("number"):
        Page.create(body=3)


@program(spec=("FD-056",))
def pickled_objects_come_back(t):
    Page = _page(t)
    for notes in ({"a": [1, (2, None)]}, "text", 3.5, None):
        Page.create(notes=notes)
    t.show("read", [page.notes for page in Page.select().order_by(Page.id)])
    stored = Page._meta.database.execute_sql("select notes from page order by id").fetchall()
    t.show("stored", [value and pickle.loads(value) for (value,) in stored])
    t.show("found", Page.select().where(Page.notes == {"a": [1, (2, None)]}).count())
