"""Functions and other nodes: fn, Case, Cast, SQL, Tuple, NodeList, Entity, Check."""

import datetime
from decimal import Decimal

from peewee import *
from peewee import CommaNodeList, EnclosedNodeList, Function, NodeList

from parity_program import program


def sales(t, **options):
    db = t.database(**options)

    class Sale(db.Model):
        kind = CharField()
        amount = IntegerField()
        price = DecimalField(null=True)
        sold = DateField(null=True)
        paid = BooleanField(default=False)

    db.create_tables([Sale])
    day = datetime.date(2024, 1, 30)
    for n, (kind, amount, price) in enumerate(
        [("apple", 3, "1.50"), ("pear", 5, "2.25"), ("apple", 4, None), ("plum", 1, "0.10")]
    ):
        Sale.create(
            kind=kind,
            amount=amount,
            price=price and Decimal(price),
            sold=day + datetime.timedelta(days=n) if n else None,
            paid=bool(n % 2),
        )
    return Sale


@program(spec=("QB-014",))
def any_function_name_works_and_keeps_its_case(t):
    Sale = sales(t)
    t.show("lower", Sale.select(fn.lower(Sale.kind)).sql())
    t.show("upper", Sale.select(fn.LOWER(Sale.kind)).sql())
    t.show("mixed", Sale.select(fn.MyFunc(1, "a", None)).sql())
    t.show("nothing", Sale.select(fn.RANDOM()).sql())
    with t.raises("qualified", message=False):
        fn.pkg.proc(1)


@program(spec=("QB-014",))
def arguments_are_bound_unconverted(t):
    Sale = sales(t)
    t.show("scalars", Sale.select(fn.COALESCE(Sale.kind, 5, True, 2.5)).sql())
    t.show("list", Sale.select(fn.F([1, 2], (3, 4))).sql())
    t.show("dates", Sale.select(fn.DATE(datetime.date(2024, 1, 1))).sql())
    t.show("decimal", Sale.select(fn.ABS(Decimal("1.5"))).sql())
    t.show("dict", Sale.select(fn.F({"a": 1})).sql())
    t.show("run", Sale.select(fn.COALESCE(None, "x")).limit(1).scalar())


@program(spec=("QB-007", "SB-006"))
def a_single_argument_loses_its_parentheses(t):
    Sale = sales(t)
    t.show("one", Sale.select(fn.SUM(Sale.amount + 1)).sql())
    t.show("two", Sale.select(fn.MAX(Sale.amount + 1, Sale.amount * 2)).sql())
    t.show("nested", Sale.select(fn.SUM((Sale.amount + 1) * 2)).sql())
    t.show("condition", Sale.select(fn.SUM(Sale.amount > 3)).sql())
    t.show(
        "values",
        (
            Sale.select(fn.SUM(Sale.amount + 1)).scalar(),
            Sale.select(fn.SUM(Sale.amount > 3)).scalar(),
        ),
    )


@program(spec=("QB-021", "SB-006"))
def a_subquery_argument_has_its_own_parentheses(t):
    Sale = sales(t)
    inner = Sale.select(fn.MAX(Sale.amount))
    t.show("coalesce", Sale.select(fn.COALESCE(inner, 0)).sql())
    t.show("single", Sale.select(fn.ABS(inner)).sql())
    t.show("exists", Sale.select().where(fn.EXISTS(Sale.select().where(Sale.amount > 4))).sql())
    t.show("exists lower", Sale.select().where(fn.exists(inner)).sql())
    t.show("any", Sale.select().where(Sale.amount == fn.ANY(inner)).sql())
    t.show("value", Sale.select(fn.ABS(inner)).limit(1).scalar())


@program(spec=("QB-015", "SB-032"))
def the_first_field_argument_converts_the_result(t):
    Sale = sales(t)
    for label, node in [
        ("max decimal", fn.MAX(Sale.price)),
        ("min date", fn.MIN(Sale.sold)),
        ("coalesce", fn.COALESCE(Sale.price, 7)),
        ("max bool", fn.MAX(Sale.paid)),
        ("field second", fn.COALESCE(None, Sale.paid)),
        ("length leniently", fn.LENGTH(Sale.sold)),
        ("lower", fn.LOWER(Sale.kind)),
        ("expression", fn.MAX(Sale.price + 1)),
    ]:
        query = Sale.select(node.alias("v")).order_by(Sale.id.desc()).limit(1)
        t.show(label, list(query.tuples()))


