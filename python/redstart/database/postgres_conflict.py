"""Upserts as PostgreSQL writes them, as nodes: what ``Database.conflict_update`` gives.

The engine writes upserts by itself. This is for those who call or extend the method.
"""

from __future__ import annotations

from typing import Any


def conflict_update(on_conflict: Any, query: Any) -> Any:
    """Gives ``ON CONFLICT [target] DO ...``.

    Raises:
        ValueError: The action is SQLite's, there is nothing to update, or no target.
    """
    from redstart.node import SQL, NodeList

    action = on_conflict._action.lower() if on_conflict._action else ""
    if action in ("ignore", "nothing"):
        return NodeList((SQL("ON CONFLICT"), *_target(on_conflict, query), SQL("DO NOTHING")))
    if action not in ("", "update"):
        raise ValueError('The only supported actions for conflict resolution with Postgresql are "ignore" or "update".')
    if not on_conflict._update and not on_conflict._preserve:
        raise ValueError(
            "If you are not performing any updates (or preserving any INSERTed values), "
            'then the conflict resolution action should be set to "IGNORE".'
        )
    target = _target(on_conflict, query)
    if not target:
        raise ValueError("Postgres requires that a conflict target be specified when doing an upsert.")
    parts = [SQL("ON CONFLICT"), *target, SQL("DO UPDATE SET"), NodeList(_assignments(on_conflict, query), ", ")]
    if on_conflict._where is not None:
        from redstart.node import QualifiedNames

        parts += [SQL("WHERE"), QualifiedNames(on_conflict._where)]
    return NodeList(parts)


def _target(on_conflict: Any, query: Any) -> list[Any]:
    from redstart.node import SQL, EnclosedNodeList, Entity

    if on_conflict._conflict_constraint:
        return [SQL("ON CONSTRAINT"), Entity(on_conflict._conflict_constraint)]
    if not on_conflict._conflict_target:
        return []
    parts: list[Any] = [EnclosedNodeList([_name(each, query) for each in on_conflict._conflict_target])]
    if on_conflict._conflict_where is not None:
        parts += [SQL("WHERE"), on_conflict._conflict_where]
    return parts


def _assignments(on_conflict: Any, query: Any) -> list[Any]:
    from redstart.node import EXCLUDED, SQL, NodeList, QualifiedNames

    found = []
    for column in on_conflict._preserve or ():
        name = _name(column, query)
        found.append(NodeList((name, SQL("="), getattr(EXCLUDED, name._path[-1]))))
    for column, value in (on_conflict._update or {}).items():
        if hasattr(value, "__sql__"):
            assigned = QualifiedNames(value)
        else:
            assigned = column.to_value(value) if hasattr(column, "to_value") else value
        found.append(NodeList((_name(column, query), SQL("="), assigned)))
    return found


def _name(column: Any, query: Any) -> Any:
    from redstart.fields import Field
    from redstart.node import Column, Entity

    if isinstance(column, str):
        fields = query.model._meta.combined if hasattr(query, "model") else {}
        column = fields.get(column, column)
    if isinstance(column, Field):
        return Entity(column.column_name)
    if isinstance(column, Column):
        return Entity(column.name)
    return Entity(column) if isinstance(column, str) else column
