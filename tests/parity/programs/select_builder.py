"""The SELECT builder: columns, conditions, groups, order, limits, sources, aliases."""

from peewee import *

from parity_program import program


def library(t):
    db = t.database()

    class Author(db.Model):
        name = TextField()
        country = TextField(null=True)

    class Book(db.Model):
        author = ForeignKeyField(Author, backref="books")
        title = TextField()
        pages = IntegerField()

    db.create_tables([Author, Book])
    authors = [Author.create(name=n, country=c) for n, c in [("Ann", "NL"), ("Bo", "DE"), ("Cy", None)]]
    for n, (author, pages) in enumerate([(0, 100), (0, 300), (1, 200), (1, 200), (1, 50)]):
        Book.create(author=authors[author], title=f"b{n}", pages=pages)
    return Author, Book


@program(spec=("QB-025",))
def select_without_columns_takes_all_in_model_order(t):
    Author, Book = library(t)
    t.show("author", Author.select().sql())
    t.show("book", Book.select().sql())
    t.show("rows", list(Book.select().order_by(Book.id).tuples()))


@program(spec=("QB-025",))
def models_and_aliases_expand_to_their_columns(t):
    Author, Book = library(t)
    A = Author.alias("a")
    t.show("model", Author.select(Author).sql())
    t.show("alias", A.select(A).sql())
    t.show("alias default", A.select().sql())
    t.show("two", Book.select(Book.id, Author).join(Author).sql())
    t.show("fields", Book.select(Book.title, Book.author).sql())


@program(spec=("SB-015", "QB-025"))
def strings_and_none_are_bound_in_the_select_list(t):
    Author, Book = library(t)
    t.show("string", Author.select("name").sql())
    t.show("none", Author.select(None).sql())
    t.show("number", Author.select(1).sql())
    t.show("value", Author.select(Value("name")).limit(1).tuples()[0])


@program(spec=("QB-022",))
def builders_leave_the_receiver_alone(t):
    Author, Book = library(t)
    query = Author.select()
    query.where(Author.id == 1)
    query.order_by(Author.name)
    query.limit(1)
    query.distinct()
    query.group_by(Author.id)
    query.select(Author.id)
    t.show("untouched", query.sql())
    t.show("same object", query.where(Author.id == 1) is query)


@program(spec=("QB-023", "SB-005"))
def where_conditions_are_anded_to_the_left(t):
    Author, Book = library(t)
    a, b, c = Book.pages > 1, Book.pages < 250, Book.title != "b0"
    t.show("one call", Book.select(Book.id).where(a, b, c).sql())
    t.show("two calls", Book.select(Book.id).where(a, b).where(c).sql())
    t.show("three calls", Book.select(Book.id).where(a).where(b).where(c).sql())
    t.show("ids", [book.id for book in Book.select(Book.id).where(a, b).where(c).order_by(Book.id)])


@program(spec=("QB-023", "SB-005"))
def where_without_a_condition_raises(t):
    Author, Book = library(t)
    with t.raises("where", message=False):
        Book.select().where()
    with t.raises("orwhere", message=False):
        Book.select().orwhere()
    with t.raises("having", message=False):
        Book.select().having()


@program(spec=("QB-022",))
def orwhere_ors_with_what_stands_there(t):
    Author, Book = library(t)
    base = Book.select(Book.id).where(Book.pages > 250)
    t.show("or", base.orwhere(Book.title == "b4").sql())
    t.show("or two", base.orwhere(Book.title == "b4", Book.pages < 60).sql())
    t.show("or and", base.orwhere(Book.title == "b4").where(Book.author == 1).sql())
    t.show("first", Book.select(Book.id).orwhere(Book.pages == 50).sql())
    t.show("ids", sorted(book.id for book in base.orwhere(Book.title == "b4")))


@program
def where_takes_constants_and_python_booleans(t):
    Author, Book = library(t)
    t.show("true", Book.select(Book.id).where(True).sql())
    t.show("false", Book.select(Book.id).where(False).count())
    t.show("comparison gone wrong", Book.select(Book.id).where("a" == "b").sql())
    t.show("text", Book.select(Book.id).where("1=1").sql())


