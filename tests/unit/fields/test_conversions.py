"""What fields make of values, both ways."""

import datetime
import uuid
from decimal import Decimal

import pytest

from redstart import (
    BigBitField,
    BinaryUUIDField,
    BitField,
    BooleanField,
    DateField,
    DateTimeField,
    DecimalField,
    Field,
    FixedCharField,
    IntegerField,
    IPField,
    Model,
    SqliteDatabase,
    TimeField,
    TimestampField,
    UUIDField,
)

MOMENT = datetime.datetime(2020, 1, 2, 3, 4, 5)


@pytest.mark.spec("FD-013", "FD-014", "FD-015", "FD-017", "FD-018", "FD-023", "FD-024")
@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        (IntegerField(), "5", 5),
        (IntegerField(), "five", "five"),
        (IntegerField(), None, None),
        (BooleanField(), "false", True),
        (DecimalField(), 0.0, Decimal(0)),
        (DecimalField(decimal_places=2, auto_round=True), 1.239, Decimal("1.24")),
        (FixedCharField(max_length=3), "  abcd", "abc"),
        (DateTimeField(), "2020-01-02 03:04:05", MOMENT),
        (DateTimeField(), "junk", "junk"),
        (DateField(), MOMENT, MOMENT.date()),
        (TimeField(), datetime.timedelta(hours=3, minutes=2), datetime.time(3, 2)),
        (TimeField(), "10:11", datetime.time(10, 11)),
        (UUIDField(), uuid.UUID(int=5), "0" * 31 + "5"),
        (UUIDField(), "junk", "junk"),
        (IPField(), "10.0.0.1", 167772161),
        (TimestampField(utc=True, resolution=3), "1970-01-01 00:00:01.5", 1500),
    ],
)
def test_values_are_converted_on_their_way_to_the_database(field, value, stored):
    assert field.db_value(value) == stored
    assert type(field.db_value(value)) is type(stored)


@pytest.mark.spec("FD-023")
def test_a_binary_uuid_refuses_what_is_none():
    with pytest.raises(ValueError, match="value for binary UUID field"):
        BinaryUUIDField().db_value("junk")


@pytest.mark.spec("FD-022")
def test_a_timestamp_has_certain_resolutions():
    with pytest.raises(ValueError, match="TimestampField resolution must be one of: 1, 10, 100"):
        TimestampField(resolution=7)


@pytest.mark.spec("FD-025")
def test_flags_are_bits():
    class Post(Model):
        flags = BitField()
        sticky = flags.flag()
        draft = flags.flag()
        old = flags.flag(16)
        older = flags.flag()

    post = Post(draft=True, older=True)
    assert (post.flags, post.sticky, post.draft, post.old) == (2 | 32, False, True, False)
    post.draft = False
    assert post.flags == 32
    with pytest.raises(ValueError, match="Value must be either True or False"):
        post.sticky = 3
    assert Post.select(Post.id).where(Post.sticky).sql() == (
        'SELECT "t1"."id" FROM "post" AS "t1" WHERE (("t1"."flags" & ?) != ?)',
        [1, 0],
    )


@pytest.mark.spec("FD-026")
def test_big_bit_fields_are_live_views():
    class Bitmap(Model):
        data = BigBitField()

    bitmap = Bitmap()
    bitmap.data.set_bit(9)
    assert (bytes(bitmap.data), bitmap.data.is_set(9), len(bitmap.data)) == (b"\x00\x02", True, 2)
    assert bitmap.data.toggle_bit(9) is False
    assert bitmap.data | b"\x01" == bytearray(b"\x01\x00")
    with pytest.raises(ValueError, match="Value must be either a bytes"):
        bitmap.data = 3


@pytest.mark.spec("FD-006", "FD-005")
def test_conversions_of_a_subclass_are_called_for_every_value():
    class Doubled(IntegerField):
        def db_value(self, value):
            return None if value is None else value * 2

        def python_value(self, value):
            return None if value is None else f"read {value}"

    db = SqliteDatabase(":memory:")

    class Thing(db.Model):
        n = Doubled(null=True)

    db.create_tables([Thing])
    thing = Thing.create(n=4)
    Thing.create(n=None)
    assert thing.n == 4
    assert [each.n for each in Thing.select().order_by(Thing.id)] == ["read 8", None]
    assert Thing.get(Thing.n == 4) == thing
    db.close()


@pytest.mark.spec("FD-007", "FD-008")
def test_a_field_shows_itself_and_is_told_apart_by_model_and_name():
    class User(Model):
        age = IntegerField()

    class Member(User):
        pass

    assert repr(User.age) == "<IntegerField: User.age>"
    assert repr(Field()) == "<Field: (unbound)>"
    assert hash(User.age) != hash(Member.age)
    with pytest.raises(TypeError):
        iter(User.age)
