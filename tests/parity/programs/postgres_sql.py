"""Statements as PostgreSQL has them: operators, upserts, locks, joins, CTEs. Nothing here connects."""

import peewee
from parity_program import program
from peewee import *


def _models():
    db = PostgresqlDatabase("app")

    class User(db.Model):
        name = CharField(unique=True)
        age = IntegerField(null=True)
        joined = DateTimeField(null=True)

    class Tweet(db.Model):
        user = ForeignKeyField(User, backref="tweets")
        content = TextField()
        likes = IntegerField(default=0)
        stamp = TimestampField(default=0)

    return db, User, Tweet


def _each(t, model, expressions):
    for label, expression in expressions:
        t.show(label, model.select(expression).sql())


@program(spec=("DB-069", "QB-007", "QB-013"))
def operators_have_the_texts_of_the_dialect(t):
    _, User, _ = _models()
    name, age = User.name, User.age
    _each(
        t,
        User,
        (
            ("like", name % "a%"),
            ("ilike", name ** "a%"),
            ("regexp", name.regexp("^a")),
            ("iregexp", name.iregexp("^a")),
            ("contains", name.contains("50%_")),
            ("startswith", name.startswith("a")),
            ("endswith", name.endswith("a")),
            ("contains field", name.contains(User.age)),
            ("concat", name + "x"),
            ("concat more", "x" + name + "y"),
            ("concat method", name.concat(User.age)),
            ("xor", age ^ 3),
            ("bin and", age.bin_and(3)),
            ("bin or", age.bin_or(3)),
            ("mod", age % 2),
            ("division", age / 2),
            ("negated", ~(age > 3)),
            ("null", age.is_null()),
            ("not null", age != None),
            ("in nothing", age.in_([])),
            ("not in nothing", age.not_in([])),
            ("between", age.between(1, 3)),
            ("slice", age[1:3]),
            ("cast", age.cast("text")),
            ("collate", name.collate("C")),
            ("distinct", fn.COUNT(name.distinct())),
            ("bool", Value(True)),
            ("bytes", Value(b"x")),
            ("tuple", Tuple(name, age) == ("a", 1)),
            ("any", Value(1) == fn.ANY(AsIs([1, 2]))),
            ("list", age == [1, 2]),
            ("array", fn.ARRAY_AGG(name)),
            ("filtered", fn.COUNT(age).filter(age > 3)),
            ("ordered", fn.STRING_AGG(name, ",").order_by(name.desc())),
            ("random", fn.RANDOM()),
            ("case", Case(age, [(1, "one"), (2, "two")], "many")),
            ("custom operator", peewee.Expression(name, "%%", "abc")),
            ("sql", SQL("now() - interval %s", ["1 day"])),
        ),
    )


@program(spec=("FD-021",))
def parts_of_dates_are_functions(t):
    db, User, Tweet = _models()
    joined = User.joined
    _each(
        t,
        User,
        (
            ("year", joined.year),
            ("month", joined.month == 2),
            ("hour", joined.hour),
            ("second", joined.second),
            ("truncate", joined.truncate("day")),
            ("to timestamp", joined.to_timestamp()),
            ("database's", db.from_timestamp(3)),
            ("database's truncate", db.truncate_date("week", joined)),
            ("database's extract", db.extract_date("isodow", joined)),
            ("database's random", db.random()),
        ),
    )
    _each(t, Tweet, (("from timestamp", Tweet.stamp.from_timestamp()), ("stamp's year", Tweet.stamp.year)))
    t.show("grouped", User.select(joined.year, fn.COUNT(User.id)).group_by(joined.year).order_by(joined.year).sql())


@program(spec=("DB-069",))
def an_interval_is_a_parameter_with_a_type(t):
    db, User, _ = _models()
    t.show("interval", User.select().where(User.joined > fn.NOW() - db.interval("1 day")).sql())


