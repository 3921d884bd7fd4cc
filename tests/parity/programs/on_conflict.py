"""Upserts: on_conflict_ignore, on_conflict_replace, on_conflict and its errors."""

from peewee import *

from parity_program import program


def words(t, **options):
    db = t.database(**options)

    class Word(db.Model):
        text = TextField(unique=True)
        count = IntegerField(default=1)
        note = TextField(null=True)

    db.create_tables([Word])
    Word.insert_many([("a", 1, "n"), ("b", 2, None)], fields=[Word.text, Word.count, Word.note]).execute()
    return Word


def state(t, label, Word):
    t.show(label, list(Word.select().order_by(Word.id).tuples()))


@program(spec=("QB-054", "SB-051"))
def ignore_keeps_the_old_row(t):
    Word = words(t)
    query = Word.insert(text="a", count=9).on_conflict_ignore()
    t.show("sql", query.sql())
    t.show("result", query.execute())
    t.show("new", Word.insert(text="c").on_conflict_ignore().execute())
    t.show("off", Word.insert(text="c").on_conflict_ignore(False).sql())
    state(t, "rows", Word)


@program(spec=("QB-054",))
def replace_makes_a_new_row(t):
    Word = words(t)
    query = Word.insert(text="a", count=9).on_conflict_replace()
    t.show("sql", query.sql())
    t.show("result", query.execute())
    state(t, "rows", Word)


@program(spec=("QB-055",))
def preserve_takes_the_new_values(t):
    Word = words(t)
    query = Word.insert(text="a", count=9, note="new").on_conflict(conflict_target=[Word.text], preserve=[Word.count])
    t.show("sql", query.sql())
    t.show("result", query.execute())
    state(t, "rows", Word)
    two = Word.insert(text="b", count=9, note="new").on_conflict(
        conflict_target=Word.text, preserve=(Word.count, Word.note)
    )
    t.show("two", two.sql())
    two.execute()
    state(t, "rows again", Word)


@program(spec=("QB-055",))
def update_sets_expressions(t):
    Word = words(t)
    query = Word.insert(text="a", count=5).on_conflict(
        conflict_target=[Word.text], update={Word.count: Word.count + 1, Word.note: "seen"}
    )
    t.show("sql", query.sql())
    t.show("results", [query.execute() for _ in range(2)])
    state(t, "rows", Word)
    t.show(
        "names",
        Word.insert(text="a").on_conflict(conflict_target=["text"], update={"note": "x"}).sql(),
    )


@program(spec=("QB-055",))
def preserve_and_update_together(t):
    Word = words(t)
    query = Word.insert(text="a", count=5, note="z").on_conflict(
        conflict_target=[Word.text], preserve=[Word.note], update={Word.count: Word.count * 10}
    )
    t.show("sql", query.sql())
    query.execute()
    state(t, "rows", Word)


@program(spec=("QB-020", "QB-055"))
def excluded_names_the_new_row(t):
    Word = words(t)
    query = Word.insert(text="a", count=5).on_conflict(
        conflict_target=[Word.text], update={Word.count: Word.count + EXCLUDED.count}
    )
    t.show("sql", query.sql())
    query.execute()
    t.show(
        "item",
        Word.insert(text="a").on_conflict(conflict_target=[Word.text], update={Word.count: EXCLUDED["count"]}).sql(),
    )
    state(t, "rows", Word)


@program(spec=("QB-055",))
def where_limits_the_update(t):
    Word = words(t)
    query = Word.insert_many([("a", 5), ("b", 6)], fields=[Word.text, Word.count]).on_conflict(
        conflict_target=[Word.text],
        update={Word.count: EXCLUDED.count},
        where=(Word.count > 1),
    )
    t.show("sql", query.sql())
    query.execute()
    state(t, "rows", Word)


@program(spec=("QB-055",))
def conflict_where_selects_a_partial_index(t):
    db = t.database()

    class Slot(db.Model):
        name = TextField()
        live = BooleanField(default=True)
        hits = IntegerField(default=0)

    Slot.add_index(Slot.index(Slot.name, unique=True, where=(Slot.live == True)))
    db.create_tables([Slot])
    for live in (True, False, False):
        Slot.create(name="a", live=live)
    query = Slot.insert(name="a").on_conflict(
        conflict_target=[Slot.name],
        conflict_where=(Slot.live == True),
        update={Slot.hits: Slot.hits + 1},
    )
    t.show("sql", query.sql())
    with t.raises("run", message=False):
        query.execute()
    literal = Slot.insert(name="a").on_conflict(
        conflict_target=[Slot.name],
        conflict_where=SQL('"live" = 1'),
        update={Slot.hits: Slot.hits + 1},
    )
    t.show("literal", literal.sql())
    literal.execute()
    t.show("rows", list(Slot.select().order_by(Slot.id).tuples()))


