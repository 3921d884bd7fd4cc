"""Bytes."""

from __future__ import annotations

from typing import Any

from redstart.fields.base import Field, FieldDatabaseHook


class BlobField(FieldDatabaseHook, Field):
    """Bytes: ``BLOB``. Text is stored as UTF-8."""

    field_type = "BLOB"
    _read_kind = "raw"
    _write_kind = "host"

    _constructor: Any = bytearray

    def _db_hook(self, database: Any) -> None:
        """Takes the type in which the database's driver wants bytes."""
        self._constructor = bytearray if database is None else database.get_binary_type()

    def db_value(self, value: Any) -> Any:
        """Gives bytes in the type that the driver wants."""
        if isinstance(value, str):
            value = value.encode("utf-8")
        elif isinstance(value, memoryview):
            value = bytes(value)
        if isinstance(value, bytes):
            value = self._constructor(value)
        return value
