"""The order in which the tables of models can be created."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def sort_models(models: Iterable[Any]) -> list[Any]:
    """Sorts models so that each comes after those that it refers to or depends on.

    Args:
        models: The model classes; each is given once.

    Example:
        >>> from redstart import ForeignKeyField, Model, sort_models
        >>> class User(Model):
        ...     pass
        >>> class Tweet(Model):
        ...     user = ForeignKeyField(User)
        >>> sort_models([Tweet, User])
        [<Model: User>, <Model: Tweet>]
    """
    wanted = set(models)
    seen: set[Any] = set()
    ordered: list[Any] = []

    def visit(model: Any) -> None:
        if model not in wanted or model in seen:
            return
        seen.add(model)
        for fk, rel_model in model._meta.refs.items():
            # A deferred key has no constraint, so that nothing waits for it.
            if not fk.deferred:
                visit(rel_model)
        for dependency in model._meta.depends_on or ():
            visit(dependency)
        ordered.append(model)

    for model in sorted(wanted, key=lambda model: (model._meta.name, model._meta.table_name)):
        visit(model)
    return ordered
