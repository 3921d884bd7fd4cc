"""Numbers that are not whole: floating and decimal."""

from __future__ import annotations

import decimal
from typing import Any

from redstart.fields.base import Field


class FloatField(Field):
    """A floating-point number: ``REAL``."""

    field_type = "FLOAT"
    _read_kind = "float"
    _write_kind = "float"

    def adapt(self, value: Any) -> Any:
        """Gives a ``float``, or the value itself where it is none."""
        try:
            return float(value)
        except (TypeError, ValueError):
            return value


class DoubleField(FloatField):
    """A floating-point number of eight bytes: ``DOUBLE PRECISION``."""

    field_type = "DOUBLE"


class DecimalField(Field):
    """A decimal number: ``DECIMAL(max_digits, decimal_places)``.

    Example:
        >>> from decimal import Decimal
        >>> from redstart import DecimalField
        >>> DecimalField(decimal_places=2, auto_round=True).db_value(Decimal("1.005"))
        Decimal('1.00')
    """

    field_type = "DECIMAL"
    _read_kind = "decimal"
    _write_kind = "host"

    def __init__(
        self,
        max_digits: int = 10,
        decimal_places: int = 5,
        auto_round: bool = False,
        rounding: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Declares a decimal column.

        Args:
            max_digits: The number of digits in all.
            decimal_places: The number of digits after the point.
            auto_round: Whether to round values before they are stored.
            rounding: The rounding of the ``decimal`` module; the context's by default.
            *args: The arguments of ``Field``.
            **kwargs: The arguments of ``Field``.
        """
        self.max_digits = max_digits
        self.decimal_places = decimal_places
        self.auto_round = auto_round
        self.rounding = rounding or decimal.DefaultContext.rounding
        self._exp = decimal.Decimal(10) ** (-self.decimal_places)
        super().__init__(*args, **kwargs)

    def get_modifiers(self) -> list[Any]:
        """The number of digits in all and after the point."""
        return [self.max_digits, self.decimal_places]

    def db_value(self, value: Any) -> Any:
        """Rounds if asked to; a false value becomes zero."""
        if not value:
            return value if value is None else decimal.Decimal(0)
        if self.auto_round:
            return decimal.Decimal(str(value)).quantize(self._exp, rounding=self.rounding)
        return value

    def python_value(self, value: Any) -> Any:
        """Gives a ``Decimal``."""
        if value is None or isinstance(value, decimal.Decimal):
            return value
        return decimal.Decimal(str(value))
