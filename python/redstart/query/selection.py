"""What a selection of models and tables stands for."""

from __future__ import annotations

from redstart.source.table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def is_model(value: Any) -> bool:
    """Tells whether a value is a model class."""
    return isinstance(value, type) and hasattr(value, "_meta")


def expand(selection: Iterable[Any]) -> list[Any]:
    """Gives a selection in which models, aliases of models and tables are their columns."""
    columns: list[Any] = []
    for item in selection:
        if isinstance(item, type) and hasattr(item, "_meta"):
            columns.extend(item._meta.sorted_fields)
        elif isinstance(item, Table) and item._columns:
            columns.extend(getattr(item, name) for name in item._columns)
        elif is_model_alias(item):
            aliased: Any = item
            columns.extend(aliased.get_field_aliases())
        else:
            columns.append(item)
    return columns


def is_model_alias(value: Any) -> bool:
    """Tells whether a value is an alias of a model."""
    return hasattr(type(value), "get_field_aliases")
