"""The canonical form of a value: JSON that is the same whenever two engines gave the same thing.

Kinds of object are told by class names, never by importing an engine's classes: both engines
have a `Model` and a `BaseQuery`. Random and machine-dependent text is replaced by `Names`.
"""

from __future__ import annotations

import datetime as dt
import decimal
import re
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_SAVEPOINT = re.compile(r"\bs([0-9a-f]{32})\b")
_DATABASE = re.compile(r"\bparity_\d+_(\d+)\b")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")


class Names:
    """Replaces what no two runs share: names of savepoints and databases, the temporary folder, addresses."""

    def __init__(self, folder: str = "") -> None:
        """Starts numbering afresh; `folder` is the program's temporary folder."""
        self._folder = folder
        self._savepoints: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Returns the text with every random name replaced by a stable one."""
        if self._folder:
            text = text.replace(self._folder, "<folder>")
        text = _DATABASE.sub(r"<database\1>", text)
        text = _SAVEPOINT.sub(self._savepoint, text)
        return _ADDRESS.sub("0x<address>", text)

    def _savepoint(self, match: re.Match[str]) -> str:
        return self._savepoints.setdefault(match[1], f"s<{len(self._savepoints) + 1}>")


def canonical(value: object, names: Names, depth: int = 0) -> Any:
    """Returns the JSON form of a value, with its type written beside it."""
    if depth > _DEPTH:
        return "…"
    for applies, form in _FORMS:
        if applies(value):
            return form(value, names, depth + 1)
    return f"object {_kind(value)}"


def _kind(value: object) -> str:
    return type(value).__name__


def _is_named(name: str) -> Callable[[object], bool]:
    return lambda value: any(ancestor.__name__ == name for ancestor in type(value).__mro__)


def _is_namedtuple(value: object) -> bool:
    return isinstance(value, tuple) and hasattr(type(value), "_fields")


def _scalar(value: Any, names: Names, _: int) -> Any:
    return f"{_kind(value)}: {names.text(_SCALARS[type(value)](value))}"


def _memory(value: Any, _: Names, __: int) -> Any:
    return f"memoryview: {bytes(value)!r}"


def _class(value: Any, _: Names, __: int) -> Any:
    return f"class {value.__name__}"


def _exception(value: Any, names: Names, _: int) -> Any:
    return {f"exception {_kind(value)}": names.text(str(value))}


def _namedtuple(value: Any, names: Names, depth: int) -> Any:
    pairs = zip(type(value)._fields, value, strict=True)
    return {f"namedtuple {_kind(value)}": [[key, canonical(v, names, depth)] for key, v in pairs]}


def _sequence(value: Any, names: Names, depth: int) -> Any:
    return {_kind(value): [canonical(one, names, depth) for one in value]}


def _document(value: Any, names: Names, _: int) -> Any:
    # psycopg2 keeps the value and its function apart.
    text = value.dumps(value.adapted) if hasattr(value, "adapted") else value.text()
    return f"json parameter: {names.text(text)}"


def _record(value: Any, names: Names, depth: int) -> Any:
    """The row of asyncpg, which its program takes for a tuple."""
    return canonical(tuple(value), names, depth)


def _mapping(value: Any, names: Names, depth: int) -> Any:
    pairs = value.items()
    # A dict that knows its type in the database is one for the program.
    kind = "dict" if hasattr(value, "__pg_value__") else _kind(value)
    return {kind: [[canonical(one, names, depth) for one in pair] for pair in pairs]}


def _set(value: Any, names: Names, depth: int) -> Any:
    return {_kind(value): sorted(str(canonical(one, names, depth)) for one in value)}


def _model(instance: Any, names: Names, depth: int) -> Any:
    data = instance.__data__
    return {
        f"model {_kind(instance)}": {
            "data": [[key, canonical(data[key], names, depth)] for key in sorted(data)],
            "rel": sorted(instance.__rel__),
            "dirty": sorted(instance.dirty_field_names),
        }
    }


def _binary(value: Any, names: Names, depth: int) -> Any:
    """The bytes that psycopg2 was given in a wrapper of its own."""
    return canonical(value.adapted, names, depth)


def _rows(value: Any, names: Names, depth: int) -> Any:
    """The rows that an insert gives on PostgreSQL; the engines' classes for them have names of their own."""
    return {"rows": [canonical(row, names, depth) for row in value]}


def _query(query: Any, names: Names, depth: int) -> Any:
    try:
        sql = canonical(query.sql(), names, depth)
    except Exception as error:
        sql = canonical(error, names, depth)
    return {f"query {_kind(query)}": sql}


def _is(*types: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, types)


_DEPTH = 12
_SCALARS: dict[type, Callable[[Any], str]] = {
    **dict.fromkeys((type(None), bool, int, float, str, bytes, bytearray), repr),
    **dict.fromkeys((dt.timedelta, decimal.Decimal, uuid.UUID), str),
    dt.datetime: dt.datetime.isoformat,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
}
_FORMS: tuple[tuple[Callable[[object], bool], Callable[[Any, Names, int], Any]], ...] = (
    (lambda value: type(value) in _SCALARS, _scalar),
    # asyncpg's is a subclass of it, under the same name.
    (_is(uuid.UUID), lambda value, *_: f"UUID: {value}"),
    (_is(memoryview), _memory),
    (lambda value: _kind(value) == "Binary" and hasattr(value, "adapted"), _binary),
    (_is(type), _class),
    (lambda value: _is_named("Json")(value) and not hasattr(value, "__sql__"), _document),
    (_is(BaseException), _exception),
    (_is_namedtuple, _namedtuple),
    (lambda value: _kind(value) == "Record" and type(value).__module__.startswith("asyncpg"), _record),
    (_is(list, tuple), _sequence),
    (_is(dict), _mapping),
    (_is(set, frozenset), _set),
    (_is_named("Model"), _model),
    (_is_named("BaseQuery"), _query),
    (_is_named("CursorWrapper"), _rows),
)
