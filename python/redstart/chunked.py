"""Cutting any iterable into lists of limited length."""

from __future__ import annotations

from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeVar

    T = TypeVar("T")


def chunked(it: Iterable[T], n: int) -> Iterator[list[T]]:
    """Gives the items in lists of at most ``n``.

    Args:
        it: The items.
        n: The length of a list; the last may be shorter.

    Example:
        >>> from redstart import chunked
        >>> list(chunked(range(5), 2))
        [[0, 1], [2, 3], [4]]
    """
    items = iter(it)
    while chunk := list(islice(items, n)):
        yield chunk
