"""Statements written by hand: placeholders, percent signs, parameters of every kind, several statements at once."""

import datetime
import decimal

from parity_program import program
from peewee import *
from peewee import Function


def _notes(t):
    db = t.database()
    db.execute_sql("CREATE TABLE note (id serial PRIMARY KEY, body text, stars integer)")
    db.execute_sql("INSERT INTO note (body, stars) VALUES ('one', 1), ('two', 2), ('100', NULL)")
    return db


@program(spec=("DB-025",))
def parameters_by_place(t):
    db = _notes(t)
    t.show("tuple", db.execute_sql("SELECT body FROM note WHERE stars = %s", (2,)).fetchall())
    t.show(
        "list", db.execute_sql("SELECT body FROM note WHERE stars = %s OR body = %s ORDER BY id", [2, "one"]).fetchall()
    )
    t.show("no parameters", db.execute_sql("SELECT body FROM note ORDER BY id", ()).fetchall())
    t.show("none", db.execute_sql("SELECT count(*) FROM note", None).fetchall())
    t.show("same twice", db.execute_sql("SELECT %s::int, %s::int", (5, 5)).fetchone())
    t.show(
        "many", db.execute_sql("SELECT " + ", ".join(["%s"] * 200), list(range(200))).fetchone() == tuple(range(200))
    )


@program(spec=("DB-025",))
def parameters_by_name(t):
    db = _notes(t)
    t.show("names", db.execute_sql("SELECT body FROM note WHERE stars = %(stars)s", {"stars": 2}).fetchall())
    t.show("repeated", db.execute_sql("SELECT %(a)s::int + %(a)s::int, %(b)s::text", {"a": 2, "b": "x"}).fetchone())
    t.show("unused", db.execute_sql("SELECT %(a)s::int", {"a": 1, "unused": 2}).fetchone())
    with t.raises("missing", message=False):
        db.execute_sql("SELECT %(a)s::int", {"b": 1})


@program(spec=("DB-025",))
def a_percent_sign_without_parameters(t):
    db = _notes(t)
    for label, sql in (
        ("like", "SELECT body FROM note WHERE body LIKE '%o%' ORDER BY id"),
        ("ilike", "SELECT body FROM note WHERE body ILIKE 'O%' ORDER BY id"),
        ("modulo", "SELECT 7 % 4"),
        ("doubled", "SELECT 7 %% 4"),
        ("doubled in a text", "SELECT 'a%%b', length('%%')"),
        ("placeholder in a text", "SELECT 'a %s b'"),
        ("doubled placeholder", "SELECT format('%%s-%%I', 'x', 'Y z')"),
    ):
        for given, params in (("none", None), ("empty", ())):
            with t.raises(f"{label} {given}", message=False):
                t.show(f"{label} {given} rows", db.execute_sql(sql, params).fetchall())


@program(spec=("DB-025",))
def a_percent_sign_with_parameters_is_doubled(t):
    db = _notes(t)
    t.show("like", db.execute_sql("SELECT body FROM note WHERE body LIKE '%%o%%' AND stars = %s", (1,)).fetchall())
    t.show("modulo", db.execute_sql("SELECT %s %% 4", (7,)).fetchone())
    t.show("text", db.execute_sql("SELECT '%%s', %s::text", ("%s",)).fetchone())
    with t.raises("single", message=False):
        db.execute_sql("SELECT '%', %s", (1,))


@program(spec=("DB-025",))
def placeholders_within_texts_and_comments(t):
    db = _notes(t)
    t.show("comment", db.execute_sql("SELECT %s::int -- it's a comment\n + 1 /* and 'another' */", (1,)).fetchone())
    t.show("quoted name", db.execute_sql('SELECT %s::int AS "a ? b $1"', (1,)).description[0][0])
    t.show("dollar quotes", db.execute_sql("SELECT $$it's$$, $x$a$$b$x$, %s::int", (1,)).fetchone())
    t.show("escapes", db.execute_sql("SELECT E'a\\'b\\n', 'a''b', %s::int", (1,)).fetchone())
    t.show("dollar place", db.execute_sql("SELECT '$1', %s::int", (1,)).fetchone())
    t.show("cast", db.execute_sql("SELECT %s::int::text, '{1}'::int[]", (1,)).fetchone())
    t.show("question mark", db.execute_sql("SELECT '{\"a\": 1}'::jsonb ? %s", ("a",)).fetchone())
    t.show("colon", db.execute_sql("SELECT ':name', '{1,2,3}'::int[] , (ARRAY[1,2,3])[2:3]").fetchone())


