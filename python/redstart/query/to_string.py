"""Statements with their values written in, for people to read."""

from __future__ import annotations

from typing import Any


def query_to_string(query: Any) -> str:
    """Gives a query's SQL with its values in place of the placeholders.

    This is for reading, not for running: no database's rules of quoting are followed.

    Args:
        query: The query.
    """
    database = getattr(query, "_database", None)
    sql, params = query.sql()
    if not params:
        return str(sql)
    placeholder = (getattr(database, "param", None) or "?") if database else "?"
    parts = sql.split(placeholder)
    if len(parts) != len(params) + 1:
        return f"{sql} -- {params!r}"
    text = [parts[0]]
    for value, part in zip(params, parts[1:], strict=True):
        text.append(_literal(value))
        text.append(part)
    return "".join(text)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (bytes, bytearray, memoryview)):
        value = bytes(value).decode("utf-8", "backslashreplace")
    elif isinstance(value, (int, float)):
        return str(value)
    text = str(value).replace("'", "''")
    return f"'{text}'"
