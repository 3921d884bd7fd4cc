"""What a query hook is told."""

from __future__ import annotations

from typing import Any, NamedTuple


class QueryEvent(NamedTuple):
    """One statement that has run, or failed.

    Attributes:
        sql: The text.
        params: The parameters.
        duration: The seconds that it took.
        exception: What it raised, or None.
    """

    sql: Any
    params: Any
    duration: Any
    exception: Any
