"""The canonical form of a value: JSON that is the same whenever two engines gave the same thing.

Kinds of object are told by class names, never by importing an engine's classes: both engines
have a `Model` and a `BaseQuery`. Random and machine-dependent text is replaced by `Names`.
"""

from __future__ import annotations

import datetime
import decimal
import re
import uuid
from typing import Any

_SAVEPOINT = re.compile(r"\bs([0-9a-f]{32})\b")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
_REPR_SCALARS = (
    bool,
    int,
    float,
    str,
    bytes,
    bytearray,
    decimal.Decimal,
    datetime.datetime,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    uuid.UUID,
)
_DEPTH = 12


class Names:
    """Replaces what no two runs share: savepoint names, the temporary folder, addresses."""

    def __init__(self, folder: str = "") -> None:
        """Starts numbering afresh; `folder` is the program's temporary folder."""
        self._folder = folder
        self._savepoints: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Returns the text with every random name replaced by a stable one."""
        if self._folder:
            text = text.replace(self._folder, "<folder>")
        text = _SAVEPOINT.sub(self._savepoint, text)
        return _ADDRESS.sub("0x<address>", text)

    def _savepoint(self, match: re.Match[str]) -> str:
        return self._savepoints.setdefault(match[1], f"s<{len(self._savepoints) + 1}>")


def canonical(value: object, names: Names, depth: int = 0) -> Any:
    """Returns the JSON form of a value, with its type written beside it."""
    if depth > _DEPTH:
        return "…"
    if value is None:
        return "None"
    kind = type(value).__name__
    if type(value) in _REPR_SCALARS:
        return f"{kind}: {names.text(_scalar(value))}"
    if isinstance(value, memoryview):
        return f"memoryview: {bytes(value)!r}"
    if isinstance(value, type):
        return f"class {value.__name__}"
    if isinstance(value, BaseException):
        return {f"exception {kind}": names.text(str(value))}
    return _compound(value, kind, names, depth + 1)


def _scalar(value: Any) -> str:
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (decimal.Decimal, datetime.timedelta, uuid.UUID)):
        return str(value)
    return repr(value)


def _compound(value: Any, kind: str, names: Names, depth: int) -> Any:
    ancestors = {ancestor.__name__ for ancestor in type(value).__mro__}
    if isinstance(value, tuple) and hasattr(type(value), "_fields"):
        pairs = zip(type(value)._fields, value, strict=True)
        return {f"namedtuple {kind}": [[key, canonical(one, names, depth)] for key, one in pairs]}
    if isinstance(value, (list, tuple)):
        return {kind: [canonical(one, names, depth) for one in value]}
    if isinstance(value, dict):
        return {
            kind: [[canonical(k, names, depth), canonical(v, names, depth)] for k, v in value.items()]
        }
    if isinstance(value, (set, frozenset)):
        return {kind: sorted(str(canonical(one, names, depth)) for one in value)}
    if "Model" in ancestors:
        return {f"model {kind}": _model(value, names, depth)}
    if "BaseQuery" in ancestors:
        return {f"query {kind}": _query(value, names, depth)}
    return f"object {kind}"


def _model(instance: Any, names: Names, depth: int) -> Any:
    data = instance.__data__
    return {
        "data": [[key, canonical(data[key], names, depth)] for key in sorted(data)],
        "rel": sorted(instance.__rel__),
        "dirty": sorted(instance.dirty_field_names),
    }


def _query(query: Any, names: Names, depth: int) -> Any:
    try:
        return canonical(query.sql(), names, depth)
    except Exception as error:  # noqa: BLE001  a query without SQL is a result like any other
        return canonical(error, names, depth)