@program(spec=("DB-070",))
def inserts_return_their_keys(t):
    db, User, Tweet = _models()

    class Pair(db.Model):
        a = IntegerField()
        b = IntegerField()

        class Meta:
            primary_key = CompositeKey("a", "b")

    class Bare(db.Model):
        a = IntegerField(default=3)

        class Meta:
            primary_key = False

    row = {"name": "a"}
    for label, query in (
        ("one", User.insert(row)),
        ("many", User.insert_many([row, {"name": "b"}])),
        ("defaults", Tweet.insert(user=1, content="x")),
        ("nothing", User.insert()),
        ("nothing bare", Bare.insert()),
        ("pair", Pair.insert(a=1, b=2)),
        ("bare", Bare.insert(a=1)),
        ("from", User.insert_from(Tweet.select(Tweet.content), fields=[User.name])),
        ("returning", User.insert(row).returning(User.name, User.age)),
        ("returning all", User.insert(row).returning(User)),
        ("returning function", User.insert(row).returning(fn.UPPER(User.name).alias("up"))),
        ("returning nothing", User.insert(row).returning()),
        ("row count", User.insert(row).as_rowcount()),
        ("update", User.update(age=User.age + 1).where(User.name == "a")),
        ("update returning", User.update(age=3).returning(User.id)),
        ("update from", User.update(age=Tweet.likes).from_(Tweet).where(Tweet.user == User.id)),
        ("delete", User.delete().where(User.age < 3)),
        ("delete returning", User.delete().returning(User)),
        ("delete with subquery", User.delete().where(User.id.in_(Tweet.select(Tweet.user)))),
    ):
        t.show(label, query.sql())


@program(spec=("QB-020",))
def conflicts_have_a_target(t):
    _, User, _ = _models()
    insert = User.insert(name="a", age=1)
    for label, query in (
        ("ignore", insert.on_conflict_ignore()),
        ("ignore action", insert.on_conflict("ignore")),
        ("nothing", insert.on_conflict("nothing")),
        ("ignore target", insert.on_conflict(action="ignore", conflict_target=User.name)),
        ("ignore constraint", insert.on_conflict(action="ignore", conflict_constraint="c")),
        ("update", insert.on_conflict(conflict_target=User.name, update={User.age: 2})),
        ("update by name", insert.on_conflict(conflict_target=["name"], update={"age": 2})),
        ("expression", insert.on_conflict(conflict_target=[User.name], update={User.age: User.age + EXCLUDED.age})),
        ("preserve", insert.on_conflict(conflict_target=[User.name], preserve=[User.age, "joined"])),
        (
            "both",
            insert.on_conflict(conflict_target=[User.name], preserve=User.age, update={User.joined: fn.NOW()}),
        ),
        (
            "where",
            insert.on_conflict(conflict_target=[User.name], update={User.age: 3}, where=EXCLUDED.age > User.age),
        ),
        ("partial", insert.on_conflict(conflict_target=[User.name], conflict_where=User.age > 3, preserve=[User.age])),
        ("constraint", insert.on_conflict(conflict_constraint="user_name", preserve=[User.age])),
        ("function", insert.on_conflict(conflict_target=[fn.LOWER(User.name)], update={User.age: 1})),
        ("text", insert.on_conflict(conflict_target=SQL("(lower(name))"), update={User.age: 1})),
        ("two", insert.on_conflict(conflict_target=(User.name, User.age), preserve=(User.joined,))),
    ):
        t.show(label, query.sql())
    for label, query in (
        ("replace", User.replace(name="a")),
        ("replace many", User.replace_many([{"name": "a"}])),
        ("replace action", insert.on_conflict("replace")),
        ("rollback", insert.on_conflict("rollback")),
        ("no target", insert.on_conflict(update={User.age: 1})),
        ("preserve alone", insert.on_conflict(preserve=[User.age])),
        ("no update", insert.on_conflict(conflict_target=[User.name])),
        ("update action alone", insert.on_conflict("update")),
    ):
        with t.raises(label):
            query.sql()
    with t.raises("both targets"):
        insert.on_conflict(conflict_target=[User.name], conflict_constraint="c", preserve=[User.age])


