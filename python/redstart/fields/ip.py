"""Addresses of IPv4, stored as numbers."""

from __future__ import annotations

import struct
from typing import Any

from redstart.fields.integer import BigIntegerField


class IPField(BigIntegerField):
    """An IPv4 address, stored as a number.

    Example:
        >>> from redstart import IPField
        >>> IPField().db_value("10.0.0.1"), IPField().python_value(167772161)
        (167772161, '10.0.0.1')
    """

    _read_kind = "host"
    _write_kind = "host"

    def db_value(self, val: Any) -> Any:
        """Gives the number.

        Raises:
            OSError: The text is no address.
        """
        if val is not None:
            from socket import inet_aton  # few programs have such a field, and the module is large

            return struct.unpack("!I", inet_aton(val))[0]
        return None

    def python_value(self, val: Any) -> Any:
        """Gives the dotted text."""
        if val is not None:
            from socket import inet_ntoa  # few programs have such a field, and the module is large

            return inet_ntoa(struct.pack("!I", val))
        return None
