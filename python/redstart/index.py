"""Indexes as nodes: any index, and one over the fields of a model."""

from __future__ import annotations

from redstart._engine import Node, tree
from redstart.naming import truncate_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from redstart.model import Model


class Index(Node):
    """``CREATE [UNIQUE] INDEX [IF NOT EXISTS] name ON table (expressions) [WHERE condition]``.

    The methods give changed copies.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - peewee's signature
        self,
        name: str,
        table: Any,
        expressions: Sequence[Any],
        unique: bool = False,
        safe: bool = False,
        where: Any = None,
        using: str | None = None,
        nulls_distinct: bool | None = None,
    ) -> None:
        """Describes an index.

        Args:
            name: The index's name.
            table: The table, or its name.
            expressions: The columns and expressions; a text is SQL.
            unique: Whether it is unique.
            safe: Whether an existing index is no error.
            where: The condition of a partial index.
            using: The access method.
            nulls_distinct: ``NULLS [NOT] DISTINCT``; only for a unique index.

        Raises:
            ValueError: ``nulls_distinct`` is given for an index that is not unique.
        """
        super().__init__()
        self._name = name
        self._table = table
        self._expressions = expressions
        self._where = where
        self._unique = unique
        self._safe = safe
        self._using = using
        self._nulls_distinct = nulls_distinct
        self._check()

    def safe(self, _safe: bool = True) -> Any:
        """Says whether an existing index is no error."""
        return self._changed(_safe=_safe)

    def where(self, *expressions: Any) -> Any:
        """Limits the index to the rows for which these hold."""
        condition = self._where
        for expression in expressions:
            condition = expression if condition is None else condition & expression
        return self._changed(_where=condition)

    def using(self, _using: str | None = None) -> Any:
        """Names the access method."""
        return self._changed(_using=_using)

    def nulls_distinct(self, nulls_distinct: bool | None = None) -> Any:
        """Says whether NULLs differ from each other."""
        return self._changed(_nulls_distinct=nulls_distinct)

    def _check(self) -> None:
        if self._nulls_distinct is not None and not self._unique:
            raise ValueError("NULLS DISTINCT is only available with UNIQUE.")

    def _changed(self, **changes: Any) -> Any:
        copy: Any = self.clone()
        copy.__dict__.update(changes)
        copy._check()
        return copy

    def _build_tree(self) -> Any:
        from redstart.node import SQL, Entity

        return tree.index(
            self._name,
            Entity(self._table) if isinstance(self._table, str) else self._table,
            [SQL(each) if isinstance(each, str) else each for each in self._expressions],
            unique=bool(self._unique),
            safe=bool(self._safe),
            where=self._where,
            using=self._using,
            nulls_distinct=self._nulls_distinct,
        )


class ModelIndex(Index):
    """An index over fields of a model, which names itself.

    Example:
        >>> from redstart import IntegerField, Model, ModelIndex
        >>> class Event(Model):
        ...     kind = IntegerField()
        >>> ModelIndex(Event, (Event.kind,))._name
        'event_kind'
    """

    def __init__(  # noqa: PLR0913, PLR0917 - peewee's signature
        self,
        model: type[Model],
        fields: Iterable[Any],
        unique: bool = False,
        safe: bool = True,
        where: Any = None,
        using: str | None = None,
        name: str | None = None,
        nulls_distinct: bool | None = None,
    ) -> None:
        """Describes an index.

        Args:
            model: The model.
            fields: Its fields, or expressions of them; a text is SQL.
            unique: Whether it is unique.
            safe: Whether an existing index is no error.
            where: The condition of a partial index.
            using: The access method; that of the last field among the expressions by default.
            name: The index's name; made of the table's and the columns' by default.
            nulls_distinct: ``NULLS [NOT] DISTINCT``; only for a unique index.

        Raises:
            ValueError: No name was given and there are no columns to make one of.
        """
        self._model = model
        fields = tuple(fields)
        if name is None:
            name = self._generate_name(model, fields)
        if using is None:
            using = _access_method(fields)
        meta: Any = model._meta
        super().__init__(name, meta.table, fields, unique, safe, where, using, nulls_distinct)
        self._model = model

    @staticmethod
    def _generate_name(model: type[Model], fields: Sequence[Any]) -> str:
        from redstart.fields.base import Field

        meta: Any = model._meta
        names = []
        for field in _unwrapped(fields):
            if isinstance(field, Field):
                names.append(field.column_name)
            elif isinstance(field, str):
                names.append(field.split()[0])  # a column, perhaps with its collation or direction
        if not names:
            raise ValueError("Unable to generate a name for the index, please explicitly specify a name.")
        prefix = meta.name if meta.legacy_table_names else meta.table_name
        return truncate_name(_joined([prefix, *(_word_characters(name) for name in names)]))


def _access_method(fields: Sequence[Any]) -> str | None:
    from redstart.fields.base import Field

    return next((field.index_type for field in reversed(fields) if isinstance(field, Field)), None)


def _unwrapped(fields: Sequence[Any]) -> list[Any]:
    from redstart.node import SQL, Ordering

    found = []
    for field in fields:
        if isinstance(field, Ordering):
            found.append(field.node)
        elif not isinstance(field, SQL):
            found.append(field)
    return found


def _joined(parts: Sequence[str]) -> str:
    return "_".join(part for part in parts)


def _word_characters(name: str) -> str:
    return "".join(each for each in name if each.isalnum() or each == "_")
