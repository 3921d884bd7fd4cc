"""Spans of time, and moments with a time zone."""

from __future__ import annotations

from redstart.fields import DateTimeField, Field


class IntervalField(Field):
    """A span of time, a ``timedelta``: ``INTERVAL``."""

    field_type = "INTERVAL"


class DateTimeTZField(DateTimeField):
    """A date with a time of day and a time zone: ``TIMESTAMPTZ``."""

    field_type = "TIMESTAMPTZ"
