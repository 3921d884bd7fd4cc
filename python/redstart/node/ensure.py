"""Arguments brought into the shape that nodes keep them in."""

from __future__ import annotations

from redstart._engine import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def ensure_tuple(value: Any) -> Any:
    """Gives a list or tuple as it is, another value in a tuple, None as None."""
    if value is None or isinstance(value, (list, tuple)):
        return value
    return (value,)


def ensure_entity(value: Any) -> Any:
    """Gives a node as it is, and a name as a quoted name."""
    if value is None or isinstance(value, Node):
        return value
    from redstart.node.entity import Entity

    return Entity(value)
