"""The functions that every SQLite connection gets: parts of dates, regular expressions, JSON containment."""

from __future__ import annotations

import json
import re
from typing import Any

from redstart.fields.date_time import DateTimeField, TimeField, format_date_time

_FORMATS = [*DateTimeField.formats, *TimeField.formats]

_TRUNCATED = {
    "year": "%Y-01-01 00:00:00",
    "month": "%Y-%m-01 00:00:00",
    "day": "%Y-%m-%d 00:00:00",
    "hour": "%Y-%m-%d %H:00:00",
    "minute": "%Y-%m-%d %H:%M:00",
    "second": "%Y-%m-%d %H:%M:%S",
}


def date_part(lookup_type: str | None, datetime_string: str | None) -> Any:
    """Gives a part of a date or time, as a number.

    Args:
        lookup_type: ``year``, ``month``, ``day``, ``hour``, ``minute`` or ``second``.
        datetime_string: The stored text.
    """
    if not lookup_type or not datetime_string:
        return None
    return getattr(_read(datetime_string), lookup_type)


def date_trunc(lookup_type: str | None, datetime_string: str | None) -> Any:
    """Gives a date or time cut to a part, as text.

    Args:
        lookup_type: ``year``, ``month``, ``day``, ``hour``, ``minute`` or ``second``.
        datetime_string: The stored text.
    """
    if not lookup_type or not datetime_string:
        return None
    return _read(datetime_string).strftime(_TRUNCATED[lookup_type])


def regexp(regex: str | None, value: Any) -> Any:
    """Tells whether a pattern is found in a text."""
    if regex is None or value is None:
        return None
    return re.search(regex, str(value)) is not None


def json_contains(source: str | None, wanted: str | None) -> Any:
    """Tells whether one JSON document contains another, by PostgreSQL's rules."""
    if source is None or wanted is None:
        return None
    ours, theirs = json.loads(source), json.loads(wanted)
    # PostgreSQL's one exception: an array on top may contain a bare scalar.
    if isinstance(ours, list) and not isinstance(theirs, (dict, list)):
        return any(_same(item, theirs) for item in ours)
    return _contains(ours, theirs)


def _contains(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, dict):
        return isinstance(ours, dict) and all(
            key in ours and _contains(ours[key], value) for key, value in theirs.items()
        )
    if isinstance(theirs, list):
        return isinstance(ours, list) and all(any(_contains(item, value) for item in ours) for value in theirs)
    return _same(ours, theirs)


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    same: bool = ours == theirs
    return same


def _read(text: str) -> Any:
    from redstart.fields.date_time import _from_iso

    try:
        return _from_iso(text)
    except ValueError:
        return format_date_time(text, _FORMATS)


# As peewee calls them.
_sqlite_date_part = date_part
_sqlite_date_trunc = date_trunc
_sqlite_regexp = regexp
