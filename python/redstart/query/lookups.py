"""Lookups by keyword: ``filter(user__name__startswith="a")``."""

from __future__ import annotations

import operator
from functools import reduce

from redstart._engine import Expression, FieldBase
from redstart.constants import DJANGO_MAP
from redstart.node.dq import DQ
from redstart.node.negated import Negated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def filtered(query: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Gives a query with the conditions and joins of expressions and lookups.

    Args:
        query: The query.
        args: Expressions, in which `DQ` stands for lookups.
        kwargs: Lookups.
    """
    nodes = [_copied(node) for node in args]
    if kwargs:
        nodes.append(DQ(**kwargs))
    if not nodes:
        return query.clone()
    steps: dict[Any, Any] = {}
    conditions = [_resolved(query, node, steps) for node in nodes]
    for (source, dest), fk in steps.items():
        query = query.ensure_join(source, dest, fk)
    return query.where(reduce(operator.and_, conditions))


def conditions(model: Any, lookups: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Gives the conditions of lookups, and the steps over foreign keys that they need.

    Args:
        model: The model that the lookups start at.
        lookups: The lookups.

    Returns:
        The conditions in the order of the lookups' names, and triples of model, related model and key.
    """
    found: list[Any] = []
    steps: list[Any] = []
    for key, value in sorted(lookups.items()):
        *path, last = key.split("__")
        if last in DJANGO_MAP and path:
            operation = DJANGO_MAP[last]
        else:
            path.append(last)
            operation = DJANGO_MAP["eq"] if value is not None else _is_null
        current, node = model, None
        for i, piece in enumerate(path):
            node, related, fk = _step(current, piece)
            if i + 1 < len(path) or (node is None and related is not None):
                if related is None:
                    message = f"type object '{current.__name__}' has no attribute '{path[i + 1]}'"
                    raise AttributeError(message)
                steps.append((current, related, fk))
                current = related
        if node is None:
            node = current._meta.primary_key
        found.append(operation(node, value))
    return found, steps


def _step(model: Any, piece: str) -> tuple[Any, Any, Any]:
    """Gives the field of this name, the model that it leads to, and over which key."""
    for fk, related in model._meta.backrefs.items():
        if fk.backref == piece:
            return None, related, fk
    node = getattr(model, piece)
    rel_model = getattr(node, "rel_model", None) if isinstance(node, FieldBase) else None
    return node, rel_model, node


def _is_null(node: Any, value: Any) -> Any:  # noqa: ARG001 - called as the other lookups
    return node.is_null()


def _copied(node: Any) -> Any:
    if not hasattr(node, "clone"):
        message = f"'{type(node).__name__}' object has no attribute 'clone'"
        raise AttributeError(message)
    return node


def _resolved(query: Any, node: Any, steps: dict[Any, Any]) -> Any:
    """Gives an expression with the conditions of its lookups in their place."""
    if isinstance(node, DQ):
        found, needed = query.convert_dict_to_node(node.query)
        for source, dest, fk in needed:
            steps.setdefault((source, dest), fk)
        condition = reduce(operator.and_, found)
        return ~condition if node._negated else condition
    if isinstance(node, Expression):
        lhs, rhs = _resolved(query, node.lhs, steps), _resolved(query, node.rhs, steps)
        if lhs is not node.lhs or rhs is not node.rhs:
            return type(node)(lhs, node.op, rhs, node.flat)
    elif isinstance(node, Negated):
        inner = _resolved(query, node.node, steps)
        if inner is not node.node:
            return Negated(inner)
    return node
