"""Programs about with_related and Load: related rows that come with a query, one query for each relation.

prefetch has its own file.
"""

from parity_program import program
from peewee import *

WHERE, JOINED, LITERAL = PREFETCH_TYPE.WHERE, PREFETCH_TYPE.JOIN, PREFETCH_TYPE.MATERIALIZE
STRATEGIES = (WHERE, JOINED, LITERAL)


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
    for user, body in ((ann, "a1"), (ann, "a2"), (bob, "b1"), (None, "nobody's"), (ann, "a3")):
        Tweet.create(user=user, body=body)
    for tweet, user in ((1, bob), (1, cid), (3, ann), (5, ann)):
        Like.create(tweet=tweet, user=user)
    return User, Tweet, Like


def _tweets(users):
    return [(user.name, [tweet.body for tweet in user.tweets]) for user in users]


@program(spec=("QB-058", "SB-062"))
def a_backref_becomes_a_list(t):
    User, _, _ = _models(t)
    users = list(User.select().order_by(User.id).with_related(User.tweets))
    t.show("rows", _tweets(users))
    t.show("types", [type(user.tweets).__name__ for user in users])
    t.show("back to the parent", [tweet.user is users[0] for tweet in users[0].tweets])
    t.show("clean", [(user.is_dirty(), [tweet.is_dirty() for tweet in user.tweets]) for user in users])


@program(spec=("QB-058",))
def a_foreign_key_is_filled(t):
    _, Tweet, _ = _models(t)
    tweets = list(Tweet.select().order_by(Tweet.id).with_related(Tweet.user))
    t.show("rows", [(tweet.body, sorted(tweet.__rel__), tweet.user and tweet.user.name) for tweet in tweets])
    t.show("shared", tweets[0].user is tweets[1].user)
    t.show("clean", [tweet.is_dirty() for tweet in tweets])


@program(spec=("QB-058",))
def each_strategy_finds_the_same_rows(t):
    User, Tweet, _ = _models(t)
    for strategy in STRATEGIES:
        t.show(f"lists {strategy}", _tweets(User.select().with_related(Load(User.tweets, strategy=strategy))))
        tweets = Tweet.select().with_related(Load(Tweet.user, strategy=strategy))
        t.show(f"objects {strategy}", [tweet.user and tweet.user.name for tweet in tweets])


@program(spec=("QB-058",))
def limited_parents_are_wrapped(t):
    User, Tweet, _ = _models(t)
    users = User.select().order_by(User.id.desc())
    for strategy in STRATEGIES:
        load = Load(User.tweets, strategy=strategy)
        t.show(f"limit {strategy}", _tweets(users.limit(2).with_related(load)))
        t.show(f"offset {strategy}", _tweets(users.offset(1).with_related(load)))
        t.show(f"distinct {strategy}", _tweets(users.distinct().limit(2).with_related(load)))
        tweets = Tweet.select().order_by(Tweet.id).limit(2).with_related(Load(Tweet.user, strategy=strategy))
        t.show(f"objects {strategy}", [tweet.user.name for tweet in tweets])


@program(spec=("QB-058",))
def compound_parents_are_wrapped(t):
    User, _, _ = _models(t)
    users = (User.select().where(User.id == 1) | User.select().where(User.id == 2)).order_by(SQL("1"))
    for strategy in STRATEGIES:
        t.show(f"rows {strategy}", _tweets(users.with_related(Load(User.tweets, strategy=strategy))))


@program(spec=("QB-058",))
def relations_nest(t):
    User, Tweet, Like = _models(t)
    for strategy in STRATEGIES:
        likes = Load(Tweet.likes, strategy=strategy).then(Load(Like.user, strategy=strategy))
        users = User.select().order_by(User.id).with_related(Load(User.tweets, strategy=strategy).then(likes))
        t.show(
            f"rows {strategy}",
            [[(tweet.body, [like.user.name for like in tweet.likes]) for tweet in user.tweets] for user in users],
        )