@program(spec=("QB-028",))
def group_by_takes_fields_models_and_expressions(t):
    Author, Book = library(t)
    n = fn.COUNT(Book.id)
    t.show("field", Book.select(Book.author, n.alias("n")).group_by(Book.author).sql())
    t.show("model", Author.select(Author, n).join(Book).group_by(Author).sql())
    t.show("expression", Book.select(n).group_by(Book.pages / 100).sql())
    t.show("two", Book.select(n).group_by(Book.author, Book.pages).sql())
    t.show("replaced", Book.select(n).group_by(Book.author).group_by(Book.pages).sql())
    t.show("extended", Book.select(n).group_by(Book.author).group_by_extend(Book.pages).sql())
    rows = Book.select(Book.author, n.alias("n")).group_by(Book.author).order_by(Book.author)
    t.show("rows", list(rows.tuples()))


@program
def having_filters_groups(t):
    Author, Book = library(t)
    n = fn.COUNT(Book.id)
    query = Book.select(Book.author, n.alias("n")).group_by(Book.author).having(n > 2)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    t.show("two", query.having(fn.SUM(Book.pages) > 100).sql())
    t.show(
        "alias",
        Book.select(Book.author, n.alias("n")).group_by(Book.author).having(SQL("n") > 2).sql(),
    )


@program(spec=("QB-024", "SB-015"))
def order_by_replaces_and_extends(t):
    Author, Book = library(t)
    query = Book.select(Book.id).order_by(Book.pages)
    t.show("replaced", query.order_by(Book.title.desc()).sql())
    t.show("extended", query.order_by_extend(Book.title.desc()).sql())
    t.show("cleared", query.order_by().sql())
    t.show("string", Book.select(Book.id).order_by("title").sql())
    t.show("number", Book.select(Book.id).order_by(1).sql())
    t.show("ids", [book.id for book in query.order_by_extend(Book.title.desc())])


@program(spec=("QB-026", "SB-021"))
def limits_and_offsets_are_bound(t):
    Author, Book = library(t)
    query = Book.select(Book.id).order_by(Book.id)
    t.show("limit", query.limit(2).sql())
    t.show("offset", query.offset(3).sql())
    t.show("both", query.limit(2).offset(1).sql())
    t.show("removed", query.limit(2).limit(None).sql())
    t.show("offset removed", query.limit(2).offset(1).offset(None).sql())
    t.show("zero", query.limit(0).sql())
    t.show("offset zero", query.offset(0).sql())
    t.show("rows", [book.id for book in query.offset(3)])
    t.show("none", [book.id for book in query.limit(0)])


@program(spec=("QB-026",))
def pagination_counts_from_one(t):
    Author, Book = library(t)
    query = Book.select(Book.id).order_by(Book.id)
    for page in (1, 2, 3, 0, -1):
        t.show(f"page {page}", query.paginate(page, 2).sql())
        t.show(f"page {page} ids", [book.id for book in query.paginate(page, 2)])
    t.show("default", query.paginate(2).sql())
    t.show("keyword", query.paginate(3, paginate_by=5).sql())


@program
def limits_of_the_wrong_type_fail_when_run(t):
    Author, Book = library(t)
    t.show("text", Book.select(Book.id).limit("x").sql())
    with t.raises("run", message=False):
        list(Book.select(Book.id).limit("x"))
    t.show("negative", len(Book.select(Book.id).limit(-1)))
    with t.raises("page", message=False):
        Book.select().paginate("x", 5)


@program(spec=("QB-027", "SB-020"))
def distinct_is_plain_or_on_columns(t):
    Author, Book = library(t)
    t.show("plain", Book.select(Book.pages).distinct().sql())
    t.show("true", Book.select(Book.pages).distinct(True).sql())
    t.show("false", Book.select(Book.pages).distinct().distinct(False).sql())
    t.show("on", Book.select(Book.pages).distinct(Book.author, Book.pages).sql())
    t.show("rows", sorted(book.pages for book in Book.select(Book.pages).distinct()))
    with t.raises("run on", message=False):
        list(Book.select(Book.pages).distinct(Book.pages))


@program(spec=("QB-022",))
def columns_can_be_replaced_and_extended(t):
    Author, Book = library(t)
    query = Book.select(Book.id).where(Book.pages > 60)
    t.show("select", query.select(Book.title).sql())
    t.show("columns", query.columns(Book.title, Book.pages).sql())
    t.show("extend", query.select_extend(Book.title).sql())
    t.show("extend default", Book.select().select_extend((Book.pages * 2).alias("twice")).sql())
    t.show("select nothing", query.select().sql())
    row = Book.select(Book.id).select_extend((Book.pages * 2).alias("twice")).order_by(Book.id).get()
    t.show("row", (row, row.twice))


