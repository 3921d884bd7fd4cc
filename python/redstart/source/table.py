"""Tables."""

from __future__ import annotations

from redstart._engine import tree
from redstart.node.column import Column, _ExplicitColumn
from redstart.node.sql import SQL
from redstart.source.base_table import BaseTable
from redstart.source.hashable import _HashableSource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class Table(_HashableSource, BaseTable):
    """A table: ``"schema"."name" AS "t1"``.

    Its declared columns are attributes; without a declaration, ``table.c.name`` is any column.

    Example:
        >>> from redstart import Table
        >>> users = Table("users", ("id", "name"))
        >>> users.select(users.name).where(users.id == 1).sql()
        ('SELECT "t1"."name" FROM "users" AS "t1" WHERE ("t1"."id" = ?)', [1])
    """

    def __init__(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        primary_key: Any = None,
        schema: str | None = None,
        alias: str | None = None,
        _model: Any = None,
        _database: Any = None,
    ) -> None:
        """Names a table.

        Args:
            name: The table's name.
            columns: The names of its columns.
            primary_key: The name of the primary key's column.
            schema: The schema it is in.
            alias: The name it goes by in statements.
        """
        self.__name__ = name
        self._columns = columns
        self._primary_key = primary_key
        self._schema = schema
        self._path = (schema, name) if schema else (name,)
        self._model = _model
        self._database = _database
        self._alias = alias
        self._set_tree(self._source_tree())
        if columns is not None:
            self.c = _ExplicitColumn()
            for column in columns:
                setattr(self, column, Column(self, column))
        self.primary_key = Column(self, primary_key) if primary_key else None

    def clone(self) -> Table:
        """Gives a copy: another mention of the same table."""
        return self._again(self._alias)

    def alias(self, name: str | None = None) -> Table:
        """Gives the table under another name: ``"users" AS "name"``.

        Args:
            name: The alias.
        """
        return self._again(name)

    def bind(self, database: Any = None) -> Table:
        """Sets the database that queries on this table run on, in place."""
        self._database = database
        return self

    def bind_ctx(self, database: Any = None) -> Any:
        """Gives a context within which the table is bound to another database."""
        from redstart.bound_models import BoundModelsContext

        return BoundModelsContext([self], database, bind_refs=False, bind_backrefs=False)

    def select(self, *columns: Any) -> Any:
        """``SELECT columns FROM table``; the declared columns, or ``*``, when none is given."""
        from redstart.query.select import Select

        selected: Any = columns
        if not columns:
            names = self._columns
            selected = [getattr(self, name) for name in names] if names else (SQL("*"),)
        return self._bound(Select([self], selected))

    def insert(self, insert: Any = None, columns: Any = None, **kwargs: Any) -> Any:
        """``INSERT INTO table``; see `Insert`."""
        from redstart.query.insert import Insert

        if kwargs:
            insert = {} if insert is None else insert
            for key, value in kwargs.items():
                insert[self._column(key)] = value
        return self._bound(Insert(self, insert=insert, columns=columns))

    def replace(self, insert: Any = None, columns: Any = None, **kwargs: Any) -> Any:
        """``INSERT OR REPLACE INTO table``."""
        return self.insert(insert=insert, columns=columns, **kwargs).on_conflict("REPLACE")

    def update(self, update: Any = None, **kwargs: Any) -> Any:
        """``UPDATE table SET``; see `Update`."""
        from redstart.query.update import Update

        if kwargs:
            update = {} if update is None else update
            for key, value in kwargs.items():
                update[self._column(key)] = value
        return self._bound(Update(self, update=update))

    def delete(self) -> Any:
        """``DELETE FROM table``; see `Delete`."""
        from redstart.query.delete import Delete

        return self._bound(Delete(self))

    def _bound(self, query: Any) -> Any:
        query._database = self._database
        return query

    def _again(self, alias: str | None) -> Table:
        return type(self)(
            self.__name__,
            self._columns,
            self._primary_key,
            self._schema,
            alias,
            self._model,
            self._database,
        )

    def _source_tree(self) -> Any:
        # A model's table is the source that the model's fields are columns of.
        held = None if self._model is None or self._alias else getattr(self._model._meta, "_source_tree", None)
        if held is not None:
            return held
        return tree.table(self._key, self.__name__, self._schema, self._alias)

    def _column(self, name: str) -> Any:
        return getattr(self if self._columns else self.c, name)

    def _make_key(self) -> Any:
        names = [*self._path, self._alias or ""]
        if self._model is not None:
            names.append(str(id(self._model)))
        return tree.named_source_key("Table", "\0".join(names))