@program(spec=("QB-058",))
def branches_are_followed_one_after_another(t):
    User, Tweet, Like = _models(t)
    load = Load(User.tweets).then(Load(Tweet.likes, strategy=JOINED).then(Like.user)).then(Tweet.user)
    users = User.select().order_by(User.id).with_related(load, Load(User.likes, strategy=LITERAL).then(Like.tweet))
    for user in users:
        t.show(user.name, ([like.tweet.body for like in user.likes], [len(tweet.likes) for tweet in user.tweets]))


@program(spec=("QB-058",))
def strategies_mix(t):
    User, Tweet, Like = _models(t)
    load = Load(Like.user, strategy=JOINED).then(
        Load(User.tweets, strategy=WHERE).then(Load(Tweet.likes, strategy=LITERAL))
    )
    likes = Like.select().order_by(Like.id).with_related(load)
    t.show("rows", [[(tweet.body, len(tweet.likes)) for tweet in like.user.tweets] for like in likes])


@program(spec=("QB-058",))
def the_query_of_a_relation_filters_and_orders(t):
    User, Tweet, _ = _models(t)
    query = Tweet.select().where(Tweet.body != "a1").order_by(Tweet.body.desc())
    for strategy in STRATEGIES:
        users = User.select().order_by(User.id)
        t.show(f"rows {strategy}", _tweets(users.with_related(Load(User.tweets, query, strategy=strategy))))
    bobs = Load(Tweet.user, User.select().where(User.name == "bob"))
    t.show("left out", [sorted(tweet.__rel__) for tweet in Tweet.select().order_by(Tweet.id).with_related(bobs)])
    limited = Load(User.tweets, query.limit(1)).then(Tweet.likes)
    t.show("limited in all", _tweets(User.select().order_by(User.id).with_related(limited)))


@program(spec=("QB-058",))
def per_parent_takes_the_first_of_each(t):
    User, Tweet, _ = _models(t)
    users = User.select().order_by(User.id)
    query = Tweet.select().where(Tweet.body != "a3").order_by(Tweet.id.desc())
    for strategy in STRATEGIES:
        for count in (0, 1, 2):
            load = Load(User.tweets, query, strategy=strategy, per_parent=count)
            t.show(f"first {count} {strategy}", _tweets(users.with_related(load)))
        by_key = Load(User.tweets, strategy=strategy, per_parent=2)
        t.show(f"by key {strategy}", _tweets(users.limit(1).with_related(by_key)))


@program(spec=("QB-058",))
def per_parent_ranks_by_any_expression(t):
    User, Tweet, Like = _models(t)
    orders = (
        ("field", (Tweet.body,)),
        ("asc", (Tweet.body.asc(collation="NOCASE"),)),
        ("nulls", (Tweet.body.desc(nulls="LAST"),)),
        ("key", (Tweet.user.desc(), Tweet.id)),
        ("function", (fn.LENGTH(Tweet.body).desc(), Tweet.body.desc())),
        ("expression", ((Tweet.body + "x").desc(),)),
        ("case", (Case(None, [(Tweet.body == "a2", 0)], 1),)),
        ("subquery", (Like.select(fn.COUNT(Like.id)).where(Like.tweet == Tweet.id),)),
        ("alias", (fn.LOWER(Tweet.body).alias("low").desc(),)),
        ("none", ()),
    )
    for label, order in orders:
        load = Load(User.tweets, Tweet.select().order_by(*order), per_parent=1)
        t.show(label, _tweets(User.select().order_by(User.id).with_related(load)))