@program
def selected_columns_are_known(t):
    Author, Book = library(t)
    query = Book.select(Book.id, Book.title)
    t.show("names", [column.name for column in query.selected_columns])
    t.show("default", [column.name for column in Book.select().selected_columns])


@program(spec=("QB-022",))
def from_lists_the_sources(t):
    Author, Book = library(t)
    t.show(
        "two",
        Book.select(Book.id, Author.name).from_(Book, Author).where(Book.author == Author.id).sql(),
    )
    inner = Book.select(Book.author, fn.SUM(Book.pages).alias("total")).group_by(Book.author).alias("x")
    query = Author.select(Author.name, inner.c.total).from_(Author, inner).where(Author.id == inner.c.author_id)
    t.show("subquery", query.sql())
    t.show("rows", list(query.order_by(Author.id).tuples()))


@program(spec=("MD-049",))
def a_model_alias_has_field_aliases(t):
    Author, Book = library(t)
    B = Book.alias("b")
    t.show("named", B.select(B.id, B.title).where(B.pages > 100).order_by(B.id).sql())
    t.show("unnamed", Book.alias().select().sql())
    t.show("field", isinstance(B.title, Field))
    t.show("fields", [field.name for field in B.get_field_aliases()])
    t.show("call", type(B(title="x")).__name__)
    t.show("rows", [book.title for book in B.select().where(B.pages > 100).order_by(B.id)])
    with t.raises("set"):
        B.title = 1
    with t.raises("unknown", message=False):
        B.nothing


@program(spec=("QB-004",))
def a_self_join_uses_two_aliases(t):
    Author, Book = library(t)
    B = Book.alias()
    query = Book.select(Book.id, B.id.alias("other")).join(B, on=((Book.author == B.author) & (Book.id < B.id)))
    t.show("sql", query.sql())
    t.show("rows", sorted(query.tuples()))


@program(spec=("QB-004", "SB-007"))
def aliases_are_numbered_in_the_order_of_rendering(t):
    Author, Book = library(t)
    t.show("select first", Book.select(Author.name, Book.title).join(Author).sql())
    t.show("only the other", Book.select(Author.name).join(Author).sql())
    inner = Author.select(Author.id).where(Author.country == "NL")
    t.show("nested", Book.select(Book.id).where(Book.author.in_(inner)).sql())


@program(spec=("QB-029", "SB-020"))
def for_update_is_not_for_sqlite(t):
    Author, Book = library(t)
    with t.raises("plain"):
        Book.select().for_update().sql()
    with t.raises("both"):
        Book.select().for_update(nowait=True, skip_locked=True)


@program(spec=("QB-036", "QB-022"))
def unknown_columns_and_tables_fail_in_the_driver(t):
    Author, Book = library(t)
    with t.raises("column"):
        list(Book.select(SQL("no_such_column")))
    with t.raises("table"):
        list(Book.select().from_(Table("nowhere").alias("t1")))
    with t.raises("attribute"):
        Book.nothing
    with t.raises("syntax", message=False):
        list(Book.select().where(SQL("((")))
    t.show("still usable", Book.select().count())


@program
def two_queries_share_a_base(t):
    Author, Book = library(t)
    base = Book.select(Book.id).where(Book.pages > 60)
    cheap, dear = base.where(Book.pages < 150), base.where(Book.pages >= 150)
    t.show("cheap", [book.id for book in cheap.order_by(Book.id)])
    t.show("dear", [book.id for book in dear.order_by(Book.id)])
    t.show("base", base.count())


@program(spec=("QB-002",))
def a_clone_is_independent(t):
    Author, Book = library(t)
    query = Book.select(Book.id).where(Book.pages > 60).order_by(Book.id)
    first = list(query)
    copy = query.clone()
    t.show("equal sql", copy.sql() == query.sql())
    t.show("rows", [book.id for book in copy] == [book.id for book in first])
    t.show("types", (type(copy).__name__, copy is query))


@program(spec=("QB-047",))
def noop_returns_no_rows(t):
    Author, Book = library(t)
    t.show("sql", Book.noop().sql())
    t.show("rows", list(Book.noop()))


@program(spec=("QB-001", "DB-028"))
def a_context_renders_any_node(t):
    Author, Book = library(t)
    db = Book._meta.database
    context = db.get_sql_context()
    t.show("expression", context.sql((Book.pages > 5) & (Book.title == "x")).query())
    t.show("query", db.get_sql_context().sql(Book.select(Book.id)).query())
    t.show("parse", db.get_sql_context().parse(fn.LOWER(Book.title)))
    t.show("value", db.get_sql_context().sql(5).query())
