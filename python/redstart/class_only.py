"""Methods of a class that its instances do not have."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class classmethod_only:  # noqa: N801 - peewee's name
    """A ``classmethod`` that raises where it is reached through an instance."""

    def __init__(self, fn: Callable[..., Any]) -> None:
        """Takes the function.

        Args:
            fn: The method's body; it gets the class.
        """
        self.fn = fn
        self.__doc__ = fn.__doc__

    def __get__(self, instance: Any, instance_type: Any = None) -> Any:
        if instance is not None:
            raise TypeError(f"{self.fn.__name__} cannot be called from an instance.")
        return self.fn.__get__(instance_type)
