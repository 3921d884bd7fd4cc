"""Programs about atomic, transaction, savepoint, manual_commit, sessions and after_commit.

Connections as such have their own file.
"""

from parity_program import program
from peewee import *


def _notes(t, **settings):
    """Returns a database and a model of one text column, its table created."""
    db = t.database(**settings)

    class Note(Model):
        body = TextField()

        class Meta:
            database = db

    db.create_tables([Note])
    return db, Note


def _bodies(model):
    """Returns the stored texts in the order of their ids."""
    return [row[0] for row in model.select(model.body).order_by(model.id).tuples()]


@program(spec=("DB-038", "SB-080"))
def outside_a_block_every_statement_commits(t):
    db, Note = _notes(t, file=True)
    Note.create(body="at once")
    other = SqliteDatabase(db.database)
    t.show("seen by another connection", other.execute_sql("SELECT body FROM note").fetchall())
    other.close()


@program(spec=("DB-039", "DB-041", "SB-081"))
def atomic_nests_as_savepoints(t):
    db, Note = _notes(t)
    with db.atomic() as outer:
        t.show("outer", (type(outer).__name__, db.transaction_depth()))
        Note.create(body="outer")
        with db.atomic() as inner:
            t.show("inner", (type(inner).__name__, db.transaction_depth()))
            Note.create(body="inner")
            with db.atomic():
                t.show("depth", db.transaction_depth())
                Note.create(body="innermost")
    t.show("after", (db.transaction_depth(), db.in_transaction()))
    t.show("bodies", _bodies(Note))


@program(spec=("DB-043", "SB-081"))
def an_error_leaving_an_inner_block_undoes_only_it(t):
    db, Note = _notes(t)
    with db.atomic():
        Note.create(body="kept")
        with t.raises("inner"), db.atomic():
            Note.create(body="lost")
            raise ValueError("inner")
        Note.create(body="also kept")
    t.show("bodies", _bodies(Note))


@program(spec=("DB-043",))
def an_error_leaving_the_outer_block_undoes_everything(t):
    db, Note = _notes(t)
    error = KeyError("the same object")
    try:
        with db.atomic():
            Note.create(body="lost")
            with db.atomic():
                Note.create(body="lost too")
            raise error
    except KeyError as caught:
        t.show("same", caught is error)
    t.show("depth", db.transaction_depth())
    t.show("bodies", _bodies(Note))


@program(spec=("DB-040", "SB-082"))
def nested_transactions_do_nothing(t):
    db, Note = _notes(t)
    with db.transaction() as outer:
        t.show("outer", (type(outer).__name__, db.transaction_depth()))
        with t.raises("inner"), db.transaction():
            t.show("depth", db.transaction_depth())
            Note.create(body="stays")
            raise ValueError("inner")
        t.show("depth after", db.transaction_depth())
    t.show("bodies", _bodies(Note))


@program(spec=("DB-040",))
def a_transaction_rolls_back_on_an_error(t):
    db, Note = _notes(t)
    with t.raises("outer"), db.transaction():
        Note.create(body="lost")
        raise ValueError("outer")
    t.show("bodies", _bodies(Note))


@program(spec=("DB-041",))
def a_savepoint_outside_a_transaction_is_one(t):
    db, Note = _notes(t)
    with db.savepoint() as point:
        t.show("point", (type(point).__name__, db.transaction_depth()))
        Note.create(body="kept")
    with t.raises("error"), db.savepoint():
        Note.create(body="lost")
        raise ValueError("stop")
    t.show("bodies", _bodies(Note))


@program(spec=("DB-042", "SB-083"))
def a_transaction_handle_rolls_back_and_goes_on(t):
    db, Note = _notes(t)
    with db.atomic() as txn:
        Note.create(body="lost")
        txn.rollback()
        t.show("depth", db.transaction_depth())
        Note.create(body="kept")
        txn.commit()
        Note.create(body="lost too")
        txn.rollback()
        Note.create(body="last")
    t.show("bodies", _bodies(Note))


