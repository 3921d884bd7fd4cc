"""Every operator of the expression language, as SQL and as rows."""

from peewee import *

from parity_program import program


def people(t):
    db = t.database()

    class Person(db.Model):
        name = TextField(null=True)
        age = IntegerField(null=True)
        score = FloatField(default=0.0)

    db.create_tables([Person])
    rows = [
        ("ann", 30, 1.5),
        ("bob", 20, 2.5),
        ("Cat", None, 0.0),
        (None, 40, 4.0),
        ("a%b_c", 7, 9.0),
    ]
    Person.insert_many(rows, fields=[Person.name, Person.age, Person.score]).execute()
    return Person


def ask(t, label, model, condition):
    query = model.select().where(condition).order_by(model.id)
    t.show(label, query.sql())
    t.show(label + " ids", [row.id for row in query])


@program(spec=("SB-001",))
def equality_with_a_value_binds_it(t):
    Person = people(t)
    ask(t, "eq", Person, Person.age == 30)
    ask(t, "ne", Person, Person.age != 30)


@program(spec=("SB-001",))
def equality_with_none_is_a_null_test(t):
    Person = people(t)
    ask(t, "eq", Person, Person.age == None)
    ask(t, "ne", Person, Person.age != None)
    ask(t, "shift", Person, Person.age >> None)


@program(spec=("SB-001",))
def an_ordering_comparison_with_none_binds_null(t):
    Person = people(t)
    ask(t, "lt", Person, Person.age < None)
    ask(t, "le", Person, Person.age <= None)
    ask(t, "gt", Person, Person.age > None)
    ask(t, "ge", Person, Person.age >= None)


@program
def ordering_comparisons_compare(t):
    Person = people(t)
    ask(t, "lt", Person, Person.age < 30)
    ask(t, "le", Person, Person.age <= 30)
    ask(t, "gt", Person, Person.age > 20)
    ask(t, "ge", Person, Person.age >= 20)


@program
def reflected_comparisons_turn_around(t):
    Person = people(t)
    ask(t, "lt", Person, 30 < Person.age)
    ask(t, "ge", Person, 20 >= Person.age)
    ask(t, "eq", Person, 20 == Person.age)


@program(spec=("QB-007",))
def arithmetic_is_parenthesised(t):
    Person = people(t)
    for label, node in [
        ("add", Person.age + 1),
        ("sub", Person.age - 1),
        ("mul", Person.age * 2),
        ("div", Person.age / 2),
        ("nested", (Person.age + 1) * (Person.score - 2) / 3),
    ]:
        query = Person.select(node.alias("v")).order_by(Person.id).tuples()
        t.show(label, query.sql())
        t.show(label + " rows", list(query))


@program
def reflected_arithmetic_keeps_the_order_of_its_operands(t):
    Person = people(t)
    for label, node in [
        ("radd", 1 + Person.age),
        ("rsub", 100 - Person.age),
        ("rmul", 2 * Person.age),
        ("rdiv", 100 / Person.age),
    ]:
        query = Person.select(node).order_by(Person.id).tuples()
        t.show(label, query.sql())
        t.show(label + " rows", list(query))


@program(spec=("FD-015",))
def plus_on_a_text_field_concatenates(t):
    Person = people(t)
    for label, node in [
        ("right", Person.name + "!"),
        ("left", "Mx. " + Person.name),
        ("both", "<" + Person.name + ">"),
        ("fields", Person.name + Person.name),
    ]:
        query = Person.select(node.alias("v")).order_by(Person.id).tuples()
        t.show(label, query.sql())
        t.show(label + " rows", list(query))


@program
def concat_renders_the_bars_operator(t):
    Person = people(t)
    query = Person.select(Person.age.concat("y").alias("v"), Person.name.concat(Person.age).alias("w"))
    t.show("sql", query.sql())
    t.show("rows", list(query.order_by(Person.id).tuples()))


@program(spec=("QB-009", "SB-002"))
def in_with_an_empty_list_is_a_false_constant(t):
    Person = people(t)
    ask(t, "in", Person, Person.name.in_([]))
    ask(t, "not in", Person, Person.name.not_in([]))
    ask(t, "shift", Person, Person.name << ())
    ask(t, "empty generator", Person, Person.name.in_(n for n in ()))