@program(spec=("QB-058",))
def per_parent_keeps_what_the_selection_needs(t):
    User, Tweet, Like = _models(t)
    users = User.select().order_by(User.id)
    queries = (
        ("joined to filter", Tweet.select().join(Like).where(Like.user != 2).order_by(Like.id)),
        ("joined and selected", Tweet.select(Tweet, User).join(User).where(User.name != "x").order_by(User.name)),
        ("computed", Tweet.select(Tweet, fn.UPPER(Tweet.body).alias("upper")).where(Tweet.id < 4)),
        ("windowed", Tweet.select(Tweet, fn.RANK().over(order_by=[Tweet.body]).alias("rank"))),
        ("distinct", Tweet.select().distinct().join(Like).order_by(Tweet.body.desc())),
        ("limited", Tweet.select().order_by(Tweet.id).limit(1).offset(1)),
        ("some columns", Tweet.select(Tweet.id, Tweet.user, Tweet.body).where(Tweet.body != "a1")),
    )
    for label, query in queries:
        t.show(label, _tweets(users.with_related(Load(User.tweets, query, per_parent=2))))
    upper = users.with_related(Load(User.tweets, queries[2][1], per_parent=1, strategy=JOINED))
    t.show("attributes", [[tweet.upper for tweet in user.tweets] for user in upper])


@program(spec=("QB-058",))
def per_parent_nests(t):
    User, Tweet, Like = _models(t)
    for strategy in STRATEGIES:
        likes = Load(Tweet.likes, Like.select().order_by(Like.id.desc()), strategy=strategy, per_parent=1)
        load = Load(User.tweets, strategy=strategy, per_parent=2).then(likes)
        users = User.select().order_by(User.id).with_related(load)
        t.show(
            f"rows {strategy}",
            [[(tweet.body, [like.id for like in tweet.likes]) for tweet in user.tweets] for user in users],
        )
    deeper = Load(Like.user).then(Load(User.tweets, per_parent=1).then(Tweet.likes))
    t.show("deeper", [_tweets([like.user]) for like in Like.select().order_by(Like.id).with_related(deeper)])


@program(spec=("QB-058",))
def per_parent_has_limits(t):
    User, Tweet, Like = _models(t)
    users = User.select()
    grouped = Tweet.select(Tweet, fn.COUNT(Like.id)).join(Like).group_by(Tweet)
    with t.raises("grouped"):
        list(users.with_related(Load(User.tweets, grouped, per_parent=1)))
    with t.raises("written order"):
        list(users.with_related(Load(User.tweets, Tweet.select().order_by(SQL("body")), per_parent=1)))
    with t.raises("written order with a direction"):
        list(users.with_related(Load(User.tweets, Tweet.select().order_by(SQL("body").desc()), per_parent=1)))
    t.show("no effect on a key", [tweet.user_id for tweet in Tweet.select().with_related(Load(Tweet.user, None, 1, 1))])


@program(spec=("QB-058",))
def keys_may_be_composite_or_refer_to_another_column(t):
    db = t.database()

    class Word(db.Model):
        text = TextField(unique=True)

    class Use(db.Model):
        word = ForeignKeyField(Word, field="text", backref="uses")
        line = IntegerField()
        note = TextField(default="-")

        class Meta:
            primary_key = CompositeKey("word", "line")

    db.create_tables([Word, Use])
    for text in ("a", "b", "c"):
        Word.create(text=text)
    for text, line in (("a", 1), ("a", 2), ("b", 1)):
        Use.create(word=text, line=line)
    for strategy in STRATEGIES:
        words = Word.select().order_by(Word.text).with_related(Load(Word.uses, strategy=strategy))
        t.show(f"lists {strategy}", [(word.text, [use.line for use in word.uses]) for word in words])
        uses = Use.select().order_by(Use.line, Use.word).with_related(Load(Use.word, strategy=strategy))
        t.show(f"objects {strategy}", [(use.line, use.word.id) for use in uses])
        last = Load(Word.uses, Use.select().order_by(Use.line.desc(), Use.note), strategy=strategy, per_parent=1)
        t.show(f"last {strategy}", [[use.line for use in word.uses] for word in Word.select().with_related(last)])