@program(spec=("DB-025",))
def the_number_of_parameters_must_fit(t):
    db = _notes(t)
    with t.raises("too few", message=False):
        db.execute_sql("SELECT %s, %s", (1,))
    with t.raises("too many", message=False):
        db.execute_sql("SELECT %s", (1, 2))
    with t.raises("none for one", message=False):
        db.execute_sql("SELECT %s", ())
    t.show("usable", db.execute_sql("SELECT 1").fetchone())


@program(spec=("DB-025",))
def nulls_as_parameters(t):
    db = _notes(t)
    t.show("value", db.execute_sql("SELECT %s", (None,)).fetchone())
    t.show("several", db.execute_sql("SELECT %s, %s::int, coalesce(%s, %s)", (None, None, None, "x")).fetchone())
    t.show("is null", db.execute_sql("SELECT %s IS NULL", (None,)).fetchone())
    t.show(
        "condition",
        db.execute_sql("SELECT count(*) FROM note WHERE %s::int IS NULL OR stars = %s", (None, None)).fetchone(),
    )
    db.execute_sql("INSERT INTO note (body, stars) VALUES (%s, %s)", (None, None))
    db.execute_sql("UPDATE note SET body = %s WHERE stars = %s", (None, 1))
    t.show("rows", db.execute_sql("SELECT body, stars FROM note ORDER BY id").fetchall())


@program(spec=("DB-025",))
def parameters_without_a_type(t):
    db = t.database()
    t.show("concat", db.execute_sql("SELECT concat(%s, %s, %s)", ("a", 1, None)).fetchone())
    t.show("concat_ws", db.execute_sql("SELECT concat_ws('-', %s, %s)", ("a", 1.5)).fetchone())
    t.show(
        "json_build_object",
        db.execute_sql("SELECT json_build_object('a', %s, 'b', %s, 'c', %s)", (1, "x", None)).fetchone(),
    )
    t.show("jsonb_build_array", db.execute_sql("SELECT jsonb_build_array(%s, %s, %s)", (True, 1.5, "t")).fetchone())
    t.show("format", db.execute_sql("SELECT format('%%s/%%s', %s, %s)", ("a", 7)).fetchone())
    t.show("coalesce", db.execute_sql("SELECT coalesce(%s, %s)", (None, 5)).fetchone())
    t.show("coalesce text", db.execute_sql("SELECT coalesce(%s, 'x')", ("y",)).fetchone())
    t.show("nullif", db.execute_sql("SELECT nullif(%s, %s)", ("a", "b")).fetchone())
    t.show("greatest", db.execute_sql("SELECT greatest(%s, %s), least(%s, 3)", (1, 2, 5)).fetchone())
    t.show("pg_typeof", db.execute_sql("SELECT pg_typeof(%s)::text, pg_typeof(%s)::text", (1, True)).fetchone())
    t.show("plus", db.execute_sql("SELECT %s + %s, %s || %s, -%s", (1, 2, "a", "b", 3)).fetchone())
    t.show("case", db.execute_sql("SELECT CASE WHEN %s THEN %s ELSE %s END", (True, "a", "b")).fetchone())
    t.show("union", db.execute_sql("SELECT %s UNION ALL SELECT %s", (1, 2)).fetchall())
    t.show(
        "values",
        db.execute_sql("SELECT * FROM (VALUES (%s, %s), (%s, %s)) AS v(a, b) ORDER BY a", (1, "x", 2, None)).fetchall(),
    )
    t.show("series", db.execute_sql("SELECT * FROM generate_series(%s, %s)", (1, 3)).fetchall())
    t.show(
        "repeat",
        db.execute_sql(
            "SELECT repeat(%s, %s), left(%s, 2), round(%s, 1)", ("ab", 2, "xyz", decimal.Decimal("1.25"))
        ).fetchone(),
    )
    t.show(
        "dates",
        db.execute_sql(
            "SELECT date_trunc(%s, %s), extract(year FROM %s)",
            ("month", datetime.datetime(2024, 5, 6), datetime.date(2023, 1, 1)),
        ).fetchone(),
    )
    t.show("interval", db.execute_sql("SELECT %s + interval '1 day'", (datetime.date(2024, 1, 1),)).fetchone())
    t.show("to_char", db.execute_sql("SELECT to_char(%s, 'YYYY')", (datetime.datetime(2024, 5, 6),)).fetchone())


