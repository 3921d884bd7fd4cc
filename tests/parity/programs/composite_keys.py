"""Programs about keys made of several fields.

Keys of one field belong to the models' own files.
"""

from parity_program import program
from peewee import *


def _pairs(t):
    """Returns a database and a model whose key is (left, right)."""
    db = t.database()

    class Pair(Model):
        left = IntegerField()
        right = TextField()
        note = TextField(null=True)

        class Meta:
            database = db
            primary_key = CompositeKey("left", "right")

    db.create_tables([Pair])
    return db, Pair


@program(spec=("FD-045", "MD-045"))
def a_composite_key_is_a_table_constraint(t):
    db, Pair = _pairs(t)
    t.show("ddl", Pair._schema._create_table(safe=False).query())
    meta = Pair._meta
    t.show("meta", (meta.composite_key, type(meta.primary_key).__name__, meta.auto_increment, meta.sorted_field_names))
    t.show("keys", [key.name for key in meta.get_primary_keys()])
    t.show("names", meta.primary_key.field_names)
    t.show("in the database", db.get_primary_keys("pair"))


@program(spec=("FD-045", "SB-057"))
def the_key_of_an_instance_is_a_tuple(t):
    _, Pair = _pairs(t)
    pair = Pair.create(left=1, right="a", note="x")
    t.show("key", (pair._pk, pair.get_id(), str(pair)))
    pair._pk = (2, "b")
    t.show("set", (pair.left, pair.right))
    t.show("unset", Pair()._pk)
    t.show("equal", (Pair(left=1, right="a") == Pair(left=1, right="a"), Pair(left=1) == Pair(left=1)))
    t.show("hash", len({Pair(left=1, right="a"), Pair(left=1, right="a"), Pair(left=2, right="a")}))


@program(spec=("FD-045", "MD-019", "MD-022"))
def saving_needs_force_insert(t):
    _, Pair = _pairs(t)
    pair = Pair(left=1, right="a", note="n")
    t.show("update of nothing", pair.save())
    t.show("insert", pair.save(force_insert=True))
    pair.note = "changed"
    t.show("update", pair.save())
    with t.raises("only the key"):
        pair.save(only=[Pair.left])
    with t.raises("twice"):
        Pair.create(left=1, right="a")
    t.show("only", pair.save(only=[Pair.note, Pair.left]))


@program(spec=("FD-045", "MD-027"))
def rows_are_found_and_deleted_by_tuple(t):
    _, Pair = _pairs(t)
    for left in (1, 2):
        for right in "ab":
            Pair.create(left=left, right=right)
    t.show("get_by_id", Pair.get_by_id((1, "b"))._pk)
    t.show("item", Pair[2, "a"]._pk)
    t.show("in", ((1, "a") in Pair, (9, "a") in Pair))
    t.show("set", Pair.set_by_id((1, "a"), {"note": "set"}))
    t.show("delete", Pair.delete_by_id((2, "b")))
    t.show("instance", Pair.get_by_id((2, "a")).delete_instance())
    t.show("left", list(Pair.select().order_by(Pair.left, Pair.right).tuples()))


@program(spec=("FD-045",))
def the_key_in_expressions(t):
    _, Pair = _pairs(t)
    key = Pair._meta.primary_key
    t.show("equal", Pair.select(Pair.note).where(key == (1, "a")).sql())
    t.show("unequal", Pair.select(Pair.note).where(key != (1, "a")).sql())
    for label, value in (("too short", (1,)), ("too long", (1, 2, 3)), ("text", "ab")):
        with t.raises(label):
            Pair.select().where(key == value).sql()
    t.show("ordered", Pair.select(Pair.note).order_by(key).sql())
    t.show("counted", Pair.select(fn.COUNT(Pair.left)).sql())
    t.show("as a subquery", Pair.select().where(Pair.left << Pair.select(Pair.left)).sql())


@program(spec=("FD-045", "FD-029"))
def parts_may_be_foreign_keys(t):
    db = t.database(pragmas={"foreign_keys": 1})

    class Post(Model):
        title = TextField()

        class Meta:
            database = db

    class Tag(Model):
        name = TextField()

        class Meta:
            database = db

    class PostTag(Model):
        post = ForeignKeyField(Post, backref="post_tags")
        tag = ForeignKeyField(Tag, backref="post_tags")

        class Meta:
            database = db
            primary_key = CompositeKey("post", "tag")

    db.create_tables([Post, Tag, PostTag])
    t.show("ddl", PostTag._schema._create_table(safe=False).query())
    post, tag = Post.create(title="p"), Tag.create(name="t")
    link = PostTag.create(post=post, tag=tag)
    t.show("key", link._pk)
    t.show("found", PostTag.get_by_id((post.id, tag.id)) == link)
    t.show("by instances", PostTag.get((PostTag.post == post) & (PostTag.tag == tag)) == link)
    query = Post.select(Post, Tag).join(PostTag).join(Tag).where(Tag.name == "t")
    t.show("through", query.sql())
    t.show("recursive", (post.delete_instance(recursive=True), PostTag.select().count()))


@program(spec=("FD-045", "MD-035", "MD-037"))
def writing_many_rows(t):
    _, Pair = _pairs(t)
    t.show("insert", Pair.insert(left=1, right="a").execute())
    t.show(
        "many", Pair.insert_many([(2, "b", None), (3, "c", "n")], fields=[Pair.left, Pair.right, Pair.note]).execute()
    )
    t.show("bulk", Pair.bulk_create([Pair(left=4, right="d"), Pair(left=5, right="e")]))
    t.show("replace", Pair.replace(left=1, right="a", note="replaced").execute())
    upsert = Pair.insert(left=1, right="a", note="upserted").on_conflict(
        conflict_target=[Pair.left, Pair.right], preserve=[Pair.note]
    )
    t.show("upsert", (upsert.sql(), upsert.execute()))
    t.show("rows", list(Pair.select().order_by(Pair.left).tuples()))


@program(spec=("FD-045",))
def a_child_inherits_a_composite_key(t):
    _, Pair = _pairs(t)

    class Triple(Pair):
        third = IntegerField(default=3)

    Triple.create_table()
    t.show("ddl", Triple._schema._create_table(safe=False).query())
    t.show("key", Triple.create(left=1, right="x")._pk)


@program(spec=("FD-045",))
def an_unknown_part_is_refused(t):
    with t.raises("unknown"):

        class Broken(Model):
            a = IntegerField()

            class Meta:
                primary_key = CompositeKey("a", "b")

        Broken._meta.primary_key.safe_field_names
        Broken(a=1)._pk