@program(spec=("QB-015", "SB-032", "FD-014"))
def sum_count_and_avg_are_never_converted(t):
    Sale = sales(t)
    for name in ("SUM", "sum", "COUNT", "Count", "AVG", "avg"):
        query = Sale.select(Function(name, (Sale.price,)).alias("v"))
        t.show(name, list(query.tuples()))
    t.show("count bool", Sale.select(fn.COUNT(Sale.paid)).scalar())
    t.show("sum bool", Sale.select(fn.SUM(Sale.paid)).scalar())


@program(spec=("QB-015",))
def coercion_can_be_turned_off(t):
    Sale = sales(t)
    t.show("method", Sale.select(fn.MAX(Sale.paid).coerce(False)).scalar())
    t.show("keyword", Sale.select(fn.MAX(Sale.paid, coerce=False)).scalar())
    t.show("on again", Sale.select(fn.MAX(Sale.paid).coerce(False).coerce()).scalar())
    t.show("field", list(Sale.select(Sale.paid.coerce(False)).order_by(Sale.id).tuples()))
    t.show("python_value", Sale.select(fn.MAX(Sale.amount).python_value(lambda v: [v])).scalar())
    t.show("python_value keyword", Sale.select(fn.MAX(Sale.amount, python_value=str)).scalar())


@program(spec=("QB-015",))
def a_converter_that_fails_raises(t):
    Sale = sales(t)
    with t.raises("python_value"):
        t.show("value", Sale.select(fn.MAX(Sale.kind).python_value(lambda v: v.nothing)).scalar())
    with t.raises("converter", message=False):
        list(Sale.select(fn.LOWER(Sale.kind).converter(int)).tuples())
    t.show("still usable", Sale.select().count())


@program(spec=("QB-016",))
def a_function_can_be_filtered(t):
    Sale = sales(t)
    node = fn.COUNT(Sale.id).filter(Sale.amount > 3)
    t.show("sql", Sale.select(node).sql())
    t.show("value", Sale.select(node).scalar())
    with t.raises("two", message=False):
        fn.SUM(Sale.amount).filter(Sale.amount > 3, Sale.kind == "pear")
    t.show("alias", Sale.select(fn.COUNT(Sale.id).filter(Sale.paid).alias("n")).dicts().get())


@program(spec=("QB-016",))
def a_function_can_order_its_arguments(t):
    Sale = sales(t)
    t.show("one", Sale.select(fn.GROUP_CONCAT(Sale.kind).order_by(Sale.kind)).sql())
    t.show(
        "two",
        Sale.select(fn.GROUP_CONCAT(Sale.kind, "-").order_by(Sale.kind.desc(), Sale.id)).sql(),
    )


@program(spec=("QB-016",))
def filter_must_come_before_over(t):
    Sale = sales(t)
    t.show("right", Sale.select(fn.SUM(Sale.amount).filter(Sale.paid).over(order_by=[Sale.id])).sql())
    with t.raises("wrong", message=False):
        Sale.select(fn.SUM(Sale.amount).over(order_by=[Sale.id]).filter(Sale.paid)).sql()


@program(spec=("QB-018",))
def case_compares_a_subject(t):
    Sale = sales(t)
    node = Case(Sale.kind, [("apple", 1), ("pear", 2)], 9)
    t.show("sql", Sale.select(node.alias("rank")).sql())
    t.show("rows", list(Sale.select(Sale.kind, node.alias("rank")).order_by(node, Sale.id).tuples()))


@program(spec=("QB-018",))
def case_searches_conditions(t):
    Sale = sales(t)
    node = Case(None, [(Sale.amount > 3, "many"), (Sale.amount > 1, "some")], "few")
    t.show("sql", Sale.select(node).sql())
    t.show("rows", list(Sale.select(node.alias("n")).order_by(Sale.id).tuples()))
    t.show("where", [row.id for row in Sale.select().where(node == "many").order_by(Sale.id)])
    t.show("inside sum", Sale.select(fn.SUM(Case(None, [(Sale.paid, Sale.amount)], 0))).scalar())