@program(spec=("DB-025",))
def parameters_of_another_type_than_the_column(t):
    db = _notes(t)
    t.show("text for a number", db.execute_sql("SELECT body FROM note WHERE stars = %s", ("2",)).fetchall())
    db.execute_sql("INSERT INTO note (body, stars) VALUES (%s, %s)", ("text", "7"))
    db.execute_sql("INSERT INTO note (body, stars) VALUES (%s, %s)", (5, 2.6))
    t.show("rows", db.execute_sql("SELECT body, stars FROM note WHERE id > 3 ORDER BY id").fetchall())
    t.show("float", db.execute_sql("SELECT body FROM note WHERE stars = %s", (2.0,)).fetchall())
    t.show("large", db.execute_sql("SELECT body FROM note WHERE stars = %s", (2**40,)).fetchall())
    with t.raises("number for a text"):
        db.execute_sql("SELECT body FROM note WHERE body = %s", (5,))
    with t.raises("true for a number"):
        db.execute_sql("SELECT body FROM note WHERE stars = %s", (True,))
    with t.raises("no number"):
        db.execute_sql("SELECT body FROM note WHERE stars = %s", ("abc",))


@program(spec=("DB-025",))
def tuples_are_lists_of_values(t):
    db = _notes(t)
    t.show("in", db.execute_sql("SELECT body FROM note WHERE stars IN %s ORDER BY id", ((1, 2),)).fetchall())
    t.show("one", db.execute_sql("SELECT body FROM note WHERE stars IN %s", ((1,),)).fetchall())
    t.show(
        "texts", db.execute_sql("SELECT stars FROM note WHERE body IN %s ORDER BY id", (("one", "o'two"),)).fetchall()
    )
    t.show("any", db.execute_sql("SELECT body FROM note WHERE stars = ANY(%s) ORDER BY id", ([1, 2],)).fetchall())


@program(spec=("DB-025",))
def several_statements_at_once(t):
    db = _notes(t)
    t.show("last rows", db.execute_sql("SELECT 1; SELECT 2, 3").fetchall())
    db.execute_sql(
        "INSERT INTO note (body) VALUES ('a'); INSERT INTO note (body) VALUES ('b;c'); UPDATE note SET stars = 9"
    )
    t.show("rows", db.execute_sql("SELECT body, stars FROM note ORDER BY id").fetchall())
    with t.raises("the second fails"):
        db.execute_sql("INSERT INTO note (body) VALUES ('undone'); SELECT 1/0")
    t.show("as one transaction", db.execute_sql("SELECT count(*) FROM note WHERE body = 'undone'").fetchone())
    t.show("trailing", db.execute_sql("SELECT 5;").fetchone())
    t.show("blanks", db.execute_sql("  SELECT 6 ; ; ").fetchone())


@program(spec=("DB-025",))
def several_statements_with_parameters(t):
    db = _notes(t)
    t.show(
        "rows",
        db.execute_sql(
            "UPDATE note SET stars = %s WHERE body = %s; SELECT stars FROM note WHERE body = %s", (8, "one", "one")
        ).fetchall(),
    )


