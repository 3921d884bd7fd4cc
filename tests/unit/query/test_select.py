"""Building and running queries that read."""

import datetime

import pytest

from redstart import JOIN, SQL, Table, fn
from redstart.exceptions import InterfaceError, ProgrammingError
from redstart.query import ModelCompoundSelectQuery, Select

people = Table("people", ("id", "age"))


@pytest.mark.spec("QB-023", "SB-005")
def test_conditions_nest_to_the_left():
    sql, params = people.select(people.id).where(people.id == 1, people.age > 2).where(people.age < 9).sql()
    assert sql.endswith('WHERE ((("t1"."id" = ?) AND ("t1"."age" > ?)) AND ("t1"."age" < ?))')
    assert params == [1, 2, 9]
    for method in (people.select().where, people.select().orwhere, people.select().having):
        with pytest.raises(TypeError, match="reduce"):
            method()


@pytest.mark.spec("QB-022", "SB-039")
def test_builders_leave_the_query_alone_and_binding_changes_it(db):
    query = people.select()
    before = query.sql()
    for change in (
        query.where(people.id == 1),
        query.order_by(people.id),
        query.limit(1),
        query.distinct(),
        query.group_by(people.id),
        query.join(people.alias("o")),
        query.select_extend(SQL("1")),
    ):
        assert change is not query
        assert change.sql() != before
    assert query.sql() == before
    assert query.bind(db) is query


@pytest.mark.spec("QB-024", "QB-026", "QB-027")
def test_orders_limits_and_distinct():
    query = people.select(people.id)
    assert query.order_by(people.id).order_by().sql() == query.sql()
    assert query.order_by(people.id).order_by_extend(people.age).sql()[0].endswith('ORDER BY "t1"."id", "t1"."age"')
    assert query.paginate(3, 10).sql()[1] == [10, 20]
    assert query.paginate(0).sql()[1] == [20, 0]
    assert query.limit(3).limit(None).sql() == query.sql()
    assert query.distinct().sql()[0].startswith("SELECT DISTINCT ")
    assert query.distinct().distinct(False).sql() == query.sql()
    assert query.distinct(people.age).sql()[0].startswith('SELECT DISTINCT ON ("t1"."age") ')


@pytest.mark.spec("QB-028")
def test_grouping_by_a_table_needs_its_columns():
    assert people.select(people.id).group_by(people).sql()[0].endswith('GROUP BY "t1"."id", "t1"."age"')
    with pytest.raises(ValueError, match="columns explicitly declared"):
        people.select().group_by(Table("other"))


@pytest.mark.spec("QB-030")
def test_compounds_keep_the_model(User):
    both = User.select().where(User.id == 1) | User.select().where(User.id == 2)
    assert isinstance(both, ModelCompoundSelectQuery)
    assert sorted(user.name for user in both) == ["huey", "mickey"]
    assert both.count() == 2
    assert [(each.id, each.name) for each in both.order_by(SQL("name").desc()).limit(1)] == [(2, "mickey")]


@pytest.mark.spec("QB-037", "SB-033")
def test_rows_come_in_five_kinds(User):
    query = User.select(User.id, User.name).where(User.id == 1)
    assert query[0].name == "huey"
    assert query.dicts()[0] == {"id": 1, "name": "huey"}
    assert query.tuples()[0] == (1, "huey")
    assert query.namedtuples()[0]._asdict() == {"id": 1, "name": "huey"}
    assert query.objects(dict)[0] == {"id": 1, "name": "huey"}
    assert query.dicts().dicts(False)[0].name == "huey"
    assert Select([User], [User.id]).bind(User._meta.database)[0] == {"id": 1}


@pytest.mark.spec("QB-038", "SB-030", "SB-033")
def test_columns_are_named_by_field_alias_or_label(User):
    query = User.select(User.id, fn.MAX(User.id), User.id.alias("key"), SQL('1 AS "x y"')).where(User.id == 1)
    assert query.dicts()[0] == {"id": 1, "id_2": 1, "key": 1, "x y": 1}
    assert query.namedtuples()[0]._fields == ("id", "id_2", "key", "x")


@pytest.mark.spec("QB-039", "SB-031", "SB-032")
def test_values_are_converted_by_what_they_are(User):
    moment = datetime.datetime(2020, 1, 2, 3, 4, 5)
    text = "2020-01-02 03:04:05"

    def value(node):
        return User.select(node).where(User.id == 1).tuples()[0][0]

    assert value(User.joined) == moment
    assert value(User.joined.coerce(False)) == text
    assert value(User.joined.alias("x")) == moment
    assert value(fn.MAX(User.joined)) == moment
    assert value(fn.MAX(User.joined).coerce(False)) == text
    assert value(fn.MAX(User.joined).python_value(len)) == len(text)
    assert value(SQL("joined")) == moment
    assert value(User.joined.cast("text")) == text
    assert value(fn.COUNT(User.joined)) == 1
    assert list(User.raw("SELECT joined FROM user WHERE id = ?", 1).tuples()) == [(moment,)]


@pytest.mark.spec("QB-040", "QB-041", "SB-034", "SB-035")
def test_joined_rows_become_a_graph(User, Tweet):
    query = Tweet.select(Tweet, User, fn.UPPER(User.name).alias("shout")).join(User, JOIN.LEFT_OUTER).order_by(Tweet.id)
    first, second = query
    assert first.user.name == "huey"
    assert first.shout == "HUEY"
    assert second.__rel__ == {"user": None}
    flat = query.objects()[0]
    assert flat.__rel__ == {}
    assert flat.name == "huey"