@program(spec=("QB-009",))
def in_expands_every_kind_of_sequence(t):
    Person = people(t)
    ask(t, "list", Person, Person.age.in_([30, 20]))
    ask(t, "tuple", Person, Person.age.in_((30, 20)))
    ask(t, "set", Person, Person.age.in_({30}))
    ask(t, "frozenset", Person, Person.age.in_(frozenset([20])))
    ask(t, "range", Person, Person.age.in_(range(5, 9)))
    ask(t, "shift", Person, Person.age << [30, 20])
    ask(t, "not in", Person, Person.age.not_in([30, 20]))


@program(spec=("SB-003",))
def a_generator_in_an_in_list_is_consumed_once(t):
    Person = people(t)
    condition = Person.age.in_(age for age in (20, 30))
    ask(t, "first", Person, condition)
    ask(t, "second", Person, condition)


@program(spec=("SB-003",))
def none_in_an_in_list_is_a_parameter(t):
    Person = people(t)
    ask(t, "in", Person, Person.age.in_([20, None]))
    ask(t, "not in", Person, Person.age.not_in([20, None]))


@program(spec=("SB-003", "QB-009"))
def dict_views_maps_and_strings_are_one_parameter(t):
    Person = people(t)
    t.show("string", Person.select().where(Person.name.in_("abc")).sql())
    _, bound = Person.select().where(Person.name.in_({"a": 1}.keys())).sql()
    t.show("view", (len(bound), type(bound[0]).__name__))
    sql, bound = Person.select().where(Person.age.in_(map(int, "12"))).sql()
    t.show("map", (sql, len(bound)))
    with t.raises("driver", message=False):
        list(Person.select().where(Person.name.in_({"a": 1}.keys())))


@program(spec=("QB-009", "QB-010", "SB-016"))
def nested_lists_become_row_values(t):
    Person = people(t)
    pair = Tuple(Person.name, Person.age)
    ask(t, "in", Person, pair.in_([("ann", 30), ("bob", 21)]))
    ask(t, "eq", Person, pair == ("bob", 20))
    t.show("list beside a field", Person.select().where(Person.age == [1, 2]).sql())
    t.show("nested lists", Person.select().where(Person.age.in_([[1, 2], [3, 4]])).sql())


@program(spec=("QB-008", "FD-007"))
def expressions_are_truthy_and_not_iterable(t):
    Person = people(t)
    t.show("bool", bool(Person.age == 1))
    t.show("bool field", bool(Person.age))
    t.show("in a list", Person.name in [Person.id])
    with t.raises("iterate a field", message=False):
        iter(Person.age)
    with t.raises("iterate an expression", message=False):
        list(Person.age == 1)


@program(spec=("SB-011",))
def the_percent_operator_is_glob(t):
    Person = people(t)
    ask(t, "percent", Person, Person.name % "a*")
    ask(t, "like", Person, Person.name.like("A*"))
    ask(t, "sql wildcard is literal", Person, Person.name % "a%")


@program(spec=("SB-011",))
def the_power_operator_is_a_case_insensitive_like(t):
    Person = people(t)
    ask(t, "power", Person, Person.name ** "A%")
    ask(t, "ilike", Person, Person.name.ilike("c_t"))
    ask(t, "negated", Person, ~(Person.name ** "A%"))


@program
def substring_searches_add_wildcards(t):
    Person = people(t)
    ask(t, "contains", Person, Person.name.contains("A"))
    ask(t, "startswith", Person, Person.name.startswith("B"))
    ask(t, "endswith", Person, Person.name.endswith("N"))


@program(spec=("SB-012",))
def substring_searches_escape_wildcards(t):
    Person = people(t)
    ask(t, "percent", Person, Person.name.contains("%b"))
    ask(t, "underscore", Person, Person.name.endswith("_c"))
    ask(t, "both", Person, Person.name.startswith("a%b_"))
    ask(t, "backslash", Person, Person.name.contains("\\"))


