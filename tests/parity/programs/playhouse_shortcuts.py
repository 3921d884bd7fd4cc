"""Programs about playhouse.shortcuts: models to dicts and back.

Signals and hybrid attributes have their own file.
"""

import datetime
import threading

from parity_program import program
from peewee import *
from playhouse.shortcuts import (
    ThreadSafeDatabaseMetadata,
    dict_to_model,
    insert_where,
    model_to_dict,
    resolve_multimodel_query,
    update_model_from_dict,
)


def _models(t):
    """Returns users and tweets, two of them stored."""
    db = t.database()

    class User(Model):
        name = TextField()
        born = DateField(null=True)

        class Meta:
            database = db

        def shout(self):
            return self.name.upper()

        @property
        def initial(self):
            return self.name[0]

    class Tweet(Model):
        user = ForeignKeyField(User, backref="tweets")
        body = TextField()
        reply_to = ForeignKeyField("self", null=True, backref="replies")

        class Meta:
            database = db

    db.create_tables([User, Tweet])
    ann = User.create(name="ann", born=datetime.date(2000, 1, 2))
    first = Tweet.create(user=ann, body="first")
    Tweet.create(user=ann, body="second", reply_to=first)
    return User, Tweet


@program(spec=("PH-025",))
def a_model_becomes_a_dict(t):
    User, Tweet = _models(t)
    t.show("user", model_to_dict(User.get()))
    t.show("nested", model_to_dict(Tweet.get_by_id(2)))
    t.show("flat", model_to_dict(Tweet.get_by_id(2), recurse=False))
    t.show("unsaved", model_to_dict(User(name="new")))


@program(spec=("PH-025",))
def backrefs_become_lists(t):
    User, Tweet = _models(t)
    t.show("tweets", model_to_dict(User.get(), backrefs=True))
    t.show("replies", model_to_dict(Tweet.get_by_id(1), backrefs=True, recurse=True))
    t.show("depth 0", model_to_dict(User.get(), backrefs=True, max_depth=0))
    t.show("depth 1", model_to_dict(Tweet.get_by_id(2), max_depth=1))


@program(spec=("PH-025",))
def fields_are_chosen(t):
    User, Tweet = _models(t)
    tweet = Tweet.get_by_id(2)
    t.show("only", model_to_dict(tweet, only=[Tweet.id, Tweet.body]))
    t.show("only nested", model_to_dict(tweet, only=[Tweet.body, Tweet.user, User.name]))
    t.show("exclude", model_to_dict(tweet, exclude=[Tweet.reply_to, User.born, User.id]))
    t.show("exclude backref", model_to_dict(User.get(), backrefs=True, exclude=[Tweet.reply_to, Tweet.id]))


@program(spec=("PH-025",))
def extra_attributes_and_methods(t):
    User, _ = _models(t)
    t.show("extra", model_to_dict(User.get(), extra_attrs=["shout", "initial"]))
    with t.raises("unknown"):
        model_to_dict(User.get(), extra_attrs=["missing"])


@program(spec=("PH-025",))
def fields_come_from_a_query(t):
    User, Tweet = _models(t)
    query = Tweet.select(Tweet.id, User.name, fn.LENGTH(Tweet.body).alias("size")).join(User).order_by(Tweet.id)
    t.show("chosen", [model_to_dict(tweet, fields_from_query=query) for tweet in query])


@program(spec=("PH-025", "FD-043"))
def many_to_many_becomes_a_list(t):
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

    db.create_tables([Tag, Post, Post.tags.get_through_model()])
    post = Post.create(title="p")
    post.tags.add([Tag.create(name="a"), Tag.create(name="b")])
    t.show("without", model_to_dict(post))
    t.show("with", model_to_dict(post, manytomany=True))


@program(spec=("PH-025", "FD-033"))
def relations_without_lazy_loading_stay_keys(t):
    db = t.database()

    class User(Model):
        name = TextField()

        class Meta:
            database = db

    class Tweet(Model):
        user = ForeignKeyField(User, lazy_load=False)

        class Meta:
            database = db

    db.create_tables([User, Tweet])
    Tweet.create(user=User.create(name="ann"))
    t.show("key", model_to_dict(Tweet.get()))
    t.show("joined", model_to_dict(Tweet.select(Tweet, User).join(User).get()))


