"""What generated programs and hand-written guesses found to differ: one small program for each."""

import datetime as dt

from peewee import *

from peewee import PREFETCH_TYPE

from parity_program import program


@program
def an_index_name_holds_only_the_word_characters_of_its_columns(t):
    db = t.database()

    class Country(db.Model):
        label = CharField(column_name="full name", unique=True)
        odd = CharField(column_name='x.y"z-é', index=True)

        class Meta:
            table_name = "la nds"

    db.create_tables([Country])
    t.show("names", sorted(index.name for index in db.get_indexes("la nds")))


def places(t):
    db = t.database()

    class Country(db.Model):
        code = CharField(primary_key=True)
        label = CharField(unique=True)

    class City(db.Model):
        name = TextField(default="")
        country = ForeignKeyField(Country, null=True)
        twin = ForeignKeyField(Country, field="label", null=True, backref="twins", column_name="twin_label")

    class Category(db.Model):
        name = TextField()
        parent = ForeignKeyField("self", null=True, backref="children")

    db.create_tables([Country, City, Category])
    Country.insert_many([("de", "Germany"), ("fr", "France")]).execute()
    City.create(name="Paris", country="fr", twin="Germany")
    City.create(name="Berlin", country="de")
    root = Category.create(name="root")
    left = Category.create(name="left", parent=root)
    Category.create(name="leaf", parent=left)
    Category.create(name="right", parent=root)
    return Country, City, Category


@program
def an_instance_is_written_as_the_field_that_its_key_refers_to(t):
    Country, City, Category = places(t)
    germany = Country.get_by_id("de")
    t.show("insert", City.insert(name="x", twin=germany).sql())
    t.show("insert many", City.insert_many([{"twin": germany, "country": germany}]).sql())
    t.show("update", City.update(twin=germany, country=germany).sql())
    City.insert({City.twin: germany}).execute()


@program
def two_lookups_over_two_keys_share_the_join_that_came_first(t):
    Country, City, Category = places(t)
    t.show("both", City.filter(twin__code="de", country__label="France").sql())
    t.show("or", City.filter(DQ(twin__code="de") | DQ(country__label="France")).sql())
    t.show("backwards", Country.filter(twins__name="x", city_set__name="y").sql())


def tree_of(rows):
    return [(c.name, [(k.name, [leaf.name for leaf in k.children]) for k in c.children]) for c in rows]


@program
def a_tree_is_prefetched_with_aliases(t):
    Country, City, Category = places(t)
    A, B = Category.alias("a"), Category.alias("b")
    top = Category.select().where(Category.parent.is_null())
    for kind in (PREFETCH_TYPE.WHERE, PREFETCH_TYPE.JOIN):
        t.show(f"alias {kind}", tree_of(prefetch(top, A, prefetch_type=kind)))
        t.show(f"model {kind}", tree_of(prefetch(top, Category, prefetch_type=kind)))
        t.show(f"two {kind}", tree_of(prefetch(top, A, B, prefetch_type=kind)))
        t.show(f"told {kind}", tree_of(prefetch(top, (A, Category), (B, A), prefetch_type=kind)))
        t.show(f"both of the root {kind}", tree_of(prefetch(top, A, (A, Category), prefetch_type=kind)))
        t.show(f"from an alias {kind}", tree_of(prefetch(A.select().where(A.parent.is_null()), B, prefetch_type=kind)))


@program
def prefetch_joins_without_order_and_over_all_keys_at_once(t):
    Country, City, Category = places(t)
    join = PREFETCH_TYPE.JOIN
    found = prefetch(Country.select().order_by(Country.code), City.select().order_by(City.name), prefetch_type=join)
    t.show("down", [(c.code, [x.name for x in c.city_set], [x.name for x in c.twins]) for c in found])
    t.show(
        "up", [(c.name, c.country.code) for c in prefetch(City.select().order_by(City.id), Country, prefetch_type=join)]
    )
    counted = Country.select(Country, fn.COUNT(City.id).alias("n")).join(City, on=City.country).group_by(Country)
    found = prefetch(counted.order_by(SQL("n"), Country.code), City, prefetch_type=join)
    t.show("grouped", [(c.code, c.n, len(c.city_set)) for c in found])


