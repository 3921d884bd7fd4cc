"""Dates, times of day, and both together."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from redstart.fields.base import Field

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def format_date_time(value: str, formats: Sequence[str], post_process: Callable[[Any], Any] | None = None) -> Any:
    """Reads a text by the first of several formats that fits.

    Args:
        value: The text.
        formats: Formats of ``datetime.strptime``.
        post_process: What to make of the moment that was read.

    Returns:
        The moment, or the text itself where no format fits.
    """
    for pattern in formats:
        try:
            moment = datetime.datetime.strptime(value, pattern)  # noqa: DTZ007 - as the column has it
        except ValueError:
            continue
        return post_process(moment) if post_process else moment
    return value


def simple_date_time(value: Any) -> Any:
    """Reads ``YYYY-MM-DD HH:MM:SS``; gives the value itself where it is none."""
    try:
        return datetime.datetime.strptime(value, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - as the column has it
    except (TypeError, ValueError):
        return value


class _BaseFormattedField(Field):
    """The base of types that read text by formats."""

    formats: ClassVar[Any] = None

    def __init__(self, formats: Sequence[str] | None = None, *args: Any, **kwargs: Any) -> None:
        """Declares a column.

        Args:
            formats: Formats of ``datetime.strptime``, tried in order after ISO 8601.
            *args: The arguments of ``Field``.
            **kwargs: The arguments of ``Field``.
        """
        if formats is not None:
            self.formats = formats  # type: ignore[misc]  # the instance's own
        super().__init__(*args, **kwargs)


def _part(name: str) -> Any:
    def extract(self: Field) -> Any:
        return self.model._meta.database.extract_date(name, self)

    extract.__name__ = name
    extract.__doc__ = f"The {name} as an expression."
    return property(extract)


class _DateParts:
    """What a date offers in SQL."""

    year = _part("year")
    month = _part("month")
    day = _part("day")

    def to_timestamp(self: Any) -> Any:
        """Gives the seconds since 1970 as an expression."""
        return self.model._meta.database.to_timestamp(self)

    def truncate(self: Any, part: str) -> Any:
        """Gives the date cut to a part, ``"month"`` for the first of the month, as an expression."""
        return self.model._meta.database.truncate_date(part, self)


class _TimeParts:
    """What a time of day offers in SQL."""

    hour = _part("hour")
    minute = _part("minute")
    second = _part("second")


class DateTimeField(_DateParts, _TimeParts, _BaseFormattedField):
    """A date with a time of day: ``DATETIME``.

    Example:
        >>> from redstart import DateTimeField
        >>> DateTimeField().python_value("2024-02-29 12:30:00")
        datetime.datetime(2024, 2, 29, 12, 30)
    """

    field_type = "DATETIME"
    formats: ClassVar[Any] = [
        "%Y-%m-%d %H:%M:%S.%f",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M:%S.%f%z",
        "%Y-%m-%d %H:%M:%S%z",
        "%Y-%m-%d",
    ]
    _read_kind = "datetime"
    _write_kind = "datetime"

    def adapt(self, value: Any) -> Any:
        """Reads text; what fits no format stays as it is."""
        if value and isinstance(value, str):
            try:
                return _from_iso(value)
            except ValueError:
                return format_date_time(value, self.formats)
        return value


class DateField(_DateParts, _BaseFormattedField):
    """A date: ``DATE``."""

    field_type = "DATE"
    formats: ClassVar[Any] = ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f"]
    _read_kind = "date"
    _write_kind = "date"

    def adapt(self, value: Any) -> Any:
        """Reads text; drops the time of day."""
        if value and isinstance(value, str):
            try:
                return _from_iso(value).date()
            except ValueError:
                return format_date_time(value, self.formats, datetime.datetime.date)
        if isinstance(value, datetime.datetime):
            return value.date()
        return value


class TimeField(_TimeParts, _BaseFormattedField):
    """A time of day: ``TIME``. A ``timedelta`` is one since midnight."""

    field_type = "TIME"
    formats: ClassVar[Any] = [
        "%H:%M:%S.%f",
        "%H:%M:%S",
        "%H:%M",
        "%H:%M:%S.%f%z",
        "%H:%M:%S%z",
        "%Y-%m-%d %H:%M:%S.%f",
        "%Y-%m-%d %H:%M:%S",
    ]
    _read_kind = "time"
    _write_kind = "time"

    def adapt(self, value: Any) -> Any:
        """Reads text; drops the date."""
        if value and isinstance(value, str):
            return self._read(value)
        if isinstance(value, datetime.datetime):
            return value.timetz()
        if isinstance(value, datetime.timedelta):
            return (datetime.datetime.min + value).time()  # noqa: DTZ901 - midnight of any day
        return value

    def _read(self, value: str) -> Any:
        try:
            return datetime.time.fromisoformat(value)
        except ValueError:
            pass
        try:
            return _from_iso(value).timetz()
        except ValueError:
            return format_date_time(value, self.formats, datetime.datetime.timetz)


def _from_iso(value: str) -> datetime.datetime:
    # Python 3.10 does not read the Z of UTC yet.
    return datetime.datetime.fromisoformat(f"{value[:-1]}+00:00" if value[-1] in "Zz" else value)
