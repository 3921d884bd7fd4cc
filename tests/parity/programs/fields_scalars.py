"""Programs about numbers, text, booleans, blobs and bare columns: DDL, writing, reading.

Dates, identifiers, bits and custom fields have their own files.
"""

import datetime
import decimal
from decimal import Decimal

from parity_program import program
from peewee import *


def _column(t, field, **settings):
    """Returns a database and a model with the one nullable column x."""
    db = t.database(**settings)
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


@program(spec=("FD-009",))
def every_field_has_its_column_type(t):
    db = t.database()

    class All(Model):
        big = BigIntegerField()
        small = SmallIntegerField()
        integer = IntegerField()
        floating = FloatField()
        double = DoubleField()
        decimal = DecimalField()
        decimal_sized = DecimalField(max_digits=6, decimal_places=2)
        char = CharField()
        char_sized = CharField(max_length=7)
        fixed = FixedCharField(max_length=3)
        text = TextField()
        blob = BlobField()
        bits = BitField()
        big_bits = BigBitField()
        uuid = UUIDField()
        binary_uuid = BinaryUUIDField()
        at = DateTimeField()
        day = DateField()
        time = TimeField()
        stamp = TimestampField()
        ip = IPField()
        flag = BooleanField()
        bare = BareField()
        anything = AnyField()

        class Meta:
            database = db

    t.show("ddl", All._schema._create_table(safe=False).query())
    db.create_tables([All])
    t.show("types", [(c.name, c.data_type, c.null) for c in db.get_columns("all")])


@program(spec=("FD-009", "FD-003", "FD-002"))
def column_options_are_ordered_in_ddl(t):
    db = t.database()

    class Thing(Model):
        plain = TextField(null=True)
        constrained = IntegerField(constraints=[SQL("DEFAULT 3"), Check("constrained > 0")])
        collated = TextField(collation="NOCASE")
        everything = TextField(null=False, constraints=[SQL("DEFAULT 'a'")], collation="RTRIM", unique=True)
        described = IntegerField(default=1, choices=[(1, "one")], help_text="help", verbose_name="Verbose")
        renamed = TextField(column_name="other", index=True)

        class Meta:
            database = db

    t.show("ddl", Thing._schema._create_table().query())
    db.create_tables([Thing])
    t.show("metadata", (Thing.described.choices, Thing.described.help_text, Thing.described.verbose_name))
    Thing.create(described=99, collated="x", renamed="r", plain=None, constrained=1, everything="e")


@program(spec=("FD-013", "SB-094"))
def integers_are_converted_leniently(t):
    _, Thing = _column(t, IntegerField(null=True))
    _round_trip(t, Thing, [5, "6", " 7 ", 8.9, -1.5, True, False, None, "eight", "", "1e3", Decimal("9.7")])


@program(spec=("FD-013",))
def integers_span_sixty_four_bits(t):
    _, Thing = _column(t, BigIntegerField(null=True))
    _round_trip(t, Thing, [2**63 - 1, -(2**63), 2**31, 2**53 + 1, 0])


@program(spec=("FD-013",))
def floats_are_converted_leniently(t):
    _, Thing = _column(t, FloatField(null=True))
    _round_trip(t, Thing, [1.5, 2, "3.25", "1e-7", 0.1, -0.0, True, None, "abc", 1e308, Decimal("1.1")])


@program(spec=("FD-013",))
def floats_beyond_numbers(t):
    _, Thing = _column(t, DoubleField(null=True))
    _round_trip(t, Thing, [float("inf"), float("-inf"), float("nan"), 5e-324, 2.0**60, "inf"])


@program(spec=("FD-014",))
def decimals_keep_what_text_says(t):
    _, Thing = _column(t, DecimalField(null=True, max_digits=10, decimal_places=2))
    _round_trip(t, Thing, [Decimal("1.10"), Decimal("123456789012.345"), 0, "", "2.5", 3, 1.25, None, Decimal("-0.01")])


