"""SQL text as it stands, and the two constraints made of it."""

from __future__ import annotations

from redstart._engine import ColumnBase, tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class SQL(ColumnBase):
    """SQL text, with parameters for the placeholders in it.

    Example:
        >>> from redstart import SQL
        >>> SQL("length(name) > ?", [3]).params
        [3]
    """

    def __init__(self, sql: str, params: Any = None) -> None:
        """Takes SQL as it is.

        Args:
            sql: The text, with the database's own placeholders.
            params: The values of the placeholders, in order.
        """
        self.sql = sql
        self.params = params
        self._set_tree(tree.sql(sql, params or None))


def Check(constraint: str, name: str | None = None) -> SQL:  # noqa: N802 - peewee's name
    """``[CONSTRAINT "name"] CHECK (constraint)``.

    Args:
        constraint: The condition, in SQL.
        name: The constraint's name.
    """
    check = SQL(f"CHECK ({constraint})")
    if not name:
        return check
    from redstart.node.entity import Entity
    from redstart.node.node_list import NodeList

    return NodeList((SQL("CONSTRAINT"), Entity(name), check))  # type: ignore[return-value] # peewee gives either


def Default(value: str) -> SQL:  # noqa: N802 - peewee's name
    """``DEFAULT value``.

    Args:
        value: The default, in SQL.
    """
    return SQL(f"DEFAULT {value}")
