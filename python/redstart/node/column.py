"""Columns of sources that are no models."""

from __future__ import annotations

from redstart._engine import ColumnBase, tree
from redstart.constants import SCOPE_VALUES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Column(ColumnBase):
    """A column of a table, alias, subquery or common table expression: ``"t1"."name"``.

    Attributes:
        source: The source.
        name: The column's name.
    """

    def __init__(self, source: Any, name: str) -> None:
        """Names a column of a source."""
        self.source = source
        self.name = name
        self._set_tree(tree.column(source, name))

    def get_sort_key(self, ctx: Any) -> tuple[Any, ...]:
        """Gives the key by which assignments are sorted."""
        if ctx is None or ctx.scope == SCOPE_VALUES:
            return (self.name,)
        return (*self.source.get_sort_key(ctx), self.name)

    def __hash__(self) -> int:
        return hash((self.source, self.name))


class ColumnFactory:
    """Makes the columns of a source: ``source.c.name``."""

    __slots__ = ("node",)

    def __init__(self, node: Any) -> None:
        """Takes the source."""
        self.node = node

    def __getattr__(self, attr: str) -> Column:
        return Column(self.node, attr)

    def __getitem__(self, attr: str) -> Column:
        return Column(self.node, attr)


class _DynamicColumn:
    """The ``.c`` of a source: its columns by any name."""

    __slots__ = ()

    def __get__(self, instance: Any, instance_type: Any = None) -> Any:
        if instance is not None:
            return ColumnFactory(instance)
        return self


class _ExplicitColumn:
    """The ``.c`` of a table that declares its columns: there is none."""

    __slots__ = ()

    def __get__(self, instance: Any, instance_type: Any = None) -> Any:
        if instance is not None:
            message = f'{instance} specifies columns explicitly, and does not support dynamic ".c" attribute.'
            raise AttributeError(message)
        return self
