"""UUIDs, as text or as bytes."""

from __future__ import annotations

import uuid
from typing import Any

from redstart.fields.base import Field
from redstart.fields.blob import BlobField


class UUIDField(Field):
    """A UUID: the database's own type, or its 32 hexadecimal digits."""

    field_type = "UUID"
    _read_kind = "uuid"
    _write_kind = "host"

    def db_value(self, value: Any) -> Any:
        """Gives the hexadecimal digits; text that is no UUID stays as it is."""
        if isinstance(value, str) and len(value) == 32:
            return value
        if isinstance(value, bytes) and len(value) == 16:
            value = uuid.UUID(bytes=value)
        if isinstance(value, uuid.UUID):
            return value.hex
        try:
            return uuid.UUID(value).hex  # pyright: ignore[reportArgumentType]  # other types end in the except
        except (AttributeError, TypeError, ValueError):
            return value

    def python_value(self, value: Any) -> Any:
        """Gives a ``UUID``.

        Raises:
            ValueError: The stored text is none.
        """
        if value is None or isinstance(value, uuid.UUID):
            return value
        return uuid.UUID(value)


class BinaryUUIDField(BlobField):
    """A UUID as its 16 bytes."""

    field_type = "UUIDB"
    _read_kind = "host"
    _write_kind = "host"

    def db_value(self, value: Any) -> Any:
        """Gives the bytes.

        Raises:
            ValueError: The value is no UUID.
        """
        if isinstance(value, bytes) and len(value) == 16:
            return self._constructor(value)
        if isinstance(value, str) and len(value) == 32:
            value = uuid.UUID(hex=value)
        if isinstance(value, uuid.UUID):
            return self._constructor(value.bytes)
        if value is not None:
            raise ValueError("value for binary UUID field must be UUID(), a hexadecimal string, or a bytes object.")
        return None

    def python_value(self, value: Any) -> Any:
        """Gives a ``UUID``."""
        if isinstance(value, uuid.UUID):
            return value
        if isinstance(value, memoryview):
            value = value.tobytes()
        elif value and not isinstance(value, bytes):
            value = bytes(value)
        return uuid.UUID(bytes=value) if value is not None else None