@program(spec=("DB-069",))
def conflicts_as_nodes(t):
    db, User, _ = _models()
    query = User.insert(name="a")
    for label, conflict in (
        ("ignore", peewee.OnConflict("ignore")),
        ("constraint", peewee.OnConflict("nothing", conflict_constraint="c")),
        ("text", peewee.OnConflict(conflict_target=[SQL("(x)")], preserve=["age"])),
    ):
        t.show(label + " statement", db.conflict_statement(conflict, query))
        t.show(label, db.get_sql_context().sql(db.conflict_update(conflict, query)).query())
    for label, conflict in (
        ("replace", peewee.OnConflict("replace")),
        ("empty", peewee.OnConflict("update")),
        ("no target", peewee.OnConflict(update={User.age: 1})),
    ):
        with t.raises(label):
            db.conflict_update(conflict, query)


@program(spec=("QB-029",))
def rows_are_locked(t):
    _, User, Tweet = _models()
    query = User.select(User.id).where(User.age > 3)
    joined = Tweet.select(Tweet, User).join(User)
    other = User.alias("other")
    for label, locked in (
        ("plain", query.for_update()),
        ("nowait", query.for_update(nowait=True)),
        ("skip", query.for_update(skip_locked=True)),
        ("share", query.for_update("FOR SHARE")),
        ("share nowait", query.for_update("FOR KEY SHARE", nowait=True)),
        ("of", joined.for_update(of=User)),
        ("of two", joined.for_update(of=(User, Tweet), nowait=True)),
        ("of alias", other.select().for_update(of=other)),
        ("text", query.for_update("FOR UPDATE SKIP LOCKED")),
        ("never mind", query.for_update(False)),
        ("limited", query.order_by(User.id).limit(3).offset(2).for_update()),
    ):
        t.show(label, locked.sql())


@program(
    spec=(
        "QB-019",
        "QB-026",
        "QB-027",
    )
)
def distinct_rows_and_orders(t):
    _, User, Tweet = _models()
    for label, query in (
        ("distinct", User.select(User.name).distinct()),
        ("distinct on", Tweet.select(Tweet.user, Tweet.content).distinct(Tweet.user).order_by(Tweet.user)),
        ("distinct on two", Tweet.select().distinct(Tweet.user, fn.LOWER(Tweet.content))),
        ("nulls first", User.select(User.id).order_by(User.age.asc(nulls="first"))),
        ("nulls last", User.select(User.id).order_by(User.age.desc(nulls="LAST"), User.name)),
        ("collated", User.select(User.id).order_by(User.name.asc(collation="C"))),
        ("offset", User.select(User.id).offset(3)),
        ("limit", User.select(User.id).limit(3)),
        ("page", User.select(User.id).paginate(3, 10)),
        ("having", User.select(User.age, fn.COUNT(User.id)).group_by(User.age).having(fn.COUNT(User.id) > 1)),
        ("noop", User.noop()),
    ):
        t.show(label, query.sql())


@program(
    spec=(
        "QB-034",
        "QB-035",
    )
)
def joins_of_every_kind(t):
    _, User, Tweet = _models()
    newest = Tweet.select(Tweet.content).where(Tweet.user == User.id).order_by(Tweet.id.desc()).limit(1).alias("newest")
    counts = Tweet.select(Tweet.user, fn.COUNT(Tweet.id).alias("n")).group_by(Tweet.user).alias("counts")
    for label, query in (
        ("inner", Tweet.select().join(User)),
        ("left", User.select().join(Tweet, JOIN.LEFT_OUTER)),
        ("right", User.select().join(Tweet, JOIN.RIGHT_OUTER)),
        ("full", User.select().join(Tweet, JOIN.FULL)),
        ("full outer", User.select().join(Tweet, JOIN.FULL_OUTER)),
        ("cross", User.select().join(Tweet, JOIN.CROSS)),
        ("natural", User.select().join(Tweet, JOIN.NATURAL)),
        ("lateral", User.select(User.name, newest.c.content).join(newest, JOIN.LATERAL, on=True)),
        ("left lateral", User.select(User.name, newest.c.content).join(newest, JOIN.LEFT_LATERAL, on=True)),
        ("subquery", User.select(User.name, counts.c.n).join(counts, on=(counts.c.user_id == User.id))),
        ("from two", User.select(User.name, Tweet.content).from_(User, Tweet).where(Tweet.user == User.id)),
        ("lateral select", User.select(User.name).from_(User, newest.lateral())),
    ):
        t.show(label, query.sql())


