"""Truth values."""

from __future__ import annotations

from redstart.fields.base import Field


class BooleanField(Field):
    """A truth value: ``BOOLEAN``. Whatever is stored passes through ``bool``."""

    field_type = "BOOL"
    adapt = bool  # type: ignore[assignment]  # a class called with the value alone, as in peewee
    _read_kind = "bool"
    _write_kind = "bool"
