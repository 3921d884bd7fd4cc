"""Programs about prefetch: parents and children with one query each.

Lazy access to relations has its own file.
"""

from parity_program import program
from peewee import *


def _models(t):
    """Returns users, their tweets and the likes of those, with a few rows."""
    db = t.database()

    class Base(Model):
        class Meta:
            database = db

    class User(Base):
        name = TextField()

    class Tweet(Base):
        user = ForeignKeyField(User, backref="tweets", null=True)
        body = TextField()

    class Like(Base):
        tweet = ForeignKeyField(Tweet, backref="likes")
        user = ForeignKeyField(User, backref="likes")

    db.create_tables([User, Tweet, Like])
    ann, bob, cid = (User.create(name=name) for name in ("ann", "bob", "cid"))
    for user, body in ((ann, "a1"), (ann, "a2"), (bob, "b1"), (None, "nobody's")):
        Tweet.create(user=user, body=body)
    for tweet, user in ((1, bob), (1, cid), (3, ann)):
        Like.create(tweet=tweet, user=user)
    return User, Tweet, Like


@program(spec=("QB-057",))
def children_are_fetched_with_their_parents(t):
    User, Tweet, _ = _models(t)
    users = prefetch(User.select().order_by(User.id), Tweet.select().order_by(Tweet.id))
    t.show("type", type(users).__name__)
    for user in users:
        t.show(user.name, (type(user.tweets).__name__, [tweet.body for tweet in user.tweets]))
    t.show("back to the parent", users[0].tweets[0].user is users[0])


@program(spec=("QB-057",))
def three_levels_take_three_queries(t):
    User, Tweet, Like = _models(t)
    users = prefetch(
        User.select().order_by(User.id), Tweet.select().order_by(Tweet.id), Like.select().order_by(Like.id)
    )
    for user in users:
        for tweet in user.tweets:
            t.show(tweet.body, [like.id for like in tweet.likes])


@program(spec=("QB-057",))
def models_may_stand_for_their_queries(t):
    User, Tweet, _ = _models(t)
    t.show(
        "model", [[tweet.body for tweet in user.tweets] for user in prefetch(User.select().order_by(User.id), Tweet)]
    )
    query = User.select().order_by(User.id).prefetch(Tweet)
    t.show("method", [len(user.tweets) for user in query])


@program(spec=("QB-057",))
def conditions_limit_parents_and_children(t):
    User, Tweet, _ = _models(t)
    users = prefetch(
        User.select().where(User.name != "cid").order_by(User.name.desc()),
        Tweet.select().where(Tweet.body != "a1"),
    )
    t.show("filtered", [(user.name, [tweet.body for tweet in user.tweets]) for user in users])
    limited = prefetch(User.select().order_by(User.id).limit(1), Tweet.select().order_by(Tweet.id))
    t.show("limited", [(user.name, len(user.tweets)) for user in limited])


@program(spec=("QB-057",))
def parents_are_fetched_for_children(t):
    User, Tweet, _ = _models(t)
    tweets = prefetch(Tweet.select().order_by(Tweet.id), User.select())
    for tweet in tweets:
        t.show(tweet.body, (tweet.user_id, sorted(tweet.__rel__), tweet.user.name if tweet.user_id else None))
    t.show("shared", tweets[0].user is tweets[1].user)


@program(spec=("QB-057",))
def a_join_may_replace_the_subquery(t):
    User, Tweet, Like = _models(t)
    users = prefetch(
        User.select().where(User.id < 3).order_by(User.id),
        Tweet.select().order_by(Tweet.id),
        Like,
        prefetch_type=PREFETCH_TYPE.JOIN,
    )
    t.show("rows", [(user.name, [(tweet.body, len(tweet.likes)) for tweet in user.tweets]) for user in users])


@program(spec=("QB-057",))
def a_tuple_names_the_target(t):
    User, Tweet, Like = _models(t)
    tweets = prefetch(Tweet.select().order_by(Tweet.id), Like.select().order_by(Like.id), (User.select(), Like))
    t.show("likers", [[like.user.name for like in tweet.likes] for tweet in tweets])


