"""The core of all integrations: the connections of one request, opened by its first query and given back at its end.

The scope is bound to the running context (`contextvars`, PEP 567), which tasks and threads that work for the request
have a copy of: they all use its connection. One that has a transaction open has it for itself, with the tasks that it
starts meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.report import Report, listen
from redstart.pool import PooledDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

    from redstart._engine import ConnectionState
    from redstart.integrations.settings import Settings

logger = logging.getLogger("redstart.integrations")

#: The innermost scope, which may have ended: see `current_scope`.
bound: ContextVar[RequestScope | None] = ContextVar("redstart.request", default=None)


class RequestScope:
    """The connections of one request, to each of some databases.

    A database that an outer scope has bound already is left to it. Use it as a block, or call `enter` and `leave`.

    Attributes:
        report: What is known of the request's queries, where the settings ask for it; else None.
        is_complete: Whether the body of the response is known to ask the databases nothing more.

    Example:
        >>> from redstart import SqliteDatabase
        >>> from redstart.integrations.request_scope import RequestScope
        >>> from redstart.integrations.settings import Settings
        >>> db = SqliteDatabase(":memory:")
        >>> with RequestScope(Settings(db)):
        ...     closed = db.is_closed()
        ...     answer = db.execute_sql("select 42").fetchone()
        >>> closed, answer, db.is_closed()
        (True, (42,), True)
    """

    __slots__ = ("_bound", "_is_open", "_outer", "_settings", "_warned", "is_complete", "report")

    def __init__(self, settings: Settings, *, name: str = "") -> None:
        """Takes the settings.

        Args:
            settings: The settings.
            name: The request's name in the log, such as its method and path.
        """
        self._settings = settings
        self._bound: list[tuple[Any, ConnectionState, Any]] = []
        self._outer: RequestScope | None = None
        self._is_open = False
        self._warned = False
        self.is_complete = False
        self.report = Report(name) if settings.report else None

    def enter(self, *, hold: str | None = None) -> Self:
        """Binds the scope to the running context. Opens no connection.

        Args:
            hold: What the settings say by the same name, for this scope.

        Raises:
            ImproperlyConfigured: It was not said yet which database it is.
        """
        settings = self._settings
        one = settings.one
        databases = settings.databases() if one is None or one[0].deferred else one
        rests = (hold or settings.hold) == "query"
        for database in databases:
            if self.report is not None:
                listen(database)
            begun = database._scopes.begin()
            if begun is None:
                continue
            state, token = begun
            if rests and _is_pooled(database):
                state.rests = True
                if not database._may_rest:
                    database._may_rest = True
            self._bound.append((database, state, token))
        outer = bound.get()
        if outer is not None and (outer._is_open or outer._outer is not None):
            self._outer = _first_open(outer)
        self._is_open = True
        bound.set(self)
        return self

    def leave(self) -> None:
        """Gives the connections back, whatever was left open on them. Does not wait for a server.

        One on which a task that goes on has a transaction or a stream is given back at the end of that; a thread that
        goes on loses its transaction, and is told so.
        Does nothing a second time.
        """
        for database, state, token in self._bound:
            try:
                if not database._route.end_scope(state, token):
                    database._end_scope(state, token)
            except Exception:  # noqa: PERF203 - there is one database, or a few
                logger.exception("A connection could not be given back at the end of a request.")
        self._bound.clear()
        if not self._is_open:
            return
        self._is_open = False
        # What has ended may stay bound: it counts as none. This may be a copy of the context that it began in, and
        # the scope that it was begun within may have ended before.
        if self._outer is not None and bound.get() is self:
            bound.set(_first_open(self._outer))
        if self.report is not None:
            self.report.tell()

    def leave_with_task(self) -> None:
        """Has the scope end with the running task at the latest, which a server may cancel at any time."""
        task = asyncio.current_task()
        if task is not None:
            task.add_done_callback(lambda _: self.leave())

    def rest(self) -> None:
        """Gives back what no block, transaction or stream holds; the next query takes another connection."""
        for database, state, _ in self._bound:
            database._rest(state)

    def between_chunks(self, *, first: bool = False) -> None:
        """To be called when a part of a streamed body goes out: what need not be held is given back.

        With ``hold="request"`` a connection is kept, which is told once for a request.

        Args:
            first: Whether it is the first part, which may be the only one.
        """
        if self._settings.hold == "query":
            self.rest()
        elif not (first or self._warned) and self.is_holding():
            self._warned = True
            logger.warning(
                "A connection is held while a body is streamed; with hold='query' it is not, between queries."
            )

    def is_holding(self) -> bool:
        """Tells whether the request has a connection of a pool."""
        return any(not state.closed and _is_pooled(database) for database, state, _ in self._bound)

    def __enter__(self) -> Self:
        return self.enter()

    def __exit__(self, *error: object) -> None:
        if self.report is not None and isinstance(error[1], Exception):
            self.report.explain(error[1])
        self.leave()


def _is_pooled(database: Any) -> bool:
    return isinstance(database, PooledDatabase)


def current_scope() -> RequestScope | None:
    """Gives the scope that is bound to the running context, or None."""
    return _first_open(bound.get())


def current_reports() -> Iterator[Report]:
    """Gives the reports of the scopes that the running context is within."""
    scope = current_scope()
    while scope is not None:
        if scope.report is not None:
            yield scope.report
        scope = scope._outer and _first_open(scope._outer)


def explain(error: BaseException | None) -> None:
    """Adds to an error what its request has asked, where that is reported on: for logs, debuggers and error pages.

    Args:
        error: The error, if there is one.
    """
    scope = current_scope()
    if error is not None and scope is not None and scope.report is not None:
        scope.report.explain(error)


def _first_open(scope: RequestScope | None) -> RequestScope | None:
    while scope is not None and not scope._is_open:
        scope = scope._outer
    return scope


def require_blocking(
    settings: Settings,
    *,
    reason: str = "this integration's requests are served by threads",
    way_out: str = "the integration of an ASGI framework",
) -> None:
    """Refuses databases that belong to an event loop, for an integration that has none.

    Args:
        settings: The settings.
        reason: Why there is none.
        way_out: What may be done, other than to use another database.

    Raises:
        ImproperlyConfigured: There is one.
    """
    database = None if settings.blocks else settings.async_database()
    if database is not None:
        name = type(database).__name__
        raise ImproperlyConfigured(
            f"{name} belongs to an event loop, and {reason}: use {name.replace('Async', 'Pooled')}, or {way_out}."
        )
