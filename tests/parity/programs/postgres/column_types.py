"""Values of every column type there and back, as models see them and as raw rows give them."""

import datetime
import decimal
import math
import uuid

from parity_program import program
from peewee import *

UTC = datetime.timezone.utc


def _thing(t, field):
    """Returns a model with one field beside its key."""
    db = t.database()

    class Thing(db.Model):
        x = field

    db.create_tables([Thing])
    return Thing


def _round_trip(t, field, *values):
    """Writes values; shows what the model reads, what a raw row gives and how the server writes it."""
    Thing = _thing(t, field)
    for place, value in enumerate(values):
        key = Thing.insert(x=value).execute()
        t.show(f"model {place}", Thing.get_by_id(key).x)
        raw = Thing._meta.database.execute_sql("SELECT x, x::text FROM thing WHERE id = %s", (key,)).fetchone()
        t.show(f"raw {place}", raw)
        t.show(f"found {place}", [row.id for row in Thing.select().where(Thing.x == value)])
    return Thing


def _refusals(t, field, *values):
    """Shows what becomes of values that do not fit."""
    Thing = _thing(t, field)
    for place, value in enumerate(values):
        with t.raises(f"write {place}", message=False):
            Thing.create(x=value)
    t.show("rows", [row.x for row in Thing.select().order_by(Thing.id)])


@program(spec=("FD-013",))
def integers(t):
    _round_trip(t, IntegerField(null=True), 0, 1, -1, 2**31 - 1, -(2**31), "17", True, 3.9, None)


@program(spec=("FD-013",))
def integers_out_of_range(t):
    _refusals(t, IntegerField(), 2**31, -(2**31) - 1, 2**63, 2**64, 10**40)


@program(spec=("FD-013",))
def small_integers(t):
    _round_trip(t, SmallIntegerField(), 0, 32767, -32768)


@program(spec=("FD-013",))
def small_integers_out_of_range(t):
    _refusals(t, SmallIntegerField(), 32768, -32769, 2**40)


@program(spec=("FD-013",))
def big_integers(t):
    _round_trip(t, BigIntegerField(), 0, 2**63 - 1, -(2**63), 2**32)


@program(spec=("FD-013",))
def big_integers_out_of_range(t):
    _refusals(t, BigIntegerField(), 2**63, -(2**63) - 1, 10**30)


@program(spec=("FD-013",))
def integers_of_text_that_is_no_number(t):
    _refusals(t, IntegerField(), "abc", "", "1.5", b"x")


@program(spec=("FD-013",))
def floats(t):
    _round_trip(t, FloatField(null=True), 0.0, -0.0, 1.5, -2.25, 1e30, 1e-30, 3, "2.5", None)


@program(spec=("FD-013",))
def doubles(t):
    _round_trip(t, DoubleField(), 0.1, 1 / 3, 1.7976931348623157e308, 5e-324, 123456789.123456789)


@program(spec=("FD-013",))
def floats_beyond_numbers(t):
    Thing = _thing(t, DoubleField())
    for value in (math.inf, -math.inf, math.nan):
        Thing.create(x=value)
    t.show("rows", [row.x for row in Thing.select().order_by(Thing.id)])
    t.show("infinite", Thing.select().where(Thing.x == math.inf).count())
    t.show("nan is nan", Thing.select().where(Thing.x == math.nan).count())
    t.show("order", [row.x for row in Thing.select().order_by(Thing.x)])
    t.show("raw", Thing._meta.database.execute_sql("SELECT 'NaN'::real, '-Infinity'::real, 'inf'::float8").fetchone())


@program(spec=("FD-014",))
def decimals(t):
    D = decimal.Decimal
    _round_trip(
        t,
        DecimalField(max_digits=20, decimal_places=5, null=True),
        D("1.5"),
        D("0"),
        D("-0.00001"),
        D("123456789012345.12345"),
        D("1E+3"),
        7,
        "2.50",
        None,
    )


