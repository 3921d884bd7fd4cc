"""The rows of a query one by one, for a task: fetched in small groups, never all in memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from redstart._engine import CursorWrapper, render
from redstart.database.bridge import no_query
from redstart.database.log import is_heard, log_statement
from redstart.exceptions import InterfaceError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

_ROWS = 100


async def stream(database: Any, query: Any, buffer_size: int | None) -> AsyncGenerator[Any, None]:
    """Gives the rows of a query.

    Args:
        database: The database.
        query: The query.
        buffer_size: How many rows are fetched at a time.

    Raises:
        TypeError: It is no query.
        ValueError: Related rows are to be loaded, which takes all rows at once.
    """
    if not hasattr(query, "_row_plan"):
        raise no_query("iterate", query)
    if getattr(query, "_load_tree", ()):
        raise ValueError("with_related() is incompatible with iterate().")
    size = buffer_size or _ROWS
    rows = _by_cursor(database, query, size) if database._streams_by_cursor else _by_batch(database, query, size)
    state = database._scopes.of_task()
    # The other tasks of a request have nothing to do with it, and its end is the end of what is held for it.
    owned = database._scopes.own(state) if state.in_context and not state.transactions else None
    state.enter()
    try:
        async for row in rows:
            yield row
    finally:
        await rows.aclose()
        state.exit()
        database._share(state, owned)
        if state.rests:
            database._rest(state)


async def _by_batch(database: Any, query: Any, size: int) -> AsyncGenerator[Any, None]:
    """Leaves the statement open and takes its rows in groups."""
    rendering = render(query, database._capability)
    if is_heard():
        log_statement(rendering.sql, rendering.params)
    connection = await database._aconnection()
    state = database._scopes.of_task()
    if state.rests:
        state.ctx.append(connection)
    cursor = await connection.astream(rendering, size)
    try:
        rows = CursorWrapper(cursor, query._row_plan(cursor))
        while True:
            for _ in range(cursor.buffered):
                yield rows.iterate(False)
            _require(state, connection)
            if not await cursor.afetch(size):
                return
    finally:
        cursor.close()
        if connection in state.ctx:
            state.ctx.remove(connection)


async def _by_cursor(database: Any, query: Any, size: int) -> AsyncGenerator[Any, None]:
    """Declares a cursor on the server and fetches from it, within a transaction."""
    rendering = render(query, database._capability)
    name = f"redstart_{os.urandom(8).hex()}"
    plan: Any = None
    if not database._scopes.of_task().transactions:
        # The cursor ends with its transaction; a task that stops in the middle leaves none of both.
        await database._abegin()
        ends: Any = database._arollback
    else:
        ends = None
    state = database._scopes.of_task()
    # Never another connection than the one on which it has begun.
    connection = await database._aconnection() if ends is None else state.conn
    state.streaming = ends is not None
    if is_heard():
        log_statement(rendering.sql, rendering.params)
    try:
        await connection.aexecute(f'DECLARE "{name}" NO SCROLL CURSOR FOR {rendering.sql}', rendering.params)
        while True:
            _require(state, connection)
            cursor = await connection.aexecute(f'FETCH FORWARD {size} FROM "{name}"')
            plan = plan or query._row_plan(cursor)
            rows = CursorWrapper(cursor, plan)
            count = cursor.rowcount
            for row in rows.iterator():
                yield row
            if count < size:
                break
        if ends is None:
            await connection.aexecute(f'CLOSE "{name}"')
    finally:
        state.streaming = False
        if ends is not None and not state.closed and state.conn is connection:
            if database._scopes.find_task() is state:
                await ends()
            else:
                # A generator that was left in the middle is closed by a task of the event loop's own.
                database._give_up(state)


def _require(state: Any, connection: Any) -> None:
    """Refuses to go on with a connection that somebody else may have by now."""
    if state.closed or state.conn is not connection:
        raise InterfaceError("The block or request whose connection iterate() reads from has ended.")
