"""Python callables in SQL, and the way of their failures and of signals."""

from __future__ import annotations

import _thread
import signal
import threading
import time

import pytest

from redstart import _native as native
from redstart.exceptions import OperationalError

ENDLESS = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"


class Product:
    """An aggregate over numbers, also over windows."""

    def __init__(self):
        self.total = 1

    def step(self, value):
        self.total *= value

    def inverse(self, value):
        self.total //= value

    def value(self):
        return self.total

    def finalize(self):
        return self.total


def test_a_function_takes_and_gives_every_stored_type(connection):
    connection.create_function("same", 1, lambda value: value)
    for value in (None, 1, 1.5, "é", b"\x00"):
        assert connection.execute("select same(?)", (value,)).fetchone() == (value,)
    connection.create_function("many", -1, lambda *values: len(values))
    assert connection.execute("select many(), many(1, 2, 3)").fetchone() == (0, 3)
    connection.create_function("same", 1, None)
    with pytest.raises(OperationalError, match="no such function: same"):
        connection.execute("select same(1)")


def test_a_failing_function_is_an_operational_error_with_its_cause(connection):
    connection.create_function("bad", 0, lambda: 1 // 0)
    connection.create_function("odd", 0, lambda: object())  # noqa: PLW0108 - SQL calls functions, not classes
    for sql in ("select bad()", "select odd()"):
        with pytest.raises(OperationalError) as caught:
            connection.execute(sql)
        assert caught.value.args == ("user-defined function raised exception",)
    with pytest.raises(OperationalError) as caught:
        connection.execute("select bad()")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert connection.execute("select 1").fetchone() == (1,)


def test_aggregates_compute_one_value_for_a_group(connection):
    connection.create_aggregate("product", 1, Product)
    assert connection.execute("select product(x) from (select 2 as x union select 5)").fetchone() == (10,)
    connection.create_aggregate("broken", 1, object)
    with pytest.raises(OperationalError, match=r"user-defined aggregate's 'step' method raised error"):
        connection.execute("select broken(1)")


def test_window_functions_move_over_the_rows(connection):
    connection.create_window_function("product", 1, Product)
    sql = """select product(x) over (order by x rows between 1 preceding and current row)
             from (select 2 as x union select 3 union select 5)"""
    assert connection.execute(sql).fetchall() == [(2,), (6,), (15,)]


def test_collations_order_text(connection):
    connection.create_collation("backwards", lambda a, b: (a < b) - (a > b))
    sql = "select x from (select 'a' as x union select 'b') order by x collate backwards"
    assert connection.execute(sql).fetchall() == [("b",), ("a",)]


def test_a_signal_interrupts_a_long_statement(connection):
    assert threading.current_thread() is threading.main_thread()
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    begun = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            connection.execute(ENDLESS)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert time.monotonic() - begun < 30
    assert connection.execute("select 1").fetchone() == (1,)


def test_another_thread_interrupts_a_long_statement(connection):
    timer = threading.Timer(0.1, connection.interrupt)
    timer.start()
    with pytest.raises(OperationalError, match=r"^interrupted$"):
        connection.execute(ENDLESS)
    timer.join()
    assert connection.execute("select 1").fetchone() == (1,)


def test_other_threads_run_while_a_statement_runs(connection):
    lock = _thread.allocate_lock()
    lock.acquire()

    def release_soon():
        connection.interrupt()
        lock.release()

    timer = threading.Timer(0.05, release_soon)
    timer.start()
    with pytest.raises(OperationalError):
        connection.execute(ENDLESS)
    assert lock.acquire(timeout=30)
    timer.join()


def test_state_belongs_to_the_thread_or_to_all():
    own, shared = native.Scopes(), native.Scopes(thread_safe=False)
    assert own.current() is own.current()
    assert own.current().closed
    seen = {}

    def look():
        seen["own"], seen["shared"] = own.current(), shared.current()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen["own"] is not own.current()
    assert seen["shared"] is shared.current()


def test_a_connection_state_opens_and_resets(connection):
    state = native.Scopes().current()
    state.transactions.append(1)
    state.set_connection(connection)
    assert (state.closed, state.conn, state.ctx, state.transactions, state.callbacks) == (False, connection, [], [], [])
    state.ctx.append("x")
    state.reset()
    assert (state.closed, state.conn, state.ctx) == (True, None, [])
