"""Programs about ForeignKeyField: access, assignment, backrefs, odd targets.

Joins, prefetch and many-to-many have their own files.
"""

from parity_program import program
from peewee import *


def _models(t, fk=None, **settings):
    """Returns a database with users and tweets; `fk` are further options of Tweet.user."""
    db = t.database(**settings)

    class User(Model):
        username = TextField()

        class Meta:
            database = db

    class Tweet(Model):
        user = ForeignKeyField(User, **{"backref": "tweets", **(fk or {})})
        body = TextField(default="")

        class Meta:
            database = db

    db.create_tables([User, Tweet])
    return db, User, Tweet


@program(spec=("FD-029", "FD-030", "SB-065"))
def a_foreign_key_has_a_column_and_an_index(t):
    db, _, Tweet = _models(t)
    field = Tweet.user
    t.show("names", (field.name, field.column_name, field.object_id_name, field.safe_name))
    t.show("target", (field.rel_model.__name__, field.rel_field.name, field.backref))
    t.show("options", (field.null, field.index, field.lazy_load, field.on_delete, field.on_update))
    t.show("ddl", Tweet._schema._create_table(safe=False).query())
    t.show("indexes", [index.name for index in db.get_indexes("tweet")])


@program(spec=("FD-033", "SB-058"))
def reading_the_relation_queries_once(t):
    _, User, Tweet = _models(t)
    Tweet.create(user=User.create(username="ann"), body="hi")
    tweet = Tweet.get()
    t.show("key without a query", tweet.user_id)
    t.show("not loaded", sorted(tweet.__rel__))
    t.show("loaded", tweet.user.username)
    t.show("cached", tweet.user is tweet.user)
    t.show("class", type(tweet.user).__name__)


@program(spec=("FD-033", "SB-058"))
def an_unset_relation_depends_on_null(t):
    _, _, Tweet = _models(t)
    with t.raises("not null"):
        Tweet().user
    t.show("key", Tweet().user_id)
    _, _, Optional = _models(t, fk={"null": True})
    t.show("null", (Optional().user, Optional().user_id))
    t.show("stored null", Optional.create().user)
    t.show("read null", Optional.get().user)


@program(spec=("FD-033",))
def a_dangling_key_raises_the_targets_exception(t):
    _, User, Tweet = _models(t)
    Tweet.create(user=99)
    tweet = Tweet.get()
    t.show("key", tweet.user_id)
    with t.raises("access"):
        tweet.user
    try:
        tweet.user
    except User.DoesNotExist:
        t.show("is the target's", True)


@program(spec=("FD-033",))
def without_lazy_loading_the_key_is_given(t):
    _, User, Tweet = _models(t, fk={"lazy_load": False})
    ann = User.create(username="ann")
    made = Tweet.create(user=ann)
    t.show("assigned", type(made.user).__name__)
    tweet = Tweet.get()
    t.show("read", tweet.user)
    joined = Tweet.select(Tweet, User).join(User).get()
    t.show("joined", joined.user.username)
    unset = Tweet()
    t.show("unset", unset.user)


@program(spec=("FD-034", "SB-060"))
def assignment_keeps_key_and_relation_together(t):
    _, User, Tweet = _models(t)
    ann, bob = User.create(username="ann"), User.create(username="bob")
    tweet = Tweet(user=ann)
    t.show("instance", (tweet.user_id, sorted(tweet.__rel__), tweet.__data__))
    tweet.user = ann.id
    t.show("same key keeps", sorted(tweet.__rel__))
    tweet.user = bob.id
    t.show("other key drops", (tweet.user_id, sorted(tweet.__rel__)))
    t.show("loaded", tweet.user.username)
    tweet.user_id = ann.id
    t.show("by id", (tweet.user_id, sorted(tweet.__rel__), tweet.user.username))
    tweet.user = None
    t.show("none", (tweet.user_id, sorted(tweet.__rel__)))
    t.show("dirty", sorted(tweet.dirty_field_names))


@program(spec=("FD-034",))
def assignment_of_another_class_is_taken_at_its_key(t):
    _, User, Tweet = _models(t)

    class Other(Model):
        class Meta:
            database = User._meta.database

    User.create(username="ann")
    for label, value in (("other model", Other(id=1)), ("text", "1")):
        tweet = Tweet(user=value)
        t.show(label, (type(tweet.__data__.get("user")).__name__, sorted(tweet.__rel__)))
        t.show(label + " saved", tweet.save())
    t.show("rows", list(Tweet.select().tuples()))


