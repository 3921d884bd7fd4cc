"""What users add to SQLite: functions, aggregates, window functions, collations, extensions.

Each goes to the open connection of the calling thread at once, and to all later ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.database.sqlite_functions import date_part, date_trunc, json_contains, regexp
from redstart.exceptions import EXCEPTIONS, ExceptionWrapper, NotSupportedError

if TYPE_CHECKING:
    from collections.abc import Callable

_translating = ExceptionWrapper(EXCEPTIONS)


class SqliteRegistry:
    """The part of ``SqliteDatabase`` that knows what was registered."""

    if TYPE_CHECKING:
        is_closed: Any
        connection: Any

    def _start_registry(self, *, regexp_function: bool, rank_functions: bool) -> None:
        self._aggregates: dict[str, tuple[Any, int]] = {}
        self._collations: dict[str, Any] = {}
        self._functions: dict[str, tuple[Any, int, bool | None]] = {}
        self._window_functions: dict[str, tuple[Any, int]] = {}
        self._extensions: set[str] = set()
        self._attached: dict[str, str] = {}
        if rank_functions:
            raise NotSupportedError(
                "rank_functions: the functions that rank the results of FTS4 do not exist in Redstart yet. "
                "FTS5 tables rank by their own bm25()."
            )
        self._functions["date_part"] = (date_part, 2, None)
        self._functions["date_trunc"] = (date_trunc, 2, None)
        self._functions["_pw_json_contains"] = (json_contains, 2, None)
        if regexp_function:
            self._functions["regexp"] = (regexp, 2, None)

    def _register_all(self, conn: Any) -> None:
        for name, (klass, num_params) in self._aggregates.items():
            conn.create_aggregate(name, num_params, klass)
        for name, fn in self._collations.items():
            conn.create_collation(name, fn)
        for name, (fn, num_params, deterministic) in self._functions.items():
            self._load_function(conn, name, fn, num_params, deterministic)
        for name, (klass, num_params) in self._window_functions.items():
            conn.create_window_function(name, num_params, klass)
        if self._extensions:
            self._load_extensions(conn)

    def _load_function(self, conn: Any, name: str, fn: Any, num_params: int, deterministic: bool | None) -> None:
        if deterministic:
            conn.create_function(name, num_params, fn, deterministic=deterministic)
        else:
            conn.create_function(name, num_params, fn)

    def _load_extensions(self, conn: Any) -> None:
        conn.enable_load_extension(True)
        for extension in self._extensions:
            conn.load_extension(extension)

    def _on_open_connection(self, register: Callable[[Any], None]) -> None:
        if not self.is_closed():
            with _translating:
                register(self.connection())

    def register_aggregate(self, klass: Any, name: str | None = None, num_params: int = -1) -> None:
        """Registers an aggregate: a class with ``step`` and ``finalize``.

        Args:
            klass: The class.
            name: Its name in SQL; the class's in lower case by default.
            num_params: The number of arguments; -1 for any.
        """
        name = str(name or klass.__name__.lower())
        self._aggregates[name] = (klass, num_params)
        self._on_open_connection(lambda conn: conn.create_aggregate(name, num_params, klass))

    def aggregate(self, name: str | None = None, num_params: int = -1) -> Callable[[Any], Any]:
        """Decorates a class to register it as an aggregate."""

        def decorator(klass: Any) -> Any:
            self.register_aggregate(klass, name, num_params)
            return klass

        return decorator

    def register_collation(self, fn: Any, name: str | None = None) -> None:
        """Registers a collation: a function that compares two texts.

        The function gets a helper: ``fn.collation(column)`` gives the column under this collation.

        Args:
            fn: The function.
            name: The collation's name; the function's by default.
        """
        name = str(name or fn.__name__)

        def collation(*args: Any) -> Any:
            from redstart.node import SQL, NodeList  # loaded after the databases

            return NodeList((*args, SQL(f"collate {name}")))

        fn.collation = collation
        self._collations[name] = fn
        self._on_open_connection(lambda conn: conn.create_collation(name, fn))

    def collation(self, name: str | None = None) -> Callable[[Any], Any]:
        """Decorates a function to register it as a collation."""

        def decorator(fn: Any) -> Any:
            self.register_collation(fn, name)
            return fn

        return decorator

    def register_function(
        self, fn: Any, name: str | None = None, num_params: int = -1, deterministic: bool | None = None
    ) -> None:
        """Registers a function.

        Args:
            fn: The function.
            name: Its name in SQL; its own by default.
            num_params: The number of arguments; -1 for any.
            deterministic: Whether it always gives the same for the same arguments.
        """
        name = str(name or fn.__name__)
        self._functions[name] = (fn, num_params, deterministic)
        self._on_open_connection(lambda conn: self._load_function(conn, name, fn, num_params, deterministic))

    def func(
        self, name: str | None = None, num_params: int = -1, deterministic: bool | None = None
    ) -> Callable[[Any], Any]:
        """Decorates a function to register it."""

        def decorator(fn: Any) -> Any:
            self.register_function(fn, name, num_params, deterministic)
            return fn

        return decorator

    def register_window_function(self, klass: Any, name: str | None = None, num_params: int = -1) -> None:
        """Registers a window function: a class with ``step``, ``inverse``, ``value`` and ``finalize``.

        Args:
            klass: The class.
            name: Its name in SQL; the class's in lower case by default.
            num_params: The number of arguments; -1 for any.
        """
        name = str(name or klass.__name__.lower())
        self._window_functions[name] = (klass, num_params)
        self._on_open_connection(lambda conn: conn.create_window_function(name, num_params, klass))

    def window_function(self, name: str | None = None, num_params: int = -1) -> Callable[[Any], Any]:
        """Decorates a class to register it as a window function."""

        def decorator(klass: Any) -> Any:
            self.register_window_function(klass, name, num_params)
            return klass

        return decorator

    def unregister_aggregate(self, name: str) -> None:
        """Forgets an aggregate; connections that are open keep it."""
        del self._aggregates[name]

    def unregister_collation(self, name: str) -> None:
        """Forgets a collation; connections that are open keep it."""
        del self._collations[name]

    def unregister_function(self, name: str) -> None:
        """Forgets a function; connections that are open keep it."""
        del self._functions[name]

    def unregister_window_function(self, name: str) -> None:
        """Forgets a window function; connections that are open keep it."""
        del self._window_functions[name]
