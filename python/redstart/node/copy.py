"""The decorator that makes a method give a changed copy."""

from __future__ import annotations

from functools import wraps

from redstart._engine import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def copy(method: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a method change a copy of its node, and give the copy.

    Example:
        >>> from redstart.node import Node
        >>> class Note(Node):
        ...     text = ""
        ...     @Node.copy
        ...     def say(self, text):
        ...         self.text = text
        >>> first = Note()
        >>> first.say("hello").text, first.text
        ('hello', '')
    """

    @wraps(method)
    def inner(self: Any, *args: Any, **kwargs: Any) -> Any:
        clone = self.clone()
        method(clone, *args, **kwargs)
        return clone

    return inner


Node.copy = staticmethod(copy)
