"""Waiting for a condition, and saying what was expected."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

#: How many seconds a condition may take.
PATIENCE = 10.0


class CheckFailed(AssertionError):  # noqa: N818 - it says what happened
    """The application does not do what it should."""


def expect(condition: object, message: str) -> None:
    """Fails a check.

    Raises:
        CheckFailed: The condition does not hold.
    """
    if not condition:
        raise CheckFailed(message)


def eventually(look: Callable[[], T], is_good: Callable[[T], bool], what: str) -> T:
    """Looks until what is seen is good.

    Args:
        look: Gives what is seen.
        is_good: Tells whether it is good.
        what: What is waited for, for the message.

    Returns:
        What was seen last.

    Raises:
        CheckFailed: It was not good in time.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        seen = look()
        if is_good(seen):
            return seen
        if time.monotonic() > deadline:
            raise CheckFailed(f"{what}: after {PATIENCE:g} s it is {seen!r}")
        time.sleep(0.01)
