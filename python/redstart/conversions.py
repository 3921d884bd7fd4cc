"""Small functions that peewee's users import: over callables, dicts and conversions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def callable_(c: Any) -> bool:
    """Tells whether an object can be called."""
    return callable(c)


def is_model(o: Any) -> bool:
    """Tells whether an object is a model class."""
    from redstart.model import Model  # loaded after the conversions

    return isinstance(o, type) and issubclass(o, Model)


def merge_dict(source: Mapping[Any, Any], overrides: Mapping[Any, Any] | None) -> dict[Any, Any]:
    """Gives a copy of a dict with some items replaced.

    Args:
        source: The dict.
        overrides: The items that replace or join its own; None for none.
    """
    return {**source, **(overrides or {})}


def safe_python_value(conv_func: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Gives a conversion that leaves a value alone where it fails.

    Args:
        conv_func: The conversion.
    """

    def convert(value: Any) -> Any:
        try:
            return conv_func(value)
        except (TypeError, ValueError):
            return value

    return convert