@program(spec=("QB-058",))
def a_model_may_relate_to_itself(t):
    db = t.database()

    class Node(db.Model):
        name = TextField()
        parent = ForeignKeyField("self", backref="children", null=True)

    db.create_tables([Node])
    root = Node.create(name="root")
    left = Node.create(name="left", parent=root)
    Node.create(name="right", parent=root)
    Node.create(name="leaf", parent=left)
    for strategy in STRATEGIES:
        down = Load(Node.children, strategy=strategy).then(Load(Node.children, strategy=strategy))
        roots = Node.select().where(Node.parent.is_null()).with_related(down)
        t.show(
            f"down {strategy}",
            [[(child.name, [leaf.name for leaf in child.children]) for child in each.children] for each in roots],
        )
        up = Load(Node.parent, strategy=strategy).then(Load(Node.parent, strategy=strategy))
        nodes = Node.select().order_by(Node.id).with_related(up)
        t.show(f"up {strategy}", [node.parent and node.parent.name for node in nodes])
        first = Node.select().with_related(Load(Node.children, strategy=strategy, per_parent=1))
        t.show(f"first {strategy}", [[child.name for child in node.children] for node in first])


@program(spec=("QB-058",))
def nothing_is_asked_for_nobody(t):
    User, Tweet, Like = _models(t)
    for strategy in STRATEGIES:
        load = Load(User.tweets, strategy=strategy).then(Load(Tweet.likes, strategy=strategy))
        t.show(f"no parents {strategy}", list(User.select().where(User.id > 99).with_related(load)))
        t.show(f"no children {strategy}", _tweets(User.select().where(User.id == 3).with_related(load)))
        orphans = Tweet.select().where(Tweet.user.is_null()).with_related(Load(Tweet.user, strategy=strategy))
        t.show(f"no keys {strategy}", [tweet.user for tweet in orphans])


@program(spec=("QB-058",))
def rows_that_are_not_instances_come_alone(t):
    User, _, _ = _models(t)
    users = User.select().order_by(User.id).with_related(User.tweets)
    t.show("dicts", list(users.dicts()))
    t.show("tuples", list(users.tuples()))
    t.show("namedtuples", list(users.namedtuples()))
    t.show("constructed", list(users.objects(dict)))
    t.show("objects", _tweets(users.objects()))
    t.show("count", (users.count(), users.exists(), users.scalar()))
    t.show("subquery", User.select().where(User.id.in_(users)))


@program(spec=("QB-058",))
def every_way_to_run_loads_once(t):
    User, Tweet, _ = _models(t)
    users = User.select().order_by(User.id).with_related(User.tweets)
    t.show("twice", list(users)[0] is list(users)[0])
    t.show("get", _tweets([users.get()]))
    t.show("first", _tweets([users.clone().first()]))
    t.show("peek", _tweets([users.clone().peek()]))
    t.show("item", _tweets([users.clone()[1]]))
    t.show("narrowed", _tweets(users.where(User.id == 2)))
    t.show("replaced", [len(user.likes) for user in users.with_related(User.likes)])
    t.show("taken away", [type(user.tweets).__name__ for user in users.with_related()])
    inner = Load(User.tweets, Tweet.select().with_related(Tweet.user)).then(Tweet.likes)
    t.show(
        "within", [[(tweet.user.name, len(tweet.likes)) for tweet in user.tweets] for user in users.with_related(inner)]
    )


@program(spec=("QB-058",))
def joined_parents_share_their_lists(t):
    User, Tweet, _ = _models(t)
    users = list(User.select(User, Tweet).join(Tweet).order_by(Tweet.id).with_related(User.tweets))
    t.show("rows", [(user.name, user.tweet.body, [tweet.body for tweet in user.tweets]) for user in users])
    t.show("shared", users[0].tweets is users[1].tweets)
    tweets = list(Tweet.select(Tweet, User).join(User).order_by(Tweet.id).with_related(Tweet.user))
    t.show("in place of the joined one", tweets[0].user is tweets[1].user)