@program(spec=("FD-035", "SB-061"))
def an_unsaved_instance_gives_its_key_later(t):
    _, User, Tweet = _models(t)
    user = User(username="late")
    tweet = Tweet(user=user, body="x")
    t.show("before", (tweet.user_id, sorted(tweet.__rel__)))
    with t.raises("not saved yet"):
        tweet.save()
    user.save()
    t.show("key of the saved user", tweet.user_id)
    t.show("saved", tweet.save())
    t.show("after", (tweet.user_id, Tweet.get().user.username))


@program(spec=("FD-031", "FD-032", "SB-062"))
def a_backref_is_a_fresh_query(t):
    _, User, Tweet = _models(t)
    ann, bob = User.create(username="ann"), User.create(username="bob")
    for body in ("a", "b"):
        Tweet.create(user=ann, body=body)
    Tweet.create(user=bob, body="c")
    t.show("type", type(ann.tweets).__name__)
    t.show("fresh", ann.tweets is ann.tweets)
    t.show("sql", ann.tweets.sql())
    t.show("rows", [tweet.body for tweet in ann.tweets.order_by(Tweet.body.desc())])
    t.show("counts", (ann.tweets.count(), bob.tweets.count(), len(ann.tweets)))
    t.show("filtered", [tweet.id for tweet in ann.tweets.where(Tweet.body == "b")])
    t.show("accessor", type(User.tweets).__name__)
    t.show("unsaved", list(User().tweets))


@program(spec=("FD-031",))
def backrefs_are_named_or_disabled(t):
    db = t.database()

    class User(Model):
        class Meta:
            database = db

    class Implicit(Model):
        user = ForeignKeyField(User)

    class Called(Model):
        user = ForeignKeyField(User, backref=lambda field: "by_%s_%s" % (field.model.__name__.lower(), field.name))

    class Plus(Model):
        user = ForeignKeyField(User, backref="+")

    class Bang(Model):
        user = ForeignKeyField(User, backref="!")

    t.show("names", [model.user.backref for model in (Implicit, Called, Plus, Bang)])
    t.show("attributes", sorted(name for name in vars(User) if "set" in name or "by_" in name or name in "+!"))


@program(spec=("FD-031", "FD-032"))
def instances_may_overwrite_their_backref(t):
    _, User, Tweet = _models(t)
    ann = User.create(username="ann")
    Tweet.create(user=ann)
    ann.tweets = ["anything"]
    t.show("overwritten", ann.tweets)
    t.show("another instance", User.get().tweets.count())


@program(spec=("FD-029",))
def a_model_may_refer_to_itself(t):
    db = t.database()

    class Node(Model):
        name = TextField()
        parent = ForeignKeyField("self", null=True, backref="children")

        class Meta:
            database = db

    db.create_tables([Node])
    root = Node.create(name="root")
    for name in ("left", "right"):
        Node.create(name=name, parent=root)
    t.show("ddl", Node._schema._create_table(safe=False).query())
    t.show("children", [node.name for node in root.children.order_by(Node.name)])
    t.show("parent", Node.get(Node.name == "left").parent.name)
    t.show("root has none", Node.get(Node.name == "root").parent)
    parent = Node.alias()
    query = Node.select(Node.name, parent.name).join(parent, on=(Node.parent == parent.id)).order_by(Node.name)
    t.show("joined", (query.sql(), list(query.tuples())))


@program(spec=("FD-030",))
def names_of_columns_and_ids(t):
    class User(Model):
        pass

    class Thing(Model):
        plain = ForeignKeyField(User, backref="+")
        owner_id = ForeignKeyField(User, backref="+")
        column = ForeignKeyField(User, backref="+", column_name="the_column")
        same = ForeignKeyField(User, backref="+", column_name="same")
        named = ForeignKeyField(User, backref="+", object_id_name="raw")

    for name in ("plain", "owner_id", "column", "same", "named"):
        field = Thing._meta.fields[name]
        t.show(name, (field.column_name, field.object_id_name))
        t.show(name + " on the class", getattr(Thing, field.object_id_name) is field)
    with t.raises("conflict"):

        class Broken(Model):
            user = ForeignKeyField(User, object_id_name="user")


