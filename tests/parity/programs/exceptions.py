"""Programs about which exception a failure becomes and what it carries.

What counts as bad input has its own file.
"""

import peewee
from parity_program import program
from peewee import *


def _thing(t, **settings):
    """Returns a database and a model with a unique, a plain and a checked column."""
    db = t.database(**settings)

    class Thing(Model):
        code = IntegerField(unique=True)
        name = TextField()
        size = IntegerField(default=1, constraints=[Check("size > 0")])

        class Meta:
            database = db

    db.create_tables([Thing])
    Thing.create(code=1, name="one")
    return db, Thing


def _caught(t, label, function):
    """Shows everything public about the exception that the function raises."""
    try:
        function()
    except Exception as error:
        t.show(label, (type(error).__name__, error.args, str(error)))
        t.show(label + " bases", [base.__name__ for base in type(error).__mro__])
        original = getattr(error, "orig", None)
        t.show(label + " orig", (type(original).__name__, getattr(original, "args", None)))
        t.show(label + " cause", error.__cause__)
        t.show(label + " context is orig", error.__context__ is original)


@program(spec=("DB-051", "SB-090"))
def the_tree_of_exceptions(t):
    for name in (
        "PeeweeException",
        "ImproperlyConfigured",
        "InterfaceError",
        "DatabaseError",
        "DataError",
        "IntegrityError",
        "InternalError",
        "NotSupportedError",
        "OperationalError",
        "ProgrammingError",
        "DoesNotExist",
    ):
        t.show(name, [base.__name__ for base in getattr(peewee, name).__mro__])


@program(spec=("DB-052", "DB-055", "SB-089"))
def a_broken_unique_index_is_an_integrity_error(t):
    _, Thing = _thing(t)
    _caught(t, "unique", lambda: Thing.create(code=1, name="again"))
    t.show("rows", Thing.select().count())


@program(spec=("DB-055",))
def not_null_and_check_are_integrity_errors(t):
    _, Thing = _thing(t)
    with t.raises("not null"):
        Thing.create(code=2)
    with t.raises("check"):
        Thing.create(code=3, name="three", size=0)
    with t.raises("update"):
        Thing.update(name=None).execute()
    t.show("rows", list(Thing.select().tuples()))


@program(spec=("DB-055", "SB-066"))
def a_broken_foreign_key_is_an_integrity_error_when_enforced(t):
    for label, pragmas in (("enforced", {"foreign_keys": 1}), ("by default", {})):
        db = t.database(pragmas=pragmas)

        class Parent(Model):
            class Meta:
                database = db

        class Child(Model):
            parent = ForeignKeyField(Parent)

            class Meta:
                database = db

        db.create_tables([Parent, Child])
        with t.raises("insert " + label):
            Child.create(parent=99)
        parent = Parent.create()
        Child.create(parent=parent)
        with t.raises("delete " + label):
            parent.delete_instance()
        t.show("left " + label, (Parent.select().count(), Child.select().count()))


@program(spec=("DB-055", "DB-052"))
def broken_sql_is_an_operational_error(t):
    db, Thing = _thing(t)
    _caught(t, "no table", lambda: db.execute_sql("SELECT * FROM nowhere"))
    _caught(t, "no column", lambda: list(Thing.select(SQL("nothing_here"))))
    _caught(t, "syntax", lambda: db.execute_sql("SELEC 1"))
    t.show("still usable", Thing.select().count())


@program(spec=("DB-054",))
def an_error_of_peewee_itself_is_wrapped_once_more(t):
    db = t.database(autoconnect=False)
    _caught(t, "cursor", db.cursor)
    _caught(t, "execute", lambda: db.execute_sql("SELECT 1"))


@program(spec=("SB-070", "MD-002"))
def does_not_exist_belongs_to_its_model(t):
    db, Thing = _thing(t)

    class Other(Thing):
        pass

    t.show("names", (Thing.DoesNotExist.__name__, Other.DoesNotExist.__name__))
    t.show("bases", [base.__name__ for base in Other.DoesNotExist.__mro__])
    t.show("unrelated", issubclass(Other.DoesNotExist, Thing.DoesNotExist))
    t.show("no peewee exception", issubclass(DoesNotExist, peewee.PeeweeException))
    t.show("module", Thing.DoesNotExist.__module__ == Thing.__module__)
    with t.raises("get"):
        Thing.get(Thing.code == 9, Thing.name == "nine")
    try:
        Thing.get_by_id(77)
    except DoesNotExist as error:
        t.show("by id", (type(error) is Thing.DoesNotExist, str(error)))


@program(spec=("DB-052",))
def exceptions_can_be_made_by_hand(t):
    t.show("args", IntegrityError("a", 2).args)
    t.show("text", str(OperationalError("only one")))
    t.show("empty", (str(InterfaceError()), InterfaceError().args))
    with t.raises("raised"):
        raise ProgrammingError("by hand")


@program(spec=("DB-052", "SB-089"))
def an_original_in_a_chain_stays_reachable(t):
    _, Thing = _thing(t)
    try:
        try:
            Thing.insert(code=1, name="x").execute()
        except IntegrityError as error:
            raise ValueError("wrapped") from error
    except ValueError as error:
        t.show("cause", type(error.__cause__).__name__)
        t.show("orig", type(error.__cause__.orig).__name__)
        t.show("orig text", str(error.__cause__.orig))


@program(spec=("DB-043",), ends_with="IntegrityError")
def an_uncaught_error_ends_the_program_and_undoes_its_block(t):
    db, Thing = _thing(t)
    with db.atomic():
        Thing.create(code=2, name="lost")
        Thing.create(code=1, name="again")


@program(spec=("MD-032", "SB-070"), ends_with="ThingDoesNotExist")
def an_uncaught_miss_ends_the_program(t):
    _, Thing = _thing(t)
    Thing.get(Thing.code == 404)