@program
def prefetch_needs_the_key_and_the_relation(t):
    Country, City, Category = places(t)
    with t.raises("no key"):
        prefetch(Country.select(Country.label), City)
    with t.raises("no foreign key"):
        prefetch(Country.select(), City.select(City.name))
    with t.raises("no relation"):
        prefetch(Country.select(), Category)
    with t.raises("no relation to the one named"):
        prefetch(Country.select(), (City, Category))


@program
def rows_from_a_cte_are_the_models(t):
    Country, City, Category = places(t)
    cte = City.select(City.id, City.country).where(City.country == "fr").cte("c")
    query = cte.select_from(cte.c.id, cte.c.country_id)
    t.show("rows", list(query))
    t.show("first", query.first())
    t.show("count", query.count())
    t.show("aggregate", [(row.total, row.name) for row in cte.select_from(fn.SUM(cte.c.id).alias("total"))])
    t.show("dicts", list(query.dicts()))


@program
def a_compound_on_the_right_is_wrapped_unless_of_one_operator(t):
    Country, City, Category = places(t)
    a, b, c, d = (Category.select(Category.id).where(Category.id == number) for number in range(4))
    t.show("one operator", (a | ((b | c) | d)).sql())
    t.show("except within", (a | ((b - c) | d)).sql())
    t.show("all within", (a | ((b + c) | d)).sql())
    t.show("intersect", (a & ((b | c) & d)).sql())


@program
def the_value_of_a_composite_key_is_a_sequence_of_its_length(t):
    db = t.database()

    class Pair(db.Model):
        a = IntegerField()
        b = TextField()

        class Meta:
            primary_key = CompositeKey("a", "b")

    db.create_tables([Pair])
    for number, value in enumerate([1, None, (1,), "ab", [1, "x"], (1, "x", 2)]):
        with t.raises(f"get {number}"):
            Pair.get_by_id(value)
        with t.raises(f"delete {number}"):
            Pair.delete_by_id(value)


@program
def exists_asks_for_what_was_selected_explicitly(t):
    Country, City, Category = places(t)
    queries = {
        "default": City.select(),
        "default, distinct": City.select().distinct(),
        "default, grouped": City.select()
        .join(Country, on=City.country)
        .group_by(City.id)
        .having(fn.COUNT(Country.code) > 0),
        "columns": City.select(City.name).where(City.id > 1).order_by(City.id),
        "model": City.select(City),
        "alias": City.alias().select(),
        "joined": City.select(City.name, Country).join(Country, on=City.country),
        "extended": City.select().select_extend(City.name.alias("x")),
        "backref": Category.get_by_id(1).children,
        "value": City.select(Value(1)),
    }
    for label, query in queries.items():
        t.show(label, query.exists())


@program
def a_column_with_a_conversion_wins_over_one_of_the_same_name(t):
    Country, City, Category = places(t)
    t.show("counted", list(Category.select(Category.parent, fn.COUNT(Category.parent)).group_by(Category.parent)))
    t.show("compared", list(Category.select(Category, Category.parent_id > 1).order_by(Category.id)))
    t.show("case", list(Category.select(Category, Case(Category.parent_id, ((1, 7),))).order_by(Category.id)))


@program
def a_compound_needs_queries(t):
    Country, City, Category = places(t)
    query = City.select(City.id)
    for label, make in {
        "condition": lambda: query & (City.id == 1),
        "number": lambda: query + 1,
        "number before": lambda: 2 + query,
        "precedence": lambda: City.select().where(City.id == query & City.name.is_null()),
    }.items():
        made = make()
        with t.raises(label, message=False):
            made.sql()


@program
def an_insert_gives_the_whole_composite_key_where_it_is_returned(t):
    db = t.database(returning_clause=True)

    class Pair(db.Model):
        a = IntegerField()
        b = TextField()

        class Meta:
            primary_key = CompositeKey("a", "b")

    db.create_tables([Pair])
    t.show("insert", Pair.insert(a=1, b="x").execute())
    t.show("ignored", Pair.insert(a=1, b="x").on_conflict_ignore().execute())
    t.show("many", list(Pair.insert_many([(2, "y"), (3, "z")]).execute()))
    t.show("create", Pair.create(a=4, b="w"))


