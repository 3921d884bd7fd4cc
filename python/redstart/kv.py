"""A dictionary that is kept in a table."""

# playhouse's module gives all of peewee's names, too.
# ruff: noqa: F403
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import redstart
from redstart._engine import Expression
from redstart.database import PostgresqlDatabase, SqliteDatabase
from redstart.fields import CharField, PickleField
from redstart.late_names import late_names
from redstart.model import Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from redstart import *
    from redstart.database import Database


class Sentinel:
    """What stands for an argument that was not given."""


class KeyValue:
    """A dictionary whose entries are rows. Expressions over ``key`` and ``value`` stand for many keys.

    Example:
        >>> from redstart.kv import KeyValue
        >>> ages = KeyValue(ordered=True)
        >>> ages["huey"] = 3
        >>> ages.update(mickey=5, zaizee=2)
        3
        >>> ages["huey"], list(ages)
        (3, [('huey', 3), ('mickey', 5), ('zaizee', 2)])
        >>> ages[ages.key > "huey"]
        [5, 2]
        >>> del ages[ages.key.startswith("z")]
        >>> len(ages)
        2
    """

    def __init__(
        self,
        key_field: Any = None,
        value_field: Any = None,
        ordered: bool = False,
        database: Database | None = None,
        table_name: str = "keyvalue",
    ) -> None:
        """Makes the dictionary, and its table where there is none.

        Args:
            key_field: The field of the keys, a primary key; else text of up to 255 characters.
            value_field: The field of the values; else pickled objects.
            ordered: Whether entries come in the order of their keys.
            database: The database; else one in memory.
            table_name: The name of the table.

        Raises:
            ValueError: The key field is no primary key.
        """
        if key_field is None:
            key_field = CharField(max_length=255, primary_key=True)
        if not key_field.primary_key:
            message = "key_field must have primary_key=True."
            raise ValueError(message)
        self._key_field = key_field
        self._value_field = PickleField() if value_field is None else value_field
        self._ordered = ordered
        self._database = SqliteDatabase(":memory:") if database is None else database
        self._table_name = table_name
        self.model: Any = self.create_model()
        self.key: Any = self.model.key
        self.value: Any = self.model.value
        self.model.create_table()

    def create_model(self) -> Any:
        """Makes the model of the table."""
        meta = type("Meta", (), {"database": self._database, "table_name": self._table_name})
        content = {"key": self._key_field, "value": self._value_field, "Meta": meta, "__module__": __name__}
        metaclass: Any = type(Model)
        return metaclass("KeyValue", (Model,), content)

    def query(self, *select: Any) -> Any:
        """Gives the query for the entries, as tuples.

        Args:
            select: The columns, else key and value.
        """
        query = self.model.select(*select).tuples()
        return query.order_by(self.key) if self._ordered else query

    def convert_expression(self, expr: Any) -> tuple[Any, bool]:
        """Gives the condition that a key or an expression stands for, and whether it is one key's.

        Args:
            expr: The key or expression.
        """
        if isinstance(expr, Expression):
            return expr, False
        return self.key == expr, True

    def __contains__(self, key: Any) -> bool:
        condition, _ = self.convert_expression(key)
        return bool(self.model.select().where(condition).exists())

    def __len__(self) -> int:
        return int(self.model.select().count())

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        return iter(self.query().execute())

    def __getitem__(self, expr: Any) -> Any:
        condition, is_single = self.convert_expression(expr)
        found = [value for (value,) in self.query(self.value).where(condition)]
        if not is_single:
            return found
        if not found:
            raise KeyError(expr)
        return found[0]

    def __setitem__(self, expr: Any, value: Any) -> None:
        condition, is_single = self.convert_expression(expr)
        if is_single:
            self.upsert(expr, value)
        else:
            self.model.update(value=value).where(condition).execute()

    def __delitem__(self, expr: Any) -> None:
        condition, is_single = self.convert_expression(expr)
        gone = self.model.delete().where(condition).execute()
        if is_single and not gone:
            raise KeyError(expr)

    def keys(self) -> Iterable[Any]:
        """Gives the keys."""
        return (key for (key,) in self.query(self.key))

    def values(self) -> Iterable[Any]:
        """Gives the values."""
        return (value for (value,) in self.query(self.value))

    def items(self) -> Iterable[tuple[Any, Any]]:
        """Gives the pairs of key and value."""
        return iter(self)

    def get(self, key: Any, default: Any = None) -> Any:
        """Gives the value of a key.

        Args:
            key: The key, or an expression, which gives a list.
            default: What to give where there is no such key.
        """
        try:
            return self[key]
        except KeyError:
            return default

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Gives the value of a key, which is set where there is none.

        Args:
            key: The key.
            default: The value to set.
        """
        try:
            return self[key]
        except KeyError:
            self[key] = default
            return default

    def pop(self, key: Any, default: Any = Sentinel) -> Any:
        """Deletes a key and gives its value.

        Args:
            key: The key, or an expression, which gives a list.
            default: What to give where there is no such key.

        Raises:
            KeyError: There is no such key, and no default.
        """
        with self._database.atomic():
            try:
                value = self[key]
            except KeyError:
                if default is Sentinel:
                    raise
                return default
            condition, _ = self.convert_expression(key)
            self.model.delete().where(condition).execute()
            return value

    def upsert(self, key: Any, value: Any) -> None:
        """Sets a key, as an assignment does.

        Args:
            key: The key.
            value: Its value.
        """
        self._write([{"key": key, "value": value}])

    def update(self, mapping: Mapping[Any, Any] | Iterable[tuple[Any, Any]] = (), **entries: Any) -> Any:
        """Sets many keys in one statement.

        Args:
            mapping: The entries, as a mapping or as pairs.
            entries: Further ones.

        Returns:
            What the insert query gives; None where there is no entry.
        """
        entries.update(mapping)
        return self._write([{"key": key, "value": value} for key, value in entries.items()])

    def clear(self) -> None:
        """Deletes all entries."""
        self.model.delete().execute()

    def _write(self, rows: list[dict[str, Any]]) -> Any:
        """Writes entries: ``INSERT … ON CONFLICT DO UPDATE``, or ``REPLACE`` on MySQL."""
        if not rows:
            return None
        if not isinstance(self.model._meta.get_database_instance(), (SqliteDatabase, PostgresqlDatabase)):
            return self.model.replace_many(rows).execute()
        insert = self.model.insert_many(rows)
        return insert.on_conflict(conflict_target=[self.key], preserve=[self.value]).execute()


__all__ = [
    "Expression",
    "KeyValue",
    "PickleField",
    "Sentinel",
]
__all__ += redstart.__all__

__getattr__, __dir__ = late_names(__name__, {}, beside=redstart)
