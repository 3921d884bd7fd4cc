"""Related rows that a query loads: which queries run, and what is attached."""

import gc

import pytest

from redstart import PREFETCH_TYPE, ForeignKeyField, Load, fn


@pytest.fixture
def Like(db, Tweet):
    class Like(db.Model):
        tweet = ForeignKeyField(Tweet, backref="likes")

    db.create_tables([Like])
    Tweet.create(user=1, body="purr")
    Like.create(tweet=1)
    Like.create(tweet=1)
    return Like


@pytest.fixture
def statements(db):
    """What the database is asked, as a list that grows."""
    asked = []
    execute_sql = db.execute_sql

    def listed(sql, *args, **kwargs):
        asked.append(sql)
        return execute_sql(sql, *args, **kwargs)

    db.execute_sql = listed
    return asked


@pytest.mark.spec("QB-058", "SB-062")
def test_children_become_a_list_and_know_their_parent(User, Tweet):
    huey, mickey = User.select().order_by(User.id).with_related(User.tweets)
    assert [tweet.body for tweet in huey.tweets] == ["meow"]
    assert huey.tweets[0].user is huey
    assert mickey.tweets == []
    assert not huey.is_dirty()
    assert not huey.tweets[0].is_dirty()
    assert Tweet.select().count() == 2


@pytest.mark.spec("QB-058")
def test_an_object_is_shared_by_the_rows_that_refer_to_it(User, Tweet, Like):
    meow, whine, purr = Tweet.select().order_by(Tweet.id).with_related(Tweet.user)
    assert meow.user is purr.user
    assert meow.user.name == "huey"
    assert whine.user is None


@pytest.mark.spec("QB-058")
@pytest.mark.parametrize("strategy", list(PREFETCH_TYPE.values()), ids=list(PREFETCH_TYPE))
def test_each_relation_takes_one_query(User, Tweet, Like, statements, strategy):
    load = Load(User.tweets, strategy=strategy).then(Load(Tweet.likes, strategy=strategy))
    users = list(User.select().order_by(User.id).with_related(load))
    assert [[len(tweet.likes) for tweet in user.tweets] for user in users] == [[2, 0], []]
    assert len(statements) == 3


@pytest.mark.spec("QB-058")
def test_per_parent_ranks_in_the_order_of_the_query(User, Tweet, Like, statements):
    load = Load(User.tweets, Tweet.select().order_by(fn.LOWER(Tweet.body).desc()), per_parent=1)
    assert [[tweet.body for tweet in user.tweets] for user in User.select().with_related(load)] == [["purr"], []]
    assert statements[-1] == (
        'WITH "_load_ranked_0" AS (SELECT "t1"."id", ROW_NUMBER() OVER (PARTITION BY "t1"."user_id" '
        'ORDER BY MAX(LOWER("t1"."body")) DESC) AS "_rn" FROM "tweet" AS "t1" WHERE ("t1"."user_id" IN '
        '(SELECT "t2"."id" FROM "user" AS "t2")) GROUP BY "t1"."id", "t1"."user_id") '
        'SELECT "t3"."id", "t3"."user_id", "t3"."body" FROM "tweet" AS "t3" '
        'INNER JOIN "_load_ranked_0" ON ("t3"."id" = "_load_ranked_0"."id") '
        'WHERE ("_load_ranked_0"."_rn" <= ?) ORDER BY "_load_ranked_0"."_rn"'
    )


@pytest.mark.spec("QB-058")
def test_nothing_is_loaded_for_rows_that_are_not_instances(User, Tweet, statements):
    users = User.select(User.id).order_by(User.id).with_related(User.tweets)
    assert list(users.tuples()) == [(1,), (2,)]
    assert list(users.objects(dict)) == [{"id": 1}, {"id": 2}]
    assert len(statements) == 2


@pytest.mark.spec("QB-058")
def test_what_cannot_be_loaded_is_refused(User, Tweet):
    with pytest.raises(ValueError, match="foreign-key or backref reference, got 'tweets'"):
        User.select().with_related("tweets")
    with pytest.raises(ValueError, match="must select from <Model: Tweet>, got <Model: User>"):
        Load(User.tweets, User.select())
    with pytest.raises(ValueError, match="must return model instances"):
        Load(User.tweets, Tweet.select().dicts())
    with pytest.raises(ValueError, match="must be a PREFETCH_TYPE value"):
        Load(User.tweets, strategy=4)
    with pytest.raises(ValueError, match="incompatible with iterator"):
        User.select().with_related(User.tweets).iterator()
    with pytest.raises(ValueError, match="grouped or aggregate"):
        list(User.select().with_related(Load(User.tweets, Tweet.select().group_by(Tweet.id), per_parent=1)))


@pytest.mark.spec("FD-032")
def test_a_subclass_leaves_the_backref_of_its_model_alone(User, Tweet):
    class Reply(Tweet):
        pass

    assert User.tweets.rel_model is Tweet
    assert User.reply_set.rel_model is Reply


def test_a_concatenation_is_seen_by_the_collector(User):
    name = (User.name + "!") + "?"
    assert gc.is_tracked(name)
    gc.collect()
    assert User.select(name).where(User.id == 1).scalar() == "huey!?"
