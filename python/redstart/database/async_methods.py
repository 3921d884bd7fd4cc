"""What a database does for tasks: connections, statements and blocks that are awaited.

Every database has these; a task that uses them has a connection of its own. Nothing here blocks, and there is no
greenlet: code that can only block runs in a thread, by ``run``.
"""

from __future__ import annotations

from redstart._engine import Context, render
from redstart.database.bridge import MissingGreenletBridge, blocked, no_query
from redstart.database.log import is_heard, log_statement
from redstart.database.replay import Replay, Wanted, runs_one_statement
from redstart.exceptions import InterfaceError, OperationalError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from typing import Any


class AsyncMethods:
    """The part of ``Database`` that is awaited."""

    #: Whether there are requests that hold no connection between statements.
    _may_rest = False

    if TYPE_CHECKING:
        _adial_natively: Any
        _begin_sql: Any
        _capability: Any
        _close: Any
        _connect: Any
        _initialize_connection: Any
        _set_server_version: Any
        _scopes: Any
        _statement_timeout: float | None
        _take: Any
        autoconnect: bool
        create_tables: Any
        deferred: bool
        drop_tables: Any
        execute_sql: Any
        query_hooks: Any
        server_version: Any

    # Connections.

    async def aconnect(self) -> Any:
        """Gives the running task's connection, opening one where there is none.

        A connection that the server has closed meanwhile is replaced, unless a transaction is open on it.

        Returns:
            The driver's connection.

        Raises:
            InterfaceError: It was not said yet which database it is, or its pool is closing.
            OperationalError: No connection can be had.
        """
        while True:
            state = self._scopes.of_task()
            if not state.closed:
                if state.conn.is_alive or state.transactions:
                    return state.conn
                conn = state.conn
                state.reset()
                self._close(conn)
            if self.deferred:
                raise InterfaceError("Error, database must be initialized before opening a connection.")
            if self._take(state):
                return state.conn
            if not state.in_context:
                state.reset()
                conn = await self._aopen()
                state.set_connection(conn)
                return conn
            # Meanwhile the request may have ended, or another one of its tasks may have it for itself.
            await self._aconnect_shared(state)

    async def _aconnect_shared(self, state: Any) -> None:
        """Opens the connection that a request's tasks and threads share, or waits until another one has."""
        opening = state.claim_opening()
        if opening is not None:
            import asyncio

            await asyncio.shield(asyncio.wrap_future(opening))
            return
        try:
            if state.closed:
                state.reset()
                state.set_connection(await self._aopen())
        finally:
            state.end_opening()
        if not state.in_context:
            # The request has ended meanwhile.
            self._let_go(state)

    async def aclose(self) -> bool:
        """Closes the running task's connection, or gives it back.

        The giving back itself does not wait, so that it cannot be cancelled.

        Returns:
            Whether there was one.

        Raises:
            OperationalError: A transaction is open.
        """
        state = self._scopes.find_task()
        if state is None or state.closed:
            return False
        if state.transactions:
            raise OperationalError("Attempting to close database while transaction is open.")
        self._let_go(state)
        return True

    async def __aenter__(self) -> Any:
        state = self._scopes.of_task()
        self._keep(state)
        state.enter()
        try:
            await self.aconnect()
            # Within a transaction the connection is that one's, and stays when the block ends.
            state.ctx.append(state.transactions[-1] if state.transactions else self)
        except BaseException:
            self._unkeep(state)
            raise
        finally:
            state.exit()
        return self

    async def __aexit__(self, *error: object) -> None:
        state = self._scopes.of_task()
        outer = state.ctx.pop() if state.ctx else None
        if not state.ctx and outer not in state.transactions:
            self._let_go(state)
            self._unkeep(state)

    def _keep(self, state: Any) -> None:
        """Gives a connection that a task or thread has beside its request's to the tasks that it starts, too."""
        if not state.in_context and self._scopes.bound() is not None:
            state.kept = self._scopes.bind(state)

    def _unkeep(self, state: Any) -> None:
        """Ends what ``_keep`` began, once nothing is open."""
        if state.kept is not None and not (state.ctx or state.transactions):
            token, state.kept = state.kept, None
            self._scopes.unbind(state, token)

    def _let_go(self, state: Any) -> None:
        """Gives a state's connection back, whatever was left on it. Does not wait."""
        conn = state.take_connection()
        if conn is not None:
            self._close(conn)

    def _share(self, state: Any, owned: Any) -> None:
        """Ends what ``_scopes.own`` began: the other tasks and threads of a request may use its connection again."""
        if owned is not None and self._scopes.share(state, owned):
            self._let_go(state)

    def _end_scope(self, state: Any, token: Any) -> None:
        """Ends what ``_scopes.bind`` began, and gives the connection back, or leaves it to a task that needs it.

        Args:
            state: The state.
            token: What ``bind`` gave.
        """
        task = self._scopes.outliving(state)
        self._scopes.unbind(state, token, task is not None)
        if task is None:
            if not state.closed:
                self._let_go(state)
        else:
            # It is in a transaction, or reads a stream. Should it leave them open, its own end is theirs.
            task.add_done_callback(lambda _: self._share(state, ()))

    async def _aopen(self) -> Any:
        """Opens a connection and prepares it."""
        conn = await self._adial(type(self))
        try:
            await self._aprepare(conn)
        except BaseException:
            conn.close()
            raise
        return conn

    async def _adial(self, cls: Any) -> Any:
        """Opens a connection as a class does: by the engine, or in a thread where the class has its own way.

        Args:
            cls: The class.
        """
        if cls._connect is cls._native_connect:
            return await self._adial_natively()
        import asyncio

        return await asyncio.to_thread(cls._connect, self)

    async def _aprepare(self, conn: Any) -> None:
        """Prepares a connection, by blocking code in a thread where there is any."""
        if self.server_version is None:
            self._set_server_version(conn)
        if self._statement_timeout is not None:
            conn.set_statement_timeout(self._statement_timeout)
        if not self._needs_preparation():
            return
        import asyncio

        await asyncio.to_thread(self._initialize_connection, conn)

    def _needs_preparation(self) -> bool:
        """Tells whether a new connection is prepared by code that may block."""
        return True

    async def _aconnection(self) -> Any:
        """Gives the running task's connection for a statement."""
        state = self._scopes.of_task()
        if state.streaming:
            raise InterfaceError(
                "This task's connection is busy with iterate(): read its rows to the end, or close it by 'await "
                "rows.aclose()'."
            )
        if not state.closed and (state.conn.is_alive or state.transactions):
            return state.conn
        if not self.autoconnect and not state.in_context:
            raise InterfaceError("Error, database connection not opened.")
        return await self.aconnect()

    async def close_pool(self) -> None:
        """Closes the running task's connection. A database with a pool closes that too."""
        state = self._scopes.find_task()
        if state is not None:
            self._let_go(state)

    def _task_ended(self, state: Any) -> None:
        """Gives back what a task has left that has ended; called by the event loop."""
        self._let_go(state)

    # Blocking code.

    async def run(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Runs a function that uses the database synchronously, in a thread, on the task's connection.

        Lazy loading, overridden ``save()`` and all other blocking code work there. Context variables are the
        caller's. Where the task is cancelled, the statement that runs is cancelled and the function's end awaited.

        Args:
            fn: The function.
            *args: Its arguments.
            **kwargs: Its keyword arguments.
        """
        from redstart.database.borrow import run_in_thread

        return await run_in_thread(self, fn, args, kwargs)

    # Statements.

    async def aexecute_sql(self, sql: str, params: Any = None) -> Any:
        """Runs a statement.

        Args:
            sql: The text.
            params: The values for its placeholders.

        Returns:
            The cursor, with all rows.
        """
        if is_heard():
            log_statement(sql, params)
        connection = await self._aconnection()
        statement = self._aexecute_watched(connection, sql, params)
        return await (self._aresting(statement) if self._scopes.of_task().rests else statement)

    async def _aexecute_watched(self, connection: Any, sql: str, params: Any) -> Any:
        if not self.query_hooks:
            return await connection.aexecute(sql, params or ())
        import time

        exception: BaseException | None = None
        started = time.perf_counter()
        try:
            return await connection.aexecute(sql, params or ())
        except BaseException as error:
            exception = error
            raise
        finally:
            from redstart.database.query_event import QueryEvent  # only hooks see it

            event = QueryEvent(sql, params, time.perf_counter() - started, exception)
            for hook in self.query_hooks:
                hook(event)

    async def aexecute(self, query: Any) -> Any:
        """Runs a query on this database, and gives what its ``execute()`` gives.

        Args:
            query: The query.

        Raises:
            TypeError: It is none.
        """
        execute = getattr(query, "_execute", None)
        if execute is None:
            raise no_query("aexecute", query)
        if not runs_one_statement(query):
            return await self.run(query.execute, self)
        aexecute = getattr(query, "_aexecute", None)
        return await (self._replay(execute) if aexecute is None else aexecute(self))

    async def _replay(self, method: Callable[..., Any], **kwargs: Any) -> Any:
        """Calls a method of a query that runs one statement."""
        try:
            return method(Replay(self), **kwargs)
        except Wanted as wanted:
            query = wanted.query
        cursor = await self._arun(query)
        return method(Replay(self, cursor), **kwargs)

    async def _arun(self, query: Any) -> Any:
        if isinstance(query, Context):
            return await self.aexecute_sql(*query.query())
        rendering = render(query, self._capability)
        timeout = getattr(query, "_statement_timeout", None)
        if timeout is not None:
            if is_heard():
                log_statement(rendering.sql, rendering.params)
            connection = await self._aconnection()
            return await self._aresting(connection.arun(rendering, timeout))
        if self.query_hooks or is_heard():
            return await self.aexecute_sql(rendering.sql, rendering.params)
        state = self._scopes.of_task()
        ready = not state.closed and not state.streaming and state.conn.is_alive
        connection = state.conn if ready else await self._aconnection()
        if state.rests:
            return await self._aresting(connection.arun(rendering))
        return await connection.arun(rendering)

    async def _aresting(self, statement: Any) -> Any:
        """Awaits a statement, and gives the connection back where it is not held between statements."""
        state = self._scopes.of_task()
        state.enter()
        is_settled = True
        try:
            return await statement
        except Exception:
            raise
        except BaseException:
            is_settled = False
            raise
        finally:
            state.exit()
            if state.rests:
                self._rest(state, is_settled=is_settled)

    def _rest(self, state: Any, *, is_settled: bool = False) -> None:
        """Gives a connection back of which nothing is open, and that nobody uses. Does not wait.

        Args:
            state: The state that has it.
            is_settled: Whether a statement has just ended, so that a transaction is seen that no block has begun; it
                is not to be undone in the middle.
        """
        if state.closed or state.transactions or state.ctx or state.streaming or state.in_use:
            return
        conn = state.conn
        if is_settled and conn.is_alive and conn.in_transaction:
            return
        if not getattr(conn, "is_reading", False):
            self._let_go(state)

    async def _ask(self, query: Any, name: str, **kwargs: Any) -> Any:
        """Awaits what a method of a query gives."""
        if not runs_one_statement(query, name):
            return await self.run(getattr(query, name), self, **kwargs)
        awaited = getattr(query, f"_a{name}", None)
        return await (self._replay(getattr(query, name), **kwargs) if awaited is None else awaited(self, **kwargs))

    async def get(self, query: Any) -> Any:
        """Gives the first row.

        Args:
            query: The query, or a model.

        Raises:
            DoesNotExist: There is none; the model's own class.
        """
        return await self._ask(_of_model(query), "get")

    async def first(self, query: Any, n: int = 1) -> Any:
        """Gives the first row, or a list of the first ``n``; None where there is none.

        Args:
            query: The query.
            n: The number of rows.
        """
        return await self._ask(query, "first", n=n)

    async def list(self, query: Any) -> Any:
        """Gives all rows as a list.

        Args:
            query: The query, or a model.
        """
        return list(await self.aexecute(_of_model(query)))

    async def scalar(self, query: Any) -> Any:
        """Gives the first column of the first row; None where there is no row.

        Args:
            query: The query.
        """
        return await self._ask(query, "scalar")

    async def count(self, query: Any) -> Any:
        """Gives the number of rows.

        Args:
            query: The query.
        """
        return await self._ask(query, "count")

    async def exists(self, query: Any) -> Any:
        """Tells whether there is a row.

        Args:
            query: The query.
        """
        return await self._ask(query, "exists")

    async def aprefetch(self, query: Any, *subqueries: Any) -> Any:
        """Runs a query and one more for each related model; see ``prefetch``.

        Args:
            query: The query.
            *subqueries: Queries or models.
        """
        from redstart.query.prefetch import prefetch

        return await self.run(prefetch, query, *subqueries)

    async def iterate(self, query: Any, buffer_size: int | None = None) -> AsyncGenerator[Any, None]:
        """Gives the rows one by one, with few of them in memory.

        On PostgreSQL within a transaction, which is opened where none is.

        Args:
            query: The query.
            buffer_size: How many rows are fetched at a time; 100 by default.
        """
        from redstart.database.streaming import stream

        rows = stream(self, query, buffer_size)
        try:
            async for row in rows:
                yield row
        finally:
            await rows.aclose()

    async def acreate_tables(self, *args: Any, **kwargs: Any) -> Any:
        """Does what ``create_tables`` does."""
        return await self.run(self.create_tables, *args, **kwargs)

    async def adrop_tables(self, *args: Any, **kwargs: Any) -> Any:
        """Does what ``drop_tables`` does."""
        return await self.run(self.drop_tables, *args, **kwargs)

    # Transactions.

    async def _abegin(self, *args: Any, **kwargs: Any) -> None:
        try:
            await self._asilently(self._begin_sql(*args, **kwargs))
        except Exception:
            raise
        except BaseException:
            # Cancelled: it may have begun, and nobody is going to end it.
            self._give_up(self._scopes.of_task())
            raise

    async def _acommit(self) -> None:
        state = self._scopes.of_task()
        if state.closed:
            raise InterfaceError("Cannot commit, database connection not open.")
        # Never on another connection: there it would succeed, with nothing to commit.
        await state.conn.aexecute("COMMIT")

    async def _arollback(self) -> None:
        state = self._scopes.of_task()
        # Whoever left a stream in the middle gets no further rows of it.
        state.streaming = False
        if state.closed:
            return
        if not state.conn.is_alive and not state.transactions:
            # The server has undone it with the connection.
            self._give_up(state)
            return
        try:
            await state.conn.aexecute("ROLLBACK")
        except BaseException:
            # What the task does next must not become a part of a transaction that was to be undone.
            if not state.transactions:
                self._give_up(state)
            raise

    def _give_up(self, state: Any) -> None:
        """Parts a state from its connection, which is closed or given back to be made ready. Does not wait."""
        if state.closed:
            return
        conn, ctx = state.conn, state.ctx
        state.reset()
        state.ctx = ctx
        self._close(conn)

    async def _asilently(self, sql: str) -> None:
        # The statements of transactions are neither logged nor shown to hooks, as in peewee.
        state = self._scopes.of_task()
        ready = not state.closed and (state.conn.is_alive or state.transactions)
        connection = state.conn if ready else await self._aconnection()
        await connection.aexecute(sql)

    async def _arun_commit_callbacks(self) -> None:
        state = self._scopes.of_task()
        callbacks = list(state.callbacks)
        state.callbacks.clear()
        if callbacks:
            await self.run(_call_all, callbacks)

    # What may not block.

    def _blocking_state(self, what: Any) -> Any:
        """Gives the state for an operation that blocks.

        Args:
            what: The operation, for the error.

        Raises:
            MissingGreenletBridge: It would block the event loop of a task that uses the database asynchronously.
        """
        state = self._scopes.blocking()
        if state is None:
            raise blocked(what)
        return state


def _of_model(query: Any) -> Any:
    """Gives the query for all rows of a model, where that is given."""
    select = getattr(query, "select", None) if isinstance(query, type) else None
    return query if select is None else select()


def _call_all(callbacks: Any) -> None:
    for callback in callbacks:
        callback()


__all__ = ["AsyncMethods", "MissingGreenletBridge"]