@program(spec=("QB-018",))
def case_without_a_default_has_no_else(t):
    Sale = sales(t)
    t.show("none", Sale.select(Case(None, [(Sale.amount > 3, 1)])).sql())
    t.show("null", Sale.select(Case(None, [(Sale.amount > 3, 1)], Value(None))).sql())
    t.show("false", Sale.select(Case(None, [(Sale.amount > 3, 1)], False)).sql())
    t.show("tuple of pairs", Sale.select(Case(Sale.kind, (("a", 1),))).sql())
    with t.raises("no pairs", message=False):
        list(Sale.select(Case(None, [])))


@program(spec=("QB-018", "QB-039"))
def cast_renders_the_type(t):
    Sale = sales(t)
    query = Sale.select(Cast(Sale.amount, "text"), Cast(Value("12"), "integer").alias("amount"))
    t.show("sql", query.sql())
    t.show("rows", list(query.order_by(Sale.id).tuples()))
    t.show("function", Sale.select(fn.CAST(Sale.amount)).sql())
    t.show("expression", Sale.select(Cast(Sale.amount + 1, "real")).sql())
    t.show("method", Sale.select(Sale.price.cast("integer").alias("p")).order_by(Sale.id).tuples()[0])


@program(spec=("QB-018",))
def sql_text_is_taken_as_it_is(t):
    Sale = sales(t)
    t.show("plain", Sale.select(SQL("1 + 1")).sql())
    t.show("params", Sale.select(SQL("? + ?", [1, 2])).sql())
    t.show("where", Sale.select(Sale.id).where(SQL("amount > ?", (3,))).sql())
    t.show("operators", Sale.select(Sale.id).where(SQL("amount") > 3).sql())
    t.show("order", Sale.select(Sale.id, Sale.amount.alias("n")).order_by(SQL("n").desc()).sql())
    t.show("run", [row.id for row in Sale.select(Sale.id).where(SQL("amount > ?", (3,)))])
    t.show("alias", Sale.select(SQL("count(*)").alias("n")).dicts().get())


@program(spec=("QB-018",))
def sql_with_the_wrong_number_of_parameters_fails_in_the_driver(t):
    Sale = sales(t)
    with t.raises("too few", message=False):
        list(Sale.select(SQL("? + ?", [1])))
    with t.raises("too many", message=False):
        list(Sale.select(SQL("1", [1])))
    t.show("still usable", Sale.select().count())


@program(spec=("QB-018",))
def a_node_list_joins_its_nodes(t):
    Sale = sales(t)
    t.show("space", Sale.select(NodeList((SQL("DISTINCT"), Sale.kind))).sql())
    t.show("glue", Sale.select(NodeList((Sale.id, Sale.amount), glue=" + ")).sql())
    t.show("parens", Sale.select(NodeList((Sale.id, 1), glue=" - ", parens=True)).sql())
    t.show("comma", Sale.select(CommaNodeList((Sale.id, Sale.kind))).sql())
    t.show("enclosed", Sale.select().where(Sale.id.in_(EnclosedNodeList((1, 2)))).sql())
    t.show("empty", Sale.select(NodeList(())).sql())


@program(spec=("QB-018", "QB-006"))
def an_entity_is_a_quoted_path(t):
    Sale = sales(t)
    t.show("one", Sale.select(Entity("sale")).sql())
    t.show("path", Sale.select(Entity("t1", "amount")).sql())
    t.show("attribute", Sale.select(Entity("t1").amount).sql())
    t.show("left out", [Entity(*path)._path for path in ((None, "sale"), ("", "sale"), ("a", None, "b"), (None,))])
    t.show("no schema", Sale.select(Entity(None, "amount"), Entity(None, "t1").amount).sql())
    t.show("run", [row[0] for row in Sale.select(Entity("t1", "amount")).order_by(Sale.id).tuples()])
    t.show("comparison", Sale.select(Sale.id).where(Entity("t1", "amount") > 3).sql())


@program(spec=("QB-018",))
def tuples_compare_as_rows(t):
    Sale = sales(t)
    query = Sale.select(Sale.id).where(Tuple(Sale.kind, Sale.amount) == ("apple", 4))
    t.show("sql", query.sql())
    t.show("ids", [row.id for row in query])
    t.show("in", Sale.select(Sale.id).where(Tuple(Sale.kind, Sale.amount).in_([("a", 1)])).sql())
    inner = Sale.select(Sale.kind, fn.MAX(Sale.amount)).group_by(Sale.kind)
    query = Sale.select(Sale.id).where(Tuple(Sale.kind, Sale.amount).in_(inner)).order_by(Sale.id)
    t.show("in a query", query.sql())
    t.show("in ids", [row.id for row in query])