@program(spec=("SB-012",))
def substring_searches_with_a_node_concatenate_in_sql(t):
    Person = people(t)
    ask(t, "contains", Person, Person.name.contains(fn.LOWER("B")))
    ask(t, "startswith", Person, Person.name.startswith(Person.name))
    ask(t, "endswith", Person, Person.name.endswith(Value("b")))


@program
def substring_searches_with_other_values(t):
    Person = people(t)
    ask(t, "text in a number", Person, Person.age.contains("3"))
    ask(t, "empty", Person, Person.name.contains(""))
    with t.raises("number", message=False):
        Person.age.contains(3)
    with t.raises("none", message=False):
        Person.name.contains(None)
    with t.raises("list", message=False):
        Person.name.startswith(["a"])


@program(spec=("QB-013",))
def regexp_needs_the_function(t):
    Person = people(t)
    t.show("regexp", Person.select().where(Person.name.regexp("^a")).sql())
    t.show("iregexp", Person.select().where(Person.name.iregexp("^a")).sql())
    with t.raises("run regexp", message=False):
        list(Person.select().where(Person.name.regexp("^a")))


@program(spec=("DB-061",))
def regexp_works_when_it_was_asked_for(t):
    db = t.database(regexp_function=True)

    class Word(db.Model):
        text = TextField()

    db.create_tables([Word])
    Word.insert_many([("alpha",), ("beta",), ("Aleph",)], fields=[Word.text]).execute()
    query = Word.select().where(Word.text.regexp("^[ab].*a$")).order_by(Word.id)
    t.show("rows", [word.text for word in query])


@program
def between_takes_two_bounds(t):
    Person = people(t)
    ask(t, "between", Person, Person.age.between(10, 30))
    ask(t, "slice", Person, Person.age[10:30])
    ask(t, "negated", Person, ~Person.age.between(10, 30))
    ask(t, "nodes", Person, Person.age.between(Person.score, Person.score + 30))
    with t.raises("open slice"):
        Person.age[10:]
    with t.raises("open start"):
        Person.age[:10]


@program
def a_subscript_is_an_equality(t):
    Person = people(t)
    ask(t, "item", Person, Person.age[30])


@program
def is_null_takes_a_switch(t):
    Person = people(t)
    ask(t, "default", Person, Person.name.is_null())
    ask(t, "true", Person, Person.name.is_null(True))
    ask(t, "false", Person, Person.name.is_null(False))


@program
def the_right_shift_is_the_is_operator(t):
    Person = people(t)
    ask(t, "value", Person, Person.age >> 30)
    ask(t, "none", Person, Person.name >> None)


@program
def bitwise_operators_are_methods(t):
    Person = people(t)
    ask(t, "and", Person, Person.age.bin_and(4) != 0)
    ask(t, "or", Person, Person.age.bin_or(1) == 31)


@program(spec=("SB-013",))
def the_caret_is_rejected_by_sqlite(t):
    Person = people(t)
    t.show("sql", Person.select(Person.age ^ 1).sql())
    t.show("reflected", Person.select(1 ^ Person.age).sql())
    with t.raises("run", message=False):
        list(Person.select(Person.age ^ 1))


@program
def custom_operators_are_expressions(t):
    from peewee import Expression

    Person = people(t)
    t.show("mod", Person.select().where(Expression(Person.age, "%", 2) == 1).sql())
    ask(t, "flat", Person, Expression(Person.age, ">", 20, flat=True))
    ask(t, "op by name", Person, Expression(Person.age, OP.GTE, 20))


@program
def operators_refuse_what_they_do_not_know(t):
    Person = people(t)
    with t.raises("floor division", message=False):
        Person.age // 2
    with t.raises("negate twice"):
        t.show("minus minus", Person.select().order_by(-(-Person.age)).sql())
    with t.raises("absolute", message=False):
        abs(Person.age)
    with t.raises("between without an end", message=False):
        Person.age.between(1)


@program
def distinct_inside_a_function(t):
    Person = people(t)
    query = Person.select(fn.COUNT(Person.age.distinct()).alias("n"))
    t.show("sql", query.sql())
    t.show("value", query.scalar())