@program(spec=("QB-058",))
def the_queries_run_where_the_first_one_ran(t):
    User, Tweet, Like = _models(t)
    other = t.database()
    with other.bind_ctx([User, Tweet, Like]):
        other.create_tables([User, Tweet, Like])
        Tweet.create(user=User.create(name="dan"), body="d1")
    users = User.select().with_related(Load(User.tweets, strategy=LITERAL).then(Load(Tweet.likes, strategy=JOINED)))
    t.show("there", _tweets(users.execute(other)))
    t.show("here", _tweets(users.clone()))
    bound = Tweet.select()
    bound.bind(other)
    t.show("a bound query", _tweets(User.select().with_related(Load(User.tweets, bound))))


@program(spec=("QB-058",))
def aliases_stand_for_their_models(t):
    User, Tweet, _ = _models(t)
    Alias = Tweet.alias("x")
    t.show("key of the model", [x.user and x.user.name for x in Alias.select().with_related(Tweet.user)])
    t.show("key of the alias", [x.user and x.user.name for x in Alias.select().with_related(Alias.user)])
    Person = User.alias("p")
    t.show("backref", _tweets(Person.select().where(Person.id < 3).with_related(User.tweets)))
    with t.raises("as the relation's query", message=False):
        Load(User.tweets, User.alias("y").select())


@program(spec=("QB-058",))
def what_is_no_relation_is_refused(t):
    User, Tweet, _ = _models(t)
    for label, rel in (("field", User.name), ("name", "tweets"), ("none", None), ("model", User), ("key", User.id)):
        with t.raises(label):
            Load(rel)
        with t.raises(label + " in with_related"):
            User.select().with_related(rel)
        with t.raises(label + " in then"):
            Load(User.tweets).then(rel)
    with t.raises("another model"):
        Load(User.tweets, User.select())
    for kind in ("dicts", "tuples", "namedtuples"):
        with t.raises(kind):
            Load(User.tweets, getattr(Tweet.select(), kind)())
    with t.raises("constructor"):
        Load(User.tweets, Tweet.select().objects(dict))
    for strategy in (0, 4, "WHERE", None, []):
        with t.raises(f"strategy {strategy}"):
            Load(User.tweets, strategy=strategy)


@program(spec=("QB-058",))
def an_iterator_cannot_load(t):
    User, _, _ = _models(t)
    users = User.select().order_by(User.id).with_related(User.tweets)
    with t.raises("iterator"):
        users.iterator()
    with t.raises("of dicts"):
        users.dicts().iterator()
    t.show("nothing to load", [user.name for user in users.with_related().iterator()])


@program(spec=("QB-058",))
def the_keys_have_to_be_selected(t):
    User, Tweet, _ = _models(t)
    with t.raises("parent"):
        list(User.select(User.name).with_related(User.tweets))
    with t.raises("child"):
        list(User.select().with_related(Load(User.tweets, Tweet.select(Tweet.body))))
    with t.raises("object"):
        list(Tweet.select().with_related(Load(Tweet.user, User.select(User.name))))
    with t.raises("key"):
        list(Tweet.select(Tweet.id).with_related(Tweet.user))


@program(spec=("QB-058",))
def then_and_with_related_give_copies(t):
    User, Tweet, _ = _models(t)
    load = Load(User.tweets)
    nested = load.then(Tweet.likes)
    t.show("copies", (nested is load, type(nested).__name__))
    query = User.select()
    t.show("query", (query.with_related(load) is query, [type(user.tweets).__name__ for user in query]))
    t.show("unchanged", _tweets(User.select().order_by(User.id).with_related(load)))


@program(spec=("QB-058", "FD-032"))
def the_backref_of_a_model_is_not_taken_by_its_subclass(t):
    User, Tweet, _ = _models(t)

    class Reply(Tweet):
        class Meta:
            table_name = "tweet"

    t.show("models", (User.tweets.rel_model.__name__, User.reply_set.rel_model.__name__, Reply.user.backref))
    t.show("rows", _tweets(User.select().order_by(User.id).with_related(User.tweets)))
    t.show("of the subclass", [len(user.reply_set) for user in User.select().with_related(User.reply_set)])
