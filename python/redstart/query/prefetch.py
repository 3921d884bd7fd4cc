"""Related rows, loaded with one query for each model."""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any, NamedTuple

from redstart._engine import Instance
from redstart.constants import PREFETCH_TYPE
from redstart.query.parent_keys import parent_keys
from redstart.query.select import Select
from redstart.query.selection import is_model, is_model_alias


class PrefetchQuery(NamedTuple):
    """One of the queries, and how its rows belong to those of another.

    Attributes:
        query: The query.
        fields: The foreign keys that tie it to the other model; None for the first query.
        is_backref: Whether the keys are the other model's.
        rel_models: The other model, once for each key.
        field_to_name: Pairs of a key and the field of this model that it is matched with.
        model: The query's model, or the alias that it reads.
    """

    query: Any
    fields: Any = None
    is_backref: bool | None = None
    rel_models: Any = None
    field_to_name: Any = None
    model: Any = None

    def populate_instance(self, instance: Any, id_map: dict[Any, dict[Any, Any]]) -> None:
        """Attaches this query's rows to a row of the other model.

        Args:
            instance: The other model's instance.
            id_map: This query's rows, by key and value.
        """
        if self.is_backref:
            for field in self.fields:
                related = id_map[field].get(_value(instance, field.name))
                if related is not None:
                    setattr(instance, field.name, related)
                    Instance._clear_dirty(instance)
            return
        for field, attname in self.field_to_name:
            related = id_map[field].get(_value(instance, field.rel_field.name), [])
            for row in related:
                setattr(row, attname, instance)
                Instance._clear_dirty(row)
            setattr(instance, field.backref, related)

    def store_instance(self, instance: Any, id_map: dict[Any, dict[Any, Any]]) -> None:
        """Keeps a row of this query until the other model's rows come.

        Args:
            instance: The row.
            id_map: Where it is kept.
        """
        self.store_instances([instance], id_map)

    def store_instances(self, instances: Any, id_map: dict[Any, dict[Any, Any]]) -> None:
        """Keeps rows of this query until the other model's rows come.

        Args:
            instances: The rows.
            id_map: Where they are kept.
        """
        for field, attname in self.field_to_name or ():
            kept = id_map.setdefault(field, {})
            convert = field.rel_field.python_value
            for instance in instances:
                value = convert(_value(instance, attname))
                if self.is_backref:
                    kept[value] = instance
                elif value in kept:
                    kept[value].append(instance)
                else:
                    kept[value] = [instance]


def _value(instance: Any, name: str) -> Any:
    """Gives the value of a field without making a dictionary of them all."""
    value = Instance._get(instance, name)
    return instance.__data__[name] if value is None else value


def prefetch(sq: Any, *subqueries: Any, **kwargs: Any) -> Any:
    """Runs a query and one more for each related model, and attaches the related rows.

    ``SELECT … FROM child WHERE parent_id IN (SELECT id FROM parent …)``

    Args:
        sq: The query.
        *subqueries: Models, queries, or pairs of a query and the model it belongs to.
        **kwargs: ``prefetch_type``, one of `PREFETCH_TYPE`.

    Returns:
        A list of the first query's rows; the query itself when there are no subqueries.

    Raises:
        ValueError: An argument is unknown, or the type is ``MATERIALIZE``.
        AttributeError: No foreign key ties a subquery to those before it.

    Example:
        >>> from redstart import ForeignKeyField, SqliteDatabase, prefetch
        >>> db = SqliteDatabase(":memory:")
        >>> class User(db.Model):
        ...     pass
        >>> class Tweet(db.Model):
        ...     user = ForeignKeyField(User, backref="tweets")
        >>> db.create_tables([User, Tweet])
        >>> _ = Tweet.create(user=User.create())
        >>> [user.tweets for user in prefetch(User.select(), Tweet)]
        [[<Tweet: 1>]]
    """
    if not subqueries:
        return sq
    prefetch_type = kwargs.pop("prefetch_type", PREFETCH_TYPE.WHERE)
    if kwargs:
        message = f"Unrecognized arguments: {kwargs}"
        raise ValueError(message)
    queries = prefetch_add_subquery(sq, subqueries, prefetch_type)
    rows: dict[Any, dict[Any, Any]] = {}
    relations: dict[Any, list[PrefetchQuery]] = {}
    for item in reversed(queries):
        for rel_model in dict.fromkeys(item.rel_models or ()):
            relations.setdefault(rel_model, []).append(item)
        id_map = rows.setdefault(item.model, {})
        # Rows of an alias load what belongs to them by themselves, unless the alias was named.
        related = relations.get(item.model, ())
        item.store_instances(item.query, id_map)
        for instance in item.query if related else ():
            for relation in related:
                relation.populate_instance(instance, rows[relation.model])
    return list(queries[0].query)