@program(spec=("FD-038",))
def the_id_name_works_in_queries_and_writes(t):
    _, User, Tweet = _models(t)
    ann = User.create(username="ann")
    t.show("same field", Tweet.user_id is Tweet.user)
    t.show("select", Tweet.select(Tweet.user_id).where(Tweet.user_id == 1).sql())
    t.show("insert", Tweet.insert(user_id=ann.id, body="x").execute())
    t.show("update", Tweet.update(user_id=5).execute())
    t.show("constructor", Tweet(user_id=7).__data__)
    t.show("rows", list(Tweet.select().dicts()))


@program(spec=("FD-037", "SB-059"))
def attributes_of_the_relation_on_the_class(t):
    _, User, Tweet = _models(t)
    t.show("field of the target", Tweet.user.username is User.username)
    t.show("sql without a join", Tweet.select().where(Tweet.user.username == "a").sql())
    t.show("name is the field's own", Tweet.user.name)
    t.show("compared", Tweet.user.name == "a")
    with t.raises("unknown", message=False):
        Tweet.user.nothing_like_this


@program(spec=("FD-036", "SB-016"))
def instances_are_reduced_to_keys_in_comparisons(t):
    _, User, Tweet = _models(t)
    ann, bob = User.create(username="ann"), User.create(username="bob")
    Tweet.create(user=ann, body="a")
    for label, expression in (
        ("equal", Tweet.user == ann),
        ("unequal", Tweet.user != ann),
        ("in", Tweet.user << [ann, bob]),
        ("unsaved", Tweet.user == User()),
        ("none", Tweet.user.is_null()),
        ("number", Tweet.user == "1"),
        ("key field", User.id == ann),
    ):
        t.show(label, Tweet.select(Tweet.id).where(expression).sql())
    t.show("subquery", Tweet.select().where(Tweet.user << User.select().where(User.username == "ann")).count())


@program(spec=("FD-039",))
def actions_and_names_reach_ddl(t):
    db = t.database(pragmas={"foreign_keys": 1})

    class User(Model):
        class Meta:
            database = db

    class Tweet(Model):
        user = ForeignKeyField(User, on_delete="CASCADE", on_update="SET NULL", constraint_name="fk_user", null=True)
        other = ForeignKeyField(User, deferrable="INITIALLY DEFERRED", backref="others", null=True)

        class Meta:
            database = db

    t.show("ddl", Tweet._schema._create_table(safe=False).query())
    db.create_tables([User, Tweet])
    user = User.create()
    Tweet.create(user=user)
    t.show("deleted", (user.delete_instance(), Tweet.select().count()))
    with db.atomic():
        Tweet.create(other=50)
        User.create(id=50)
    with t.raises("commit"), db.atomic():
        Tweet.create(other=51)


@program(spec=("FD-040", "SB-064"))
def a_deferred_key_waits_for_its_model(t):
    db = t.database()

    class Base(Model):
        class Meta:
            database = db

    class Author(Base):
        favorite = DeferredForeignKey("Novel", null=True, backref="fans")
        name = TextField()

    t.show("before", type(Author._meta.fields["favorite"]).__name__ if "favorite" in Author._meta.fields else None)

    class Novel(Base):
        author = ForeignKeyField(Author, backref="novels")
        title = TextField()

    t.show("after", (type(Author.favorite).__name__, Author.favorite.rel_model.__name__))
    t.show("ddl", Author._schema._create_table(safe=False).query())
    db.create_tables([Author, Novel])
    author = Author.create(name="a")
    novel = Novel.create(author=author, title="t")
    author.favorite = novel
    author.save()
    t.show("round", Author.get().favorite.author.name)
    t.show("fans", [fan.name for fan in novel.fans])


@program(spec=("FD-040",))
def a_deferred_key_may_be_resolved_by_hand(t):
    db = t.database()

    class Early(Model):
        class Meta:
            database = db

    class Late(Model):
        early = DeferredForeignKey("Early", null=True)

        class Meta:
            database = db

    t.show("not by itself", type(Late._meta.fields.get("early")).__name__)
    DeferredForeignKey.resolve(Early)
    t.show("by hand", type(Late._meta.fields.get("early")).__name__)
    db.create_tables([Early, Late])
    t.show("works", Late.create(early=Early.create()).early_id)