@program
def what_depends_on_a_row_is_listed_in_the_order_of_deletion(t):
    db = t.database()

    class User(db.Model):
        name = TextField(default="")

    class Tweet(db.Model):
        user = ForeignKeyField(User)
        reply_to = ForeignKeyField("self", null=True)

    class Fav(db.Model):
        user = ForeignKeyField(User)
        tweet = ForeignKeyField(Tweet)

    class Note(db.Model):
        fav = ForeignKeyField(Fav, null=True)
        author = ForeignKeyField(User, null=True)

    db.create_tables([User, Tweet, Fav, Note])
    user = User.create()
    tweet = Tweet.create(user=user)
    Note.create(fav=Fav.create(user=user, tweet=tweet), author=user)
    t.show("all", [(fk.model.__name__, fk.name) for _, fk in user.dependencies()])
    tweet.delete_instance(recursive=True)
    user.delete_instance(recursive=True, delete_nullable=True)


@program
def lookups_join_what_stands_higher_first(t):
    db = t.database()

    class User(db.Model):
        name = TextField()

    class Tweet(db.Model):
        user = ForeignKeyField(User, backref="tweets")
        text = TextField()

    class Fav(db.Model):
        user = ForeignKeyField(User, backref="favs")
        tweet = ForeignKeyField(Tweet, backref="favs")

    class Note(db.Model):
        user = ForeignKeyField(User, backref="notes")

    tweets, favs, notes = DQ(tweets__text="x"), DQ(favs__id=1), DQ(notes__id=2)
    t.show("left", User.filter(tweets & favs & notes).sql())
    t.show("right", User.filter(tweets & (favs & notes)).sql())
    t.show("both", User.filter((tweets | favs) & (notes | ~DQ(name="x"))).sql())
    t.show("arguments", User.filter(tweets, favs, notes__id=2).sql())
    t.show("after an expression", User.filter(User.name == "x", favs, tweets).sql())


@program
def rows_of_a_joined_subquery_are_made_of_its_model(t):
    Country, City, Category = places(t)
    A = Category.alias()
    for label, source in {"model": Category, "alias": A}.items():
        ranked = source.select(source.id, fn.RANK().over(order_by=[source.id.desc()]).alias("rk")).alias("sq")
        query = (
            Category.select(Category, ranked.c.rk).join(ranked, on=(Category.id == ranked.c.id)).order_by(Category.id)
        )
        t.show(label, list(query))
        query = City.select(City, ranked.c.rk).join(ranked, on=(City.id == ranked.c.id), attr="x").order_by(City.id)
        t.show(f"{label} attr", [(row.name, row.x.rk) for row in query])
    union = (Category.select(Category.id) | City.select(City.id)).alias("both")
    query = City.select(City, union.c.id.alias("n")).join(union, on=(City.id == union.c.id)).order_by(City.id)
    t.show("compound", [(row.name, row.both) for row in query])


@program
def columns_of_a_cross_joined_model_are_not_the_roots(t):
    Country, City, Category = places(t)
    query = City.select(City, Country.label, Category).join(Country, on=City.country).switch(City)
    query = query.join(Category, JOIN.CROSS).order_by(City.id, Category.id)
    t.show("rows", list(query))
    t.show("pairs", [(row.id, row.country.label) for row in query])


@program
def save_writes_only_the_named_fields_though_a_relation_is_held(t):
    db = t.database()

    class Node(db.Model):
        name = TextField()
        parent = ForeignKeyField("self", null=True)
        other = ForeignKeyField("self", null=True)

    db.create_tables([Node])
    root = Node.create(name="root")
    Node(name="a", parent=root).save(only=[Node.name])
    Node(name="b", parent=root, other=root).save(only=["name", "other"])
    late = Node(name="late")
    child = Node(name="child", parent=late, other=late)
    late.save()
    child.save(only=[Node.name, Node.parent])
    t.show("child", child)
    child.other = root
    child.name = "changed"
    child.save(only=[Node.name])
    t.show("child again", child)


@program
def rows_are_counted_though_the_statement_says_returning(t):
    db = t.database(returning_clause=True)

    class Thing(db.Model):
        name = TextField(unique=True)

    db.create_tables([Thing])
    query = Thing.insert_many([{"name": "a"}, {"name": "b"}]).as_rowcount()
    t.show("sql", query.sql())
    t.show("count", query.execute())
    t.show("ignored", Thing.insert(name="a").on_conflict_ignore().as_rowcount().execute())