@program(spec=("DB-025",))
def statements_that_define_with_parameters(t):
    db = _notes(t)
    db.execute_sql("ALTER TABLE note ALTER COLUMN stars SET DEFAULT %s", (3,))
    db.execute_sql("CREATE TABLE kind (name text CHECK (name IN (%s, %s)))", ("a", "b'c"))
    db.execute_sql("COMMENT ON TABLE note IS %s", ("it's",))
    db.execute_sql("SET application_name = %s", ("my app",))
    t.show("name", db.execute_sql("SHOW application_name").fetchone())
    t.show("default", db.execute_sql("INSERT INTO note (body) VALUES ('x') RETURNING stars").fetchone())
    t.show("comment", db.execute_sql("SELECT obj_description('note'::regclass)").fetchone())
    with t.raises("check"):
        db.execute_sql("INSERT INTO kind VALUES ('z')")


@program(spec=("DB-025",))
def statements_without_rows(t):
    db = _notes(t)
    cursor = db.execute_sql("UPDATE note SET stars = 0 WHERE stars IS NOT NULL")
    t.show("updated", (cursor.rowcount, cursor.description))
    t.show("deleted", db.execute_sql("DELETE FROM note WHERE body = %s", ("one",)).rowcount)
    t.show("inserted", db.execute_sql("INSERT INTO note (body) VALUES ('x'), ('y')").rowcount)
    t.show("selected", db.execute_sql("SELECT * FROM note WHERE false").rowcount)
    t.show("rows", db.execute_sql("SELECT * FROM note WHERE false").fetchall())
    with t.raises("fetch", message=False):
        db.execute_sql("CREATE TABLE other (a int)").fetchone()
    with t.raises("empty", message=False):
        db.execute_sql("")


@program(spec=("DB-025",))
def cursors_of_rows(t):
    db = _notes(t)
    cursor = db.execute_sql("SELECT id, body, stars FROM note ORDER BY id")
    t.show("names", [column[0] for column in cursor.description])
    t.show("one", cursor.fetchone())
    t.show("many", cursor.fetchmany(1))
    t.show("iterated", list(cursor))
    t.show("end", (cursor.fetchone(), cursor.fetchall(), cursor.rowcount))
    t.show("same names", [column[0] for column in db.execute_sql("SELECT 1 AS a, 2 AS a, 3").description])
    t.show("no columns", db.execute_sql("SELECT FROM note").fetchall())
    t.show("type codes", [column[1] for column in db.execute_sql("SELECT 1, 'x'::text, true, 1.5").description])


@program(spec=("DB-025",))
def texts_that_try_to_break_out(t):
    db = _notes(t)
    for place, text in enumerate(
        ("'; DROP TABLE note; --", "\\'; DROP TABLE note; --", "$$", "$1", "%s", "%(a)s", "\\", "''", "é'\\x00")
    ):
        t.show(f"echo {place}", db.execute_sql("SELECT %s, length(%s)", (text, text)).fetchone())
    db.execute_sql("SET standard_conforming_strings = off")
    t.show("backslash", db.execute_sql("SELECT %s", ("a\\b'c",)).fetchone())


@program(spec=("DB-025",))
def rows_are_wide_and_large(t):
    db = t.database()
    wide = db.execute_sql("SELECT " + ", ".join(f"{n} AS c{n}" for n in range(1600))).fetchone()
    t.show("wide", (len(wide), wide[:3], wide[-1]))
    with t.raises("too wide"):
        db.execute_sql("SELECT " + ", ".join("1" for n in range(1700)))
    t.show("large", len(db.execute_sql("SELECT repeat('x', 5000000)").fetchone()[0]))
    t.show("many", sum(row[0] for row in db.execute_sql("SELECT generate_series(1, 50000)").fetchall()))


@program(spec=("DB-025",))
def functions_and_blocks_with_quotes_in_dollars(t):
    db = t.database()
    db.execute_sql(
        "CREATE FUNCTION twice(x int) RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN x * 2; END; $body$"
    )
    t.show("called", db.execute_sql("SELECT twice(%s)", (21,)).fetchone())
    db.execute_sql("DO $$ BEGIN CREATE TABLE made (a int); INSERT INTO made VALUES (1); END $$")
    t.show("made", db.execute_sql("SELECT a FROM made").fetchall())
    t.show("fn", Select(columns=[fn.twice(4)]).bind(db).scalar())


