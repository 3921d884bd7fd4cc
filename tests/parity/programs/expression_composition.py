"""How expressions combine: boolean algebra, parentheses, aliases, ordering, casts, converters."""

import datetime
from decimal import Decimal

from peewee import *

from parity_program import program


def things(t):
    db = t.database()

    class Thing(db.Model):
        name = TextField(null=True)
        size = IntegerField(null=True)
        big = BigIntegerField(null=True)
        on = BooleanField(default=False)
        made = DateTimeField(null=True)
        price = DecimalField(null=True, max_digits=8, decimal_places=2)

    db.create_tables([Thing])
    made = datetime.datetime(2024, 5, 6, 7, 8, 9)
    Thing.create(name="b", size=3, big=1, on=True, made=made, price=Decimal("2.50"))
    Thing.create(name="A", size=None, big=2, price=Decimal("10.00"))
    Thing.create(name="c", size=1, big=3, on=True, made=made + datetime.timedelta(days=1))
    Thing.create(name=None, size=2, big=None)
    return Thing


def ask(t, label, model, condition):
    query = model.select(model.id).where(condition).order_by(model.id)
    t.show(label, query.sql())
    t.show(label + " ids", [row.id for row in query])


@program(spec=("SB-004", "QB-007"))
def boolean_algebra_is_parenthesised_pair_by_pair(t):
    Thing = things(t)
    a, b, c = Thing.size > 1, Thing.on == True, Thing.name == "b"
    ask(t, "and", Thing, a & b & c)
    ask(t, "or", Thing, a | b | c)
    ask(t, "mixed", Thing, a | b & c)
    ask(t, "grouped", Thing, (a | b) & c)


@program(spec=("SB-004",))
def a_double_negation_unwraps(t):
    Thing = things(t)
    a, b = Thing.size > 1, Thing.on == True
    ask(t, "not", Thing, ~a)
    ask(t, "not not", Thing, ~~a)
    ask(t, "not not not", Thing, ~~~a)
    ask(t, "not of and", Thing, ~(a & b))
    ask(t, "and of nots", Thing, ~a & ~b)
    ask(t, "field", Thing, ~Thing.on)


@program
def a_bare_boolean_field_is_a_condition(t):
    Thing = things(t)
    ask(t, "field", Thing, Thing.on)
    ask(t, "field and", Thing, Thing.on & (Thing.size == 1))
    ask(t, "constant left", Thing, True & Thing.on)
    ask(t, "constant right", Thing, Thing.on & True)
    ask(t, "or constant", Thing, False | Thing.on)


@program(spec=("SB-018", "FD-011"))
def the_field_on_the_left_converts_the_right(t):
    Thing = things(t)
    ask(t, "bool for int", Thing, Thing.size == True)
    ask(t, "text for int", Thing, Thing.size == "3")
    ask(t, "bad text for int", Thing, Thing.size == "three")
    ask(t, "int for text", Thing, Thing.name == 5)
    ask(t, "int for bool", Thing, Thing.on == 7)
    ask(t, "text for datetime", Thing, Thing.made == "2024-05-06T07:08:09")
    ask(t, "date for datetime", Thing, Thing.made > datetime.date(2024, 5, 6))


@program(spec=("FD-011",))
def every_element_of_a_list_is_converted(t):
    Thing = things(t)
    ask(t, "in", Thing, Thing.size.in_(["3", 1.0, True]))
    ask(t, "not in", Thing, Thing.size.not_in(["3"]))
    ask(t, "between", Thing, Thing.size.between("1", "2"))
    ask(t, "slice", Thing, Thing.size["1":"2"])
    ask(t, "subscript", Thing, Thing.size["3"])


@program(spec=("FD-011", "SB-018"))
def arithmetic_and_functions_convert_nothing(t):
    Thing = things(t)
    t.show("arithmetic", Thing.select().where(Thing.size + 1 == "4").sql())
    t.show("function", Thing.select().where(fn.ABS(Thing.size) == "3").sql())
    t.show("operand", Thing.select().where(Thing.size + "1" == 4).sql())
    t.show("bool operand", Thing.select(Thing.size + True).sql())
    ask(t, "datetime beside a function", Thing, fn.MAX(Thing.big, 1) == "3")


@program(spec=("FD-011", "FD-014"))
def decimals_and_floats_bind_as_their_field_says(t):
    Thing = things(t)
    t.show("decimal", Thing.select().where(Thing.price == Decimal("2.50")).sql())
    t.show("float", Thing.select().where(Thing.price > 2.5).sql())
    t.show("zero", Thing.select().where(Thing.price > 0).sql())
    t.show("text", Thing.select().where(Thing.price == "x").sql())