@program(spec=("FD-014",))
def decimals_may_round_themselves(t):
    _, Thing = _column(t, DecimalField(null=True, decimal_places=2, auto_round=True))
    _round_trip(t, Thing, [Decimal("1.005"), Decimal("2.675"), "1.239", 1.239, 7, None])
    _, Floor = _column(t, DecimalField(null=True, decimal_places=1, auto_round=True, rounding=decimal.ROUND_FLOOR))
    _round_trip(t, Floor, [Decimal("1.19"), Decimal("-1.11")], "floor ")


@program(spec=("FD-014", "SB-032"))
def decimals_under_functions(t):
    _, Thing = _column(t, DecimalField(max_digits=8, decimal_places=2))
    for text in ("1.10", "2.25", "3.05"):
        Thing.create(x=Decimal(text))
    t.show("sum", Thing.select(fn.SUM(Thing.x)).scalar())
    t.show("max", Thing.select(fn.MAX(Thing.x)).scalar())
    t.show("avg", Thing.select(fn.AVG(Thing.x)).scalar())
    t.show("count", Thing.select(fn.COUNT(Thing.x)).scalar())
    t.show("uncoerced", Thing.select(fn.MAX(Thing.x).coerce(False)).scalar())
    t.show("own", Thing.select(fn.SUM(Thing.x).python_value(str)).scalar())
    t.show("compare", [thing.x for thing in Thing.select().where(Thing.x > Decimal("2")).order_by(Thing.x)])


@program(spec=("FD-015", "SB-094"))
def text_is_made_of_anything(t):
    _, Thing = _column(t, TextField(null=True))
    _round_trip(
        t,
        Thing,
        [
            "plain",
            "",
            "é ü 漢 🙂",
            b"bytes",
            b"\xc3\xa9",
            5,
            1.5,
            None,
            True,
            ["a", 1],
            datetime.date(2020, 1, 2),
            "a'b\"c;--",
        ],
    )


@program(spec=("FD-015", "SB-094"))
def char_fields_never_cut(t):
    _, Thing = _column(t, CharField(null=True, max_length=3))
    _round_trip(t, Thing, ["abcdef", "  a  ", 12345, None, b"bytes"])


@program(spec=("FD-015", "SB-095"))
def fixed_char_fields_strip_and_cut(t):
    _, Thing = _column(t, FixedCharField(null=True, max_length=3))
    _round_trip(t, Thing, ["abcdef", "  a  ", "ab  cd", "x", None, 12345])


@program(spec=("FD-015",))
def strings_concatenate(t):
    db = t.database()

    class Person(Model):
        first = CharField()
        last = TextField()

        class Meta:
            database = db

    db.create_tables([Person])
    Person.create(first="ada", last="lovelace")
    query = Person.select(
        (Person.first + " " + Person.last).alias("full"),
        ("dr. " + Person.last).alias("titled"),
        Person.first.concat("!").alias("loud"),
    )
    t.show("sql", query.sql())
    t.show("row", query.dicts().get())
    t.show("found", Person.select().where(Person.first + Person.last == "adalovelace").count())


@program(spec=("FD-016",))
def blobs_take_text_and_bytes(t):
    _, Thing = _column(t, BlobField(null=True))
    db = Thing._meta.database
    for value in (b"\x00\x01\xff", "text é", memoryview(b"view"), bytearray(b"array"), b"", None):
        key = Thing.insert(x=value).execute()
        stored = db.execute_sql("SELECT typeof(x), hex(x) FROM thing WHERE id = ?", (key,)).fetchone()
        read = Thing.get_by_id(key).x
        t.show("stored %d" % key, stored)
        t.show("read %d" % key, (type(read).__name__, None if read is None else bytes(read)))
    t.show("found", Thing.select().where(Thing.x == b"view").count())


@program(spec=("FD-017", "SB-094"))
def booleans_are_truthiness(t):
    _, Thing = _column(t, BooleanField(null=True))
    _round_trip(t, Thing, [True, False, 1, 0, "false", "", "yes", None, [], 2.5])
    db = Thing._meta.database
    db.execute_sql("INSERT INTO thing (x) VALUES (7), ('text')")
    t.show("odd values", [thing.x for thing in Thing.select().where(Thing.id > 10).order_by(Thing.id)])
    t.show("filtered", Thing.select().where(Thing.x == True).count())
    t.show("negated", Thing.select().where(~Thing.x).count())


