"""Fetching rows with the rows that refer to them, one query for each model."""

from __future__ import annotations

from typing import Any, NamedTuple

from redstart.constants import PREFETCH_TYPE
from redstart.fields.foreign_key import ForeignKeyField


class _PrefetchQuery(NamedTuple):
    query: Any
    fields: Any
    is_backref: Any
    rel_models: Any
    field_to_name: Any
    model: Any


class PrefetchQuery(_PrefetchQuery):
    """One query of a prefetch, and how its rows belong to those of the query above it."""

    __slots__ = ()

    def __new__(
        cls, query: Any, fields: Any = None, is_backref: Any = None, rel_models: Any = None, field_to_name: Any = None, model: Any = None
    ) -> PrefetchQuery:
        """Makes one.

        Args:
            query: The query.
            fields: The foreign keys, or the fields they refer to.
            is_backref: Whether the rows refer to those above, and not the other way round.
            rel_models: The models on the other side of the keys.
            field_to_name: Pairs of field and the attribute that gets the rows.
            model: The query's model.
        """
        if fields:
            if is_backref:
                rel_models = rel_models or [field.model for field in fields]
                field_to_name = field_to_name or list(zip(fields, [field.backref for field in fields], strict=True))
            else:
                rel_models = rel_models or [field.rel_model for field in fields]
                field_to_name = field_to_name or list(zip(fields, [field.name for field in fields], strict=True))
        model = query.model if model is None else model
        return super().__new__(cls, query, fields, is_backref, rel_models, field_to_name, model)

    def populate_instance(self, instance: Any, id_map: dict[Any, Any]) -> None:
        """Gives an instance the rows that belong to it."""
        if self.is_backref:
            for field in self.fields:
                identifier = instance.__data__[field.name]
                key = (field, identifier)
                if key in id_map:
                    setattr(instance, field.name, id_map[key])
        else:
            for field, attname in self.field_to_name:
                identifier = instance.__data__[field.rel_field.name]
                setattr(instance, attname, id_map.get((field, identifier), []))

    def store_instance(self, instance: Any, id_map: dict[Any, Any]) -> None:
        """Notes an instance for those it belongs to."""
        for field, _ in self.field_to_name:
            identity = field.rel_field.python_value(instance.__data__[field.name])
            id_map.setdefault((field, identity), []).append(instance)


def prefetch(sq: Any, *subqueries: Any, **kwargs: Any) -> Any:
    """Runs a query and, for each model named, one more; puts the rows together.

    Args:
        sq: The query, or a model.
        *subqueries: Queries, models, or pairs of one and the model that it belongs to.
        **kwargs: ``prefetch_type``: how related rows are found, from ``PREFETCH_TYPE``.

    Returns:
        The list of instances; the query itself where nothing else is named.

    Raises:
        AttributeError: No key connects a model with one named before it.
        ValueError: There is no such keyword, or the type is ``MATERIALIZE``.

    Example:
        >>> from redstart import ForeignKeyField, SqliteDatabase, prefetch
        >>> db = SqliteDatabase(":memory:")
        >>> class User(db.Model):
        ...     pass
        >>> class Tweet(db.Model):
        ...     user = ForeignKeyField(User, backref="tweets")
        >>> db.create_tables([User, Tweet])
        >>> _ = Tweet.create(user=User.create())
        >>> [user.tweets for user in prefetch(User, Tweet)]
        [[<Tweet: 1>]]
    """
    if not subqueries:
        return sq
    prefetch_type = kwargs.pop("prefetch_type", PREFETCH_TYPE.WHERE)
    if kwargs:
        raise ValueError(f"Unrecognized arguments: {kwargs}")
    if prefetch_type not in (PREFETCH_TYPE.WHERE, PREFETCH_TYPE.JOIN):
        raise ValueError("prefetch_type must be PREFETCH_TYPE.WHERE or PREFETCH_TYPE.JOIN.")
    fixed = prefetch_add_subquery(sq, subqueries, prefetch_type)
    deps: dict[Any, dict[Any, list[Any]]] = {}
    below: dict[Any, list[PrefetchQuery]] = {}
    rows: Any = None
    for part in reversed(fixed):
        if part.fields:
            for rel_model in part.rel_models:
                below.setdefault(rel_model, []).append(part)
        wanted = deps.setdefault(part.model, {})
        rows = list(part.query) if part is fixed[0] else part.query
        related = below.get(part.model, ())
        for instance in rows:
            if part.fields:
                part_map = wanted
                _store(part, instance, part_map)
            for rel in related:
                _populate(rel, instance, deps[rel.model])
    return rows


