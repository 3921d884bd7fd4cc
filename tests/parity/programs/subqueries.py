"""Subqueries: scalar, IN, EXISTS, FROM, correlated, in every clause."""

from peewee import *

from parity_program import program


def school(t):
    db = t.database()

    class Pupil(db.Model):
        name = TextField()
        year = IntegerField()

    class Mark(db.Model):
        pupil = ForeignKeyField(Pupil, backref="marks")
        value = IntegerField()
        subject = TextField()

    db.create_tables([Pupil, Mark])
    for name, year, marks in [("a", 1, (3, 5)), ("b", 1, (4,)), ("c", 2, ()), ("d", 2, (1, 2, 3))]:
        pupil = Pupil.create(name=name, year=year)
        for n, value in enumerate(marks):
            Mark.create(pupil=pupil, value=value, subject="xyz"[n])
    return Pupil, Mark


@program(spec=("QB-032", "QB-025", "SB-009"))
def in_takes_a_query(t):
    Pupil, Mark = school(t)
    good = Mark.select(Mark.pupil).where(Mark.value > 3)
    query = Pupil.select().where(Pupil.id.in_(good)).order_by(Pupil.id)
    t.show("sql", query.sql())
    t.show("names", [pupil.name for pupil in query])
    t.show("not in", [p.name for p in Pupil.select().where(Pupil.id.not_in(good)).order_by(Pupil.id)])
    t.show("shift", Pupil.select(Pupil.id).where(Pupil.id << good).sql())


@program(spec=("QB-025", "SB-009"))
def a_default_select_in_an_expression_selects_the_key(t):
    Pupil, Mark = school(t)
    old = Pupil.select().where(Pupil.year == 2)
    query = Mark.select(Mark.id).where(Mark.pupil.in_(old)).order_by(Mark.id)
    t.show("in", query.sql())
    t.show("ids", [mark.id for mark in query])
    t.show("exists", Pupil.select(Pupil.id).where(fn.EXISTS(Mark.select())).sql())
    t.show("equals", Mark.select(Mark.id).where(Mark.pupil == old.limit(1)).sql())
    t.show("from", old.select_from(old.c.name).sql())


@program(spec=("QB-004", "SB-008"))
def a_query_over_the_same_model_shares_its_alias(t):
    Pupil, Mark = school(t)
    inner = Pupil.select(Pupil.id).where(Pupil.year == 1)
    t.show("shared", Pupil.select(Pupil.name).where(Pupil.id.in_(inner)).sql())
    P = Pupil.alias()
    inner = P.select(P.id).where(P.year == 1)
    t.show("alias", Pupil.select(Pupil.name).where(Pupil.id.in_(inner)).sql())
    t.show("names", sorted(p.name for p in Pupil.select(Pupil.name).where(Pupil.id.in_(inner))))


@program(spec=("QB-012", "SB-016"))
def a_scalar_subquery_is_compared(t):
    Pupil, Mark = school(t)
    average = Mark.select(fn.AVG(Mark.value))
    query = Mark.select(Mark.id).where(Mark.value > average).order_by(Mark.id)
    t.show("right", query.sql())
    t.show("ids", [mark.id for mark in query])
    t.show("left", Pupil.select(Pupil.id).where(average > 2).sql())
    t.show("equal", Pupil.select(Pupil.id).where(average == 3).sql())
    t.show("arithmetic", Mark.select((Mark.value - average).alias("d")).sql())


@program(spec=("QB-032",))
def a_scalar_subquery_is_selected(t):
    Pupil, Mark = school(t)
    M = Mark.alias()
    n = M.select(fn.COUNT(M.id)).where(M.pupil == Pupil.id)
    query = Pupil.select(Pupil.name, n.alias("n")).order_by(Pupil.id)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    t.show("dicts", list(query.dicts()))
    t.show("attribute", [(pupil.name, pupil.n) for pupil in query])


@program
def a_correlated_subquery_filters(t):
    Pupil, Mark = school(t)
    M = Mark.alias()
    best = M.select(fn.MAX(M.value)).where(M.pupil == Mark.pupil)
    query = Mark.select(Mark.id, Mark.value).where(Mark.value == best).order_by(Mark.id)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))


@program(spec=("QB-021", "SB-006"))
def exists_and_not_exists(t):
    Pupil, Mark = school(t)
    has = Mark.select().where(Mark.pupil == Pupil.id)
    query = Pupil.select(Pupil.name).where(fn.EXISTS(has)).order_by(Pupil.id)
    t.show("sql", query.sql())
    t.show("names", [pupil.name for pupil in query])
    query = Pupil.select(Pupil.name).where(~fn.EXISTS(has)).order_by(Pupil.id)
    t.show("not", query.sql())
    t.show("not names", [pupil.name for pupil in query])


@program(spec=("QB-032", "QB-030"))
def a_query_in_from_is_aliased(t):
    Pupil, Mark = school(t)
    inner = Mark.select(Mark.pupil, fn.MAX(Mark.value).alias("best")).group_by(Mark.pupil)
    named = inner.alias("bests")
    query = Pupil.select(Pupil.name, named.c.best).join(named, on=(named.c.pupil_id == Pupil.id))
    t.show("named", query.sql())
    t.show("rows", sorted(query.tuples()))
    outer = inner.select_from(fn.AVG(SQL("best")))
    t.show("select_from", outer.sql())
    t.show("value", outer.scalar())
    t.show("from_", Pupil.select(SQL("best")).from_(inner).sql())


