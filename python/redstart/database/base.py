"""The base of all databases: settings, connection, running of statements.

What a dialect changes stands in the dialect's file as class attributes and overrides.
"""

from __future__ import annotations

import time
from _thread import allocate_lock
from _weakref import ref
from functools import cached_property

from redstart._engine import Capability, Connection, Context, Route, Scopes, render
from redstart.bound_models import BoundModelsContext
from redstart.callable_context import _callable_context_manager
from redstart.constants import FIELD, OP, attrdict
from redstart.database import after_fork
from redstart.database.async_methods import AsyncMethods
from redstart.database.connection_context import ConnectionContext
from redstart.database.connection_state import _ConnectionState
from redstart.database.dialect import UNKNOWN, Dialect
from redstart.database.log import is_heard, levels, log_statement
from redstart.database.transaction_methods import TransactionMethods
from redstart.deprecation import warn_deprecated
from redstart.exceptions import InterfaceError, OperationalError
from redstart.exceptions.wrapper import __exception_wrapper__, translate
from redstart.model_order import sort_models

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, ClassVar

    from redstart.database.query_event import QueryEvent

_translating = __exception_wrapper__


class _NoRoute:
    """What stands for the engine's direct way to the connection as long as none is known."""

    is_current = False

    def connection(self) -> Any:
        """Gives None: it takes more than the engine."""
        return None

    def end_scope(self, state: Any, token: Any) -> bool:
        """Gives False: it takes more than the engine."""
        del state, token
        return False


