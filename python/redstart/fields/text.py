"""Text."""

from __future__ import annotations

from redstart.constants import OP
from redstart.fields.base import Field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _StringField(Field):
    """The base of the text types: ``+`` concatenates."""

    _read_kind = "text"
    _write_kind = "text"

    def adapt(self, value: Any) -> Any:
        """Gives a ``str``: bytes are decoded as UTF-8."""
        if isinstance(value, str):
            return value
        if isinstance(value, bytes):
            return value.decode("utf-8")
        return str(value)

    def __add__(self, other: Any) -> Any:
        return self._concatenation(self, other)

    def __radd__(self, other: Any) -> Any:
        return self._concatenation(other, self)

    @staticmethod
    def _concatenation(lhs: Any, rhs: Any) -> Any:
        from redstart.node import StringExpression  # loaded after the fields

        return StringExpression(lhs, OP.CONCAT, rhs)


class CharField(_StringField):
    """Text of limited length: ``VARCHAR(max_length)``. The database enforces the limit, if any."""

    field_type = "VARCHAR"

    def __init__(self, max_length: int = 255, *args: Any, **kwargs: Any) -> None:
        """Declares a text column.

        Args:
            max_length: The number of characters that fit.
            *args: The arguments of ``Field``.
            **kwargs: The arguments of ``Field``.
        """
        self.max_length = max_length
        super().__init__(*args, **kwargs)

    def get_modifiers(self) -> list[Any] | None:
        """The number of characters that fit."""
        return [self.max_length] if self.max_length else None


class FixedCharField(CharField):
    """Text of fixed length: ``CHAR(max_length)``. White space around it is dropped."""

    field_type = "CHAR"
    _read_kind = "host"
    _write_kind = "host"

    def adapt(self, value: Any) -> Any:
        """Gives a ``str`` without white space around it, cut to the length."""
        value = super().adapt(value)
        return value.strip()[: self.max_length].strip() if value else value


class TextField(_StringField):
    """Text of any length: ``TEXT``."""

    field_type = "TEXT"