@pytest.mark.spec("QB-040")
def test_a_value_lands_on_the_source_it_is_bound_to(User, Tweet):
    shout = fn.UPPER(User.name).alias("shout")
    query = Tweet.select(Tweet, User, shout.bind_to(User)).join(User)
    assert query[0].user.shout == "HUEY"
    with pytest.raises(ValueError, match="is not among the selected sources"):
        list(Tweet.select(Tweet, shout.bind_to(3)).join(User))


@pytest.mark.spec("QB-034", "SB-063")
def test_joins_are_inferred_or_refused(User, Tweet, db):
    assert Tweet.select().join(User)._joins == {Tweet: [(User, "user", User, "INNER JOIN")]}
    assert User.select().join(Tweet)._joins == {User: [(Tweet, "tweet", Tweet, "INNER JOIN")]}
    assert Tweet.select().join(User, attr="author")._joins[Tweet][0][1] == "author"
    with pytest.raises(ValueError, match="Unable to find foreign key between <Model: User> and <Model: Other>"):
        User.select().join(type("Other", (db.Model,), {}))
    with pytest.raises(ValueError, match="Cannot specify on clause with cross join"):
        User.select().join(Tweet, JOIN.CROSS, on=Tweet.user)
    with pytest.raises(ValueError, match="object_id_name"):
        Tweet.select().join(User, on=(Tweet.user == User.id).alias("user_id"))


@pytest.mark.spec("QB-044", "SB-028")
def test_results_are_kept_until_the_query_is_copied(User):
    query = User.select()
    assert len(query) == 2
    User.delete().execute()
    assert len(query) == 2
    assert len(query.clone()) == 0
    assert [user.id for user in query[:1]] == [1]
    assert query[-1].id == 2
    with pytest.raises(IndexError):
        _ = query[2]


@pytest.mark.spec("QB-046", "SB-037")
def test_an_iterator_keeps_nothing(User):
    query = User.select()
    assert len(list(query.iterator())) == 2
    assert list(query) == []
    with pytest.raises(ProgrammingError):
        list(query.iterator())


@pytest.mark.spec("QB-047", "SB-024", "SB-025", "SB-026", "SB-027")
def test_one_row_one_value_a_number(User):
    query = User.select().order_by(User.id)
    assert query.get().id == query.peek().id == 1
    assert [user.id for user in query.peek(n=2)] == [1, 2]
    assert query.where(User.id == 9).get_or_none() is None
    assert query.scalar() == 1
    assert query.scalar(as_tuple=True)[:2] == (1, "huey")
    assert query.scalar(as_dict=True)["name"] == "huey"
    assert list(query.scalars()) == [1, 2]
    assert query.count() == 2
    assert query.limit(1).count() == 1
    assert query.limit(1).count(clear_limit=True) == 2
    assert query.exists() is True
    with pytest.raises(User.DoesNotExist, match="instance matching query does not exist:\nSQL: SELECT"):
        query.where(User.id == 9).get()
    assert query.first().id == 1
    assert len(query) == 1


@pytest.mark.spec("QB-048")
def test_a_query_without_a_database_says_so():
    query = people.select()
    for method in ("execute", "count", "exists", "get", "first", "peek", "scalar", "scalars"):
        with pytest.raises(InterfaceError, match=f'in order to call "{method}"'):
            getattr(query, method)()
    with pytest.raises(ValueError, match="Query has not been executed"):
        list(query)


@pytest.mark.spec("QB-050")
def test_lookups_join_on_their_way(User, Tweet):
    sql, params = Tweet.select().filter(user__name="huey", body__ne=None).sql()
    assert sql.endswith(
        'FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON ("t1"."user_id" = "t2"."id") '
        'WHERE (("t1"."body" IS NOT NULL) AND ("t2"."name" = ?))'
    )
    assert params == ["huey"]
    assert [user.id for user in User.select().filter(tweets__body__contains="eo")] == [1]
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        User.select().filter(nope=1)


@pytest.mark.spec("QB-025", "SB-009")
def test_a_whole_model_inside_an_expression_is_its_key(User, Tweet):
    sql, _ = Tweet.select(Tweet.id).where(Tweet.user.in_(User.select())).sql()
    assert sql.endswith('WHERE ("t1"."user_id" IN (SELECT "t2"."id" FROM "user" AS "t2"))')


@pytest.mark.spec("QB-003", "SB-069")
def test_the_text_of_a_query_has_its_values(User):
    query = User.select(User.id).where(User.name == "o'neil", User.age == 3, User.joined >= None)
    assert str(query).endswith(
        """WHERE ((("t1"."name" = 'o''neil') AND ("t1"."age" = 3)) AND ("t1"."joined" >= NULL))"""
    )


@pytest.mark.spec("QB-057")
def test_prefetch_runs_one_query_for_each_model(User, Tweet):
    users = User.select().order_by(User.id).prefetch(Tweet)
    assert [[tweet.body for tweet in user.tweets] for user in users] == [["meow"], []]
    assert users[0].tweets[0].user is users[0]
    assert users[0].tweets[0].is_dirty() is False
    tweets = Tweet.select().order_by(Tweet.id).prefetch(User)
    assert tweets[0].user.name == "huey"
    with pytest.raises(ValueError, match="Unrecognized arguments"):
        User.select().prefetch(Tweet, wrong=1)
