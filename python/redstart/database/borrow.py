"""Blocking code on a task's connection: in a thread that borrows it for the time."""

from __future__ import annotations

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from redstart.exceptions import InterfaceError, OperationalError, ProgrammingError

if TYPE_CHECKING:
    from collections.abc import Callable

#: How many functions run at the same time, where no pool of connections says it.
_THREADS = 64


async def run_in_thread(database: Any, fn: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Runs a function in a thread that uses the running task's connection as its own.

    Args:
        database: The database.
        fn: The function.
        args: Its arguments.
        kwargs: Its keyword arguments.
    """
    state = database._scopes.of_task()
    context = contextvars.copy_context()

    def borrowed() -> Any:
        own = database._scopes.lend(state)
        try:
            return fn(*args, **kwargs)
        finally:
            database._scopes.take_back(own)

    threads = _threads(database)
    gate = _gate(database) if state.closed else None
    state.enter()
    try:
        if gate is None:
            outcome = await _until_its_end(database, state, threads, context.run, borrowed)
        else:
            # One without a connection may have to wait for it: it must not take the last thread from one that has it.
            async with gate:
                outcome = await _until_its_end(database, state, threads, context.run, borrowed)
    finally:
        state.exit()
        if state.rests:
            database._rest(state)
    for variable, value in context.items():
        if variable.get(_MISSING) is not value:
            variable.set(value)
    return outcome


async def _until_its_end(database: Any, state: Any, threads: Any, run: Any, function: Any) -> Any:
    was_closed = state.closed
    future = asyncio.get_running_loop().run_in_executor(threads, run, function)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        if future.done():
            if not future.cancelled():
                future.exception()  # has been seen: the cancellation is what counts
            raise
        # The connection is lent until the function has ended: its statement is cancelled, its end awaited.
        state.abandoned = True
        interruption = asyncio.get_running_loop().run_in_executor(None, _interrupt, state)
        while not (future.done() and interruption.done()):
            try:
                await asyncio.wait([future, interruption])
            except asyncio.CancelledError:  # noqa: PERF203 - not hot, and there is no other way
                continue
        for ended in (future, interruption):
            if not ended.cancelled():
                ended.exception()  # has been seen: the cancellation is what counts
        state.abandoned = False
        if not state.closed and (was_closed or (not state.transactions and _is_left_open(state.conn))):
            # The function could not end what it had begun.
            database._give_up(state)
        raise


def _interrupt(state: Any) -> None:
    # A connection that was closed or lost meanwhile has nothing to interrupt.
    with suppress(InterfaceError, OperationalError, ProgrammingError):
        if not state.closed:
            state.conn.interrupt()


def _is_left_open(conn: Any) -> bool:
    """Tells whether a connection is in a transaction, or of no more use."""
    try:
        left: bool = conn.in_transaction
    except (InterfaceError, OperationalError):
        return True
    return left


def _threads(database: Any) -> Any:
    found = database.__dict__.get("_threads")
    if found is None:
        limit = database._most_connections()
        # Those who have a connection, and as many who wait for one.
        workers = 2 * limit if limit else _THREADS
        found = database._threads = ThreadPoolExecutor(workers, thread_name_prefix="redstart")
    return found


def _gate(database: Any) -> Any:
    limit = database._most_connections()
    if not limit:
        return None
    loop = asyncio.get_running_loop()
    known = database.__dict__.get("_gate")
    if known is None or known[0] is not loop:
        known = database._gate = (loop, asyncio.Semaphore(limit))
    return known[1]


_MISSING: Any = object()