@program(spec=("QB-057",))
def what_cannot_be_related_is_refused(t):
    User, Tweet, Like = _models(t)

    class Stranger(Model):
        class Meta:
            database = User._meta.database

    with t.raises("no relation"):
        prefetch(User.select(), Stranger.select())
    with t.raises("unknown option"):
        prefetch(User.select(), Tweet, no_such_option=1)
    with t.raises("materialize"):
        prefetch(User.select(), Tweet, prefetch_type=PREFETCH_TYPE.MATERIALIZE)
    alone = User.select()
    t.show("nothing to fetch", prefetch(alone) is alone)


@program(spec=("QB-057",))
def a_tree_is_prefetched_by_alias(t):
    db = t.database()

    class Node(Model):
        name = TextField()
        parent = ForeignKeyField("self", null=True, backref="children")

        class Meta:
            database = db

    db.create_tables([Node])
    root = Node.create(name="root")
    for name in ("left", "right"):
        child = Node.create(name=name, parent=root)
        Node.create(name=name + " leaf", parent=child)
    Child = Node.alias()
    roots = prefetch(Node.select().where(Node.parent.is_null()), Child.select().order_by(Child.id))
    t.show("children", [[child.name for child in node.children] for node in roots])


@program(spec=("QB-057", "FD-029"))
def two_keys_to_one_model_are_both_filled(t):
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
    Message.create(sender=ann, receiver=bob)
    Message.create(sender=bob, receiver=ann)
    Message.create(sender=ann, receiver=ann)
    users = prefetch(User.select().order_by(User.id), Message.select().order_by(Message.id))
    for user in users:
        t.show(user.name, ([m.id for m in user.sent], [m.id for m in user.received]))
    messages = prefetch(Message.select().order_by(Message.id), User)
    t.show("names", [(m.sender.name, m.receiver.name) for m in messages])


@program(spec=("QB-057", "FD-029"))
def keys_to_other_fields_are_followed(t):
    db = t.database()

    class Country(Model):
        code = CharField(unique=True)

        class Meta:
            database = db

    class City(Model):
        country = ForeignKeyField(Country, field="code", backref="cities")
        name = TextField()

        class Meta:
            database = db

    db.create_tables([Country, City])
    for code, names in (("is", ("Akureyri", "Reykjavik")), ("no", ("Oslo",))):
        for name in names:
            City.create(country=Country.get_or_create(code=code)[0], name=name)
    countries = prefetch(Country.select().order_by(Country.id), City.select().order_by(City.name))
    t.show("cities", [(country.code, [city.name for city in country.cities]) for country in countries])


@program(spec=("QB-057", "FD-043"))
def the_through_rows_of_many_to_many_are_prefetched(t):
    db = t.database()

    class Tag(Model):
        name = TextField()

        class Meta:
            database = db

    class Post(Model):
        title = TextField()
        tags = ManyToManyField(Tag, backref="posts")

        class Meta:
            database = db

    through = Post.tags.get_through_model()
    db.create_tables([Tag, Post, through])
    one, two = Post.create(title="one"), Post.create(title="two")
    red, blue = Tag.create(name="red"), Tag.create(name="blue")
    one.tags.add([red, blue])
    two.tags.add([red])
    posts = prefetch(Post.select().order_by(Post.id), through, Tag)
    for post in posts:
        t.show(post.title, (type(post.tags).__name__, sorted(tag.name for tag in post.tags)))


@program(spec=("QB-057",))
def nothing_found_gives_an_empty_list(t):
    User, Tweet, _ = _models(t)
    t.show("no parents", list(prefetch(User.select().where(User.id > 99), Tweet)))
    t.show(
        "no children",
        [user.tweets for user in prefetch(User.select().order_by(User.id), Tweet.select().where(Tweet.id > 99))],
    )


@program(spec=("FD-032", "QB-057"))
def fetched_rows_stand_in_the_dictionary_of_the_instance(t):
    User, Tweet, _ = _models(t)
    user = prefetch(User.select().order_by(User.id), Tweet)[0]
    t.show("dictionary", [type(user.__dict__["tweets"]).__name__, "tweets" in user.__rel__])
    other = User.select().order_by(User.id).get()
    t.show("not fetched", "tweets" in other.__dict__)
    other.tweets = ["mine"]
    t.show("assigned", [other.tweets, other.__dict__["tweets"], hasattr(type(User.tweets), "__set__")])
    del other.tweets
    t.show("deleted", isinstance(other.tweets, list))
