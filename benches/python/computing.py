"""A thread that computes while something else is measured: it takes the interpreter from whoever gives it up."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def beside_a_thread() -> Iterator[None]:
    """Have a thread compute within the block."""
    over = threading.Event()
    thread = threading.Thread(target=_compute, args=(over,))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _compute(over: threading.Event) -> None:
    number = 0
    while not over.is_set():
        for _ in range(1_000):
            number = (number * 31 + 7) % 1_000_003
