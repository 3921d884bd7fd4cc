"""Upserts as SQLite writes them, as nodes: what ``Database.conflict_statement`` and ``conflict_update`` give.

The engine writes upserts by itself. This is for those who call or extend the two methods.
"""

from __future__ import annotations

from typing import Any


def conflict_statement(on_conflict: Any, query: Any) -> Any:
    """Gives ``INSERT OR ACTION``, or None where the insert needs none."""
    from redstart.node import SQL

    del query
    action = on_conflict._action.lower() if on_conflict._action else ""
    if action and action not in ("nothing", "update"):
        return SQL(f"INSERT OR {on_conflict._action.upper()}")
    return None


def conflict_update(on_conflict: Any, query: Any) -> Any:
    """Gives ``ON CONFLICT (...) DO ...``, or None where the insert needs none.

    Raises:
        ValueError: There is nothing to update, or no target.
    """
    from redstart.node import SQL, EnclosedNodeList, NodeList

    action = on_conflict._action.lower() if on_conflict._action else ""
    if action in ("ignore", "nothing") and not on_conflict._conflict_target:
        return SQL("ON CONFLICT DO NOTHING") if action == "nothing" else None
    if action and action not in ("update", "nothing", "ignore"):
        return None
    if not on_conflict._update and not on_conflict._preserve and action not in ("nothing", "ignore"):
        return None
    if on_conflict._conflict_constraint:
        raise ValueError("SQLite does not support specifying named constraints for conflict resolution.")
    if not on_conflict._conflict_target:
        raise ValueError("SQLite requires that a conflict target be specified.")
    parts: list[Any] = [SQL("ON CONFLICT"), EnclosedNodeList([_name(each) for each in on_conflict._conflict_target])]
    if on_conflict._conflict_where is not None:
        parts += [SQL("WHERE"), on_conflict._conflict_where]
    if action in ("nothing", "ignore"):
        return NodeList([*parts, SQL("DO NOTHING")])
    parts += [SQL("DO UPDATE SET"), NodeList(_assignments(on_conflict, query), ", ")]
    if on_conflict._where is not None:
        parts += [SQL("WHERE"), on_conflict._where]
    return NodeList(parts)


def _assignments(on_conflict: Any, query: Any) -> list[Any]:
    from redstart.node import EXCLUDED, SQL, NodeList

    del query
    found = []
    for column in on_conflict._preserve or ():
        name = _name(column)
        found.append(NodeList((name, SQL("="), getattr(EXCLUDED, name._path[-1]))))
    for column, value in (on_conflict._update or {}).items():
        found.append(NodeList((_name(column), SQL("="), value)))
    return found


def _name(column: Any) -> Any:
    from redstart.node import Entity

    if isinstance(column, str):
        return Entity(column)
    return Entity(getattr(column, "column_name", None) or column.name)
