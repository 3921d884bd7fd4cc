"""What every query can do: render, run, and give its rows."""

from __future__ import annotations

from redstart._engine import Capability, Cursor, CursorWrapper, Node, render
from redstart.constants import ROW
from redstart.query.database_required import database_required, unbound
from redstart.query.row_plan import plain_plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_UNBOUND = Capability()


class BaseQuery(Node):
    """A statement, and its result once it has run.

    The attributes that say what to do are plain and may be read: ``_where``,
    ``_order_by``, ``_returning`` and so on. Methods give changed copies.
    """

    default_row_type = ROW.DICT

    _database: Any = None
    _cursor_wrapper: Any = None
    _row_type: int | None = None
    _constructor: Any = None
    _statement_timeout: float | None = None

    def __init__(self, _database: Any = None, **kwargs: Any) -> None:
        """Makes a query that runs on a database."""
        if kwargs:
            message = f"{type(self).__name__}() got unexpected keyword arguments: {', '.join(sorted(kwargs))}"
            raise TypeError(message)
        if _database is not None:
            self._database = _database

    if TYPE_CHECKING:

        def clone(self) -> Any:
            """Gives a copy that has not run."""
    else:
        clone = Node._clone_query

    def bind(self, database: Any = None) -> Any:
        """Sets the database that the query runs on, in place."""
        self._database = database
        return self

    def dicts(self, as_dict: bool = True) -> Any:
        """Gives a copy whose rows are dicts."""
        return self._of_type(ROW.DICT if as_dict else None)

    def tuples(self, as_tuple: bool = True) -> Any:
        """Gives a copy whose rows are tuples."""
        return self._of_type(ROW.TUPLE if as_tuple else None)

    def namedtuples(self, as_namedtuple: bool = True) -> Any:
        """Gives a copy whose rows are named tuples."""
        return self._of_type(ROW.NAMED_TUPLE if as_namedtuple else None)

    def objects(self, constructor: Any = None) -> Any:
        """Gives a copy whose rows are made by a callable that takes the columns as keywords.

        Args:
            constructor: The callable; None for the query's model.
        """
        clone = self._of_type(ROW.CONSTRUCTOR if constructor else None)
        clone._constructor = constructor
        return clone

    def statement_timeout(self, seconds: float | None) -> Any:
        """Gives a copy that is cancelled when it takes longer.

        Args:
            seconds: How long it may take; None for what the database says.

        Running it longer raises `OperationalError`.
        """
        clone = self.clone()
        clone._statement_timeout = seconds
        return clone

    def sql(self) -> tuple[str, list[Any]]:
        """Gives the statement and its parameters, without running it."""
        database = self._database
        rendered = render(self, database._capability if database else _UNBOUND)
        return rendered.sql, rendered.params

    def execute(self, database: Any = None) -> Any:
        """Runs the query.

        Args:
            database: The database to run on, where it is not the query's own.

        Returns:
            The rows of a query that reads, or what the kind of writing query says.

        Raises:
            InterfaceError: The query is not bound to a database.
        """
        if database is None:
            database = self._database
        if not database:
            raise unbound("execute")
        return self._execute(database)

    @database_required
    def aexecute(self, database: Any = None) -> Any:
        """Runs the query in an asyncio task, once it is awaited.

        Args:
            database: The database to run on, where it is not the query's own.

        Raises:
            InterfaceError: The query is not bound to a database.
        """
        return database.aexecute(self)

    def iterator(self, database: Any = None) -> Iterator[Any]:
        """Gives the rows one by one and keeps none of them."""
        return iter(self.execute(database).iterator())

    def _of_type(self, row_type: int | None) -> Any:
        clone = self.clone()
        clone._row_type = row_type
        return clone

    def _execute(self, database: Any) -> Any:
        raise NotImplementedError

    def _get_cursor_wrapper(self, cursor: Any) -> Any:
        plan = self._row_plan(cursor)
        if not isinstance(cursor, Cursor):
            from redstart.query.driver_rows import DriverRows  # few programs have another driver

            return DriverRows(cursor, plan)
        return CursorWrapper(cursor, plan)

    def _row_plan(self, cursor: Any) -> Any:
        row_type = self._row_type or self.default_row_type
        return plain_plan(row_type, cursor, self._constructor)

    def _ensure_execution(self) -> None:
        if self._cursor_wrapper is None:
            if not self._database:
                message = "Query has not been executed."
                raise ValueError(message)
            self.execute()

    def __iter__(self) -> Iterator[Any]:
        self._ensure_execution()
        return iter(self._cursor_wrapper)

    def __getitem__(self, value: Any) -> Any:
        self._ensure_execution()
        index = value.stop if isinstance(value, slice) else value
        # Up to the last row that is asked for; from the end, or to the end, all of them.
        self._cursor_wrapper.fill_cache(index + 1 if index is not None and index >= 0 else 0)
        return self._cursor_wrapper.row_cache[value]

    def __len__(self) -> int:
        self._ensure_execution()
        return len(self._cursor_wrapper)

    def __str__(self) -> str:
        from redstart.query.to_string import query_to_string

        return query_to_string(self)


class KeptRows:
    """What a query does that reads: it runs once, and keeps its rows."""

    if TYPE_CHECKING:
        _get_cursor_wrapper: Any

    _cursor_wrapper: Any = None

    def _execute(self, database: Any) -> Any:
        if self._cursor_wrapper is None:
            self._cursor_wrapper = self._get_cursor_wrapper(database.execute(self))
        return self._cursor_wrapper

    async def _aexecute(self, database: Any) -> Any:
        if self._cursor_wrapper is None:
            cursor = await database._arun(self)
            # Another task may have awaited it meanwhile.
            if self._cursor_wrapper is None:
                self._cursor_wrapper = self._get_cursor_wrapper(cursor)
        return self._cursor_wrapper
