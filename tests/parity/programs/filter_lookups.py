"""filter(), DQ and their double-underscore lookups, with the joins they add."""

from peewee import *

from parity_program import program


def blog(t):
    db = t.database(regexp_function=True)

    class User(db.Model):
        name = TextField()
        age = IntegerField(null=True)
        mentor = ForeignKeyField("self", null=True, backref="pupils")

    class Post(db.Model):
        user = ForeignKeyField(User, backref="posts")
        title = TextField()
        likes = IntegerField(default=0)

    class Comment(db.Model):
        post = ForeignKeyField(Post, backref="comments")
        text = TextField()

    db.create_tables([User, Post, Comment])
    ann = User.create(name="ann", age=30)
    bob = User.create(name="bob", age=20, mentor=ann)
    User.create(name="Cy")
    for n, user in enumerate([ann, ann, bob]):
        post = Post.create(user=user, title=f"post {n}", likes=n)
        Comment.create(post=post, text=f"on {n} by {user.name}")
    return User, Post, Comment


def ask(t, label, query):
    t.show(label, query.sql())
    t.show(label + " ids", sorted(row.id for row in query))


@program(spec=("QB-050",))
def a_keyword_is_an_equality(t):
    User, Post, Comment = blog(t)
    ask(t, "one", User.filter(name="ann"))
    ask(t, "two", User.filter(name="ann", age=30))
    ask(t, "none", User.filter(age=None))
    ask(t, "nothing", User.filter())


@program(spec=("QB-050",))
def every_suffix_is_an_operator(t):
    User, Post, Comment = blog(t)
    for label, value in [
        ("eq", 30),
        ("ne", 30),
        ("lt", 30),
        ("lte", 30),
        ("gt", 20),
        ("gte", 20),
        ("in", [20, 30]),
        ("not_in", [20]),
        ("is", None),
        ("is_not", None),
        ("between", (10, 25)),
        ("is_null", True),
    ]:
        ask(t, label, User.filter(**{f"age__{label}": value}))
    ask(t, "is_null false", User.filter(age__is_null=False))


@program(spec=("QB-050",))
def every_text_suffix_is_an_operator(t):
    User, Post, Comment = blog(t)
    for label, value in [
        ("like", "a*"),
        ("ilike", "C%"),
        ("regexp", "^a"),
        ("contains", "N"),
        ("startswith", "B"),
        ("endswith", "y"),
    ]:
        ask(t, label, User.filter(**{f"name__{label}": value}))


@program(spec=("QB-050",))
def a_foreign_key_hop_adds_a_join(t):
    User, Post, Comment = blog(t)
    ask(t, "one hop", Post.filter(user__name="ann"))
    ask(t, "two hops", Comment.filter(post__user__name="ann"))
    ask(t, "hop and suffix", Post.filter(user__age__gt=25))
    ask(t, "two on the same", Post.filter(user__name="ann", user__age=30))
    t.show("self", User.filter(mentor__name="ann").sql())


@program(spec=("QB-050",))
def a_backref_hop_adds_a_join(t):
    User, Post, Comment = blog(t)
    ask(t, "one hop", User.filter(posts__title="post 2"))
    ask(t, "two hops", User.filter(posts__comments__text__contains="by ann"))


@program(spec=("QB-050",))
def existing_joins_are_used_again(t):
    User, Post, Comment = blog(t)
    ask(t, "joined before", Post.select().join(User).filter(user__name="ann"))
    ask(t, "chained", Comment.filter(post__likes__gte=1).filter(post__user__name="ann"))


@program(spec=("QB-050",))
def the_foreign_key_itself(t):
    User, Post, Comment = blog(t)
    ann = User.get(User.name == "ann")
    ask(t, "instance", Post.filter(user=ann))
    ask(t, "id", Post.filter(user=1))
    ask(t, "column", Post.filter(user_id=1))
    ask(t, "in", Post.filter(user__in=[ann]))
    ask(t, "hop to the key", Post.filter(user__id=1))


@program(spec=("QB-018", "QB-050"))
def dq_objects_combine(t):
    User, Post, Comment = blog(t)
    ask(t, "or", User.filter(DQ(name="ann") | DQ(name="bob")))
    ask(t, "and", User.filter(DQ(name="ann") & DQ(age=30)))
    ask(t, "not", User.filter(~DQ(name="ann")))
    ask(t, "nested", User.filter((DQ(name="ann") | DQ(age__lt=25)) & ~DQ(name="zed")))
    ask(t, "two positional", User.filter(DQ(name="ann"), DQ(age=30)))
    ask(t, "with keywords", User.filter(DQ(name="ann") | DQ(name="bob"), age__gt=25))


@program(spec=("QB-050",))
def dq_with_joins(t):
    User, Post, Comment = blog(t)
    ask(t, "or", Post.filter(DQ(user__name="bob") | DQ(likes=0)))
    ask(t, "several", Post.filter(DQ(user__name="ann", likes__gt=0)))


@program(spec=("QB-050",))
def expressions_mix_with_lookups(t):
    User, Post, Comment = blog(t)
    ask(t, "expression", User.filter(User.age > 25))
    ask(t, "both", User.filter(User.age > 15, name__ilike="b%"))
    ask(t, "then where", User.filter(age__gt=15).where(User.name == "bob"))


@program(spec=("QB-050",))
def keywords_are_anded_in_sorted_order(t):
    User, Post, Comment = blog(t)
    t.show("sql", User.filter(name="a", age=1, id=2).sql())
    t.show("reversed", User.filter(id=2, age=1, name="a").sql())


@program(spec=("QB-050",))
def filters_on_other_queries(t):
    User, Post, Comment = blog(t)
    ask(t, "ordered", Post.select().order_by(Post.id.desc()).filter(likes__lt=2))
    t.show("count", Post.filter(user__name="ann").count())
    t.show("get", Post.select().filter(title="post 1").get())
    alias = User.alias("u")
    ask(t, "on an alias", alias.select().filter(name="ann"))


@program(spec=("QB-050",))
def unknown_lookups_are_refused(t):
    User, Post, Comment = blog(t)
    with t.raises("field", message=False):
        User.filter(nothing=1).sql()
    with t.raises("operator", message=False):
        User.filter(age__near=1).sql()
    with t.raises("hop", message=False):
        Post.filter(user__nothing=1).sql()
    with t.raises("between", message=False):
        User.filter(age__between=5).sql()


@program(spec=("MD-032", "MD-033"))
def get_and_get_or_none_take_lookups(t):
    User, Post, Comment = blog(t)
    t.show("get", User.get(name__startswith="a").name)
    t.show("hop", Post.get_or_none(user__name="bob").title)
    t.show("none", Post.get_or_none(user__name="zed"))
