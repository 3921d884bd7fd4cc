"""Queries for all fields of a model: what is kept of one serves the next, and gives way to whatever takes more."""

from __future__ import annotations

import datetime
import random
import threading
from decimal import Decimal

import pytest

from redstart import (
    BooleanField,
    CharField,
    DateTimeField,
    DecimalField,
    Expression,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    OperationalError,
    SqliteDatabase,
    TextField,
    fn,
)
from redstart._engine import Route

START = datetime.datetime(2020, 1, 1)
COUNT = 40


class Plain(SqliteDatabase):
    pass


class Shouted(TextField):
    """Text that Python converts on its way to the database."""

    def db_value(self, value):
        return None if value is None else value.upper()


class Book:
    """A database with one table of many types."""

    def __init__(self):
        self.db = Plain(":memory:")

        class Base(Model):
            class Meta:
                database = self.db

        class Author(Base):
            name = CharField()

        class Item(Base):
            author = ForeignKeyField(Author, null=True)
            name = CharField()
            rank = IntegerField(null=True)
            price = FloatField()
            cost = DecimalField(decimal_places=2)
            is_new = BooleanField()
            made = DateTimeField()
            mark = Shouted()

        self.Author, self.Item = Author, Item
        self.db.create_tables([Author, Item])
        authors = [Author.create(name=name) for name in "ab"]
        for n in range(COUNT):
            Item.create(
                author=authors[n % 3] if n % 3 < 2 else None,
                name=f"item {n % 7}",
                rank=None if n % 5 == 0 else n % 6,
                price=n / 4,
                cost=Decimal(n) / 100,
                is_new=n % 2 == 0,
                made=START + datetime.timedelta(days=n),
                mark=f"m{n % 4}",
            )

    def is_planned(self, query):
        """Tell whether the engine runs a query by itself; it does not keep the rows."""
        route = self.db._route
        return isinstance(route, Route) and route.select(query) is not None

    def rows(self, make):
        """Run a query in all ways: rendered, learnt, known; return its rows."""
        self.db.query_hooks.append(lambda event: None)
        expected = [row.__data__ for row in make()]
        self.db.query_hooks.clear()
        for _ in range(2):
            assert [row.__data__ for row in make()] == expected
        return expected


@pytest.fixture
def book():
    made = Book()
    list(made.Item.select())
    assert made.is_planned(made.Item.select())
    yield made
    made.db.close()


def conditions(item, chance):
    """Make a condition of one of many kinds, with other values each time."""
    number, text = chance.randrange(COUNT), f"item {chance.randrange(7)}"
    one = chance.choice(
        [
            lambda: item.rank == number % 6,
            lambda: item.rank != None,  # noqa: E711 - `IS NOT NULL`
            item.rank.is_null,
            lambda: item.rank == chance.choice(["3", True, 3.0]),
            lambda: item.name == text,
            lambda: item.name.startswith(text),
            lambda: item.name.in_([text, "item 3"][: chance.randrange(3)]),
            lambda: item.rank.not_in(tuple(range(number % 20))),
            lambda: item.rank << {1, 2},
            lambda: item.price > number / 4,
            lambda: item.cost <= Decimal(number) / 100,
            lambda: item.is_new == chance.choice([True, False, 1]),
            lambda: item.made.between(START, START + datetime.timedelta(days=number)),
            lambda: item.made < START + datetime.timedelta(days=number),
            lambda: item.mark == "m1",
            lambda: item.author == number % 3,
            lambda: item.author == chance.choice([None, item._meta.database.author]),
            lambda: item.rank == item.id,
            lambda: item.rank + 1 == 3,
            lambda: fn.LENGTH(item.name) == 6,
            lambda: Expression(item.rank, ">=", 2, flat=True),
            lambda: item.rank == None,  # noqa: E711 - `IS NULL`
            lambda: ~(item.rank == 2),
        ]
    )()
    if chance.random() < 0.3:
        return one
    other = conditions(item, chance)
    return one & other if chance.random() < 0.5 else one | other


def test_any_query_gives_the_same_rows_each_time(book):
    chance = random.Random(7)
    item = book.Item
    book.db.author = book.Author.get_by_id(1)
    planned = 0

    def make():
        query = item.select()
        if chance.random() < 0.8:
            query = query.where(conditions(item, chance))
        orders = [item.id, item.rank, -item.price, item.name.desc(), item.rank.asc(nulls="last"), fn.LENGTH(item.name)]
        query = query.order_by(*chance.sample(orders, chance.randrange(3)), item.id)
        if chance.random() < 0.5:
            query = query.limit(chance.randrange(9))
        if chance.random() < 0.3:
            query = query.offset(chance.randrange(9))
        return query if chance.random() < 0.8 else query.dicts()

    for _ in range(1_000):
        query = make()
        book.db.query_hooks.append(lambda event: None)
        expected = list(query.clone())
        book.db.query_hooks.clear()
        planned += book.is_planned(query)
        for _ in range(2):
            # A clone has other parts in the same places.
            found = list(query.clone())
            assert found == expected
            assert [getattr(one, "__data__", one) for one in found] == [getattr(e, "__data__", e) for e in expected]
    assert planned > 100


def test_the_values_are_each_query_s_own(book):
    item = book.Item
    for rank in (1, 2, 3):
        query = item.select().where(item.rank == rank).limit(2)
        assert book.is_planned(query)
        assert {row.rank for row in query} == {rank}
    assert [len(item.select().limit(n)) for n in range(4)] == [0, 1, 2, 3]


