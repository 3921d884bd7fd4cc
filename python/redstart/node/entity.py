"""Quoted names."""

from __future__ import annotations

from redstart._engine import ColumnBase, tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Entity(ColumnBase):
    """A quoted, dotted name: ``"schema"."table"``. An attribute adds a part.

    Example:
        >>> from redstart import Entity
        >>> Entity("a").b._path
        ['a', 'b']
    """

    def __init__(self, *path: str | None) -> None:
        """Makes a name of its parts.

        Args:
            *path: The parts; those that are None or empty are left out, such as a schema that is not there.
        """
        self._path = [part for part in path if part]
        self._set_tree(tree.entity(*self._path))

    def __getattr__(self, attr: str) -> Entity:
        if attr.startswith("_"):
            raise AttributeError(attr)
        return Entity(*self._path, attr)

    def __hash__(self) -> int:
        return hash((self.__class__.__name__, tuple(self._path)))

    def get_sort_key(self, ctx: Any) -> tuple[str, ...]:  # noqa: ARG002 - peewee's signature
        """Gives the key by which assignments are sorted."""
        return tuple(self._path)


class EntityFactory:
    """Makes names below a node: ``alias.c.name`` is ``"alias"."name"``."""

    __slots__ = ("node",)

    def __init__(self, node: Any) -> None:
        """Takes the node whose alias starts the names."""
        self.node = node

    def __getattr__(self, attr: str) -> Entity:
        return Entity(self.node, attr)


class _DynamicEntity:
    """The ``.c`` of an alias."""

    __slots__ = ()

    def __get__(self, instance: Any, instance_type: Any = None) -> Any:
        if instance is not None:
            return EntityFactory(instance.name)
        return self