@program(spec=("DB-042",))
def a_savepoint_handle_rolls_back_and_goes_on(t):
    db, Note = _notes(t)
    with db.atomic():
        Note.create(body="outer")
        with db.atomic() as point:
            Note.create(body="lost")
            point.rollback()
            Note.create(body="kept")
            point.commit()
            Note.create(body="lost too")
            point.rollback()
        t.show("inside", _bodies(Note))
    t.show("bodies", _bodies(Note))


@program(spec=("DB-042", "SB-083"))
def ending_without_beginning_again_fails_when_the_block_is_left(t):
    db, Note = _notes(t)
    with t.raises("rollback"), db.atomic() as txn:
        Note.create(body="lost")
        txn.rollback(False)
    with t.raises("commit"), db.atomic() as txn:
        Note.create(body="kept")
        txn.commit(begin=False)
    t.show("depth", db.transaction_depth())
    t.show("bodies", _bodies(Note))


@program(spec=("DB-044", "SB-086"))
def the_stack_is_public(t):
    db, _ = _notes(t)
    t.show("top at first", db.top_transaction())
    with db.atomic() as txn:
        t.show("top", db.top_transaction() is txn)
        t.show("in", db.in_transaction())
        with db.atomic():
            t.show("top stays", db.top_transaction() is txn)
    marker = object()
    db.push_transaction(marker)
    t.show("depth", db.transaction_depth())
    t.show("popped", db.pop_transaction() is marker)
    t.show("empty", db.in_transaction())


@program(spec=("DB-045", "SB-086"))
def manual_commit_leaves_everything_to_the_user(t):
    db, Note = _notes(t)
    with db.manual_commit():
        t.show("in transaction", (db.in_transaction(), db.transaction_depth()))
        db.begin()
        Note.create(body="kept")
        db.commit()
        db.begin()
        Note.create(body="lost")
        db.rollback()
        with db.manual_commit():
            t.show("nested", db.transaction_depth())
    t.show("after", db.in_transaction())
    t.show("bodies", _bodies(Note))


@program(spec=("DB-039", "DB-045", "SB-086"))
def manual_commit_refuses_managed_blocks(t):
    db, Note = _notes(t)
    with db.manual_commit():
        with t.raises("atomic"), db.atomic():
            pass
        with t.raises("after_commit"):
            db.after_commit(lambda: None)
        with db.transaction():
            Note.create(body="inert")
    with db.atomic(), t.raises("inside atomic"), db.manual_commit():
        pass
    t.show("bodies", _bodies(Note))


@program(spec=("DB-045",))
def manual_commit_decorates_functions(t):
    db, Note = _notes(t)

    @db.manual_commit()
    def work(body):
        db.begin()
        Note.create(body=body)
        db.commit()
        return db.transaction_depth()

    t.show("depth", (work("a"), work("b")))
    t.show("bodies", _bodies(Note))


@program(spec=("DB-046",))
def ending_on_a_closed_database_is_refused(t):
    db = t.database(file=True)
    with t.raises("commit"):
        db.commit()
    with t.raises("rollback"):
        db.rollback()
    db.begin()
    t.show("begin connects", db.is_closed())
    db.rollback()
    with t.raises("commit without begin"):
        db.commit()
    with t.raises("rollback without begin"):
        db.rollback()
    quiet = t.database(autoconnect=False)
    with t.raises("begin without autoconnect"):
        quiet.begin()
    quiet.connect()


@program(spec=("DB-050",))
def blocks_need_a_connection_without_autoconnect(t):
    db = t.database(autoconnect=False)
    with t.raises("atomic"), db.atomic():
        pass
    with t.raises("transaction"), db.transaction():
        pass
    with t.raises("savepoint"), db.savepoint():
        pass
    t.show("depth", db.transaction_depth())
    db.connect()
    with db.atomic():
        t.show("connected", db.transaction_depth())


