"""Dicts of models and models of dicts, and other short ways."""

# playhouse's module gives all of peewee's names, too.
# ruff: noqa: F403
from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, ClassVar

import redstart
from redstart.alias import FieldAlias
from redstart.exceptions import InterfaceError, OperationalError
from redstart.fields.base import Field
from redstart.fields.foreign_key import BackrefAccessor, ForeignKeyField
from redstart.late_names import late_names
from redstart.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from redstart import *
    from redstart.conversions import callable_
    from redstart.node import Alias
    from redstart.query import CompoundSelectQuery


def model_to_dict(  # noqa: PLR0913, PLR0917 - peewee's signature
    model: Any,
    recurse: bool = True,
    backrefs: bool = False,
    only: Iterable[Any] | None = None,
    exclude: Iterable[Any] | None = None,
    seen: set[Any] | None = None,
    extra_attrs: Iterable[str] | None = None,
    fields_from_query: Any = None,
    max_depth: int | None = None,
    manytomany: bool = False,
) -> dict[str, Any]:
    """Makes a dict of a model instance.

    Args:
        model: The instance.
        recurse: Whether foreign keys become dicts of their objects, instead of bare keys.
        backrefs: Whether to add what refers to the instance, as lists.
        only: The fields to take, of this model and related ones.
        exclude: The fields to leave out.
        seen: Keys that were followed already.
        extra_attrs: Attributes and methods to add.
        fields_from_query: A query; only what it selects is taken.
        max_depth: How far to follow keys.
        manytomany: Whether to add many-to-many relations, as lists.

    Example:
        >>> from redstart import Model, TextField
        >>> from redstart.shortcuts import model_to_dict
        >>> class User(Model):
        ...     name = TextField()
        >>> model_to_dict(User(id=1, name="huey"))
        {'id': 1, 'name': 'huey'}
    """
    depth = -1 if max_depth is None else max_depth
    extra = list(extra_attrs or ())
    chosen = _fields_of(only)
    if fields_from_query is not None:
        for item in _selected(fields_from_query):
            if isinstance(item, Field):
                chosen.add(item)
            elif item.is_alias():
                extra.append(item.name)
    walk = _Walk(
        recurse=recurse and depth != 0,
        backrefs=backrefs,
        only=chosen,
        exclude=_fields_of(exclude) | set(seen or ()),
        max_depth=depth - 1,
        manytomany=manytomany,
    )
    return walk.of(model, extra)


class _Walk:
    """One way through an instance and what is related to it. What led here is excluded further down."""

    def __init__(self, **settings: Any) -> None:
        self.recurse: bool = settings["recurse"]
        self.backrefs: bool = settings["backrefs"]
        self.only: set[Any] = settings["only"]
        self.exclude: set[Any] = settings["exclude"]
        self.max_depth: int = settings["max_depth"]
        self.manytomany: bool = settings["manytomany"]

    def _skips(self, field: Any) -> bool:
        return field in self.exclude or (bool(self.only) and field not in self.only)

    def of(self, instance: Any, extra_attrs: Iterable[str]) -> dict[str, Any]:
        """Makes the dict of an instance."""
        data: dict[str, Any] = {}
        meta = type(instance)._meta
        if self.manytomany:
            for name, relation in meta.manytomany.items():
                if not self._skips(relation):
                    way_back = relation.rel_model._meta.manytomany.get(relation.backref)
                    keys = relation.through_model._meta.refs
                    data[name] = [self._further(each, relation, way_back, *keys) for each in getattr(instance, name)]
        for field in meta.sorted_fields:
            if not self._skips(field):
                data[field.name] = self._value(instance, field)
        for attr in extra_attrs:
            value = getattr(instance, attr)
            data[attr] = value() if callable(value) else value
        if self.backrefs and self.recurse:
            for key in meta.backrefs:
                if key.backref not in "!+" and not self._skips(key):
                    data[key.backref] = [self._further(each, key) for each in getattr(instance, key.backref)]
        return data

    def _value(self, instance: Any, field: Any) -> Any:
        value = instance.__data__.get(field.name)
        if value is None or not (isinstance(field, ForeignKeyField) and self.recurse and field.lazy_load):
            return value
        return self._further(getattr(instance, field.name), field)

    def _further(self, instance: Any, *led_by: Any) -> dict[str, Any]:
        return model_to_dict(
            instance,
            recurse=self.recurse,
            backrefs=self.backrefs,
            only=self.only,
            exclude=self.exclude,
            seen={*self.exclude, *led_by},
            max_depth=self.max_depth,
        )


