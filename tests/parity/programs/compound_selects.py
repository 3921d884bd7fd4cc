"""UNION, INTERSECT, EXCEPT: operators and methods, ordering, nesting, use as a source."""

from peewee import *

from parity_program import program


def pair(t):
    db = t.database()

    class Cat(db.Model):
        name = TextField()
        age = IntegerField()

    class Dog(db.Model):
        name = TextField()
        age = IntegerField()

    db.create_tables([Cat, Dog])
    Cat.insert_many([("tom", 3), ("kit", 5), ("rex", 2)], fields=[Cat.name, Cat.age]).execute()
    Dog.insert_many([("rex", 2), ("fido", 7)], fields=[Dog.name, Dog.age]).execute()
    return Cat, Dog


@program(spec=("QB-030",))
def every_operator_has_a_method(t):
    Cat, Dog = pair(t)
    cats, dogs = Cat.select(Cat.name), Dog.select(Dog.name)
    for label, query, method in [
        ("union", cats | dogs, cats.union(dogs)),
        ("union all", cats + dogs, cats.union_all(dogs)),
        ("intersect", cats & dogs, cats.intersect(dogs)),
        ("except", cats - dogs, cats.except_(dogs)),
    ]:
        t.show(label, query.sql())
        t.show(label + " same", query.sql() == method.sql())
        t.show(label + " rows", sorted(query.tuples()))


@program(spec=("QB-030",))
def a_compound_is_ordered_and_limited_as_a_whole(t):
    Cat, Dog = pair(t)
    query = Cat.select(Cat.name, Cat.age) | Dog.select(Dog.name, Dog.age)
    ordered = query.order_by(Cat.age.desc(), SQL("name"))
    t.show("field", ordered.sql())
    t.show("rows", list(ordered.tuples()))
    t.show("sql", query.order_by(SQL("age")).limit(2).sql())
    t.show("limited", list(query.order_by(SQL("age")).limit(2).tuples()))
    t.show("offset", query.order_by(SQL("name")).limit(2).offset(1).sql())


@program(spec=("QB-030", "SB-022"))
def members_with_order_and_limit_are_wrapped(t):
    Cat, Dog = pair(t)
    oldest = Cat.select(Cat.name).order_by(Cat.age.desc()).limit(1)
    youngest = Dog.select(Dog.name).order_by(Dog.age).limit(1)
    query = oldest | youngest
    t.show("sql", query.sql())
    t.show("rows", sorted(query.tuples()))
    t.show("left only", (oldest | Dog.select(Dog.name)).sql())
    t.show("right only", (Cat.select(Cat.name) | youngest).sql())


@program(spec=("QB-030",))
def compounds_chain_and_nest(t):
    Cat, Dog = pair(t)
    a, b = Cat.select(Cat.name), Dog.select(Dog.name)
    c = Cat.select(Cat.name).where(Cat.age > 4)
    t.show("left", ((a | b) - c).sql())
    t.show("left rows", sorted(((a | b) - c).tuples()))
    t.show("right", (a - (b | c)).sql())
    t.show("right rows", sorted((a - (b | c)).tuples()))
    t.show("same operator", (a | b | c).sql())
    t.show("four", ((a | b) & (b | c)).sql())


@program(spec=("QB-030",))
def a_compound_has_rows_of_the_left_model(t):
    Cat, Dog = pair(t)
    query = (Cat.select(Cat.name, Cat.age) | Dog.select(Dog.name, Dog.age)).order_by(SQL("age"))
    t.show("type", type(query).__name__)
    t.show("rows", list(query))
    t.show("dicts", list(query.dicts()))
    t.show("namedtuples", list(query.namedtuples()))


@program(spec=("QB-030", "SB-026"))
def a_compound_is_counted_and_asked(t):
    Cat, Dog = pair(t)
    query = Cat.select(Cat.name) | Dog.select(Dog.name)
    t.show("count", query.count())
    t.show("exists", query.exists())
    t.show("scalar", query.order_by(SQL("name")).scalar())
    t.show("first", query.order_by(SQL("name")).first().name)
    t.show("len", len(query))
    t.show("peek", query.order_by(SQL("name")).peek().name)


@program(spec=("QB-030",))
def a_compound_is_a_subquery(t):
    Cat, Dog = pair(t)
    names = Cat.select(Cat.name).where(Cat.age > 2) | Dog.select(Dog.name)
    query = Cat.select(Cat.id).where(Cat.name.in_(names)).order_by(Cat.id)
    t.show("in", query.sql())
    t.show("ids", [cat.id for cat in query])


@program(spec=("QB-030",))
def a_compound_is_a_source(t):
    Cat, Dog = pair(t)
    both = Cat.select(Cat.name, Cat.age) + Dog.select(Dog.name, Dog.age)
    query = both.select_from(both.c.name, fn.SUM(both.c.age).alias("total")).group_by(both.c.name)
    t.show("sql", query.sql())
    t.show("rows", sorted(query.tuples()))
    named = both.alias("both")
    query = Cat.select(named.c.name).from_(named).where(named.c.age > 2).order_by(named.c.name)
    t.show("from", query.sql())
    t.show("from rows", list(query.tuples()))


@program
def the_same_model_on_both_sides(t):
    Cat, Dog = pair(t)
    query = Cat.select(Cat.name).where(Cat.age > 4) | Cat.select(Cat.name).where(Cat.age < 3)
    t.show("sql", query.sql())
    t.show("rows", sorted(query.tuples()))
    C = Cat.alias()
    t.show("alias", (Cat.select(Cat.name) | C.select(C.name)).sql())


@program
def different_numbers_of_columns_fail_in_the_driver(t):
    Cat, Dog = pair(t)
    with t.raises("run", message=False):
        list(Cat.select(Cat.name) | Dog.select(Dog.name, Dog.age))
    with t.raises("no query", message=False):
        (Cat.select(Cat.name) | 5).sql()
    t.show("still usable", Cat.select().count())


@program
def parameters_keep_their_order(t):
    Cat, Dog = pair(t)
    query = (
        (Cat.select(Cat.name, Value(1)).where(Cat.age > 2) | Dog.select(Dog.name, Value(2)).where(Dog.age > 3))
        .order_by(SQL("1"))
        .limit(3)
    )
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
