"""Programs about what the module itself offers: names, constants, small functions, override points.

What those names do in earnest is shown by the other files.
"""

import warnings

import peewee
from parity_program import program
from peewee import *


@program(spec=("DB-001", "DB-003"))
def a_star_import_gives_a_fixed_set_of_names(t):
    scope = {}
    exec("from peewee import *", scope)
    t.show("names", sorted(name for name in scope if not name.startswith("__")))
    t.show("all", sorted(peewee.__all__))


@program(spec=("DB-001", "DB-003"))
def more_names_are_importable_by_name(t):
    for name in (
        "Alias",
        "Asc",
        "CTE",
        "CommaNodeList",
        "CompoundSelectQuery",
        "Context",
        "Desc",
        "Entity",
        "Expression",
        "FieldAccessor",
        "ForeignKeyAccessor",
        "Function",
        "Insert",
        "Metadata",
        "ModelAlias",
        "ModelBase",
        "ModelSelect",
        "Node",
        "NodeList",
        "Ordering",
        "PeeweeException",
        "Proxy",
        "RawQuery",
        "SchemaManager",
        "Select",
        "Source",
        "SubclassAwareMetadata",
        "sort_models",
    ):
        t.show(name, type(getattr(peewee, name)).__name__)


@program(spec=("DB-002",))
def the_version_is_a_string(t):
    t.show("version", peewee.__version__)


@program(spec=("DB-008",))
def constants_are_attributes_and_items(t):
    for name in ("JOIN", "OP", "FIELD", "PREFETCH_TYPE", "ROW"):
        constant = getattr(peewee, name)
        t.show(name, sorted(constant.items()))
        first = sorted(constant)[0]
        t.show(name + " by attribute", getattr(constant, first) == constant[first])
    with t.raises("unknown"):
        JOIN.SIDEWAYS
    t.show("lookups", sorted(peewee.DJANGO_MAP))


@program(spec=("DB-013",))
def a_database_tells_its_context_options(t):
    db = t.database()
    options = db.get_context_options()
    t.show("names", sorted(options))
    t.show("param and quote", (options["param"], options["quote"]))


@program(spec=("DB-028",))
def a_context_compiles_nodes(t):
    db = t.database()
    ctx = db.get_sql_context()
    t.show("type", type(ctx).__name__)
    t.show("query", ctx.sql(SQL("a = ?", [1])).literal(" AND ").value(2).query())
    t.show("overridden", db.get_sql_context(param="%s", quote="``").sql(peewee.Entity("a", "b")).value(1).query())
    t.show("parse", db.get_sql_context().parse(fn.LOWER("X")))


@program(spec=("DB-029",))
def override_points_are_called(t):
    calls = []

    class Own(SqliteDatabase):
        def execute_sql(self, sql, params=None):
            calls.append(sql)
            return super().execute_sql(sql, params)

        def last_insert_id(self, cursor, query_type=None):
            return "id %s" % super().last_insert_id(cursor, query_type)

        def rows_affected(self, cursor):
            return super().rows_affected(cursor) * 100

    db = Own(":memory:")

    class Note(Model):
        body = TextField()

        class Meta:
            database = db

    db.create_tables([Note])
    t.show("insert", Note.insert(body="a").execute())
    t.show("update", Note.update(body="b").execute())
    t.show("rows", [note.body for note in Note.select()])
    t.show("create", Note.create(body="c").body)
    t.show("delete", Note.delete().execute())
    t.show("calls", calls)
    db.close()


@program(spec=("DB-029", "DB-027"))
def an_overridden_execute_sql_may_rewrite_or_refuse(t):
    class ReadOnly(SqliteDatabase):
        writable = True

        def execute_sql(self, sql, params=None):
            if not self.writable and not sql.startswith("SELECT"):
                raise OperationalError("read only: " + sql.split(" ")[0])
            return super().execute_sql(sql.replace("@TABLE", "note"), params)

    db = ReadOnly(":memory:")

    class Note(Model):
        body = TextField()

        class Meta:
            database = db

    db.create_tables([Note])
    Note.create(body="a")
    db.writable = False
    with t.raises("create"):
        Note.create(body="b")
    with t.raises("save"):
        note = Note.get()
        note.body = "changed"
        note.save()
    t.show("rewritten", db.execute_sql("SELECT body FROM @TABLE").fetchall())
    t.show("rows", Note.select().count())
    db.close()


@program(spec=("DB-053",))
def unknown_errors_pass_untouched(t):
    db = t.database()

    for label, value in (("a large integer", 2**80), ("a lone surrogate", "\ud800")):
        try:
            db.execute_sql("SELECT ?", (value,))
        except Exception as error:
            t.show(label, (type(error).__name__, type(error).__module__, hasattr(error, "orig")))
    t.show("usable", db.execute_sql("SELECT 1").fetchone())