@program(spec=("FD-014",))
def decimals_are_rounded_by_the_column(t):
    D = decimal.Decimal
    Thing = _thing(t, DecimalField(max_digits=6, decimal_places=2))
    for value in (D("1.005"), D("1.015"), D("-1.005"), D("9999.994"), 0.1, 1.239):
        Thing.create(x=value)
    t.show("rows", [row.x for row in Thing.select().order_by(Thing.id)])
    with t.raises("too wide"):
        # With a key, so that it does not matter whether one is taken from the sequence before the value is refused.
        Thing.insert(id=99, x=D("10000")).execute()


@program(spec=("FD-014",))
def decimals_without_bounds(t):
    D = decimal.Decimal
    db = t.database()
    db.execute_sql("CREATE TABLE big (id serial PRIMARY KEY, x numeric)")
    values = [
        D("1" * 500),
        D("0." + "1" * 500),
        D("-" + "9" * 131),
        D("1E+100"),
        D("1E-100"),
        D("0.000"),
        D("100"),
        D("10000"),
        D("12345678.00001234"),
        D("NaN"),
    ]
    for value in values:
        db.execute_sql("INSERT INTO big (x) VALUES (%s)", (value,))
    rows = [x for (x,) in db.execute_sql("SELECT x FROM big ORDER BY id").fetchall()]
    t.show("rows", rows)
    t.show("tuples", [x.as_tuple() for x in rows if not x.is_nan()][:4])
    t.show("same", [x == value for x, value in zip(rows, values)])


@program(spec=("FD-014",))
def decimals_that_are_no_numbers(t):
    db = t.database()
    t.show("nan", db.execute_sql("SELECT 'NaN'::numeric").fetchone())
    t.show("infinities", db.execute_sql("SELECT 'Infinity'::numeric::text, '-Infinity'::numeric::text").fetchone())
    with t.raises("infinite"):
        t.show("value", str(db.execute_sql("SELECT 'Infinity'::numeric").fetchone()[0]))


@program(spec=("FD-015",))
def texts(t):
    _round_trip(
        t,
        TextField(null=True),
        "",
        "a",
        'O\'Brien "quoted" \\ back',
        "100% %s %% :x ? $1",
        "Привет, 世界 🎉 é",
        "line\nfeed\ttab\r",
        "x" * 5000,
        5,
        True,
        None,
    )


@program(spec=("FD-015",))
def texts_with_a_nul(t):
    Thing = _thing(t, TextField())
    with t.raises("write", message=False):
        Thing.create(x="a\0b")
    t.show("usable", Thing.create(x="ab").x)


@program(spec=("FD-015", "DB-055"))
def chars_are_limited(t):
    Thing = _round_trip(t, CharField(max_length=5), "", "12345", "Привe")
    with t.raises("too long"):
        Thing.create(x="123456")
    Thing.create(x="12345   ")
    t.show("blanks beyond", Thing.select().order_by(Thing.id.desc()).get().x)
    with t.raises("by update"):
        Thing.update(x="1234567").execute()


@program(spec=("FD-015", "SB-095"))
def fixed_chars(t):
    Thing = _round_trip(t, FixedCharField(max_length=4), "ab", "abcd", "  a ", "abcdef")
    t.show("raw", Thing._meta.database.execute_sql("SELECT x, length(x) FROM thing ORDER BY id").fetchall())


@program(spec=("FD-016", "SB-095"))
def blobs(t):
    Thing = _thing(t, BlobField(null=True))
    values = [b"", b"abc", bytes(range(256)), "täxt", bytearray(b"\x00\x01"), memoryview(b"view"), None]
    for value in values:
        Thing.create(x=value)
    rows = [row.x for row in Thing.select().order_by(Thing.id)]
    t.show("types", [type(x).__name__ for x in rows])
    t.show("bytes", [None if x is None else bytes(x) for x in rows])
    t.show("found", [row.id for row in Thing.select().where(Thing.x == b"abc")])
    raw = Thing._meta.database.execute_sql("SELECT x, length(x) FROM thing ORDER BY id").fetchall()
    t.show("raw", [(type(x).__name__, length) for x, length in raw])