@program(spec=("DB-069", "QB-030"))
def every_member_of_a_compound_has_parentheses(t):
    _, User, Tweet = _models()
    lhs, rhs = User.select(User.name), Tweet.select(Tweet.content)
    third = User.select(User.name).where(User.age > 3).order_by(User.name).limit(1)
    for label, query in (
        ("union", lhs | rhs),
        ("union all", lhs + rhs),
        ("intersect", lhs & rhs),
        ("except", lhs - rhs),
        ("three", (lhs | rhs) | third),
        ("right", lhs | (rhs | third)),
        ("mixed", (lhs + rhs) - third),
        ("ordered", (lhs | rhs).order_by(SQL("1")).limit(3).offset(1)),
        ("limited member", lhs.limit(1) | rhs.order_by(rhs.selected_columns[0])),
        ("nested select", (lhs | rhs).select_from(SQL("1"))),
        ("in", User.select().where(User.name.in_(lhs | rhs))),
        ("alias", User.select().from_((lhs | rhs).alias("u"))),
    ):
        t.show(label, query.sql())


@program(spec=("QB-031",))
def common_table_expressions(t):
    db, User, Tweet = _models()
    base = User.select(User.id, User.name).where(User.age == 1).cte("tree", recursive=True, columns=("id", "name"))
    recursive = User.select(User.id, User.name).join(base, on=(User.age == base.c.id))
    tree = base.union_all(recursive)
    t.show("recursive", tree.select_from(tree.c.id, tree.c.name).sql())
    counts = Tweet.select(Tweet.user, fn.COUNT(Tweet.id).alias("n")).group_by(Tweet.user)
    for label, materialized in (("plain", None), ("materialized", True), ("not materialized", False)):
        cte = counts.cte("counts", materialized=materialized)
        t.show(label, User.select(User.name, cte.c.n).join(cte, on=(cte.c.user_id == User.id)).with_cte(cte).sql())
    moved = Tweet.delete().where(Tweet.likes == 0).returning(Tweet.content).cte("moved")
    t.show("writing", Select((moved,), (moved.c.content,)).with_cte(moved).bind(db).sql())
    cte = User.select(User.id).where(User.age > 3).cte("old")
    t.show("update", Tweet.update(likes=0).with_cte(cte).where(Tweet.user.in_(cte.select(cte.c.id))).sql())
    t.show("delete", Tweet.delete().with_cte(cte).where(Tweet.user.in_(cte.select(cte.c.id))).sql())
    query = User.select(User.name).join(cte, on=(cte.c.id == User.id))
    t.show("insert", User.insert_from(query, [User.name]).with_cte(cte).sql())


@program(
    spec=(
        "QB-016",
        "QB-017",
    )
)
def windows_and_frames(t):
    _, User, Tweet = _models()
    likes = fn.SUM(Tweet.likes)
    window = Window(partition_by=[Tweet.user], order_by=[Tweet.id])
    rows = Window(order_by=[Tweet.id], start=Window.preceding(2), end=Window.CURRENT_ROW, frame_type=Window.ROWS)
    groups = Window(
        order_by=[Tweet.id],
        start=Window.preceding(),
        end=Window.following(1),
        frame_type=Window.GROUPS,
        exclude=Window.TIES,
    )
    for label, query in (
        ("over", Tweet.select(likes.over())),
        ("partition", Tweet.select(likes.over(partition_by=[Tweet.user], order_by=[Tweet.id.desc()]))),
        ("named", Tweet.select(likes.over(window=window)).window(window)),
        ("rows", Tweet.select(likes.over(window=rows)).window(rows)),
        ("groups", Tweet.select(likes.over(groups)).window(groups)),
        ("frame", Tweet.select(likes.over(order_by=[Tweet.id], start=Window.preceding(3), end=Window.following()))),
        ("filter", Tweet.select(likes.filter(Tweet.likes > 1).over(order_by=[Tweet.id]))),
        ("rank", Tweet.select(fn.RANK().over(order_by=[Tweet.likes.desc(nulls="LAST")]))),
        ("lag", Tweet.select(fn.LAG(Tweet.likes, 1, 0).over(order_by=[Tweet.id]))),
    ):
        t.show(label, query.sql())