@program(spec=("QB-055",))
def actions_by_name(t):
    Word = words(t)
    for action in ("ignore", "nothing", "replace", "IGNORE", "rollback", "abort", "fail"):
        with t.raises(f"{action} end"):
            t.show(action, Word.insert(text="x").on_conflict(action).sql())
    with t.raises("keyword end"):
        t.show("keyword", Word.insert(text="x").on_conflict(action="ignore").sql())


@program(spec=("QB-055",))
def do_nothing_with_a_target(t):
    Word = words(t)
    query = Word.insert(text="a").on_conflict(action="nothing", conflict_target=[Word.text])
    t.show("sql", query.sql())
    t.show("result", query.execute())
    state(t, "rows", Word)


@program(spec=("QB-055", "SB-055"))
def wrong_arguments_are_refused(t):
    Word = words(t)
    with t.raises("no target"):
        Word.insert(text="a").on_conflict(update={Word.count: 1}).execute()
    with t.raises("no target, preserve"):
        Word.insert(text="a").on_conflict(preserve=[Word.count]).execute()
    with t.raises("nothing to do"):
        Word.insert(text="a").on_conflict(conflict_target=[Word.text]).execute()
    with t.raises("constraint"):
        Word.insert(text="a").on_conflict(conflict_constraint="x", update={Word.count: 1}).execute()
    with t.raises("both"):
        Word.insert(text="a").on_conflict(
            conflict_constraint="x", conflict_target=[Word.text], update={Word.count: 1}
        ).execute()
    with t.raises("not unique", message=False):
        Word.insert(text="a").on_conflict(conflict_target=[Word.note], update={Word.count: 1}).execute()
    with t.raises("unknown field", message=False):
        Word.insert(text="a").on_conflict(conflict_target=[Word.text], update={"nothing": 1}).execute()
    state(t, "rows", Word)


@program(spec=("QB-055",))
def upserts_of_many_rows(t):
    Word = words(t)
    rows = [{"text": "a", "count": 10}, {"text": "c", "count": 30}, {"text": "b", "count": 20}]
    query = Word.insert_many(rows).on_conflict(conflict_target=[Word.text], preserve=[Word.count])
    t.show("sql", query.sql())
    query.execute()
    state(t, "rows", Word)
    t.show("count", Word.insert_many(rows).on_conflict_ignore().as_rowcount().execute())


@program(spec=("QB-055",))
def upserts_on_several_columns(t):
    db = t.database()

    class Cell(db.Model):
        x = IntegerField()
        y = IntegerField()
        v = TextField()

        class Meta:
            primary_key = CompositeKey("x", "y")

    db.create_tables([Cell])
    for value in ("one", "two"):
        query = Cell.insert(x=1, y=2, v=value).on_conflict(conflict_target=[Cell.x, Cell.y], preserve=[Cell.v])
        query.execute()
    t.show("sql", query.sql())
    t.show("rows", list(Cell.select().tuples()))


@program(spec=("QB-056", "QB-055"))
def an_upsert_returns_rows(t):
    Word = words(t)
    query = (
        Word.insert(text="a", count=50)
        .on_conflict(conflict_target=[Word.text], preserve=[Word.count])
        .returning(Word.id, Word.count)
    )
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples().execute()))


@program(spec=("QB-052", "QB-055"))
def insert_from_with_a_conflict(t):
    Word = words(t)
    source = Word.select(Word.text, Word.count + 100).where(Word.count > 0)
    query = Word.insert_from(source, fields=[Word.text, Word.count]).on_conflict(
        conflict_target=[Word.text], preserve=[Word.count]
    )
    t.show("sql", query.sql())
    query.execute()
    state(t, "rows", Word)


@program(spec=("MD-041",))
def an_unbound_upsert_has_no_sql(t):
    class Loose(Model):
        name = TextField(unique=True)

    with t.raises("sql"):
        Loose.insert(name="x").on_conflict(conflict_target=[Loose.name], update={Loose.name: "y"}).sql()