@program(spec=("FD-012", "SB-010"))
def a_subclass_on_the_right_swaps_the_comparison(t):
    Thing = things(t)
    ask(t, "eq", Thing, Thing.size == Thing.big)
    ask(t, "lt", Thing, Thing.size < Thing.big)
    ask(t, "ge", Thing, Thing.size >= Thing.id)
    ask(t, "ne", Thing, Thing.size != Thing.id)
    ask(t, "no swap", Thing, Thing.big < Thing.size)
    t.show("arithmetic", Thing.select(Thing.size + Thing.big, Thing.size - Thing.id).sql())


@program(spec=("QB-010",))
def value_wraps_and_unpacks(t):
    Thing = things(t)
    t.show("scalar", Thing.select(Value(5)).sql())
    t.show("list", Thing.select().where(Thing.size.in_(Value([1, 2]))).sql())
    t.show("packed", Thing.select().where(Thing.size == Value([1, 2], unpack=False)).sql())
    t.show("converter", Thing.select(Value("x", converter=str.upper)).sql())
    t.show("no conversion", Thing.select().where(Thing.size == Value("3", converter=False)).sql())


@program(spec=("QB-010",))
def as_is_binds_one_driver_value(t):
    Thing = things(t)
    t.show("list", Thing.select().where(Thing.size == AsIs([1, 2])).sql())
    t.show("text", Thing.select().where(Thing.size == AsIs("3")).sql())
    ask(t, "int", Thing, Thing.size == AsIs(3))


@program(spec=("QB-011", "SB-014"))
def an_alias_is_a_bare_name_outside_the_select_list(t):
    Thing = things(t)
    total = (Thing.size + Thing.big).alias("total")
    query = Thing.select(Thing.id, total).where(total > 2).order_by(total.desc())
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    t.show("group", Thing.select(total).group_by(total).having(total > 1).sql())


@program(spec=("QB-011",))
def an_alias_can_be_removed(t):
    Thing = things(t)
    named = Thing.size.alias("n")
    t.show("alias", Thing.select(named).sql())
    t.show("unalias", Thing.select(named.unalias()).sql())
    t.show("alias none", Thing.select(named.alias(None)).sql())
    t.show("alias again", Thing.select(named.alias("m")).sql())
    t.show("is alias", (named.is_alias(), Thing.size.is_alias()))


@program(spec=("QB-006",))
def an_alias_may_hold_spaces_and_dots(t):
    Thing = things(t)
    query = Thing.select(Thing.size.alias("plain name")).order_by(Thing.id).limit(1)
    t.show("space", query.sql())
    t.show("space rows", list(query.dicts()))
    query = Thing.select(Thing.size.alias("a.b"), Thing.big.alias("ünï")).order_by(Thing.id).limit(1)
    t.show("dot", query.sql())
    t.show("dot rows", list(query.dicts()))


@program
def ordering_terms_have_directions(t):
    Thing = things(t)
    for label, term in [
        ("asc", Thing.size.asc()),
        ("desc", Thing.size.desc()),
        ("plus", +Thing.size),
        ("minus", -Thing.size),
        ("expression", (Thing.size * -1).desc()),
        ("function", fn.LOWER(Thing.name).asc()),
    ]:
        query = Thing.select(Thing.id).order_by(term, Thing.id)
        t.show(label, query.sql())
        t.show(label + " ids", [row.id for row in query])


@program(spec=("SB-019",))
def nulls_stand_first_or_last(t):
    Thing = things(t)
    for label, term in [
        ("asc last", Thing.size.asc(nulls="LAST")),
        ("asc first", Thing.size.asc(nulls="first")),
        ("desc first", Thing.size.desc(nulls="FIRST")),
        ("desc last", Thing.size.desc(nulls="last")),
    ]:
        query = Thing.select(Thing.id).order_by(term)
        t.show(label, query.sql())
        t.show(label + " ids", [row.id for row in query])
    with t.raises("bad nulls"):
        Thing.select().order_by(Thing.size.asc(nulls="middle")).sql()


@program
def collations_apply_to_terms_and_conditions(t):
    Thing = things(t)
    query = Thing.select(Thing.id).order_by(Thing.name.collate("NOCASE"))
    t.show("order", query.sql())
    t.show("ids", [row.id for row in query])
    query = Thing.select(Thing.id).order_by(Thing.name.desc(collation="NOCASE", nulls="LAST"))
    t.show("desc", query.sql())
    t.show("desc ids", [row.id for row in query])
    ask(t, "where", Thing, Thing.name.collate("NOCASE") == "a")
    with t.raises("unknown", message=False):
        list(Thing.select().order_by(Thing.name.collate("NOSUCH")))


