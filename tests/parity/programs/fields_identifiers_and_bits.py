"""Programs about UUID, IP, bit and big-bit fields.

Numbers, text and dates have their own files.
"""

import uuid

from parity_program import program
from peewee import *

ONE = uuid.UUID("12345678-1234-5678-1234-567812345678")


def _column(t, field):
    """Returns a database and a model with the one nullable column x."""
    db = t.database()
    meta = type("Meta", (), {"database": db})
    model = type(Model)("Thing", (Model,), {"x": field, "Meta": meta})
    db.create_tables([model])
    return db, model


@program(spec=("FD-023", "SB-093"))
def uuids_are_stored_as_hex(t):
    db, Thing = _column(t, UUIDField(null=True))
    for value in (ONE, str(ONE), ONE.hex, ONE.bytes, str(ONE).upper(), None):
        key = Thing.insert(x=value).execute()
        t.show("stored %d" % key, db.execute_sql("SELECT x, typeof(x) FROM thing WHERE id = ?", (key,)).fetchone())
        t.show("read %d" % key, Thing.get_by_id(key).x)
    t.show("compared", Thing.select().where(Thing.x == str(ONE)).count())
    t.show("in", Thing.select().where(Thing.x << [ONE]).sql())


@program(spec=("FD-023", "SB-093"))
def a_bad_uuid_fails_when_it_is_read(t):
    db, Thing = _column(t, UUIDField(null=True))
    Thing.create(x="not a uuid")
    t.show("stored", db.execute_sql("SELECT x FROM thing").fetchone())
    with t.raises("read"):
        Thing.get()
    Thing.create(x=5)
    t.show("a number becomes text", db.execute_sql("SELECT x, typeof(x) FROM thing WHERE id = 2").fetchone())


@program(spec=("FD-023",))
def binary_uuids_are_sixteen_bytes(t):
    db, Thing = _column(t, BinaryUUIDField(null=True))
    for value in (ONE, ONE.hex, ONE.bytes, None):
        key = Thing.insert(x=value).execute()
        t.show(
            "stored %r" % (value,),
            db.execute_sql("SELECT hex(x), typeof(x) FROM thing WHERE id = ?", (key,)).fetchone(),
        )
        t.show("read %r" % (value,), Thing.get_by_id(key).x)
    t.show("compared", Thing.select().where(Thing.x == ONE).count())
    for bad in (str(ONE), "not a uuid", b"abc", 5):
        with t.raises("bad %r" % (bad,)):
            Thing.create(x=bad)


@program(spec=("FD-023",))
def uuids_may_be_keys(t):
    db = t.database()

    class Item(Model):
        id = UUIDField(primary_key=True, default=lambda: ONE)
        name = TextField()

        class Meta:
            database = db

    class Part(Model):
        item = ForeignKeyField(Item, backref="parts")

        class Meta:
            database = db

    db.create_tables([Item, Part])
    item = Item.create(name="thing")
    t.show("key", item.id)
    Part.create(item=item)
    Part.create(item=str(ONE))
    t.show("by key", (Item[ONE].name, Item.get_by_id(str(ONE)).name))
    t.show("parts", item.parts.count())
    t.show("related", Part.get().item.name)
    t.show("raw", db.execute_sql("SELECT item_id FROM part").fetchall())


@program(spec=("FD-024",))
def addresses_are_numbers(t):
    db, Thing = _column(t, IPField(null=True))
    for value in ("127.0.0.1", "0.0.0.0", "255.255.255.255", None):
        key = Thing.insert(x=value).execute()
        t.show("stored %r" % (value,), db.execute_sql("SELECT x FROM thing WHERE id = ?", (key,)).fetchone())
        t.show("read %r" % (value,), Thing.get_by_id(key).x)
    t.show("compared", [x.x for x in Thing.select().where(Thing.x > "100.0.0.0").order_by(Thing.x)])
    for bad in ("::1", "256.1.1.1", "localhost"):
        with t.raises(bad, message=False):
            Thing.create(x=bad)


def _flagged(t):
    """Returns a model with three flags in one column."""
    db = t.database()

    class Post(Model):
        title = TextField(default="")
        flags = BitField()
        sticky = flags.flag()
        favorite = flags.flag()
        minimized = flags.flag(8)

        class Meta:
            database = db

    db.create_tables([Post])
    return Post


@program(spec=("FD-025",))
def flags_are_booleans_on_instances(t):
    Post = _flagged(t)
    post = Post()
    t.show("default", (post.flags, post.sticky, post.favorite))
    post.sticky = True
    post.minimized = True
    t.show("set", (post.flags, post.sticky, post.favorite, post.minimized))
    t.show("dirty", sorted(post.dirty_field_names))
    post.sticky = False
    t.show("cleared", post.flags)
    post.sticky = 1
    t.show("one", post.flags)
    for bad in (2, "yes", None):
        with t.raises("not a bool: %r" % (bad,)):
            post.sticky = bad
    post.flags = None
    t.show("none counts as zero", post.sticky)
    post.favorite = True
    t.show("set on none", post.flags)
    post.save()
    t.show("read", (Post.get().flags, Post.get().favorite))