class Database(AsyncMethods, TransactionMethods, Dialect, _callable_context_manager):
    """A database and the connection that the current thread, or task, has to it.

    Used as a context, it is a connection with a transaction; used as a decorator, the same.

    Example:
        >>> from redstart import SqliteDatabase
        >>> db = SqliteDatabase(":memory:")
        >>> with db:
        ...     db.execute_sql("select 40 + ?", (2,)).fetchone()
        (42,)
        >>> db.is_closed()
        True
    """

    context_class: ClassVar[Any] = Context
    json_methods: ClassVar[Any] = None
    field_types: ClassVar[dict[str, str]] = {}
    operations: ClassVar[dict[str, str]] = {}
    param: ClassVar[str] = "?"
    quote: ClassVar[str] = '""'
    server_version: Any = None
    _statement_timeout: float | None = None

    compound_select_parentheses: Any = 0
    for_update: Any = False
    index_schema_prefix: Any = False
    index_using_precedes_table: Any = False
    index_value_literals: Any = False
    limit_max: Any = None
    nulls_ordering: Any = False
    returning_clause: Any = False
    safe_create_index: Any = True
    safe_drop_index: Any = True
    sequences: Any = False
    truncate_table: Any = True
    use_concat_function: Any = False

    # How upserts are written, and whether `DEFAULT VALUES` exists.
    _conflict_style: ClassVar[str] = "sqlite"
    _default_values: ClassVar[bool] = True
    _dialect_name: ClassVar[str] = UNKNOWN
    # Whether a task has a connection of its own in any case, and how rows are streamed.
    _by_task: ClassVar[bool] = False
    #: Arguments of a transaction beside those of `begin`.
    _transaction_modes: ClassVar[frozenset[str]] = frozenset()
    _streams_by_cursor: ClassVar[bool] = False
    _own_execution: ClassVar[tuple[Any, ...]]
    #: The engine's direct way to the connection, once it was found; it is lost with whatever is set on the database.
    _route: Any = _NoRoute()
    # The ``_connect`` that has a twin for tasks.
    _native_connect: ClassVar[Any] = None

    def __init__(  # noqa: PLR0913, PLR0917 - peewee's signature
        self,
        database: Any,
        thread_safe: bool = True,
        autorollback: Any = False,
        field_types: dict[str, str] | None = None,
        operations: dict[str, str] | None = None,
        autocommit: Any = None,
        autoconnect: bool = True,
        **kwargs: Any,
    ) -> None:
        """Takes the settings; nothing is opened yet.

        Args:
            database: The database's name or path; None to say it later, with ``init``.
            thread_safe: Whether each thread has a connection of its own.
            autorollback: Has no effect any more.
            field_types: Column types by the name that fields have for them.
            operations: Operators by their name in ``OP``.
            autocommit: Has no effect any more.
            autoconnect: Whether a statement opens the connection where it is closed.
            **kwargs: Arguments for the driver.
        """
        self._field_types = attrdict({**FIELD, **self.field_types, **(field_types or {})})
        self._operations = attrdict({**OP, **self.operations, **(operations or {})})
        if autorollback:
            warn_deprecated('Peewee no longer uses the "autorollback" option, as we always run in autocommit-mode now.')
        if autocommit is not None:
            warn_deprecated(
                'Peewee no longer uses the "autocommit" option, as the semantics now require it to always be True.'
            )
        self.autoconnect = autoconnect
        self.thread_safe = thread_safe
        self.query_hooks: list[Callable[[QueryEvent], Any]] = []
        self._start()
        after_fork.call(self)
        self.connect_params: dict[str, Any] = {}
        self.init(database, **kwargs)

    def _start(self) -> None:
        """Begins without connections: at first, and in the child of a fork, where all of them are the parent's."""
        own = ref(self)

        def task_ended(state: Any) -> None:
            database = own()
            if database is not None:
                database._task_ended(state)

        self._scopes = Scopes(self.thread_safe, self._by_task, task_ended)
        # What programs know of it; an object that one gave stays.
        state: Any = self.__dict__.get("_state") or _ConnectionState()
        state._attach(self._scopes)
        self._state = state
        self._lock: Any = allocate_lock()

    def _forked(self) -> None:
        """Leaves the parent's connections alone and begins anew, in the child of a fork."""
        after_fork.leave_alone(self._scopes)
        # The threads of `run` stay in the parent, too.
        after_fork.leave_alone(self.__dict__.pop("_threads", None))
        self.__dict__.pop("_gate", None)
        self._start()

    def init(self, database: Any, **kwargs: Any) -> None:
        """Says which database it is; closes the connection to another one.

        Args:
            database: The database's name or path, or None.
            **kwargs: Arguments for the driver; earlier ones stay. ``statement_timeout`` says how many seconds a
                statement may take before it is cancelled with an `OperationalError`; None for ever.
        """
        if not self.is_closed():
            self.close()
        if "statement_timeout" in kwargs:
            self._statement_timeout = kwargs.pop("statement_timeout")
        self.database = database
        self.connect_params.update(kwargs)
        self.deferred = not bool(database)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_state" and name in self.__dict__:
            value._attach(self._scopes)
        object.__setattr__(self, name, value)
        known = self.__dict__
        known.pop("_route", None)
        known.pop("_planning", None)
        if name in _CAPABILITY_ATTRIBUTES:
            known.pop("_capability", None)

    @cached_property
    def _capability(self) -> Any:
        """What the engine has to know of the dialect, gathered once."""
        return self._make_capability()

    def _make_capability(self) -> Any:
        settings: dict[str, Any] = {name: getattr(self, name) for name in _CAPABILITY_NAMES}
        if settings["limit_max"] is not None:
            settings["limit_max"] = str(settings["limit_max"])
        own = {key: text for key, text in self._operations.items() if OP.get(key) != text}
        # The engine finds an operator by its standard text, a dialect names it by that or by its key in `OP`.
        settings["operations"] = {OP.get(key, key): text for key, text in own.items()}
        return Capability(
            database=self._dialect_name,
            conflict_style=self._conflict_style,
            default_values=self._default_values,
            **settings,
        )

    def __copy__(self) -> Database:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Database:
        return self

    # As a context.

    def __enter__(self) -> Any:
        self._open_if_closed()
        context = self.atomic()
        self._scopes.current().ctx.append(context)
        context.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        state = self._scopes.current()
        state.enter()
        context = state.ctx.pop()
        try:
            context.__exit__(*error)
        finally:
            try:
                if not state.ctx:
                    self.close()
            finally:
                state.exit()

    def connection_context(self) -> ConnectionContext:
        """Gives a block with an open connection and no transaction."""
        return ConnectionContext(self)

    # The connection.

    def _connect(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has to define _connect")

    def _identify(self) -> Any:
        """Gives what tells the database from another one at the same address; None where nothing does."""
        return None

    def _initialize_connection(self, conn: Any) -> None:
        """Prepares a new connection."""

    def _set_server_version(self, conn: Any) -> None:
        """Finds out which version the server has."""

    def connect(self, reuse_if_open: bool = False) -> bool:
        """Opens the connection.

        Args:
            reuse_if_open: Whether an open one is no error.

        Returns:
            Whether one was opened.

        Raises:
            InterfaceError: It was not said yet which database it is.
            OperationalError: There is an open connection, or none can be had.
        """
        if self.deferred:
            raise InterfaceError("Error, database must be initialized before opening a connection.")
        state = self._blocking_state("connect()")
        if not state.closed:
            if reuse_if_open:
                return False
            raise OperationalError("Connection already opened.")
        if self._take(state):
            return True
        if state.in_context:
            return self._connect_shared(state, reuse_if_open)
        state.reset()
        self._open(state)
        return True

    def _connect_shared(self, state: Any, reuse_if_open: bool) -> bool:
        """Opens the connection that a request's threads and tasks share, unless another one of them is about to."""
        opening = state.claim_opening()
        if opening is None:
            try:
                was_closed = state.closed
                if was_closed:
                    state.reset()
                    self._open(state)
            finally:
                state.end_opening()
            if was_closed and state.in_context:
                return True
            if not state.in_context:
                # The request has ended meanwhile; who goes on has another connection.
                self._let_go(state)
        else:
            opening.result()
        return self.connect(reuse_if_open)

    def _open_if_closed(self) -> Any:
        """Gives the state with its connection; that another one of the request has opened it meanwhile is no error."""
        state = self._scopes.current()
        if not state.closed or self._take(state):
            return state
        if state.in_context:
            self.connect(reuse_if_open=True)
        else:
            self.connect()
        return self._scopes.current()

    def _take(self, state: Any) -> bool:
        """Gives a state without a connection one that is ready; tells whether there was one, as there is in a pool."""
        del state
        return False

    def _open(self, state: Any) -> None:
        with _translating:
            conn = self._connect()
            try:
                state.set_connection(conn)
                if self.server_version is None:
                    self._set_server_version(conn)
                self._initialize_connection(conn)
                if self._statement_timeout is not None:
                    conn.set_statement_timeout(self._statement_timeout)
            except BaseException:
                # A connection that could not be prepared is no connection.
                state.reset()
                self._close(conn)
                raise

    def close(self) -> bool:
        """Closes the connection.

        Returns:
            Whether there was one.

        Raises:
            InterfaceError: It was not said yet which database it is.
            OperationalError: A transaction is open.
        """
        if self.deferred:
            raise InterfaceError("Error, database must be initialized before opening a connection.")
        state = self._blocking_state("close()")
        if state.transactions:
            raise OperationalError("Attempting to close database while transaction is open.")
        if state.closed:
            return False
        conn = state.conn
        try:
            with _translating:
                self._close(conn)
        finally:
            state.reset()
        return True

    def _close(self, conn: Any) -> None:
        conn.close()

    def dispose(self) -> None:
        """Forgets the connection without closing it: after a fork it is the parent's."""
        state = self._scopes.current()
        after_fork.leave_alone(state.conn)
        state.reset()

    def is_closed(self) -> bool:
        """Tells whether the current thread has no connection."""
        closed: bool = self._scopes.current().closed
        return closed

    def is_connection_usable(self) -> bool:
        """Tells whether the current thread has a connection that takes statements."""
        return not self.is_closed()

    def connection(self) -> Any:
        """Gives the driver's connection, opening it where it is closed."""
        state = self._blocking_state("connection()")
        if state.closed:
            state = self._open_if_closed()
        return state.conn

    def cursor(self, named_cursor: Any = None) -> Any:
        """Gives a new cursor of the driver's.

        Raises:
            InterfaceError: The connection is closed and may not be opened by itself.
        """
        del named_cursor
        return self._open_connection().cursor()

    def _open_connection(self) -> Any:
        state = self._blocking_state("a statement")
        if state.closed:
            if not self.autoconnect and not state.in_context:
                raise InterfaceError("Error, database connection not opened.")
            state = self._open_if_closed()
        return state.conn

    def _most_connections(self) -> int:
        """Gives how many connections there may be at the same time; 0 for any number."""
        return 0

    # Statements.

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Runs a statement.

        Args:
            sql: The text.
            params: The values for its placeholders.

        Returns:
            The driver's cursor.

        Raises:
            DatabaseError: The database refuses; the class says why.
        """
        return self._execute_watched(sql, params, self._execute_cursor)

    def _execute_watched(self, sql: str, params: Any, run: Callable[[str, Any], Any]) -> Any:
        """Has a statement run, and tells those who listen; the driver's errors become Redstart's."""
        self._blocking_state(sql)
        if is_heard():
            log_statement(sql, params)
        if self.query_hooks:
            return self._execute_hooked(sql, params, run)
        try:
            return run(sql, params)
        except Exception as error:
            translated = translate(error)
            if translated is None:
                raise
            raise translated.with_traceback(error.__traceback__)  # noqa: B904 - the driver's error is the context

    def _execute_cursor(self, sql: str, params: Any) -> Any:
        cursor = self.cursor()
        cursor.execute(sql, params or ())
        return cursor

    def _execute_hooked(self, sql: str, params: Any, run: Callable[[str, Any], Any]) -> Any:
        exception: BaseException | None = None
        started = time.perf_counter()
        try:
            with _translating:
                return run(sql, params)
        except BaseException as error:
            exception = error
            raise
        finally:
            from redstart.database.query_event import QueryEvent  # only hooks see it

            event = QueryEvent(sql, params, time.perf_counter() - started, exception)
            for hook in self.query_hooks:
                hook(event)

    def execute(self, query: Any, **context_options: Any) -> Any:
        """Renders a query for this database and runs it.

        Args:
            query: A query, another node, or a context in which one was rendered.
            **context_options: Settings of the context.

        Returns:
            The driver's cursor.
        """
        if context_options or isinstance(query, Context) or type(self).context_class is not Context:
            sql, params = self._render(query, context_options)
            return self.execute_sql(sql, params)
        rendering = render(query, self._capability)
        connection = self._route.connection() or self._direct_connection()
        timeout = getattr(query, "_statement_timeout", None)
        if timeout is not None:
            return self._execute_within(timeout, rendering)
        if connection is None:
            return self.execute_sql(rendering.sql, rendering.params)
        return connection.run(rendering)

    def _execute_within(self, timeout: float, rendering: Any) -> Any:
        def run(sql: str, params: Any) -> Any:
            del sql, params
            return self._open_connection().run(rendering, timeout)

        return self._execute_watched(rendering.sql, rendering.params, run)

    def _direct_connection(self) -> Any:
        """Gives the engine's connection where nobody watches or overrides how statements are run, else None.

        ``self._route.connection()`` is to be asked before.
        """
        if not self._is_unwatched():
            return None
        if not self._route.is_current:
            self._plan_route()
        state = self._scopes.blocking()
        if state is None:
            return None
        if not state.closed or ((self.autoconnect or state.in_context) and self._take(state)):
            connection = state.conn
        else:
            with _translating:
                connection = self._open_connection()
        return connection if type(connection) is Connection else None

    def _plan_route(self) -> None:
        """Looks for the engine's direct way to the connection, for the next statement."""
        known = self.__dict__
        known["_planning"] = planning = object()
        route = self._make_route()
        # Unless a setting has changed meanwhile.
        if route is not None and known.get("_planning") is planning:
            known["_route"] = route

    def _make_route(self, loggers: Iterable[Any] = (), **pooling: Any) -> Any:
        """Gives the engine's direct way to the connection, or None."""
        if type(self.query_hooks) is not list:
            return None
        known = levels()
        try:
            route = Route(
                type(self),
                self._scopes,
                self.query_hooks,
                None if known is None else [known, *loggers],
                self._capability if type(self).context_class is Context else None,
                autoconnect=bool(self.autoconnect),
                **pooling,
            )
        except (TypeError, ValueError):
            # Its class, or a logger, is of a kind that may change unnoticed.
            return None
        return route if self._is_unwatched() else None

    def _is_unwatched(self) -> bool:
        """Tells whether nobody watches or overrides how statements are run."""
        cls: Any = type(self)
        methods = (cls.execute, cls.execute_sql, cls._execute_cursor, cls.cursor)
        return (
            methods == cls._own_execution
            and not self.query_hooks
            and not is_heard()
            and self.__dict__.keys().isdisjoint(("execute", "execute_sql"))
        )

    def _render(self, query: Any, options: dict[str, Any]) -> tuple[str, Any]:
        context = query if isinstance(query, Context) else self.get_sql_context(**options).sql(query)
        rendered: tuple[str, Any] = context.query()
        return rendered

    def get_context_options(self) -> dict[str, Any]:
        """Gives the settings of the contexts in which statements for this database are rendered."""
        return {
            "field_types": self._field_types,
            "operations": self._operations,
            "param": self.param,
            "quote": self.quote,
            "compound_select_parentheses": self.compound_select_parentheses,
            "conflict_statement": self.conflict_statement,
            "conflict_update": self.conflict_update,
            "for_update": self.for_update,
            "index_schema_prefix": self.index_schema_prefix,
            "index_using_precedes_table": self.index_using_precedes_table,
            "limit_max": self.limit_max,
            "nulls_ordering": self.nulls_ordering,
            "use_concat_function": self.use_concat_function,
        }

    def get_sql_context(self, **context_options: Any) -> Any:
        """Gives a context in which a statement can be rendered.

        Args:
            **context_options: Settings beside the database's own.
        """
        options = {**self.get_context_options(), **context_options}
        return self.context_class(self._capability, **options)

    def last_insert_id(self, cursor: Any, query_type: Any = None) -> Any:
        """Gives the key of the row that was inserted last.

        Args:
            cursor: The cursor of the insert.
            query_type: ``Insert.SIMPLE``, ``QUERY`` or ``MULTI``.
        """
        del query_type
        return cursor.lastrowid

    def rows_affected(self, cursor: Any) -> int:
        """Gives the number of rows that a statement changed.

        Args:
            cursor: Its cursor.
        """
        count: int = cursor.rowcount
        return count

    def default_values_insert(self, ctx: Any) -> Any:
        """Writes what stands in an insert without values."""
        return ctx.literal("DEFAULT VALUES")

    def get_noop_select(self, ctx: Any) -> Any:
        """Writes a query without rows."""
        from redstart.node import SQL

        return ctx.sql(SQL("SELECT 0 WHERE 0"))

    def get_binary_type(self) -> Any:
        """Gives the type in which the driver wants bytes."""
        return bytes

    def conflict_statement(self, on_conflict: Any, query: Any) -> Any:
        """Gives what an insert starts with where rows may be in its way, or None."""
        raise self._missing("conflict_statement")

    def conflict_update(self, on_conflict: Any, query: Any) -> Any:
        """Gives what an insert ends with where rows may be in its way, or None."""
        raise self._missing("conflict_update")

    # Models.

    def bind(self, models: Iterable[Any], bind_refs: bool = True, bind_backrefs: bool = True) -> None:
        """Binds models to this database.

        Args:
            models: The model classes.
            bind_refs: Whether to bind the models that they refer to, too.
            bind_backrefs: Whether to bind the models that refer to them, too.
        """
        for model in models:
            model.bind(self, bind_refs=bind_refs, bind_backrefs=bind_backrefs)

    def bind_ctx(self, models: Any, bind_refs: bool = True, bind_backrefs: bool = True) -> BoundModelsContext:
        """Binds models to this database within a ``with`` block or a decorated function."""
        return BoundModelsContext(models, self, bind_refs, bind_backrefs)

    def create_tables(self, models: Iterable[Any], **options: Any) -> None:
        """Creates the tables of models, those first that others refer to.

        Args:
            models: The model classes.
            **options: As for ``Model.create_table``.
        """
        for model in sort_models(models):
            model.create_table(**options)

    def drop_tables(self, models: Iterable[Any], **kwargs: Any) -> None:
        """Drops the tables of models, those last that others refer to.

        Args:
            models: The model classes.
            **kwargs: As for ``Model.drop_table``.
        """
        for model in reversed(sort_models(models)):
            model.drop_table(**kwargs)

    @property
    def Model(self) -> Any:  # noqa: N802 - peewee's name
        """A base class for models of this database, made once."""
        found = self.__dict__.get("_Model")
        if found is None:
            found = self._Model = base_model(self)
        return found


def base_model(database: Any, parent: Any = None, name: str = "BaseModel") -> Any:
    """Makes a base class for the models of a database.

    Args:
        database: The database, or a proxy for one.
        parent: What the class is derived from; ``Model`` by default.
        name: The class's name.
    """
    from redstart.model import Model
    from redstart.model_base import ModelBase

    meta = type("Meta", (), {"database": database})
    attributes = {"Meta": meta, "__module__": __name__, "__doc__": "A base class for models."}
    return ModelBase(name, (parent or Model,), attributes)


_CAPABILITY_NAMES = (
    "param",
    "quote",
    "nulls_ordering",
    "returning_clause",
    "for_update",
    "compound_select_parentheses",
    "limit_max",
    "use_concat_function",
    "index_schema_prefix",
    "index_using_precedes_table",
    "index_value_literals",
    "safe_create_index",
    "safe_drop_index",
)
_CAPABILITY_ATTRIBUTES = frozenset((*_CAPABILITY_NAMES, "operations", "_operations"))
# The ways of running statements that the engine may take itself, as long as nobody overrides them.
Database._own_execution = (Database.execute, Database.execute_sql, Database._execute_cursor, Database.cursor)