@program(spec=("QB-033",))
def lists_of_values(t):
    db, User, _ = _models()
    values = ValuesList([(1, "a"), (2, "b")], columns=("n", "s"), alias="v")
    t.show("select", values.select(values.c.n, values.c.s).bind(db).sql())
    t.show("joined", User.select(User, values.c.s).join(values, on=(values.c.n == User.id)).sql())
    t.show("from", User.update(age=values.c.n).from_(values).where(User.name == values.c.s).sql())
    t.show("plain", ValuesList([(1,), (2,)]).select(SQL("*")).bind(db).sql())


@program(spec=("QB-018",))
def bulk_updates_are_cases(t):
    db, User, Tweet = _models()
    sent = []

    class Done:
        rowcount = 2

    def execute(query, **options):
        sent.append(query)
        return Done()

    db.execute = execute
    users = [User(id=1, name="a", age=3), User(id=2, name="b", age=None)]
    t.show("count", User.bulk_update(users, [User.name, "age"], batch_size=1))
    for place, query in enumerate(sent):
        t.show(f"batch {place}", query.sql())
    sent.clear()
    User.bulk_update(users, [User.name, User.age])
    t.show("both", sent.pop().sql())
    Tweet.bulk_update([Tweet(id=1, user=users[0], likes=Tweet.likes + 1)], [Tweet.user, Tweet.likes])
    t.show("expressions", sent.pop().sql())


@program(spec=("DB-067",))
def arguments_of_a_database(t):
    db = PostgresqlDatabase("app", host="h", port=3, user="u", encoding="utf8", register_unicode=False)
    t.show("parameters", db.connect_params)
    t.show("database", (db.database, db.deferred, PostgresqlDatabase(None).deferred))
    url = PostgresqlDatabase("postgresql://u:p@h:5/name?x=1")
    t.show("url", (url.database, url.connect_params, url.deferred))
    for name in ("SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED", "READ UNCOMMITTED", 1, 4, 0, None):
        t.show(f"level {name}", PostgresqlDatabase("app", isolation_level=name)._isolation_level)
    for name in ("serializable", "nope", ""):
        with t.raises(f"no level {name}"):
            PostgresqlDatabase("app", isolation_level=name)
    db.init("other", isolation_level="SERIALIZABLE", port=4)
    t.show("again", (db.database, db.connect_params, db._isolation_level))
    db.init("third")
    t.show("and again", (db.connect_params, db._isolation_level))
    db.set_isolation_level("REPEATABLE READ")
    t.show("set", db._isolation_level)
    with t.raises("set wrongly"):
        db.set_isolation_level("nope")
    db.set_isolation_level(None)
    t.show("unset", db._isolation_level)
    t.show("numbers", PostgresqlDatabase.psycopg2_adapter().isolation_levels)
    t.show("a number", peewee.Psycopg2Adapter().isolation_level_int("SERIALIZABLE"))
    t.show("a name", peewee.Psycopg3Adapter.isolation_levels[4])


@program(spec=("DB-069",))
def flags_of_the_dialect(t):
    db = PostgresqlDatabase("app")
    for name in (
        "param",
        "quote",
        "field_types",
        "operations",
        "compound_select_parentheses",
        "for_update",
        "limit_max",
        "nulls_ordering",
        "returning_clause",
        "sequences",
        "safe_create_index",
        "safe_drop_index",
        "truncate_table",
        "use_concat_function",
        "index_schema_prefix",
        "index_using_precedes_table",
    ):
        t.show(name, getattr(db, name))
    t.show("json", db.json_methods.__name__)
    t.show("closed", (db.is_closed(), db.in_transaction()))
