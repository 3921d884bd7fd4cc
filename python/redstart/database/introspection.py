"""What introspection gives: columns, indexes, foreign keys, views."""

from __future__ import annotations

from typing import Any, NamedTuple


class IndexMetadata(NamedTuple):
    """One index of a table."""

    name: Any
    sql: Any
    columns: Any
    unique: Any
    table: Any


class ColumnMetadata(NamedTuple):
    """One column of a table."""

    name: Any
    data_type: Any
    null: Any
    primary_key: Any
    table: Any
    default: Any
    full_type: Any = None
    identity: Any = False


class ForeignKeyMetadata(NamedTuple):
    """One foreign key of a table."""

    column: Any
    dest_table: Any
    dest_column: Any
    table: Any
    name: Any = None
    on_delete: Any = None
    on_update: Any = None


class ViewMetadata(NamedTuple):
    """One view."""

    name: Any
    sql: Any