@program(spec=("QB-030",))
def select_from_keeps_the_model(t):
    Pupil, Mark = school(t)
    inner = Pupil.select(Pupil.id, Pupil.name).where(Pupil.year == 1).alias("p")
    query = inner.select_from(inner.c.id, inner.c.name).order_by(inner.c.id)
    t.show("sql", query.sql())
    t.show("rows", list(query))
    t.show("type", type(query).__name__)


@program(spec=("QB-032",))
def limits_inside_a_subquery_are_kept(t):
    Pupil, Mark = school(t)
    top = Mark.select(Mark.pupil).order_by(Mark.value.desc()).limit(2)
    query = Pupil.select(Pupil.name).where(Pupil.id.in_(top)).order_by(Pupil.id)
    t.show("sql", query.sql())
    t.show("names", [pupil.name for pupil in query])


@program
def subqueries_stand_in_having_and_order_by(t):
    Pupil, Mark = school(t)
    M = Mark.alias("m")
    overall = M.select(fn.AVG(M.value))
    query = Mark.select(Mark.pupil).group_by(Mark.pupil).having(fn.AVG(Mark.value) > overall)
    t.show("having", query.sql())
    t.show("pupils", sorted(row[0] for row in query.tuples()))
    n = M.select(fn.COUNT(M.id)).where(M.pupil == Pupil.id)
    query = Pupil.select(Pupil.name).order_by(n, Pupil.name)
    t.show("order", query.sql())
    t.show("names", [pupil.name for pupil in query])


@program
def subqueries_nest(t):
    Pupil, Mark = school(t)
    first = Pupil.select(Pupil.id).where(Pupil.year == 1)
    marks = Mark.select(Mark.subject).where(Mark.pupil.in_(first))
    query = Mark.select(Mark.id).where(Mark.subject.in_(marks)).order_by(Mark.id)
    t.show("sql", query.sql())
    t.show("ids", [mark.id for mark in query])


@program
def several_subqueries_number_their_parameters_in_order(t):
    Pupil, Mark = school(t)
    a = Pupil.select(Pupil.id).where(Pupil.year == 1)
    b = Pupil.select(Pupil.id).where(Pupil.name == "d")
    query = (
        Mark.select(Mark.id, Value("x"))
        .where((Mark.pupil.in_(a) & (Mark.value > 3)) | Mark.pupil.in_(b))
        .order_by(Mark.id)
        .limit(3)
    )
    t.show("sql", query.sql())
    t.show("ids", [mark.id for mark in query])


@program
def a_subquery_in_case_and_functions(t):
    Pupil, Mark = school(t)
    top = Mark.select(fn.MAX(Mark.value))
    node = Case(None, [(Mark.value == top, "best")], "rest")
    t.show("case", Mark.select(node.alias("n")).sql())
    t.show(
        "coalesce",
        Pupil.select(fn.COALESCE(Mark.select(Mark.value).where(Mark.pupil == Pupil.id).limit(1), 0).alias("v")).sql(),
    )


@program
def a_query_is_bound_to_a_list_in_python(t):
    Pupil, Mark = school(t)
    ids = [pupil.id for pupil in Pupil.select(Pupil.id).where(Pupil.year == 2)]
    t.show("ids", ids)
    t.show("sql", Mark.select(Mark.id).where(Mark.pupil.in_(ids)).sql())
    pupils = list(Pupil.select().where(Pupil.year == 2))
    t.show("instances", Mark.select(Mark.id).where(Mark.pupil.in_(pupils)).sql())


@program(spec=("FD-036", "SB-016"))
def instances_become_their_keys(t):
    Pupil, Mark = school(t)
    pupil = Pupil.get(Pupil.name == "a")
    t.show("eq", Mark.select(Mark.id).where(Mark.pupil == pupil).sql())
    t.show("unsaved", Mark.select(Mark.id).where(Mark.pupil == Pupil(name="new")).sql())
    t.show("ne", Mark.select(Mark.id).where(Mark.pupil != pupil).sql())
    t.show("count", Mark.select().where(Mark.pupil == pupil).count())


@program
def a_subquery_with_too_many_columns_fails_in_the_driver(t):
    Pupil, Mark = school(t)
    with t.raises("run", message=False):
        list(Pupil.select().where(Pupil.id.in_(Mark.select(Mark.id, Mark.value))))
    t.show("still usable", Pupil.select().count())


@program
def an_explicit_alias_reaches_the_columns(t):
    Pupil, Mark = school(t)
    inner = Pupil.select(Pupil.id.alias("key"), fn.UPPER(Pupil.name).alias("loud")).alias("sub")
    query = Mark.select(Mark.value, inner.c.loud).join(inner, on=(Mark.pupil == inner.c.key)).order_by(Mark.id)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    t.show("item", inner.c["loud"].name)


@program(spec=("QB-035",))
def lateral_joins_have_their_words(t):
    Pupil, Mark = school(t)
    best = Mark.select(Mark.value).where(Mark.pupil == Pupil.id).limit(1).alias("best")
    query = Pupil.select(Pupil.name, best.c.value)
    t.show("lateral", query.join(best, JOIN.LATERAL, on=True).sql())
    t.show("left", query.join(best, JOIN.LEFT_LATERAL, on=True).sql())
    t.show("method", query.join(best.lateral(), JOIN.LEFT_OUTER, on=True).sql())
