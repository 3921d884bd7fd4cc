"""The identity of sources: which two mentions are one source."""

from __future__ import annotations

from redstart._engine import Expression, tree
from redstart.constants import OP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _HashableSource:
    """Gives a source an identity, and makes comparisons with it expressions.

    A source under a name is the same as any other of its kind under that name;
    without a name it is only itself, and a copy of it is another.
    """

    _alias: str | None

    def alias(self, name: str | None = None) -> Any:
        """Gives the source under a name.

        Args:
            name: The alias.
        """
        clone = self.clone()
        clone._alias = name
        clone._update_hash()
        return clone

    def clone(self) -> Any:
        """Gives a copy, which is another source."""
        clone = super().clone()  # type: ignore[misc] # a Node has it
        clone._update_hash()
        return clone

    def __getstate__(self) -> Any:
        """Gives what ``copy`` keeps: such a copy is the same source, unlike a clone."""
        hash(self)  # the identity is made when it is first asked for
        return super().__getstate__()  # type: ignore[misc] # a Node has it

    @property
    def _key(self) -> Any:
        key = self.__dict__.get("_identity")
        if key is None:
            key = self.__dict__["_identity"] = self._make_key()
        return key

    @property
    def _hash(self) -> int:
        return hash(self._key)

    def _make_key(self) -> Any:
        if self._alias:
            return tree.named_source_key(self.__class__.__name__, self._alias)
        return tree.source_key()

    def _update_hash(self) -> None:
        self.__dict__.pop("_identity", None)

    def _get_hash(self) -> int:
        return hash(self._make_key())

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> Any:
        if isinstance(other, _HashableSource):
            return self._key == other._key
        return Expression(self, OP.EQ, other)

    def __ne__(self, other: object) -> Any:
        if isinstance(other, _HashableSource):
            return self._key != other._key
        return Expression(self, OP.NE, other)

    def __lt__(self, other: Any) -> Any:
        return Expression(self, OP.LT, other)

    def __le__(self, other: Any) -> Any:
        return Expression(self, OP.LTE, other)

    def __gt__(self, other: Any) -> Any:
        return Expression(self, OP.GT, other)

    def __ge__(self, other: Any) -> Any:
        return Expression(self, OP.GTE, other)