def _fields_of(fields: Iterable[Any] | None) -> set[Any]:
    """Gives the fields named; a back-reference stands for its foreign key."""
    return {field.field if isinstance(field, BackrefAccessor) else field for field in fields or ()}


def _selected(query: Any) -> Iterator[Any]:
    for item in query._returning:
        if isinstance(item, type) and hasattr(item, "_meta"):
            yield from item._meta.sorted_fields
        elif isinstance(item, FieldAlias):
            yield item.field
        else:
            yield item


def dict_to_model(model_class: Any, data: dict[str, Any], ignore_unknown: bool = False) -> Any:
    """Makes a model instance of a dict.

    Args:
        model_class: The model.
        data: Values by field's name; dicts for foreign keys, lists for back-references.
        ignore_unknown: Whether names that the model does not have become plain attributes.

    Raises:
        AttributeError: The model does not have a name.
    """
    return update_model_from_dict(model_class(), data, ignore_unknown)


def update_model_from_dict(instance: Any, data: dict[str, Any], ignore_unknown: bool = False) -> Any:
    """Sets the fields of a model instance from a dict.

    Args:
        instance: The instance.
        data: Values by field's name; dicts for foreign keys, lists for back-references.
        ignore_unknown: Whether names that the model does not have become plain attributes.

    Raises:
        AttributeError: The model does not have a name.
    """
    meta = instance._meta
    backrefs = {key.backref: key for key in meta.backrefs}
    for name, value in data.items():
        if name in meta.combined:
            field, is_backref = meta.combined[name], False
        elif name in backrefs:
            field, is_backref = backrefs[name], True
        elif ignore_unknown:
            setattr(instance, name, value)
            continue
        else:
            raise AttributeError(f'Unrecognized attribute "{name}" for model class {type(instance)}.')
        is_key = isinstance(field, ForeignKeyField)
        if not is_backref and is_key and isinstance(value, dict):
            related = instance.__rel__.get(field.name) or field.rel_model()
            setattr(instance, field.name, update_model_from_dict(related, value, ignore_unknown))
        elif is_backref and isinstance(value, (list, tuple)):
            children = [dict_to_model(field.model, each, ignore_unknown) for each in value]
            for child in children:
                setattr(child, field.name, instance)
            setattr(instance, field.backref, children)
        else:
            setattr(instance, field.name, value)
    return instance


def insert_where(cls: Any, data: dict[Any, Any], where: Any = None) -> Any:
    """Makes an ``INSERT`` that inserts only where a condition holds.

    Args:
        cls: The model.
        data: Values by field or by field's name.
        where: The condition.

    Returns:
        A query; its ``execute()`` gives the number of rows.
    """
    from redstart.node import Value
    from redstart.query import Select

    for field, default in cls._meta.defaults.items():
        if field.name in data or field in data:
            continue
        data[field] = default() if callable(default) else default
    fields = [cls._meta.combined[key] if isinstance(key, str) else key for key in data]
    values = [Value(value, field.db_value) for field, value in zip(fields, data.values(), strict=True)]
    select = Select(columns=values).where(where)
    return cls.insert_from(select, fields).as_rowcount()