@program(spec=("FD-016",))
def a_large_blob(t):
    Thing = _thing(t, BlobField())
    data = bytes(range(256)) * 8192
    Thing.create(x=data)
    t.show("same", bytes(Thing.get().x) == data)
    t.show("size", Thing.select(fn.LENGTH(Thing.x)).scalar())


@program(spec=("FD-017",))
def booleans(t):
    _round_trip(t, BooleanField(null=True), True, False, 1, 0, "false", "", None)


@program(spec=("FD-017",))
def booleans_in_conditions(t):
    Thing = _thing(t, BooleanField())
    Thing.insert_many([(True,), (False,), (True,)], fields=[Thing.x]).execute()
    t.show("bare", Thing.select().where(Thing.x).count())
    t.show("not", Thing.select().where(~Thing.x).count())
    t.show("true", Thing.select().where(Thing.x == True).count())
    t.show("is", Thing.select().where(Thing.x.is_null(False)).count())
    with t.raises("number"):
        Thing.select().where(Thing.x == SQL("1")).count()


@program(spec=("FD-018",))
def dates(t):
    D = datetime.date
    _round_trip(
        t,
        DateField(null=True),
        D(2024, 2, 29),
        D(1, 1, 1),
        D(9999, 12, 31),
        D(1969, 12, 31),
        "2024-03-01",
        datetime.datetime(2024, 5, 6, 7, 8),
        None,
    )


@program(spec=("FD-018",))
def times(t):
    T = datetime.time
    _round_trip(
        t,
        TimeField(null=True),
        T(0, 0),
        T(23, 59, 59, 999999),
        T(12, 30),
        "07:08:09",
        datetime.timedelta(hours=3, seconds=1),
        None,
    )


@program(spec=("FD-018",))
def moments(t):
    M = datetime.datetime
    _round_trip(
        t,
        DateTimeField(null=True),
        M(2024, 2, 29, 13, 45, 59, 123456),
        M(1, 1, 1),
        M(9999, 12, 31, 23, 59, 59, 999999),
        M(1969, 12, 31, 23, 59, 59),
        M(2024, 1, 1, 0, 0, 0, 1),
        datetime.date(2024, 5, 6),
        "2024-03-01 10:11:12.5",
        "2024-03-01T10:11:12",
        None,
    )


@program(spec=("FD-018",))
def moments_with_an_offset_lose_it(t):
    Thing = _thing(t, DateTimeField())
    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    Thing.create(x=datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC))
    Thing.create(x=datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=zone))
    Thing.create(x="2024-01-02 03:04:05+02:00")
    t.show("rows", [row.x for row in Thing.select().order_by(Thing.id)])


@program(spec=("FD-018",))
def dates_that_are_none(t):
    _refusals(t, DateField(), "nonsense", "2024-02-30", "", 5)


@program(spec=("FD-018",))
def moments_beyond_pythons_years(t):
    db = t.database()
    for place, text in enumerate(
        ("'infinity'::date", "'-infinity'::timestamp", "'10000-01-01'::date", "'0044-03-15 BC'::date")
    ):
        with t.raises(f"value {place}", message=False):
            db.execute_sql(f"SELECT {text}").fetchone()
    t.show("usable", db.execute_sql("SELECT 1").fetchone())
    t.show("as text", db.execute_sql("SELECT 'infinity'::date::text, '10000-01-01'::date::text").fetchone())


@program(spec=("FD-021",))
def parts_of_moments(t):
    Thing = _thing(t, DateTimeField())
    Thing.create(x=datetime.datetime(2024, 2, 29, 13, 45, 59, 500000))
    query = Thing.select(
        Thing.x.year, Thing.x.month, Thing.x.day, Thing.x.hour, Thing.x.minute, Thing.x.second
    ).tuples()
    t.show("parts", list(query))
    for part in ("year", "month", "day", "hour", "minute", "second"):
        t.show(f"truncated {part}", Thing.select(Thing.x.truncate(part)).scalar())
    t.show("timestamp", Thing.select(Thing.x.to_timestamp()).scalar())
    t.show("found", Thing.select().where(Thing.x.year == 2024, Thing.x.month << [2, 3]).count())


