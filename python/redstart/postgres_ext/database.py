"""The database with what the other modules need of it: ``hstore`` and cursors on the server."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from redstart.database import PostgresqlDatabase, _manual
from redstart.exceptions import ProgrammingError
from redstart.postgres_ext.adapter import Psycopg2ExtAdapter, Psycopg3ExtAdapter
from redstart.postgres_ext.named_cursor import FetchManyCursor, NamedCursor
from redstart.query.raw import RawQuery
from redstart.query.select_base import SelectBase


class PostgresqlExtDatabase(PostgresqlDatabase):
    """A PostgreSQL database with ``hstore`` and cursors on the server.

    Example:
        >>> from redstart.postgres_ext import ArrayField, PostgresqlExtDatabase
        >>> db = PostgresqlExtDatabase("app", register_hstore=True)
        >>> class Post(db.Model):
        ...     tags = ArrayField()
        >>> Post.select(Post.tags[0]).sql()
        ('SELECT "t1"."tags"[1] FROM "post" AS "t1"', [])
    """

    psycopg2_adapter: ClassVar[Any] = Psycopg2ExtAdapter
    psycopg3_adapter: ClassVar[Any] = Psycopg3ExtAdapter

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes the settings; nothing is opened yet.

        Args:
            *args: The arguments of `PostgresqlDatabase`.
            **kwargs: The arguments of `PostgresqlDatabase`. ``register_hstore`` says whether ``hstore`` is read
                as dicts, ``server_side_cursors`` whether every query that reads has its cursor on the server.
        """
        self._register_hstore = kwargs.pop("register_hstore", False)
        self._server_side_cursors = kwargs.pop("server_side_cursors", False)
        super().__init__(*args, **kwargs)

    def cursor(self, named_cursor: Any = None) -> Any:
        """Gives a new cursor of the driver's, or one on the server.

        Args:
            named_cursor: The name of the cursor on the server; True for any name.

        Raises:
            InterfaceError: The connection is closed and may not be opened by itself.
        """
        if not named_cursor:
            return super().cursor()
        name = named_cursor if isinstance(named_cursor, str) else f"redstart_{uuid4().hex}"
        # Within a transaction the cursor ends with it; elsewhere there may be none for it to live in.
        within = self.in_transaction() and not isinstance(self.top_transaction(), _manual)
        return NamedCursor(super().cursor(), name, hold=not within)

    def execute(
        self, query: Any, named_cursor: Any = False, array_size: int | None = None, **context_options: Any
    ) -> Any:
        """Renders a query for this database and runs it.

        Args:
            query: A query, another node, or a context in which one was rendered.
            named_cursor: Whether its cursor is on the server; a text is its name there.
            array_size: How many rows are fetched from such a cursor at a time.
            **context_options: Settings of the context.

        Returns:
            The driver's cursor, or a `FetchManyCursor` over one on the server.
        """
        if not named_cursor and not (self._server_side_cursors and _reads(query)):
            return super().execute(query, **context_options)
        sql, params = self._render(query, context_options)
        cursor = self._execute_named(sql, params, named_cursor or True, array_size)
        return FetchManyCursor(cursor, array_size)

    def execute_sql(self, sql: str, params: Any = None, named_cursor: Any = None) -> Any:
        """Runs a statement.

        Args:
            sql: The text.
            params: The values for its placeholders.
            named_cursor: Whether its cursor is on the server; a text is its name there.

        Returns:
            The cursor.

        Raises:
            DatabaseError: The database refuses; the class says why.
        """
        if not named_cursor:
            return super().execute_sql(sql, params)
        return self._execute_named(sql, params, named_cursor)

    def _execute_named(self, sql: str, params: Any, named_cursor: Any, array_size: int | None = None) -> Any:
        def run(text: str, values: Any) -> Any:
            cursor = self.cursor(named_cursor)
            cursor.itersize = array_size or cursor.itersize
            return cursor.execute(text, values)

        return self._execute_watched(sql, params, run)

    def _is_unwatched(self) -> bool:
        return not self._server_side_cursors and super()._is_unwatched()

    def _needs_preparation(self) -> bool:
        return self._register_hstore or super()._needs_preparation()

    def _initialize_connection(self, conn: Any) -> None:
        super()._initialize_connection(conn)
        if self._register_hstore:
            row: Any = conn.execute("SELECT to_regtype('hstore')::oid").fetchone()
            if row[0] is None:
                raise ProgrammingError(
                    "the database has no type hstore, which register_hstore=True asks for: run CREATE EXTENSION hstore"
                )
            conn.register_hstore(row[0])


PostgresqlExtDatabase._own_execution = (
    PostgresqlExtDatabase.execute,
    PostgresqlExtDatabase.execute_sql,
    PostgresqlExtDatabase._execute_cursor,
    PostgresqlExtDatabase.cursor,
)


class Psycopg3Database(PostgresqlExtDatabase):
    """A `PostgresqlExtDatabase` in whose settings the numbers of isolation levels are those of psycopg 3."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes the settings; nothing is opened yet."""
        kwargs["prefer_psycopg3"] = True
        super().__init__(*args, **kwargs)


def _reads(query: Any) -> bool:
    """Tells whether a query can have its cursor on the server."""
    if isinstance(query, RawQuery):
        return str(query._sql).lstrip().lower().startswith("select")
    return isinstance(query, SelectBase)
