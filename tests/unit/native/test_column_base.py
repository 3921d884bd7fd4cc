"""Every operator and method of a column, with the SQL that peewee gives for it."""

import operator

import pytest

from redstart import _native

COMPARISONS = [
    (operator.eq, "="),
    (operator.ne, "!="),
    (operator.lt, "<"),
    (operator.le, "<="),
    (operator.gt, ">"),
    (operator.ge, ">="),
]
ARITHMETIC = [
    (operator.add, "+"),
    (operator.sub, "-"),
    (operator.mul, "*"),
    (operator.truediv, "/"),
    (operator.xor, "#"),
    (operator.and_, "AND"),
    (operator.or_, "OR"),
]
METHODS = [
    (lambda age, name: age == None, '("t1"."age" IS NULL)', []),  # noqa: E711 - builds an expression
    (lambda age, name: age != None, '("t1"."age" IS NOT NULL)', []),  # noqa: E711 - builds an expression
    (lambda age, name: age >> None, '("t1"."age" IS NULL)', []),
    (lambda age, name: name % "x", '("t1"."name" LIKE ?)', ["x"]),
    (lambda age, name: name ** "x", '("t1"."name" ILIKE ?)', ["x"]),
    (lambda age, name: age << [1, 2], '("t1"."age" IN (?, ?))', [1, 2]),
    (lambda age, name: age.in_([]), "(0 = 1)", []),
    (lambda age, name: age.not_in([]), "(1 = 1)", []),
    (lambda age, name: age.not_in([1]), '("t1"."age" NOT IN (?))', [1]),
    (lambda age, name: age.in_(range(3)), '("t1"."age" IN (?, ?, ?))', [0, 1, 2]),
    (lambda age, name: age.in_(n for n in (1, 2)), '("t1"."age" IN (?, ?))', [1, 2]),
    (lambda age, name: ~age, 'NOT "t1"."age"', []),
    (lambda age, name: -age, '"t1"."age" DESC', []),
    (lambda age, name: +age, '"t1"."age" ASC', []),
    (lambda age, name: age[1:3], '("t1"."age" BETWEEN ? AND ?)', [1, 3]),
    (lambda age, name: age[1], '("t1"."age" = ?)', [1]),
    (lambda age, name: age.is_null(), '("t1"."age" IS NULL)', []),
    (lambda age, name: age.is_null(False), '("t1"."age" IS NOT NULL)', []),
    (lambda age, name: name.like("a"), '("t1"."name" LIKE ?)', ["a"]),
    (lambda age, name: name.ilike("a"), '("t1"."name" ILIKE ?)', ["a"]),
    (lambda age, name: name.regexp("a"), '("t1"."name" REGEXP ?)', ["a"]),
    (lambda age, name: name.iregexp("a"), '("t1"."name" IREGEXP ?)', ["a"]),
    (lambda age, name: name.contains("x"), '("t1"."name" ILIKE ?)', ["%x%"]),
    (lambda age, name: name.startswith("x"), '("t1"."name" ILIKE ?)', ["x%"]),
    (lambda age, name: name.endswith("x"), '("t1"."name" ILIKE ?)', ["%x"]),
    (lambda age, name: name.contains("a%_\\"), '("t1"."name" ILIKE ? ESCAPE ?)', ["%a\\%\\_\\\\%", "\\"]),
    (lambda age, name: name.contains("\ud800%"), '("t1"."name" ILIKE ? ESCAPE ?)', ["%\ud800\\%%", "\\"]),
    (lambda age, name: name.contains(name), '("t1"."name" ILIKE (? || ("t1"."name" || ?)))', ["%", "%"]),
    (lambda age, name: name.startswith(name), '("t1"."name" ILIKE ("t1"."name" || ?))', ["%"]),
    (lambda age, name: name.endswith(name), '("t1"."name" ILIKE (? || "t1"."name"))', ["%"]),
    (lambda age, name: age.between(1, 2), '("t1"."age" BETWEEN ? AND ?)', [1, 2]),
    (lambda age, name: name.concat("a"), '("t1"."name" || ?)', ["a"]),
    (lambda age, name: name.concat("a") + "b", '(("t1"."name" || ?) || ?)', ["a", "b"]),
    (lambda age, name: "a" + name.concat("b"), '(? || ("t1"."name" || ?))', ["a", "b"]),
    (lambda age, name: age.bin_and(1), '("t1"."age" & ?)', [1]),
    (lambda age, name: age.bin_or(1), '("t1"."age" | ?)', [1]),
    (lambda age, name: age.cast("text"), 'CAST("t1"."age" AS text)', []),
    (lambda age, name: age.collate("NOCASE"), '"t1"."age" COLLATE NOCASE', []),
    (lambda age, name: age.distinct(), 'DISTINCT "t1"."age"', []),
    (lambda age, name: age.asc("NOCASE"), '"t1"."age" COLLATE NOCASE ASC', []),
    (lambda age, name: age.alias("x"), '"x"', []),
    (lambda age, name: age.alias(None), '"t1"."age"', []),
    (lambda age, name: age.alias(""), '"t1"."age"', []),
    (
        lambda age, name: (age == 1) & (name == "x") | (age == 2),
        '((("t1"."age" = ?) AND ("t1"."name" = ?)) OR ("t1"."age" = ?))',
        [1, "x", 2],
    ),
    (lambda age, name: ~(age == 1), 'NOT ("t1"."age" = ?)', [1]),
    (lambda age, name: age == (age + 1), '("t1"."age" = ("t1"."age" + ?))', [1]),
    (lambda age, name: age == [], '("t1"."age" = ())', []),
    (lambda age, name: age == [1, [2, 3]], '("t1"."age" = (?, (?, ?)))', [1, 2, 3]),
]