@program(spec=("DB-047", "SB-087"))
def after_commit_runs_after_the_outermost_commit(t):
    db, Note = _notes(t)
    calls = []

    def call(name):
        return lambda: calls.append((name, db.in_transaction(), Note.select().count()))

    action = call("idle")
    t.show("gives the function back", db.after_commit(action) is action)
    with db.atomic():
        Note.create(body="outer")
        db.after_commit(call("first"))
        with db.atomic():
            Note.create(body="inner")
            db.after_commit(call("second"))
        t.show("not yet", len(calls))
    t.show("calls", calls)
    with db.atomic():
        pass
    t.show("only once", len(calls))


@program(spec=("DB-047", "SB-087"))
def after_commit_is_dropped_by_a_rollback_but_not_by_a_savepoint(t):
    db, _ = _notes(t)
    calls = []
    with t.raises("outer"), db.atomic():
        db.after_commit(lambda: calls.append("rolled back"))
        raise ValueError("outer")
    with db.atomic():
        with t.raises("inner"), db.atomic():
            db.after_commit(lambda: calls.append("savepoint"))
            raise ValueError("inner")
    with db.atomic() as txn:
        db.after_commit(lambda: calls.append("handle"))
        txn.rollback()
    with db.atomic() as txn:
        db.after_commit(lambda: calls.append("committed by handle"))
        txn.commit()
        t.show("at the handle", list(calls))
    t.show("calls", calls)


@program(spec=("DB-047",))
def an_error_in_after_commit_comes_too_late_for_the_data(t):
    db, Note = _notes(t)

    def refuse():
        raise ValueError("late")

    try:
        with db.atomic():
            Note.create(body="kept")
            db.after_commit(refuse)
    except Exception as error:
        t.show("error", (type(error).__name__, str(error)))
    t.show("depth", db.transaction_depth())
    t.show("bodies", _bodies(Note))


@program(spec=("DB-048",))
def sessions_open_and_end_transactions(t):
    db, Note = _notes(t)
    t.show("nothing to commit", db.session_commit())
    t.show("nothing to roll back", db.session_rollback())
    db.session_start()
    Note.create(body="kept")
    t.show("inside", (db.transaction_depth(), db.session_commit(), db.transaction_depth()))
    db.session_start()
    Note.create(body="lost")
    t.show("rollback", db.session_rollback())
    t.show("bodies", _bodies(Note))


@program(spec=("DB-048",))
def nested_sessions_begin_the_outer_again(t):
    db, Note = _notes(t)
    db.session_start()
    Note.create(body="outer")
    db.session_start()
    Note.create(body="inner")
    t.show("depth", db.transaction_depth())
    t.show("inner rollback", db.session_rollback())
    t.show("depth after", db.transaction_depth())
    Note.create(body="later")
    t.show("outer commit", db.session_commit())
    t.show("bodies", _bodies(Note))


@program(spec=("DB-049", "DB-063"))
def lock_types_go_into_begin(t):
    db, Note = _notes(t, file=True)
    other = SqliteDatabase(db.database, timeout=0.05)
    for lock in ("DEFERRED", "IMMEDIATE", "EXCLUSIVE"):
        with db.atomic(lock):
            with t.raises("write beside " + lock):
                with other.atomic("IMMEDIATE"):
                    pass
            with t.raises("read beside " + lock):
                other.execute_sql("SELECT * FROM note").fetchall()
    with db.transaction("EXCLUSIVE"):
        with t.raises("read beside transaction"):
            other.execute_sql("SELECT * FROM note").fetchall()
    with t.raises("no such lock"), db.atomic("SHARED"):
        pass
    t.show("depth", db.transaction_depth())
    other.close()


@program(spec=("DB-063",))
def a_database_may_have_its_own_lock_type(t):
    db, _ = _notes(t, file=True, lock_type="EXCLUSIVE")
    other = SqliteDatabase(db.database, timeout=0.05)
    with db.atomic():
        with t.raises("own"):
            other.execute_sql("SELECT * FROM note").fetchall()
    with db.atomic("DEFERRED"):
        t.show("given", other.execute_sql("SELECT * FROM note").fetchall())
    db.begin()
    with t.raises("begin"):
        other.execute_sql("SELECT * FROM note").fetchall()
    db.rollback()
    other.close()


