"""Programs about reading a database's structure back: tables, views, columns, keys, indexes.

Creating structure from models has its own file.
"""

from parity_program import program
from peewee import *


def _library(t):
    """Returns a database with an author, a book and a composite-key loan."""
    db = t.database()
    for statement in (
        "CREATE TABLE author (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL DEFAULT 'x', born DATE)",
        "CREATE TABLE book (isbn TEXT NOT NULL PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES author (id) "
        "ON DELETE CASCADE ON UPDATE SET NULL, title TEXT, price DECIMAL(10, 2) DEFAULT 1.5)",
        "CREATE TABLE loan (reader TEXT, book TEXT, day DATE, PRIMARY KEY (book, reader), "
        "FOREIGN KEY (book) REFERENCES book (isbn))",
        "CREATE INDEX book_title ON book (title)",
        "CREATE UNIQUE INDEX author_name_born ON author (name, born)",
        "CREATE VIEW cheap AS SELECT title FROM book WHERE price < 5",
    ):
        db.execute_sql(statement)
    return db


@program(spec=("DB-030",))
def tables_and_views_are_listed_by_name(t):
    db = _library(t)
    t.show("tables", db.get_tables())
    for view in db.get_views():
        t.show("view", (view.name, view.sql, view._fields))


@program(spec=("DB-030", "DB-066"))
def columns_are_described(t):
    db = _library(t)
    for table in ("author", "book", "loan"):
        t.show(table, [column._asdict() for column in db.get_columns(table)])


@program(spec=("DB-030",))
def primary_keys_are_given_in_key_order(t):
    db = _library(t)
    for table in ("author", "book", "loan", "cheap"):
        t.show(table, db.get_primary_keys(table))


@program(spec=("DB-030", "DB-031"))
def foreign_keys_are_described(t):
    db = _library(t)
    for table in ("author", "book", "loan"):
        t.show(table, [key._asdict() for key in db.get_foreign_keys(table)])


@program(spec=("DB-030",))
def indexes_are_described(t):
    db = _library(t)
    for table in ("author", "book", "loan"):
        indexes = sorted(db.get_indexes(table), key=lambda index: index.name)
        t.show(table, [index._asdict() for index in indexes])


@program(spec=("DB-030",))
def a_missing_table_has_no_structure(t):
    db = t.database()
    t.show("exists", db.table_exists("nowhere"))
    t.show("columns", db.get_columns("nowhere"))
    t.show("keys", db.get_primary_keys("nowhere"))
    t.show("foreign keys", db.get_foreign_keys("nowhere"))
    t.show("indexes", db.get_indexes("nowhere"))
    t.show("tables", db.get_tables())


@program(spec=("DB-030",))
def table_exists_takes_names_and_models(t):
    db = t.database()

    class Note(Model):
        body = TextField()

        class Meta:
            database = db

    t.show("before", (db.table_exists("note"), db.table_exists(Note), Note.table_exists()))
    db.create_tables([Note])
    t.show("after", (db.table_exists("note"), db.table_exists(Note), Note.table_exists()))
    t.show("case", db.table_exists("NOTE"))


@program(spec=("DB-030", "DB-066"))
def a_table_made_from_a_model_reads_back(t):
    db = t.database()

    class Parent(Model):
        name = CharField(max_length=20, unique=True)
        code = FixedCharField(max_length=3, null=True)

        class Meta:
            database = db

    class Child(Model):
        parent = ForeignKeyField(Parent, on_delete="CASCADE", backref="children")
        weight = FloatField(default=1.0)
        size = DecimalField(max_digits=6, decimal_places=2)

        class Meta:
            database = db

    db.create_tables([Child, Parent])
    for model in (Parent, Child):
        name = model._meta.table_name
        t.show(name + " columns", [column._asdict() for column in db.get_columns(name)])
        t.show(name + " indexes", sorted((index.name, index.columns, index.unique) for index in db.get_indexes(name)))
        t.show(name + " foreign keys", [tuple(key) for key in db.get_foreign_keys(name)])
    t.show("tables", db.get_tables())


@program(spec=("DB-030", "QB-006"))
def names_with_quotes_and_spaces_are_described(t):
    db = t.database()
    db.execute_sql('CREATE TABLE "odd name" ("a column" TEXT, "select" INTEGER)')
    t.show("tables", db.get_tables())
    t.show("columns", [column.name for column in db.get_columns("odd name")])
    t.show("exists", db.table_exists("odd name"))
