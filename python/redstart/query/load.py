"""``Load``: one relation that ``with_related`` loads, and the relations beyond it.

How few rows for each parent are taken stands in ``per_parent.py``.
"""

from __future__ import annotations

from typing import Any

from redstart._engine import Node
from redstart.alias import FieldAlias
from redstart.constants import PREFETCH_TYPE
from redstart.fields.foreign_key import BackrefAccessor, ForeignKeyField
from redstart.query.parent_keys import parent_keys
from redstart.query.per_parent import first_of_each
from redstart.query.select import Select


class Load(Node):
    """A relation to load together with the rows of a query.

    The strategy says how the related rows are found:

    - ``PREFETCH_TYPE.WHERE``: ``… WHERE user_id IN (SELECT id FROM user …)``
    - ``PREFETCH_TYPE.JOIN``: ``… INNER JOIN (SELECT DISTINCT id FROM user …) ON …``
    - ``PREFETCH_TYPE.MATERIALIZE``: ``… WHERE user_id IN (?, ?, …)``, the keys of the rows at hand

    Example:
        >>> from redstart import ForeignKeyField, Load, SqliteDatabase
        >>> db = SqliteDatabase(":memory:")
        >>> class User(db.Model):
        ...     pass
        >>> class Tweet(db.Model):
        ...     user = ForeignKeyField(User, backref="tweets")
        >>> db.create_tables([User, Tweet])
        >>> user = User.create()
        >>> _ = Tweet.create(user=user), Tweet.create(user=user)
        >>> newest = Load(User.tweets, Tweet.select().order_by(Tweet.id.desc()), per_parent=1)
        >>> [each.tweets for each in User.select().with_related(newest)]
        [[<Tweet: 2>]]
    """

    def __init__(
        self, rel: Any, query: Any = None, strategy: int = PREFETCH_TYPE.WHERE, per_parent: int | None = None
    ) -> None:
        """Names a relation.

        Args:
            rel: A foreign key, or a back-reference such as ``User.tweets``.
            query: The query for the related rows; all of them if left out.
            strategy: One of `PREFETCH_TYPE`.
            per_parent: The greatest number of rows for each parent, in the query's order.
                A foreign key leads to one row at most, so it has no effect there.

        Raises:
            ValueError: ``rel`` is no relation, the query is for another model or does not
                give instances, or the strategy is unknown.
        """
        super().__init__()
        self._fk, self._is_backref = _relation(rel)
        model = self._fk.model if self._is_backref else self._fk.rel_model
        if query is not None:
            if query.model is not model:
                message = f"Load() query must select from {model!r}, got {query.model!r}."
                raise ValueError(message)
            if not query._gives_instances():
                message = "Load() query must return model instances, not dicts/tuples/namedtuples."
                raise ValueError(message)
        if strategy not in tuple(PREFETCH_TYPE.values()):
            message = "Load() strategy must be a PREFETCH_TYPE value."
            raise ValueError(message)
        self._model = model
        self._query = query
        self._strategy = strategy
        self._per_parent = per_parent
        self._children: tuple[Load, ...] = ()

    def then(self, *children: Any) -> Load:
        """Gives a copy that loads relations of the related rows too, after those it had.

        Args:
            *children: `Load`, foreign keys or back-references of the related model.

        Raises:
            ValueError: One of them is no relation.
        """
        clone: Load = self.clone()
        clone._children = (*self._children, *map(as_load, children))
        return clone

    def _run(self, parent: Any, instances: list[Any], database: Any, depth: int = 0) -> None:
        """Attaches the related rows to the rows of a query, and to them what lies beyond.

        Args:
            parent: The query.
            instances: Its rows.
            database: Where it ran.
            depth: The number of relations on the way here.
        """
        if not instances:
            return
        query = self._related_query(parent, instances, depth)
        related = list(query.execute(database))
        if self._is_backref:
            self._attach_lists(instances, related)
        else:
            self._attach_objects(instances, related)
        for child in self._children:
            child._run(query, related, database, depth + 1)

    def _related_query(self, parent: Any, instances: list[Any], depth: int) -> Any:
        query = self._model.select() if self._query is None else self._query
        fk = self._fk
        own, other = (fk, fk.rel_field) if self._is_backref else (fk.rel_field, fk)
        if self._strategy == PREFETCH_TYPE.MATERIALIZE:
            keys = dict.fromkeys(instance.__data__.get(other.name) for instance in instances)
            narrowed = query.where(own.in_([key for key in keys if key is not None]))
        elif self._strategy == PREFETCH_TYPE.JOIN:
            subquery = parent_keys(parent, other).order_by().distinct()
            narrowed = Select.join(query, subquery, on=(own == getattr(subquery.c, other.column_name)))
        else:
            narrowed = query.where(own.in_(parent_keys(parent, other)))
        if self._per_parent is None or not self._is_backref:
            return narrowed
        return first_of_each(query, narrowed, fk, self._per_parent, f"_load_ranked_{depth}")

    def _attach_lists(self, parents: list[Any], children: list[Any]) -> None:
        fk = self._fk
        by_key = {parent.__data__[fk.rel_field.name]: parent for parent in parents}
        lists: dict[Any, list[Any]] = {}
        for child in children:
            key = child.__data__[fk.name]
            lists.setdefault(key, []).append(child)
            if key in by_key:
                child.__rel__[fk.name] = by_key[key]
        for parent in parents:
            setattr(parent, fk.backref, lists.get(parent.__data__[fk.rel_field.name], []))

    def _attach_objects(self, instances: list[Any], related: list[Any]) -> None:
        fk = self._fk
        by_key = {each.__data__[fk.rel_field.name]: each for each in related}
        for instance in instances:
            found = by_key.get(instance.__data__[fk.name])
            if found is not None:
                instance.__rel__[fk.name] = found


def as_load(relation: Any) -> Load:
    """Gives a relation as a `Load`; a `Load` as it is."""
    return relation if isinstance(relation, Load) else Load(relation)


def _relation(rel: Any) -> tuple[Any, bool]:
    """Gives the foreign key of a relation, and whether the relation leads to the rows that have the key."""
    if isinstance(rel, ForeignKeyField):
        # The key of a model's alias stands for the key itself.
        return (rel.field if isinstance(rel, FieldAlias) else rel), False
    if isinstance(rel, BackrefAccessor):
        return rel.field, True
    message = f"Load() expects a foreign-key or backref reference, got {rel!r}."
    raise ValueError(message)
