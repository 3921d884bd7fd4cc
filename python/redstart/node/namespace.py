"""Names below a keyword: ``EXCLUDED."name"``."""

from __future__ import annotations

from typing import Any

from redstart._engine import ColumnBase, Node, tree


class _Namespace(Node):
    """A keyword whose attributes are columns."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        """Takes the keyword."""
        self._name = name

    def __getattr__(self, attr: str) -> NamespaceAttribute:
        if attr.startswith("__"):
            raise AttributeError(attr)
        return NamespaceAttribute(self, attr)

    def __getitem__(self, attr: str) -> NamespaceAttribute:
        return NamespaceAttribute(self, attr)


class NamespaceAttribute(ColumnBase):
    """A column below a keyword: ``EXCLUDED."name"``."""

    def __init__(self, namespace: Any, attribute: str) -> None:
        """Names the column.

        Args:
            namespace: What it stands below.
            attribute: The column's name.
        """
        self._namespace = namespace
        self._attribute = attribute
        self._set_tree(tree.namespaced(namespace._name, attribute))


#: The row that an insert would have written, in ``on_conflict(update=…)``.
EXCLUDED = _Namespace("EXCLUDED")
