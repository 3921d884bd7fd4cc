"""``INSERT``."""

from __future__ import annotations

from collections.abc import Mapping

from redstart._engine import Node, tree
from redstart.exceptions import InterfaceError
from redstart.node.entity import Entity
from redstart.node.on_conflict import OnConflict
from redstart.query.insert_rows import InsertRows
from redstart.query.write import _WriteQuery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class DefaultValuesException(Exception):  # noqa: N818 - peewee's name
    """There are no rows to insert."""


class Insert(_WriteQuery):
    """``INSERT INTO table (columns) VALUES (…), (…) [ON CONFLICT …]``.

    Running it gives the new row's key for one row, and what the database knows of
    the keys for several; with ``as_rowcount()`` the number of rows.
    """

    SIMPLE = 0
    QUERY = 1
    MULTI = 2

    DefaultValuesException = DefaultValuesException

    _insert: Any = None
    _columns: Any = None
    _on_conflict: Any = None
    _as_rowcount = False

    def __init__(
        self, table: Any, insert: Any = None, columns: Any = None, on_conflict: Any = None, **kwargs: Any
    ) -> None:
        """Inserts into a table.

        Args:
            table: The table.
            insert: One row as a dict, several as any iterable, or a query.
            columns: The columns, where rows are no dicts.
            on_conflict: What happens to rows that exist already.
            **kwargs: As for every writing query.
        """
        super().__init__(table, **kwargs)
        self._insert = insert
        self._columns = columns
        if on_conflict is not None:
            self._on_conflict = on_conflict

    def where(self, *expressions: Any) -> Any:
        """Fails: an insert has no condition.

        Raises:
            NotImplementedError: Always.
        """
        message = "INSERT queries cannot have a WHERE clause."
        raise NotImplementedError(message)

    def as_rowcount(self, _as_rowcount: bool = True) -> Any:
        """Gives a copy whose execution gives the number of rows."""
        clone = self.clone()
        clone._as_rowcount = _as_rowcount
        return clone

    def on_conflict_ignore(self, ignore: bool = True) -> Any:
        """Leaves rows that exist already as they are."""
        clone = self.clone()
        clone._on_conflict = OnConflict("IGNORE") if ignore else None
        return clone

    def on_conflict_replace(self, replace: bool = True) -> Any:
        """Puts the new rows in the place of those that exist already."""
        clone = self.clone()
        clone._on_conflict = OnConflict("REPLACE") if replace else None
        return clone

    def on_conflict(self, *args: Any, **kwargs: Any) -> Any:
        """Says what happens to rows that exist already; see `OnConflict`."""
        clone = self.clone()
        clone._on_conflict = OnConflict(*args, **kwargs) if (args or kwargs) else None
        return clone

    def get_default_data(self) -> Any:
        """Gives the values, or callables, of the columns that a row leaves out."""
        return {}

    def get_default_columns(self) -> Any:
        """Gives the columns of rows that name none."""
        table = self.table
        if table._columns:
            return [getattr(table, name) for name in table._columns if name != table._primary_key]
        return None

    def handle_result(self, database: Any, cursor: Any) -> Any:
        """Gives the new key, the returned rows, or the number of rows."""
        if self._return_cursor:
            return cursor
        if self._as_rowcount:
            return database.rows_affected(cursor)
        return database.last_insert_id(cursor, self._query_type)

    @property
    def _query_type(self) -> int:
        insert = self._insert
        if isinstance(insert, Mapping):
            return self.SIMPLE
        return self.QUERY if isinstance(insert, Node) else self.MULTI

    def _execute(self, database: Any) -> Any:
        try:
            if self._counts():
                bare = self.clone()
                bare._returning = None
                return self.handle_result(database, database.execute(bare))
            return super(Insert, self._keyed(database))._execute(database)
        except DefaultValuesException:
            return None

    def _keyed(self, database: Any) -> Insert:
        """Gives the statement, or a copy that returns its table's key where the database gives keys like that."""
        key = getattr(self.table, "primary_key", None)
        if self._returning is not None or key is None or not database.returning_clause:
            return self
        keyed: Insert = self.tuples()
        keyed._returning = (key,)
        return keyed

    def _build_tree(self) -> Any:
        kind = self._query_type
        conflict = self._conflict_tree()
        if kind == self.QUERY:
            columns = [self._column(name) for name in self._columns or ()]
            return self._tree_of(columns, None, self._insert, conflict)
        rows = [self._insert] if kind == self.SIMPLE else self._rows()
        columns, values = InsertRows(self, rows).build()
        if kind == self.SIMPLE and not columns:
            return self._tree_of((), None, None, conflict)
        return self._tree_of(columns, values, None, conflict)

    def _tree_of(self, columns: Any, rows: Any, query: Any, conflict: Any) -> Any:
        return tree.insert(
            self.table,
            columns,
            rows=rows,
            query=query,
            on_conflict=conflict,
            returning=self._returning or None,
            with_=self._cte_list,
        )

    def _counts(self) -> bool:
        """Tells whether the number of rows is wanted, and no rows that nobody asked for."""
        return self._as_rowcount and not self._return_cursor

    def _rows(self) -> Any:
        rows = self._insert
        if not isinstance(rows, (list, tuple)):
            # An iterator can be read once, a statement rendered more than once.
            rows = self._insert = list(rows)
        if not rows:
            message = "Error: no rows to insert."
            raise DefaultValuesException(message)
        return rows

    def _column(self, name: Any) -> Any:
        return getattr(self.table, name) if isinstance(name, str) else name

    def _conflict_tree(self) -> Any:
        conflict = self._on_conflict
        if conflict is None:
            return None
        if not self._database:
            message = "ON CONFLICT clause requires the query be bound to a database."
            raise InterfaceError(message)
        if isinstance(conflict, str):
            conflict = OnConflict(conflict)
        update = conflict._update
        if isinstance(update, Mapping):
            update = [(self._column(column), value) for column, value in update.items()]
        target = conflict._conflict_target
        return tree.on_conflict(
            action=conflict._action,
            update=update or None,
            preserve=[_named(column) for column in conflict._preserve or ()] or None,
            where=conflict._where,
            conflict_target=[_named(column) for column in target or ()] or None,
            conflict_where=conflict._conflict_where,
            conflict_constraint=conflict._conflict_constraint,
        )


def _named(column: Any) -> Any:
    return Entity(column) if isinstance(column, str) else column
