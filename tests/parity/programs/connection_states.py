"""Programs about ``db._state``, which other packages read and replace."""

import contextvars
from concurrent.futures import ThreadPoolExecutor

import peewee
from parity_program import program
from peewee import *


@program(spec=("DB-001",))
def the_state_tells_of_the_connection(t):
    db = t.database()
    db.close()
    state = db._state
    t.show("closed", (state.closed, state.conn, state.ctx, state.transactions))
    db.connect()
    t.show("open", (state.closed, state.conn is db.connection(), state.transactions))
    with db.atomic() as transaction, db.atomic():
        t.show("within", (len(state.transactions), state.transactions[0] is transaction))
    db.close()
    with db:
        t.show("context", (len(state.ctx), len(state.transactions)))
    t.show("after", (state.closed, state.ctx, db.is_closed()))
    t.show("kind", isinstance(state, peewee._ConnectionState))


@program(spec=("DB-001",))
def a_state_that_is_reset_has_no_connection(t):
    db = t.database()
    db.connect(reuse_if_open=True)
    db._state.reset()
    t.show("reset", (db.is_closed(), db._state.conn))
    t.show("again", (db.connect(), db.execute_sql("select 1").fetchone()))


@program(spec=("DB-001",))
def a_state_of_its_own_belongs_to_no_database(t):
    state = peewee._ConnectionState()
    t.show("new", (state.closed, state.conn, state.ctx, state.transactions))
    state.set_connection("connection")
    t.show("set", (state.closed, state.conn))
    state.reset()
    t.show("reset", (state.closed, state.conn))
    state.closed, state.conn, state.ctx, state.transactions = False, "other", ["context"], ["transaction"]
    t.show("assigned", (state.closed, state.conn, state.ctx, state.transactions))


def _unset():
    return {"closed": None, "conn": None, "ctx": None, "transactions": None}


_kept = contextvars.ContextVar("_kept", default=_unset())


class _StateOfAContext(peewee._ConnectionState):
    def __init__(self, **kwargs):
        super().__setattr__("_state", _kept)
        super().__init__(**kwargs)

    def __setattr__(self, name, value):
        self._state.get()[name] = value

    def __getattr__(self, name):
        return self._state.get()[name]


@program(spec=("DB-001",))
def a_state_is_kept_in_a_context(t):
    db = t.database(file=True, check_same_thread=False)
    db.close()
    db._state = _StateOfAContext()

    class Note(Model):
        body = TextField()

        class Meta:
            database = db

    def begin():
        db._state._state.set(_unset())
        db._state.reset()

    def in_thread(context, function):
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(context.run, function).result()

    def use():
        Note.create(body="one")
        with db.atomic():
            depth = len(db._state.transactions)
        return (db.connection(), depth, db.is_closed())

    request = contextvars.copy_context()
    request.run(begin)
    t.show("begun", request.run(db.is_closed))
    t.show("open", in_thread(request, db.connect))
    connection, *rest = in_thread(request, lambda: (db.create_tables([Note]), use())[1])
    t.show("used", rest)
    t.show("same connection", connection is in_thread(request, db.connection))
    other = contextvars.copy_context()
    other.run(begin)
    t.show("another request", (in_thread(other, db.is_closed), in_thread(other, lambda: use()[0] is connection)))
    t.show("rows", in_thread(other, lambda: Note.select().count()))
    t.show("closed", (in_thread(request, db.close), in_thread(request, db.is_closed), in_thread(other, db.is_closed)))
    t.show("last", (in_thread(other, db.close), in_thread(other, lambda: db._state.closed)))