def resolve_multimodel_query(query: Any, key: str = "_model_identifier") -> Any:
    """Runs a compound query over several models and gives each row as an instance of its own.

    Args:
        query: The query.
        key: The name of the column that tells the model.
    """
    from redstart.node import Value
    from redstart.query import ModelCompoundSelectQuery, ModelSelect

    mapping: dict[str, Any] = {}
    stack = [query]
    count = 0
    while stack:
        current = stack.pop()
        if isinstance(current, ModelCompoundSelectQuery):
            stack.extend((current.rhs, current.lhs))
            continue
        if isinstance(current, ModelSelect):
            model = current.model
            name = model._meta.name
            mapping[name] = model
            count = len(current._returning)
            current._returning = [*current._returning, Value(name).alias(key)]
    for row in query.tuples().iterator():
        model = mapping[row[count]]
        names = [field.name for field in model._meta.sorted_fields]
        yield model(__no_default__=1, **dict(zip(names, row, strict=False)))


class ThreadSafeDatabaseMetadata(Metadata):
    """Metadata whose database is each thread's own, so that a model can be bound per thread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes the options of a model's ``Meta``."""
        self._local = threading.local()
        super().__init__(*args, **kwargs)

    @property
    def database(self) -> Any:
        """The thread's database; the model's own where the thread set none."""
        return getattr(self._local, "database", self._database)

    @database.setter
    def database(self, database: Any) -> None:
        if "_database" not in self.__dict__:
            self._database = database
        else:
            self._local.database = database

    def set_database(self, database: Any) -> None:
        """Binds the model to a database in this thread."""
        super().set_database(database)

    @property
    def table(self) -> Any:
        """The table as a source of queries on the thread's database."""
        table = super().table
        table._database = self.database
        return table

    @table.setter
    def table(self, table: Any) -> None:
        del table
        raise AttributeError('Cannot set the "table".')

    @table.deleter
    def table(self) -> None:
        self._table = None


class ReconnectMixin:
    """A database that connects again when its connection was lost outside of a transaction."""

    #: Pairs of exception and a part of its message that tell of a lost connection.
    reconnect_errors: ClassVar[tuple[tuple[type[Exception], str], ...]] = (
        (OperationalError, "2006"),  # MySQL server has gone away
        (OperationalError, "2013"),  # lost connection during a query
        (OperationalError, "2014"),  # commands out of sync
        (OperationalError, "4031"),  # the client was inactive for too long
        (OperationalError, "MySQL Connection not available."),
        (OperationalError, "server closed the connection unexpectedly"),
        (OperationalError, "terminating connection due to administrator command"),
        (InterfaceError, "connection already closed"),
        (InterfaceError, "connection is closed"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes what the database takes."""
        super().__init__(*args, **kwargs)
        self._reconnect_errors: dict[type[Exception], list[str]] = {}
        for kind, text in self.reconnect_errors:
            self._reconnect_errors.setdefault(kind, []).append(text.lower())

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Runs a statement, again if the connection was lost."""
        return self._reconnecting(super().execute_sql, sql, params)  # type: ignore[misc]  # the database has it

    def begin(self, *args: Any, **kwargs: Any) -> Any:
        """Begins a transaction, again if the connection was lost."""
        return self._reconnecting(super().begin, *args, **kwargs)  # type: ignore[misc]  # the database has it

    def _reconnecting(self: Any, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            # Work of a transaction is lost with its connection: only the caller can repeat it.
            if self.in_transaction() or not self._is_lost(error):
                raise
            if not self.is_closed():
                self.close()
            self.connect()
            return function(*args, **kwargs)

    def _is_lost(self, error: Exception) -> bool:
        texts = self._reconnect_errors.get(type(error), ())
        message = str(error).lower()
        return any(text in message for text in texts)


__all__ = [
    "Alias",
    "CompoundSelectQuery",
    "Metadata",
    "ReconnectMixin",
    "ThreadSafeDatabaseMetadata",
    "callable_",
    "dict_to_model",
    "insert_where",
    "model_to_dict",
    "resolve_multimodel_query",
    "update_model_from_dict",
]
__all__ += redstart.__all__

__getattr__, __dir__ = late_names(__name__, {}, beside=redstart)