@program(spec=("DB-023",))
def decorated_functions_get_a_fresh_block_each_call(t):
    db, Note = _notes(t)

    @db.atomic()
    def descend(depth):
        Note.create(body="level %d" % depth)
        if depth:
            descend(depth - 1)
        return db.transaction_depth()

    t.show("depth", descend(2))

    @db.atomic()
    def refuse():
        Note.create(body="lost")
        raise ValueError("stop")

    with t.raises("error"):
        refuse()

    @db.transaction()
    def plain():
        """Has a doc."""
        return db.in_transaction()

    t.show("plain", (plain(), plain.__name__, plain.__doc__))

    @db.savepoint()
    def point(value, *, named):
        return value, named

    t.show("arguments", point(1, named=2))
    t.show("bodies", _bodies(Note))


@program(spec=("DB-024",))
def a_decorated_generator_function_runs_outside_the_block(t):
    db, _ = _notes(t)

    @db.atomic()
    def numbers():
        for number in range(2):
            yield number, db.in_transaction()

    t.show("numbers", list(numbers()))


@program(spec=("DB-040", "SB-084"))
def a_commit_that_fails_rolls_back(t):
    db = t.database(pragmas={"foreign_keys": 1})
    db.execute_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    db.execute_sql("CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)")
    with t.raises("commit"), db.atomic():
        db.execute_sql("INSERT INTO child VALUES (42)")
        t.show("inside", db.execute_sql("SELECT * FROM child").fetchall())
    t.show("depth", db.transaction_depth())
    t.show("rows", db.execute_sql("SELECT * FROM child").fetchall())
    with db.atomic():
        db.execute_sql("INSERT INTO parent VALUES (42)")


@program(spec=("DB-037",))
def batch_commit_groups_items_into_transactions(t):
    db, Note = _notes(t)
    depths = []
    for number in db.batch_commit(range(5), 2):
        depths.append((number, db.transaction_depth()))
        Note.create(body=str(number))
    t.show("depths", depths)
    t.show("after", db.in_transaction())
    with t.raises("error"):
        for number in db.batch_commit(range(5, 9), 2):
            Note.create(body=str(number))
            if number == 7:
                raise ValueError("stop")
    t.show("closed", db.in_transaction())
    t.show("bodies", _bodies(Note))


@program(spec=("DB-041",))
def an_error_in_a_statement_leaves_the_block_usable(t):
    db, Note = _notes(t)
    with db.atomic():
        Note.create(body="before")
        with t.raises("broken"):
            db.execute_sql("INSERT INTO nowhere VALUES (1)")
        with t.raises("not null"):
            Note.insert(body=None).execute()
        Note.create(body="after")
    t.show("bodies", _bodies(Note))


@program(spec=("DB-043",))
def leaving_by_return_and_break_commits(t):
    db, Note = _notes(t)

    def work():
        with db.atomic():
            Note.create(body="returned")
            return "done"

    t.show("return", work())
    for number in range(3):
        with db.atomic():
            Note.create(body="number %d" % number)
            if number == 1:
                break
    t.show("depth", db.transaction_depth())
    t.show("bodies", _bodies(Note))


@program(spec=("DB-043",))
def a_keyboard_interrupt_rolls_back_too(t):
    db, Note = _notes(t)
    try:
        with db.atomic():
            Note.create(body="lost")
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        t.show("passed on", True)
    t.show("depth", db.transaction_depth())
    t.show("bodies", _bodies(Note))


@program(spec=("DB-014",))
def connecting_anew_forgets_pending_work(t):
    db, Note = _notes(t, file=True)
    calls = []
    with db.atomic():
        db.after_commit(lambda: calls.append("ran"))
        db.dispose()
        t.show("disposed", (db.is_closed(), db.transaction_depth()))
        db.connect()
        t.show("depth", db.transaction_depth())
        db.begin()
        db.push_transaction(None)
    t.show("calls", calls)