def prefetch_add_subquery(sq: Any, subqueries: Any, prefetch_type: int) -> list[PrefetchQuery]:
    """Gives the queries that load related rows, the first one first.

    Args:
        sq: The query.
        subqueries: As for `prefetch`.
        prefetch_type: One of `PREFETCH_TYPE`.
    """
    if prefetch_type == PREFETCH_TYPE.MATERIALIZE:
        message = (
            "PREFETCH_TYPE.MATERIALIZE is not supported by prefetch(). "
            "Use Model.select().with_related() with a Load() node instead."
        )
        raise ValueError(message)
    queries = [PrefetchQuery(sq, model=sq.model)]
    for subquery in subqueries:
        target = None
        if isinstance(subquery, tuple):
            subquery, target = subquery  # noqa: PLW2901 - the pair's first part is the query
        query: Any = subquery.select() if is_model(subquery) or is_model_alias(subquery) else subquery
        queries.append(_tied(query, queries, target, prefetch_type))
    return queries


def _tied(query: Any, queries: list[PrefetchQuery], target: Any, prefetch_type: int) -> PrefetchQuery:
    """Gives the query narrowed to the rows that belong to the nearest related query before it."""
    model = _model_of(query.model)
    for previous in reversed(queries):
        if target is not None and target is not previous.model:
            continue
        owner = _model_of(previous.model)
        fks = list(model._meta.model_refs.get(owner) or ())
        if fks:
            matches = [(getattr(query.model, fk.name), fk.rel_field) for fk in fks]
            names = [(fk, fk.name) for fk in fks]
        else:
            fks = list(owner._meta.model_refs.get(model) or ())
            matches = [(getattr(query.model, fk.rel_field.name), fk) for fk in fks]
            names = [(fk, fk.rel_field.name) for fk in fks]
        if fks:
            narrow = _joined if prefetch_type == PREFETCH_TYPE.JOIN else _filtered
            is_backref = names[0][0].model is not model or names[0][1] != names[0][0].name
            narrowed = narrow(query, matches, previous.query)
            rel_models = [owner if target is None else target] * len(fks)
            return PrefetchQuery(narrowed, fks, is_backref, rel_models, names, query.model)
    using = "" if target is None else f" using {target}"
    message = f"Error: unable to find foreign key for query: {query}{using}"
    raise AttributeError(message)


def _filtered(query: Any, matches: list[tuple[Any, Any]], parent: Any) -> Any:
    return query.where(reduce(operator.or_, [own.in_(parent_keys(parent, other)) for own, other in matches]))


def _joined(query: Any, matches: list[tuple[Any, Any]], parent: Any) -> Any:
    keys = parent_keys(parent, *(other for _, other in matches))
    # The order of rows that are made distinct means nothing, unless a limit counts in it.
    subquery = keys.order_by().distinct()
    conditions = [own == getattr(subquery.c, other.column_name) for own, other in matches]
    joined = Select.join(query, subquery, on=reduce(operator.or_, conditions))
    return joined.distinct() if len(matches) > 1 else joined


def _model_of(source: Any) -> Any:
    return source if is_model(source) else source.model