@program(spec=("PH-026",))
def a_dict_becomes_a_model(t):
    User, Tweet = _models(t)
    user = dict_to_model(User, {"id": 5, "name": "new", "born": datetime.date(1999, 9, 9)})
    t.show("plain", (user.__data__, sorted(user.dirty_field_names)))
    tweet = dict_to_model(Tweet, {"id": 9, "body": "b", "user": {"id": 5, "name": "nested"}})
    t.show("nested", (tweet.__data__, type(tweet.user).__name__, tweet.user.name))
    by_key = dict_to_model(Tweet, {"body": "b", "user": 1})
    t.show("key", (by_key.user_id, by_key.user.name))
    parent = dict_to_model(User, {"id": 6, "name": "p", "tweets": [{"id": 1, "body": "x"}, {"id": 2, "body": "y"}]})
    t.show("list", [(type(tweet).__name__, tweet.body) for tweet in parent.tweets])


@program(spec=("PH-026",))
def unknown_keys_are_refused_unless_ignored(t):
    User, _ = _models(t)
    with t.raises("unknown"):
        dict_to_model(User, {"name": "x", "shoe": 42})
    user = dict_to_model(User, {"name": "x", "shoe": 42}, ignore_unknown=True)
    t.show("ignored", (user.name, getattr(user, "shoe", "absent")))
    with t.raises("unknown in update"):
        update_model_from_dict(user, {"shoe": 42})


@program(spec=("PH-026",))
def a_dict_updates_a_model(t):
    User, Tweet = _models(t)
    tweet = Tweet.get_by_id(1)
    result = update_model_from_dict(tweet, {"body": "changed", "user": {"name": "renamed"}})
    t.show("same", result is tweet)
    t.show("values", (tweet.body, tweet.user.name, tweet.user_id, sorted(tweet.dirty_field_names)))
    with t.raises("the nested one is new"):
        tweet.save()
    update_model_from_dict(tweet, {"user": {"id": 1, "name": "renamed"}})
    tweet.save()
    tweet.user.save()
    t.show("stored", (Tweet.get_by_id(1).body, User.get().name))


@program(spec=("PH-025", "PH-026"))
def a_round_trip_keeps_values(t):
    User, Tweet = _models(t)
    for instance in (User.get(), Tweet.get_by_id(2)):
        again = dict_to_model(type(instance), model_to_dict(instance))
        t.show(type(instance).__name__, (again == instance, again.__data__ == instance.__data__))


@program(spec=("PH-027",))
def insert_where_inserts_under_a_condition(t):
    User, _ = _models(t)
    absent = ~fn.EXISTS(User.select().where(User.name == "bob"))
    query = insert_where(User, {User.name: "bob"}, where=absent)
    t.show("sql", query.sql())
    t.show("first", query.execute())
    t.show("second", insert_where(User, {User.name: "bob"}, where=absent).execute())
    t.show("names", [user.name for user in User.select().order_by(User.id)])


@program(spec=("PH-029",))
def a_union_over_models_gives_each_its_class(t):
    db = t.database()

    class Cat(Model):
        name = TextField()

        class Meta:
            database = db

    class Dog(Model):
        name = TextField()

        class Meta:
            database = db

    db.create_tables([Cat, Dog])
    Cat.create(name="tom")
    Dog.create(name="rex")
    query = Cat.select().union_all(Dog.select())
    t.show("rows", sorted((type(pet).__name__, pet.name) for pet in resolve_multimodel_query(query)))


@program(spec=("PH-029", "MD-009"))
def metadata_may_keep_a_database_per_thread(t):
    here, there = t.database(), t.database(file=True)

    class Note(Model):
        body = TextField()

        class Meta:
            database = here
            model_metadata_class = ThreadSafeDatabaseMetadata

    seen = []

    def work():
        seen.append(Note._meta.database is here)
        with there.bind_ctx([Note]):
            seen.append(Note._meta.database is there)
            barrier.wait(timeout=10)
            barrier.wait(timeout=10)

    barrier = threading.Barrier(2)
    thread = threading.Thread(target=work)
    thread.start()
    barrier.wait(timeout=10)
    t.show("bound here meanwhile", Note._meta.database is here)
    barrier.wait(timeout=10)
    thread.join()
    t.show("seen in the thread", seen)