def test_a_query_runs_once_and_its_copies_anew(book):
    query = book.Item.select().where(book.Item.rank == 1)
    rows = list(query)
    assert rows[0] is next(iter(query))
    book.Item.update(rank=2).execute()
    assert len(query) == len(rows)
    assert not query.clone()
    assert len(query.where(book.Item.id > 0)) == 0


def test_a_list_that_changed_meanwhile_is_read_as_it_is_then(book):
    ranks = [1]
    query = book.Item.select().where(book.Item.rank.in_(ranks))
    assert {row.rank for row in query.clone()} == {1}
    ranks.append(2)
    assert {row.rank for row in query.clone()} == {1, 2}


def test_a_query_that_is_changed_in_place_leaves_others_alone(book):
    query = book.Item.select()
    query._joins[book.Author] = []
    query._from_list.append(book.Author)
    assert len(book.Item.select()) == COUNT


def test_more_shapes_than_are_kept(book):
    fields = book.Item._meta.sorted_fields
    queries = [book.Item.select().order_by(one, two) for one in fields for two in fields]
    for _ in range(2):
        assert {len(query.clone()) for query in queries} == {COUNT}


def test_a_table_and_its_fields_may_change(book):
    item, db = book.Item, book.db
    query = item.select().where(item.rank == 1)
    count = len(query.clone())
    db.execute_sql('create table "other" as select * from "item" where id = 2')
    item._meta.table_name = "other"
    assert len(item.select().where(item.rank == 1)) == len(query.clone())
    assert [row.id for row in item.select()] == [2]
    item._meta.table_name = "item"
    assert len(item.select().where(item.rank == 1)) == count
    db.execute_sql("alter table item add column extra text default 'more'")
    item._meta.add_field("extra", TextField())
    assert {row.extra for row in item.select().where(item.rank == 1)} == {"more"}
    item._meta.remove_field("extra")
    assert "extra" not in item.select().where(item.rank == 1).first().__data__


def test_another_database_has_its_own_text(book):
    item = book.Item
    other = Plain(":memory:")
    other.quote = "[]"
    with other.bind_ctx([book.Author, item]):
        other.create_tables([item])
        for _ in range(3):
            assert not list(item.select().where(item.rank == 1))
        assert "[t1]" in item.select().sql()[0]
    assert len(item.select().where(item.rank == 1)) == len(book.rows(lambda: item.select().where(item.rank == 1)))
    other.close()


@pytest.mark.parametrize("where", ["class", "object"])
def test_whoever_overrides_how_queries_are_run_is_asked(book, monkeypatch, where):
    seen = []
    usual = book.db.execute

    def execute(*args):
        seen.append(args[-1])
        return usual(args[-1])

    with monkeypatch.context() as patch:
        patch.setattr(Plain if where == "class" else book.db, "execute", execute)
        query = book.Item.select()
        assert len(list(query)) == COUNT
        assert seen == [query]
    assert book.is_planned(query.clone()) or list(query.clone())
    seen.clear()
    list(book.Item.select())
    assert not seen


def test_whoever_watches_sees_the_statement(book):
    seen = []
    book.db.query_hooks.append(lambda event: seen.append((event.sql, event.params)))
    query = book.Item.select().where(book.Item.rank == 1)
    list(query)
    assert seen == [query.sql()]


def test_a_database_that_is_no_database_of_ours_is_asked(book):
    class Other:
        """What runs queries in a test of some program."""

        def execute(self, query):
            self.query = query
            return book.db.execute(query)

    other = Other()
    query = book.Item.select()
    assert len(query.execute(other)) == COUNT
    assert other.query is query


def test_what_a_query_asks_for_beside_its_clauses_holds(book):
    item = book.Item
    for query in (
        item.select().distinct(),
        item.select().group_by(item.rank),
        item.select().having(fn.COUNT(item.id) > 0).group_by(item.id),
        item.select().alias("x"),
        item.select().join(book.Author),
        item.select().objects(),
        item.select().statement_timeout(5),
        item.select().from_(item, book.Author),
        item.select(item.id, item.name),
        item.select().where(item.author.in_(book.Author.select())),
        item.select().limit("3"),
    ):
        book.rows(query.clone)
        assert not book.is_planned(query)


def test_an_error_of_the_database_leaves_the_query_unrun(book):
    item = book.Item
    query = item.select().where(item.rank == 1)
    count = len(query.clone())
    book.db.execute_sql("alter table item rename to elsewhere")
    with pytest.raises(OperationalError, match="no such table"):
        list(query)
    book.db.execute_sql("alter table elsewhere rename to item")
    assert len(query) == count


def test_threads_share_what_is_kept(tmp_path):
    book = Book()
    book.db.close()
    book.db.init(str(tmp_path / "book.db"))
    book.db.create_tables([book.Author, book.Item])
    rows = [
        {"name": str(n), "rank": n % 4, "price": 0, "cost": 0, "is_new": True, "made": START, "mark": "x"}
        for n in range(COUNT)
    ]
    book.Item.insert_many(rows).execute()
    found, failed = [], []

    def ask(n):
        item = book.Item
        try:
            for turn in range(100):
                rank = (n + turn) % 4
                query = item.select().where(item.rank == rank).order_by(item.id if turn % 3 else item.name)
                found.append({row.rank for row in query} == {rank})
        except Exception as error:
            failed.append(error)
        finally:
            book.db.close()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(found) == 600
    assert all(found)
    book.db.close()