@program(spec=("FD-022",))
def timestamps_are_numbers(t):
    Thing = _round_trip(t, TimestampField(utc=True), datetime.datetime(2024, 1, 2, 3, 4, 5), 1700000000, 0)
    t.show("from", Thing.select(Thing.x.from_timestamp()).order_by(Thing.id).tuples()[:])
    t.show("year", [row[0] for row in Thing.select(Thing.x.year).order_by(Thing.id).tuples()])


@program(spec=("FD-022",))
def timestamps_have_a_resolution(t):
    _round_trip(t, TimestampField(resolution=6, utc=True), datetime.datetime(2024, 1, 2, 3, 4, 5, 123456))


@program(spec=("FD-023",))
def uuids(t):
    one = uuid.UUID("12345678-1234-5678-1234-567812345678")
    _round_trip(t, UUIDField(null=True), one, str(one), one.hex, one.bytes, uuid.UUID(int=0), None)


@program(spec=("FD-023",))
def uuids_that_are_none(t):
    _refusals(t, UUIDField(), "nonsense", "12345678", 5)


@program(spec=("FD-023",))
def uuids_as_keys(t):
    db = t.database()

    class Owner(db.Model):
        id = UUIDField(primary_key=True)
        name = TextField()

    class Pet(db.Model):
        owner = ForeignKeyField(Owner, backref="pets")

    db.create_tables([Owner, Pet])
    one = uuid.UUID(int=7)
    t.show("key", Owner.insert(id=one, name="ann").execute())
    Pet.create(owner=one)
    t.show("joined", [(pet.owner_id, pet.owner.name) for pet in Pet.select(Pet, Owner).join(Owner)])
    t.show("backref", Owner.get_by_id(one).pets.count())
    t.show("in", Owner.select().where(Owner.id.in_([one, uuid.UUID(int=8)])).count())


@program(spec=("FD-023",))
def binary_uuids(t):
    Thing = _thing(t, BinaryUUIDField(null=True))
    one = uuid.UUID("12345678-1234-5678-1234-567812345678")
    for value in (one, one.hex, one.bytes):
        Thing.create(x=value)
    with t.raises("none"):
        Thing.create(x="nonsense")
    t.show("rows", [row.x for row in Thing.select().order_by(Thing.id)])
    t.show("found", Thing.select().where(Thing.x == one).count())


@program(spec=("FD-024",))
def addresses(t):
    _round_trip(t, IPField(null=True), "127.0.0.1", "0.0.0.0", "255.255.255.255", None)


@program(spec=("FD-025",))
def bits(t):
    db = t.database()

    class Post(db.Model):
        flags = BitField()
        sticky = flags.flag(1)
        hidden = flags.flag(4)

    db.create_tables([Post])
    Post.create(sticky=True)
    Post.create(flags=6)
    Post.create(hidden=True, sticky=True)
    t.show("flags", [(row.flags, row.sticky, row.hidden) for row in Post.select().order_by(Post.id)])
    t.show("sticky", Post.select().where(Post.sticky).count())
    t.show("not hidden", Post.select().where(~Post.hidden).count())
    t.show("set", Post.update(flags=Post.hidden.set()).execute())
    t.show("cleared", Post.update(flags=Post.sticky.clear()).where(Post.sticky).execute())
    t.show("and", [row[0] for row in Post.select(Post.flags & 6).order_by(Post.id).tuples()])
    t.show("or", [row[0] for row in Post.select(Post.flags | 1).order_by(Post.id).tuples()])