@program()
def bare_fields_pass_values_through(t):
    _, Thing = _column(t, BareField(null=True))
    _round_trip(t, Thing, [1, 1.5, "text", b"blob", None, "12"])
    _, Adapted = _column(t, BareField(null=True, adapt=int))
    _round_trip(t, Adapted, ["5", 6.7, None], "adapted ")


@program()
def any_fields_pass_values_through(t):
    _, Thing = _column(t, AnyField(null=True))
    _round_trip(t, Thing, [1, 1.5, "text", "12", b"blob", None])


@program(spec=("MD-045",))
def strict_tables_keep_the_type_of_any(t):
    db = t.database()

    class Thing(Model):
        x = AnyField(null=True)
        number = IntegerField(null=True)

        class Meta:
            database = db
            strict_tables = True

    t.show("ddl", Thing._schema._create_table().query())
    db.create_tables([Thing])
    for value in ("12", 12, 1.0, b"12"):
        Thing.create(x=value)
    t.show("types", db.execute_sql("SELECT x, typeof(x) FROM thing ORDER BY id").fetchall())
    with t.raises("strict"):
        Thing.create(number="not a number")


@program(spec=("FD-001",))
def the_legacy_column_option_warns(t):
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        field = TextField(db_column="legacy")
    t.show("warned", [warning.category.__name__ for warning in caught])
    t.show("name", field.column_name)
    with t.raises("unknown option", message=False):
        TextField(no_such_option=1)


@program(spec=("FD-027", "FD-028"))
def automatic_keys_count_up(t):
    db = t.database()

    class Plain(Model):
        id = AutoField()
        text = TextField()

        class Meta:
            database = db

    class Big(Model):
        key = BigAutoField()
        text = TextField()

        class Meta:
            database = db

    db.create_tables([Plain, Big])
    t.show("keys", [Plain.create(text=str(n)).id for n in range(3)])
    Plain.delete().where(Plain.id == 3).execute()
    t.show("reused", Plain.create(text="again").id)
    t.show("big", Big.create(text="x").key)
    with t.raises("not a key", message=False):
        AutoField(primary_key=False)
    t.show("ddl", Big._schema._create_table(safe=False).query())


@program(spec=("FD-011", "SB-018"))
def the_left_side_converts_the_right(t):
    db = t.database()

    class Thing(Model):
        flag = BooleanField()
        number = IntegerField()
        text = TextField()
        price = DecimalField()

        class Meta:
            database = db

    for label, expression in (
        ("integer", Thing.number == "5"),
        ("list", Thing.number << ["1", "2"]),
        ("between", Thing.number.between("1", "9")),
        ("text", Thing.text == 5),
        ("flag", Thing.flag == "x"),
        ("decimal", Thing.price == 0),
        ("arithmetic", Thing.number + 1 == "5"),
        ("function", fn.ABS(Thing.number) == "5"),
        ("kept", Thing.number == "five"),
        ("reflected", Thing.number == Thing.text),
        ("value", Thing.number == Value("5")),
        ("unconverted", Thing.number == Value("5", converter=False)),
    ):
        t.show(label, Thing.select(Thing.id).where(expression).sql())


@program(spec=("FD-006",))
def to_value_and_converters_are_callable(t):
    field = IntegerField()
    t.show("db_value", (field.db_value("5"), field.db_value(None), field.db_value("x")))
    t.show("python_value", (field.python_value("5"), field.python_value(None)))
    t.show("adapt", field.adapt("7"))
    text = TextField()
    t.show("text", (text.db_value(5), text.python_value(b"bytes"), text.adapt(1.5)))
    flag = BooleanField()
    t.show("bool", (flag.db_value("x"), flag.python_value(0)))
    number = DecimalField()
    t.show("decimal", (number.db_value(0), number.python_value("1.50"), number.python_value(None)))
    t.show("modifiers", (number.get_modifiers(), CharField(max_length=9).get_modifiers(), field.get_modifiers()))
    t.show("types", [kind.field_type for kind in (IntegerField, TextField, CharField, BooleanField, DecimalField)])
