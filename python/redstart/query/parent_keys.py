"""The subquery for the keys by which related rows are found.

What is done with the keys stands with `prefetch` and `Load`.
"""

from __future__ import annotations

from typing import Any

from redstart.query.compound import CompoundSelectQuery
from redstart.query.select import Select


def parent_keys(parent: Any, *fields: Any) -> Any:
    """Gives the query for columns of another query's rows.

    A compound is wrapped as ``"_compound"``; a limited query as ``"_limited"``, since a
    database may refuse ``LIMIT`` directly inside of ``IN``.

    Args:
        parent: The query.
        *fields: The fields whose columns are selected.
    """
    if isinstance(parent, CompoundSelectQuery):
        source = parent.alias("_compound")
        return Select([source], [getattr(source.c, field.column_name) for field in fields])
    keys = parent.select(*(getattr(parent.model, field.name) for field in fields))
    if keys._limit is None and keys._offset is None:
        return keys
    source = keys.alias("_limited")
    return Select([source], [getattr(source.c, field.column_name) for field in fields])