@program(spec=("QB-014",))
def functions_of_peewee_with_untyped_values(t):
    db = t.database()
    ask = lambda *columns: Select(columns=list(columns)).bind(db).tuples()[0]
    t.show("concat", ask(Function("concat", ("a", 1, None, 2.5))))
    t.show("coalesce", ask(fn.coalesce(None, "x"), fn.COALESCE(None, 5)))
    t.show("json", ask(fn.json_build_object("a", 1, "b", "x")))
    t.show("format", ask(fn.format("%s-%s", "a", 5)))
    t.show("lower", ask(fn.lower("ABC"), fn.length("xyz")))
    t.show("greatest", ask(fn.greatest(1, 7, 3)))
    t.show("value", ask(Value(5), Value("x"), Value(None), Value(True), Value(1.5)))
    t.show("case", ask(Case(None, [(Value(1) == 1, "yes")], "no")))
    t.show("cast", ask(Value("5").cast("integer"), Cast(1.5, "text"), Value("2024-01-02").cast("date")))


@program(spec=("QB-026",))
def limits_and_offsets(t):
    db = _notes(t)

    class Note(db.Model):
        body = TextField()
        stars = IntegerField(null=True)

    query = Note.select(Note.body).order_by(Note.id).tuples()
    t.show("limit", list(query.limit(2)))
    t.show("offset", list(query.offset(1)))
    t.show("both", list(query.limit(1).offset(1)))
    t.show("zero", list(query.limit(0)))
    t.show("page", list(query.paginate(2, 2)))
    t.show("raw", db.execute_sql("SELECT body FROM note ORDER BY id LIMIT %s OFFSET %s", (1, 2)).fetchall())
    t.show("null", db.execute_sql("SELECT count(*) FROM (SELECT 1 FROM note LIMIT %s) x", (None,)).fetchall())
    with t.raises("negative"):
        list(query.limit(-1))


@program(spec=("SB-011",))
def texts_are_searched(t):
    db = t.database()

    class Note(db.Model):
        body = TextField()

    db.create_tables([Note])
    Note.insert_many(
        [("Alpha",), ("beta 50%",), ("under_score",), ("back\\slash",), ("O'Hara",)], [Note.body]
    ).execute()
    names = lambda condition: [row.body for row in Note.select().where(condition).order_by(Note.id)]
    t.show("ilike", names(Note.body ** "%A%"))
    t.show("like", names(Note.body % "%a"))
    t.show("contains", names(Note.body.contains("A")))
    t.show("percent", names(Note.body.contains("50%")))
    t.show("underscore", names(Note.body.contains("r_s")))
    t.show("backslash", names(Note.body.contains("k\\s")))
    t.show("quote", names(Note.body.contains("o'h")))
    t.show("startswith", names(Note.body.startswith("AL")))
    t.show("endswith", names(Note.body.endswith("ore")))
    t.show("regexp", names(Note.body.regexp("^[A-Z]")))
    t.show("iregexp", names(Note.body.iregexp("^[a-b]")))
    t.show("concat", [row[0] for row in Note.select(Note.body + "!").order_by(Note.id).tuples()])
    t.show("upper", names(fn.upper(Note.body) == "ALPHA"))


@program(spec=("QB-009",))
def queries_with_nothing_and_with_much(t):
    db = t.database()
    numbers = list(range(5000))
    t.show(
        "many in",
        db.execute_sql("SELECT count(*) FROM generate_series(1, 10000) g WHERE g = ANY(%s)", (numbers,)).fetchone(),
    )

    class Number(db.Model):
        n = IntegerField()

    db.create_tables([Number])
    Number.insert_many([(n,) for n in numbers], [Number.n]).execute()
    t.show("in", Number.select().where(Number.n.in_(numbers[:3000])).count())
    t.show("empty in", Number.select().where(Number.n.in_([])).count())
    t.show("empty not in", Number.select().where(Number.n.not_in([])).count())
