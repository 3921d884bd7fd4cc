"""Sources that join by operators."""

from __future__ import annotations

from redstart.constants import JOIN
from redstart.source.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class BaseTable(Source):
    """A source on which ``& + - | *`` are joins: inner, left, right, full, cross."""

    def __and__(self, other: Any) -> Any:
        return self.join(other, JOIN.INNER)

    def __rand__(self, other: Any) -> Any:
        return other.join(self, JOIN.INNER)

    def __add__(self, other: Any) -> Any:
        return self.join(other, JOIN.LEFT_OUTER)

    def __radd__(self, other: Any) -> Any:
        return other.join(self, JOIN.LEFT_OUTER)

    def __sub__(self, other: Any) -> Any:
        return self.join(other, JOIN.RIGHT_OUTER)

    def __rsub__(self, other: Any) -> Any:
        return other.join(self, JOIN.RIGHT_OUTER)

    def __or__(self, other: Any) -> Any:
        return self.join(other, JOIN.FULL_OUTER)

    def __ror__(self, other: Any) -> Any:
        return other.join(self, JOIN.FULL_OUTER)

    def __mul__(self, other: Any) -> Any:
        return self.join(other, JOIN.CROSS)

    def __rmul__(self, other: Any) -> Any:
        return other.join(self, JOIN.CROSS)