@program(spec=("FD-041",))
def a_foreign_key_may_be_the_primary_key(t):
    db, User, _ = _models(t)

    class Profile(Model):
        user = ForeignKeyField(User, primary_key=True, backref="profile")
        bio = TextField()

        class Meta:
            database = db

    db.create_tables([Profile])
    t.show("ddl", Profile._schema._create_table(safe=False).query())
    user = User.create(username="ann")
    profile = Profile.create(user=user, bio="x")
    t.show("key", (profile._pk, profile.get_id(), Profile._meta.primary_key.name))
    loaded = Profile.get()
    t.show("key without a query", loaded._pk)
    loaded.bio = "changed"
    t.show("update", loaded.save())
    t.show("lookups", (Profile.get_by_id(user).bio, Profile[user.id].bio, user.profile.get().bio))
    t.show("equal", loaded == profile)
    t.show("deleted", loaded.delete_instance())


@program(spec=("FD-029",))
def a_foreign_key_may_refer_to_another_field(t):
    db = t.database(pragmas={"foreign_keys": 1})

    class Country(Model):
        code = CharField(max_length=2, unique=True)
        name = TextField()

        class Meta:
            database = db

    class City(Model):
        country = ForeignKeyField(Country, field="code", backref="cities")
        name = TextField()

        class Meta:
            database = db

    class Town(Model):
        country = ForeignKeyField(Country, field=Country.code, backref="towns", column_name="cc")

        class Meta:
            database = db

    db.create_tables([Country, City, Town])
    t.show("ddl", [model._schema._create_table(safe=False).query() for model in (City, Town)])
    country = Country.create(code="is", name="Iceland")
    city = City.create(country=country, name="Reykjavik")
    City.create(country="is", name="Akureyri")
    Town.create(country=country)
    t.show("key", (city.country_id, City.get().country.name, Town.get().cc))
    t.show("backref", country.cities.order_by(City.name).first().name)
    t.show("compared", City.select(City.name).where(City.country == country).sql())
    t.show("joined", City.select(City, Country).join(Country).sql())


@program(spec=("FD-029", "FD-041"))
def a_foreign_key_may_refer_to_a_key_that_is_a_foreign_key(t):
    db, User, _ = _models(t)

    class Profile(Model):
        user = ForeignKeyField(User, primary_key=True)

        class Meta:
            database = db

    class Picture(Model):
        profile = ForeignKeyField(Profile, backref="pictures")

        class Meta:
            database = db

    db.create_tables([Profile, Picture])
    t.show("ddl", Picture._schema._create_table(safe=False).query())
    profile = Profile.create(user=User.create(username="ann"))
    picture = Picture.create(profile=profile)
    t.show("key", picture.profile_id)
    t.show("chain", Picture.get().profile.user.username)
    t.show("backref", profile.pictures.count())


@program(spec=("SB-063", "FD-031"))
def two_keys_to_one_model_need_names(t):
    db = t.database()

    class User(Model):
        name = TextField()

        class Meta:
            database = db

    class Message(Model):
        sender = ForeignKeyField(User, backref="sent")
        receiver = ForeignKeyField(User, backref="received")

        class Meta:
            database = db

    db.create_tables([User, Message])
    ann, bob = User.create(name="ann"), User.create(name="bob")
    message = Message.create(sender=ann, receiver=bob)
    t.show("both", (message.sender.name, message.receiver.name))
    t.show("backrefs", (ann.sent.count(), ann.received.count()))
    with t.raises("which one"):
        Message.select().join(User).sql()
    t.show("named", Message.select().join(User, on=Message.sender).sql())


@program(spec=("FD-029",))
def legacy_options_warn(t):
    import warnings

    class User(Model):
        pass

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        field = ForeignKeyField(rel_model=User, to_field="id", related_name="things", model=None)
    t.show("warned", [warning.category.__name__ for warning in caught])

    class Thing(Model):
        user = field

    t.show("taken", (field.rel_model is User, field.backref, hasattr(User, "things")))


@program(spec=("FD-006", "FD-029"))
def the_key_takes_its_targets_type(t):
    class BigKey(Model):
        id = BigAutoField()

    class TextKey(Model):
        code = CharField(max_length=5, primary_key=True)

    class DecimalKey(Model):
        number = DecimalField(max_digits=5, decimal_places=1, primary_key=True)

    class Thing(Model):
        big = ForeignKeyField(BigKey)
        text = ForeignKeyField(TextKey)
        number = ForeignKeyField(DecimalKey)

        class Meta:
            database = t.database()

    t.show("ddl", Thing._schema._create_table(safe=False).query())
