"""Moments, stored as the number of seconds (or parts of one) since 1970."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from redstart.fields.date_time import DateTimeField, _from_iso, format_date_time
from redstart.fields.integer import BigIntegerField
from redstart.node.value import Value

_MICROSECONDS = 1_000_000


class TimestampField(BigIntegerField):
    """A moment, stored as a whole number.

    Example:
        >>> from redstart import TimestampField
        >>> TimestampField(resolution=3, utc=True).db_value("1970-01-01 00:00:01.5")
        1500
    """

    # The highest resolution is microseconds.
    valid_resolutions: ClassVar[list[int]] = [10**i for i in range(7)]
    formats: ClassVar[list[str]] = DateTimeField.formats
    _read_kind = "host"
    _write_kind = "host"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Declares a column.

        Args:
            *args: The arguments of ``Field``.
            **kwargs: The arguments of ``Field``, and ``resolution``: the parts of a second, as a
                power of ten or its exponent from 2 to 6; ``utc``: whether naive moments are UTC.

        Raises:
            ValueError: There is no such resolution.
        """
        resolution = kwargs.pop("resolution", 1)
        if not resolution:
            resolution = 1
        elif resolution in range(2, 7):
            resolution = 10**resolution
        elif resolution not in self.valid_resolutions:
            known = ", ".join(str(each) for each in self.valid_resolutions)
            raise ValueError(f"TimestampField resolution must be one of: {known}")
        self.resolution: int = resolution
        self.ticks_to_microsecond = _MICROSECONDS // resolution
        self.utc = kwargs.pop("utc", False) or False
        kwargs.setdefault("default", _utcnow if self.utc else datetime.datetime.now)
        super().__init__(*args, **kwargs)

    def get_timestamp(self, value: datetime.datetime) -> float:
        """Gives the seconds since 1970."""
        if value.tzinfo is None and self.utc:
            value = value.replace(tzinfo=datetime.timezone.utc)
        return value.timestamp()

    def db_value(self, value: Any) -> Any:
        """Gives the number to store."""
        if value is None:
            return value
        if isinstance(value, str):
            value = self._read(value)
        if not isinstance(value, datetime.datetime):
            if not isinstance(value, datetime.date):
                return round(value * self.resolution)
            value = datetime.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - midnight where it is used
        if self.resolution > 1:
            return round(self.get_timestamp(value) * self.resolution)
        return int(self.get_timestamp(value))

    def _read(self, value: str) -> Any:
        try:
            return _from_iso(value)
        except ValueError:
            return format_date_time(value, self.formats)

    def python_value(self, value: Any) -> Any:
        """Gives the moment, naive: in UTC or in local time, as the field says."""
        if value is None or not isinstance(value, (int, float)):
            return value
        seconds, ticks = divmod(value, self.resolution)
        zone = datetime.timezone.utc if self.utc else None
        moment = datetime.datetime.fromtimestamp(seconds, tz=zone).replace(tzinfo=None)
        return moment.replace(microsecond=int(ticks * self.ticks_to_microsecond))

    def from_timestamp(self) -> Any:
        """Gives the moment as an expression."""
        seconds: Any = self
        if self.resolution > 1:
            # The divisor is a plain number, no moment to be converted.
            seconds = self / Value(self.resolution, converter=False)
        return self.model._meta.database.from_timestamp(seconds)


def _part(name: str) -> Any:
    def extract(self: TimestampField) -> Any:
        return self.model._meta.database.extract_date(name, self.from_timestamp())

    extract.__name__ = name
    extract.__doc__ = f"The {name} as an expression."
    return property(extract)


for _name in ("year", "month", "day", "hour", "minute", "second"):
    setattr(TimestampField, _name, _part(_name))


def _utcnow() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