@program(spec=("FD-026",))
def big_bits(t):
    Thing = _thing(t, BigBitField())
    one = Thing()
    one.x.set_bit(3)
    one.x.set_bit(77)
    one.save(force_insert=True)
    again = Thing.get_by_id(one.id)
    t.show("bits", [bit for bit in range(80) if again.x.is_set(bit)])
    t.show("length", len(again.x))
    again.x.clear_bit(3)
    again.save()
    t.show("cleared", [bit for bit in range(80) if Thing.get_by_id(one.id).x.is_set(bit)])


@program(spec=("FD-013",))
def types_that_no_field_has(t):
    db = t.database()
    for place, text in enumerate(
        (
            "'a'::\"char\"",
            "'x'::name",
            "1::oid",
            "'1 2'::int2vector",
            "'10.1.0.0/16'::cidr, '10.1.2.3/24'::inet, '08:00:2b:01:02:03'::macaddr",
            "'(1,2)'::point, '((0,0),(1,1))'::box",
            "B'101'::bit(3), B'1'::varbit",
            "'[1,5)'::int4range::text, 'empty'::int4range::text",
            "12.34::money",
            "'<a/>'::xml",
            "row(1, 'a', NULL)",
            "'pg_class'::regclass",
            "'12:13:14+02'::timetz",
            "NULL, NULL::int, NULL::text[]",
            "'unknown'",
        )
    ):
        t.show(f"value {place}", db.execute_sql(f"SELECT {text}").fetchone())


@program(spec=("FD-013",))
def enumerated_types(t):
    db = t.database()
    db.execute_sql("CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy')")

    class MoodField(Field):
        field_type = "mood"

    class Person(db.Model):
        name = TextField()
        mood = MoodField(null=True)

    db.create_tables([Person])
    for name, mood in (("ann", "very happy"), ("bob", "sad"), ("cy", None)):
        Person.create(name=name, mood=mood)
    t.show("rows", [(row.name, row.mood) for row in Person.select().order_by(Person.mood, Person.name)])
    t.show("found", Person.get(Person.mood == "sad").name)
    t.show("above", [row.name for row in Person.select().where(Person.mood > "sad")])
    t.show("in", Person.select().where(Person.mood.in_(["sad", "ok"])).count())
    t.show("array", db.execute_sql("SELECT enum_range(NULL::mood)").fetchone())
    with t.raises("unknown"):
        Person.create(name="dee", mood="angry")
    with t.raises("unknown in a condition"):
        Person.get(Person.mood == "angry")


@program(spec=("FD-013",))
def domains_are_their_base_type(t):
    db = t.database()
    db.execute_sql("CREATE DOMAIN positive AS integer CHECK (VALUE > 0)")
    db.execute_sql("CREATE TABLE amount (id serial PRIMARY KEY, x positive)")
    t.show("row", db.execute_sql("INSERT INTO amount (x) VALUES (%s) RETURNING x", (5,)).fetchone())
    with t.raises("negative"):
        db.execute_sql("INSERT INTO amount (x) VALUES (%s)", (-5,))


@program(spec=("FD-013",))
def values_without_a_field(t):
    db = t.database()
    values = {
        "none": None,
        "true": True,
        "int": 5,
        "big": 2**40,
        "huge": 2**70,
        "float": 1.5,
        "decimal": decimal.Decimal("1.50"),
        "text": "täxt",
        "date": datetime.date(2024, 1, 2),
        "time": datetime.time(1, 2, 3),
        "moment": datetime.datetime(2024, 1, 2, 3, 4, 5, 6),
        "aware": datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
        "span": datetime.timedelta(days=1, seconds=2, microseconds=3),
        "list": [1, 2, 3],
        "texts": ["a", "b'c", None],
        "nested": [[1, 2], [3, 4]],
    }
    for label, value in values.items():
        t.show(label, db.execute_sql("SELECT %s", (value,)).fetchone())
    t.show("bytes", bytes(db.execute_sql("SELECT %s", (b"\x00\xff",)).fetchone()[0]))
    t.show(
        "types",
        db.execute_sql("SELECT pg_typeof(%s)::text, pg_typeof(%s)::text", (1.5, datetime.date(2024, 1, 1))).fetchone(),
    )