@program
def casts_are_not_converted_back(t):
    Thing = things(t)
    query = Thing.select(Thing.size.cast("text"), Thing.big.cast("real").alias("big")).order_by(Thing.id)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    t.show("where", Thing.select().where(Thing.size.cast("text") == 3).sql())
    t.show("expression", Thing.select((Thing.size + 1).cast("text")).sql())


@program
def a_converter_reads_the_column(t):
    Thing = things(t)
    twice = Thing.size.converter(lambda v: v and v * 2)
    query = Thing.select(twice).order_by(Thing.id)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    t.show("dicts", list(query.dicts()))
    t.show("models", [row.size for row in query])
    t.show("aliased after", list(Thing.select(twice.alias("twice")).order_by(Thing.id).tuples()))
    summed = (Thing.size + 1).converter(str).alias("more")
    t.show("expression", list(Thing.select(summed).order_by(Thing.id).tuples()))
    t.show("function", list(Thing.select(fn.MAX(Thing.size).converter(str)).tuples()))


@program(spec=("QB-040",))
def bind_to_needs_a_source(t):
    Thing = things(t)
    query = Thing.select(Thing.id, (Thing.size + 1).alias("more").bind_to(Thing)).order_by(Thing.id)
    t.show("sql", query.sql())
    t.show("values", [getattr(row, "more", "absent") for row in query])
    with t.raises("a source that is not selected", message=False):
        Other = Thing.alias("other")
        list(Thing.select(Thing.id, (Thing.size + 1).alias("more").bind_to(Other)))
    with t.raises("no source"):
        list(Thing.select(Thing.id, (Thing.size + 1).alias("more").bind_to(5)))
    with t.raises("a field"):
        list(Thing.select(Thing.id, (Thing.size + 1).alias("more").bind_to(Thing.name)))


@program
def comparisons_of_two_fields_bind_nothing(t):
    Thing = things(t)
    ask(t, "gt", Thing, Thing.size > Thing.id)
    ask(t, "chain", Thing, (Thing.size > Thing.id) | (Thing.size < Thing.big))
    ask(t, "expression both sides", Thing, Thing.size + 1 > Thing.big * 2)


@program
def a_condition_can_be_selected(t):
    Thing = things(t)
    query = Thing.select(Thing.id, (Thing.size > 1).alias("large")).order_by(Thing.id)
    t.show("sql", query.sql())
    t.show("rows", list(query.dicts()))
    t.show("attribute", [row.large for row in query])


@program
def a_loop_of_conditions_builds_one_tree(t):
    import functools
    import operator

    Thing = things(t)
    names = [Thing.name == letter for letter in "abc"]
    ask(t, "any", Thing, functools.reduce(operator.or_, names))
    ask(t, "all", Thing, functools.reduce(operator.and_, names))


@program(spec=("QB-003", "SB-069"))
def the_text_of_a_query_interpolates_values(t):
    Thing = things(t)
    query = Thing.select(Thing.id).where(
        (Thing.name == "o'hara") & (Thing.size == 3) & (Thing.on == True) & (Thing.big > None)
    )
    t.show("str", str(query))
    t.show("sql twice", query.sql() == query.sql())
    t.show("types", [type(part).__name__ for part in query.sql()])


@program(spec=("FD-007", "FD-008"))
def fields_hash_by_model_and_name(t):
    Thing = things(t)
    t.show("hash", hash(Thing.size) == hash(Thing.size))
    t.show("set", len({Thing.size, Thing.size, Thing.name}))
    t.show("as key", {Thing.size: 1}[Thing.size])
    t.show("repr", repr(Thing.size))
    t.show("unbound", repr(TextField()))


@program(spec=("QB-019", "SB-019"))
def nulls_ordering_is_written_out_where_it_is_unknown(t):
    Thing = things(t)
    Thing._meta.database.nulls_ordering = False
    for label, term in [
        ("asc last", Thing.size.asc(nulls="LAST")),
        ("asc first", Thing.size.asc(nulls="FIRST")),
        ("desc last", Thing.size.desc(nulls="LAST")),
    ]:
        query = Thing.select(Thing.id).order_by(term, Thing.id)
        t.show(label, query.sql())
        t.show(label + " ids", [row.id for row in query])