def _store(part: PrefetchQuery, instance: Any, id_map: dict[Any, Any]) -> None:
    if part.is_backref:
        part.store_instance(instance, id_map)
        return
    for field in part.fields:
        id_map[(field, instance.__data__[field.rel_field.name])] = instance


def _populate(part: PrefetchQuery, instance: Any, id_map: dict[Any, Any]) -> None:
    if part.is_backref:
        for field, attname in part.field_to_name:
            identifier = instance.__data__[field.rel_field.name]
            found = id_map.get((field, identifier), [])
            for row in found:
                setattr(row, field.name, instance)
            if row_is_clean(found):
                _clean(found, field)
            setattr(instance, attname, found)
    else:
        for field in part.fields:
            key = (field, instance.__data__[field.name])
            if key in id_map:
                setattr(instance, field.name, id_map[key])
                instance._clear_dirty((field.name,))


def row_is_clean(rows: Any) -> bool:
    """Tells whether there are rows."""
    return bool(rows)


def _clean(rows: Any, field: Any) -> None:
    for row in rows:
        row._clear_dirty((field.name,))


def prefetch_add_subquery(sq: Any, subqueries: Any, prefetch_type: Any) -> list[PrefetchQuery]:
    """Gives the queries of a prefetch, each limited to the rows that belong to those above it.

    Args:
        sq: The query on top.
        subqueries: The others.
        prefetch_type: How related rows are found.

    Raises:
        AttributeError: No key connects a model with one named before it.
    """
    top = sq.select() if _is_model(sq) else sq
    fixed = [PrefetchQuery(top)]
    for subquery in subqueries:
        target = None
        if isinstance(subquery, tuple):
            subquery, target = subquery
        if _is_model(subquery):
            subquery = subquery.select()
        fixed.append(_connected(subquery, target, fixed, prefetch_type))
    return fixed


def _connected(subquery: Any, target: Any, fixed: list[PrefetchQuery], prefetch_type: Any) -> PrefetchQuery:
    model = _model_of(subquery)
    for above in reversed(fixed):
        last_query, last_model = above.query, above.model
        if target is not None and not (target is last_model or target is last_query):
            continue
        keys = _keys_between(model, last_model, subquery.model)
        if keys:
            query = _limited(subquery, last_query, keys, prefetch_type, to_parent=True)
            return PrefetchQuery(query, keys, is_backref=True, rel_models=[last_model] * len(keys))
        forward = _keys_between(last_model, model, last_query.model)
        if forward:
            query = _limited(subquery, last_query, forward, prefetch_type, to_parent=False)
            return PrefetchQuery(query, forward, is_backref=False, rel_models=[last_model] * len(forward))
    using = f" using {target}" if target is not None else ""
    raise AttributeError(f"Error: unable to find foreign key for query: {subquery}{using}")


def _keys_between(model: Any, other: Any, source: Any) -> list[Any]:
    """Gives the keys of a model that refer to another, under the names of the query's own source."""
    del source
    other = _plain(other)
    return [field for field in _plain(model)._meta.model_refs.get(other, ()) if isinstance(field, ForeignKeyField)]


def _limited(subquery: Any, last_query: Any, keys: list[Any], prefetch_type: Any, *, to_parent: bool) -> Any:
    from redstart.node import SQL

    parent, child = last_query.model, subquery.model
    if prefetch_type == PREFETCH_TYPE.WHERE:
        condition: Any = None
        for key in keys:
            if to_parent:
                inner = last_query.select(getattr(parent, key.rel_field.name))
                part = getattr(child, key.name) << inner
            else:
                inner = last_query.select(getattr(parent, key.name))
                part = getattr(child, key.rel_field.name) << inner
            condition = part if condition is None else condition | part
        return subquery.where(condition)
    selected = [
        getattr(parent, key.rel_field.name if to_parent else key.name) for key in keys
    ]
    inner = last_query.select(*selected).distinct().alias("prefetch_")
    condition = None
    for key in keys:
        mine = getattr(child, key.name if to_parent else key.rel_field.name)
        theirs = getattr(inner.c, (key.rel_field if to_parent else key).column_name)
        part = mine == theirs
        condition = part if condition is None else condition | part
    del SQL
    return subquery.join(inner, on=condition)


def _is_model(value: Any) -> bool:
    return isinstance(value, type) and hasattr(value, "_meta")


def _model_of(query: Any) -> Any:
    return query.model


def _plain(model: Any) -> Any:
    """Gives the model behind an alias of it."""
    return model if isinstance(model, type) else model.model