@program(spec=("MD-048",))
def check_and_default_are_constraints(t):
    db = t.database()

    class Account(db.Model):
        balance = IntegerField(constraints=[Check("balance >= 0")])
        state = TextField(constraints=[Default("'new'"), Check("length(state) > 1", "state_ok")])

        class Meta:
            constraints = [Check("balance < 1000", name="limited")]

    db.create_tables([Account])
    Account.insert(balance=1, state="ok").execute()
    with t.raises("column"):
        Account.insert(balance=-1, state="ok").execute()
    with t.raises("named"):
        Account.insert(balance=1, state="x").execute()
    with t.raises("table"):
        Account.insert(balance=5000, state="ok").execute()
    db.execute_sql("insert into account (balance) values (2)")


@program(spec=("FD-021",))
def date_parts_are_functions_of_the_database(t):
    Sale = sales(t)
    parts = (Sale.sold.year.alias("y"), Sale.sold.month.alias("m"), Sale.sold.day.alias("d"))
    query = Sale.select(*parts).where(Sale.sold.is_null(False)).order_by(Sale.id)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    query = Sale.select(Sale.id).where((Sale.sold.month == 2) & (Sale.sold.year == 2024))
    t.show("where", query.sql())
    t.show("ids", sorted(row.id for row in query))
    t.show(
        "truncate",
        list(Sale.select(Sale.sold.truncate("month").alias("f")).order_by(Sale.id).tuples()),
    )


@program(spec=("FD-021",))
def a_date_part_of_null_cannot_be_converted(t):
    Sale = sales(t)
    with t.raises("iterate", message=False):
        t.show("years", [row.y for row in Sale.select(Sale.sold.year.alias("y")).order_by(Sale.id)])
    t.show("raw", Sale.select(fn.MAX(Sale.sold.year)).scalar())


@program
def asc_and_desc_are_free_functions_too(t):
    from peewee import Asc, Desc, Negated, Ordering

    Sale = sales(t)
    t.show("asc", Sale.select(Sale.id).order_by(Asc(Sale.kind)).sql())
    t.show("desc", Sale.select(Sale.id).order_by(Desc(Sale.kind, nulls="last")).sql())
    t.show("collated", Sale.select(Sale.id).order_by(Asc(Sale.kind, collation="NOCASE")).sql())
    t.show(
        "ordering",
        Sale.select(Sale.id).order_by(Ordering(Sale.kind, "ASC").collate("NOCASE")).sql(),
    )
    t.show("negated", Sale.select(Sale.id).where(Negated(Sale.paid)).sql())


@program(spec=("QB-001",))
def a_node_of_ones_own_renders_itself(t):
    from peewee import ColumnBase, Node

    Sale = sales(t)

    class Modulo(ColumnBase):
        def __init__(self, left, right):
            self.left, self.right = left, right

        def __sql__(self, ctx):
            return ctx.literal("(").sql(self.left).literal(" % ").sql(self.right).literal(")")

    class Star(Node):
        def __sql__(self, ctx):
            return ctx.literal("*")

    query = Sale.select(Sale.id).where(Modulo(Sale.amount, 2) == 1).order_by(Sale.id)
    t.show("sql", query.sql())
    t.show("ids", [row.id for row in query])
    t.show("plain node", Sale.select(fn.COUNT(Star())).scalar())


@program
def python_functions_can_be_registered(t):
    db = t.database()

    class Word(db.Model):
        text = TextField()

    @db.func("title")
    def title(text):
        return text.title()

    db.create_tables([Word])
    Word.create(text="so it goes")
    t.show("value", Word.select(fn.title(Word.text)).scalar())
    t.show("where", Word.select().where(fn.title(Word.text) == "So It Goes").count())


@program
def unknown_functions_fail_in_the_driver(t):
    Sale = sales(t)
    with t.raises("unknown", message=False):
        list(Sale.select(fn.NO_SUCH_FUNCTION(Sale.id)))
    with t.raises("arity", message=False):
        list(Sale.select(fn.LOWER(1, 2, 3)))
    t.show("still usable", Sale.select(fn.COUNT(Sale.id)).scalar())