@program(spec=("DB-010", "DB-056"))
def legacy_settings_warn(t):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        db = SqliteDatabase(":memory:", autocommit=True, autorollback=True)
    t.show("warned", [warning.category.__name__ for warning in caught])
    t.show("works", db.execute_sql("SELECT 1").fetchone())
    db.close()


@program(spec=("FD-008", "FD-012", "SB-010"))
def python_swaps_a_comparison_with_a_subclass_of_the_field(t):
    class Thing(Model):
        small = IntegerField()
        big = BigIntegerField()

    t.show("repr", (repr(Thing.small), repr(IntegerField())))
    t.show("equal", Thing.select(Thing.id).where(Thing.small == Thing.big).sql())
    t.show("less", Thing.select(Thing.id).where(Thing.small < Thing.big).sql())
    t.show("as written", Thing.select(Thing.id).where(Thing.big < Thing.small).sql())
    t.show("key", Thing.select(Thing.id).where(Thing.small == Thing.id).sql())


@program(spec=("SB-049", "QB-051"))
def inserted_columns_follow_the_model(t):
    db = t.database()

    class Thing(Model):
        first = TextField()
        second = IntegerField(default=2)
        third = TextField(null=True)

        class Meta:
            database = db

    db.create_tables([Thing])
    t.show("dict", Thing.insert({"third": "c", "first": "a"}).sql())
    t.show("keywords", Thing.insert(third="c", id=9, first="a").sql())
    t.show("many", Thing.insert_many([{"third": "c", "first": "a"}]).sql())
    t.show("update", Thing.update({"third": 1, "first": 2}).sql())
    Thing(third="x", first="y").save()


@program(spec=("MD-049",))
def a_model_alias_stands_for_its_model(t):
    db = t.database()

    class Node(Model):
        name = TextField()
        parent = ForeignKeyField("self", null=True, backref="children")

        class Meta:
            database = db

    db.create_tables([Node])
    root = Node.create(name="root")
    Node.create(name="leaf", parent=root)
    Parent = Node.alias()
    Named = Node.alias("n")
    t.show("field", (isinstance(Parent.name, Field), Parent.name.name))
    t.show("constructs", type(Parent(name="x")).__name__)
    with t.raises("set"):
        Parent.name = 5
    with t.raises("unknown", message=False):
        Parent.nothing_like_this
    t.show("named", Named.select(Named.name).where(Named.name == "x").sql())
    query = Node.select(Node, Parent).join(Parent, on=(Node.parent == Parent.id)).where(Parent.name == "root")
    t.show("joined", query.sql())
    t.show("rows", [(node.name, node.parent.name) for node in query])
    t.show("all", Parent.select().sql())


@program(spec=("DB-001",))
def names_that_programs_take_from_the_module_though_nobody_documents_them(t):
    kinds = ("", "Dict", "NamedTuple", "Object", "BaseModel", "Model", "ModelDict", "ModelNamedTuple", "ModelObject")
    t.show("rows", [issubclass(getattr(peewee, f"{kind}CursorWrapper"), peewee.CursorWrapper) for kind in kinds])
    names = ("datetime", "decimal", "json", "logging", "re", "sqlite3", "threading", "uuid")
    t.show("modules", [getattr(peewee, name).__name__ for name in names])
    t.show("regexp", [peewee._sqlite_regexp(pattern, "cat") for pattern in ("a", "z")])
    t.show("name", [peewee._truncate_constraint_name(name) for name in ("short", "long" * 20)])
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        peewee.__deprecated__("former")
    t.show("deprecated", [(str(each.message), each.category.__name__) for each in heard])


@program(spec=("DB-001",))
def star_imports_of_playhouse_give_its_names_and_those_of_peewee(t):
    for name in ("shortcuts", "signals", "hybrid", "db_url", "kv", "test_utils", "pool", "postgres_ext"):
        space = {}
        exec(f"from playhouse.{name} import *", space)
        gone = {
            "__builtins__",
            "threading",
            "operator",
            "json",
            "logging",
            "logger",
            "functools",
            "heapq",
            "namedtuple",
        }
        gone |= {"time", "wraps", "parse_qsl", "unquote", "urlparse", "TypeInfo", "register_hstore"}
        given = [key for key in space if key not in gone and "Cockroach" not in key and "Connector" not in key]
        t.show(name, sorted(given))
    t.show("fields", [space[name].__name__ for name in ("Model", "CharField", "JSONField", "PostgresqlDatabase")])


@program(spec=("DB-001",))
def modules_of_playhouse_have_the_names_of_peewee(t):
    from playhouse.db_url import PostgresqlDatabase
    from playhouse.kv import TextField
    from playhouse.postgres_ext import Model, Node
    from playhouse.shortcuts import Field

    import peewee

    own = (peewee.PostgresqlDatabase, peewee.TextField, peewee.Model, peewee.Node, peewee.Field)
    t.show("same", [one is other for one, other in zip((PostgresqlDatabase, TextField, Model, Node, Field), own)])
    with t.raises("unknown", message=False):
        from playhouse.shortcuts import NoSuchName