@pytest.mark.parametrize(("compare", "sql"), COMPARISONS)
def test_a_comparison_puts_the_column_on_the_left(compare, sql, age, rendered):
    assert rendered(compare(age, 1)) == (f'("t1"."age" {sql} ?)', [1])


@pytest.mark.parametrize(("compute", "sql"), ARITHMETIC)
def test_an_operator_keeps_the_order_of_its_operands(compute, sql, age, rendered):
    assert rendered(compute(age, 1)) == (f'("t1"."age" {sql} ?)', [1])
    assert rendered(compute(1, age)) == (f'(? {sql} "t1"."age")', [1])


@pytest.mark.parametrize(("make", "sql", "params"), METHODS)
def test_a_method_makes_the_sql_of_peewee(make, sql, params, age, name, rendered):
    assert rendered(make(age, name)) == (sql, params)


def test_an_order_puts_nulls_last_by_a_case_where_the_database_has_no_words_for_it(age, rendered):
    node = age.desc(nulls="LAST")
    assert rendered(node) == ('CASE WHEN ("t1"."age" IS NULL) THEN ? ELSE ? END, "t1"."age" DESC', [1, 0])
    assert rendered(node, nulls_ordering=True) == ('"t1"."age" DESC NULLS LAST', [])


@pytest.mark.parametrize("item", [slice(1, None), slice(None, 1), slice(None, None)])
def test_a_range_with_an_open_end_is_refused(item, age):
    with pytest.raises(ValueError, match="must have both a start- and end-point"):
        age[item]


@pytest.mark.parametrize("method", ["contains", "startswith", "endswith"])
def test_a_pattern_of_a_number_is_refused_as_peewee_refuses_it(method, name):
    with pytest.raises(AttributeError, match="'int'"):
        getattr(name, method)(5)


def test_a_generator_is_consumed_when_it_is_given_so_the_expression_renders_twice(age, rendered):
    expression = age.in_(n for n in (1, 2))
    assert rendered(expression) == rendered(expression) == ('("t1"."age" IN (?, ?))', [1, 2])


def test_a_generator_that_fails_raises_where_it_is_given(age):
    with pytest.raises(ZeroDivisionError):
        age.in_(1 // n for n in (1, 0))


def test_columns_without_a_hash_of_their_own_cannot_be_hashed(age):
    with pytest.raises(TypeError, match="unhashable"):
        hash(age == 1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(_native.ColumnBase())


def test_a_reflected_operator_that_peewee_lacks_is_a_type_error(age):
    for compute in (operator.mod, operator.pow, operator.lshift, operator.rshift):
        with pytest.raises(TypeError):
            compute(1, age)


def test_unaliasing_a_column_gives_the_column(age):
    assert age.unalias() is age
    assert age.alias("x").unalias() is age


def test_a_converter_stands_on_a_copy(age):
    copy = age.converter(str)
    assert copy is not age
    assert copy._converter is str
    assert not hasattr(age, "_converter")
