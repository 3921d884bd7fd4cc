"""Columns without a type, or of any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.fields.base import Field

if TYPE_CHECKING:
    from collections.abc import Callable


class BareField(Field):
    """A column without a type (SQLite)."""

    def __init__(self, adapt: Callable[[Any], Any] | None = None, *args: Any, **kwargs: Any) -> None:
        """Declares a column.

        Args:
            adapt: Converts values both ways.
            *args: The arguments of ``Field``.
            **kwargs: The arguments of ``Field``.
        """
        super().__init__(*args, **kwargs)
        if adapt is not None:
            self.adapt = adapt  # type: ignore[assignment,method-assign]  # the instance's own, as in peewee

    def ddl_datatype(self, ctx: Any) -> None:
        """Gives no type."""
        del ctx


class AnyField(Field):
    """A column of type ``ANY``, which SQLite's strict tables have."""

    field_type = "ANY"