@program(spec=("FD-025",))
def flags_are_expressions_on_the_class(t):
    Post = _flagged(t)
    for flags in (0, 1, 2, 3, 8, 9):
        Post.create(flags=flags, title=str(flags))
    for label, expression in (
        ("set", Post.sticky),
        ("not set", ~Post.sticky),
        ("both", Post.sticky & Post.favorite),
        ("either", Post.sticky | Post.minimized),
        ("compared", Post.flags.bin_and(3) == 3),
    ):
        query = Post.select(Post.title).where(expression).order_by(Post.id)
        t.show(label, (query.sql(), [row[0] for row in query.tuples()]))
    t.show("selected", list(Post.select(Post.title, Post.sticky.alias("s")).order_by(Post.id).tuples()))


@program(spec=("FD-025",))
def flags_are_set_and_cleared_in_updates(t):
    Post = _flagged(t)
    for flags in (0, 1, 3):
        Post.create(flags=flags)
    setting = Post.update(flags=Post.minimized.set())
    t.show("set", (setting.sql(), setting.execute()))
    clearing = Post.update(flags=Post.sticky.clear()).where(Post.sticky)
    t.show("clear", (clearing.sql(), clearing.execute()))
    t.show("flags", [post.flags for post in Post.select().order_by(Post.id)])


@program(spec=("FD-025",))
def operators_on_a_bit_field_are_bitwise(t):
    Post = _flagged(t)
    Post.create(flags=5)
    for label, expression in (
        ("and", Post.flags & 4),
        ("or", Post.flags | 2),
        ("minus", Post.flags - 1),
        ("not", ~Post.flags),
        ("not not", ~~Post.flags),
    ):
        query = Post.select(expression.alias("value"))
        t.show(label, (query.sql(), query.scalar()))


@program(spec=("FD-025",))
def omitted_flag_values_double(t):
    class Many(Model):
        flags = BitField()
        a = flags.flag()
        b = flags.flag(16)
        c = flags.flag()
        d = flags.flag(2)
        e = flags.flag()

    many = Many()
    for name in "abcde":
        setattr(many, name, True)
        t.show(name, many.flags)


@program(spec=("FD-026",))
def big_bits_live_in_bytes(t):
    db = t.database()

    class Bitmap(Model):
        data = BigBitField()

        class Meta:
            database = db

    db.create_tables([Bitmap])
    bitmap = Bitmap()
    t.show("empty", (type(bitmap.data).__name__, len(bitmap.data), bytes(bitmap.data)))
    bitmap.data.set_bit(0)
    bitmap.data.set_bit(9)
    bitmap.data[17] = 1
    t.show("set", (len(bitmap.data), bytes(bitmap.data)))
    t.show("is set", (bitmap.data.is_set(9), bitmap.data.is_set(8), bitmap.data[17], bitmap.data[16]))
    t.show("toggle", (bitmap.data.toggle_bit(9), bitmap.data.toggle_bit(9)))
    bitmap.data.clear_bit(0)
    del bitmap.data[17]
    t.show("cleared", bytes(bitmap.data))
    t.show("bits", [int(bit) for bit in bitmap.data])
    bitmap.save()
    t.show("stored", db.execute_sql("SELECT hex(data) FROM bitmap").fetchall())
    loaded = Bitmap.get()
    t.show("loaded", (bytes(loaded.data), loaded.is_dirty()))
    loaded.data.set_bit(1)
    t.show("changing the wrapper is not seen", loaded.dirty_field_names)
    loaded.save()
    t.show("saved all the same", bytes(Bitmap.get().data))
    loaded.data.clear()
    t.show("emptied", bytes(loaded.data))


@program(spec=("FD-026",))
def big_bits_combine_with_bytes(t):
    class Bitmap(Model):
        data = BigBitField()

    bitmap = Bitmap(data=b"\x0f\xf0")
    other = Bitmap(data=b"\xff\x00")
    for label, value in (
        ("and", bitmap.data & b"\x01\x10"),
        ("or", bitmap.data | b"\xf0"),
        ("xor", bitmap.data ^ other.data),
    ):
        t.show(label, (type(value).__name__, bytes(value)))


@program(spec=("FD-026",))
def big_bits_are_assigned_from_many_kinds(t):
    class Bitmap(Model):
        data = BigBitField(null=True)

    for value in (None, b"\x01", bytearray(b"\x02"), memoryview(b"\x03"), "é", Bitmap(data=b"\x05").data):
        bitmap = Bitmap(data=value)
        t.show("from " + type(value).__name__, bytes(bitmap.data))
    with t.raises("number"):
        Bitmap(data=5)
    with t.raises("list"):
        Bitmap(data=[1, 2])
    bitmap = Bitmap()
    with t.raises("out of range", message=False):
        bitmap.data[-1]
    t.show("beyond the end", bitmap.data.is_set(100))


@program(spec=("FD-026", "DB-079"))
def big_bits_work_in_queries(t):
    db, Thing = _column(t, BigBitField(null=True))
    thing = Thing.create(x=b"\x01\x02")
    t.show("found", Thing.select().where(Thing.x == b"\x01\x02").count())
    Thing.update(x=b"\xff").where(Thing.id == thing.id).execute()
    t.show("updated", bytes(Thing.get().x))
    t.show("tuples", [type(row[0]).__name__ for row in Thing.select(Thing.x).tuples()])
    Thing.insert_many([{"x": b"a"}, {"x": None}]).execute()
    t.show("stored", db.execute_sql("SELECT hex(x), typeof(x) FROM thing ORDER BY id").fetchall())
