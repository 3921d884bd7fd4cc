"""What the clients know of their units of work: each has a token, and each token meets one fate.

A fate takes one byte, so that the ledgers of ten minutes are no growth of memory that anybody could measure.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

#: How many tokens a worker has: its number is the token divided by this.
SPAN = 1 << 32


class Fate(IntEnum):
    """What became of a unit, as far as its client can know."""

    INTENDED = 1
    CONFIRMED = 2
    UNDONE = 3
    UNKNOWN = 4


class Undo(Exception):  # noqa: N818  nothing is wrong: the unit wants to be undone
    """Raised within a transaction to have it rolled back."""


class Ledger:
    """The fates of the tokens of one worker, which alone writes to it."""

    def __init__(self, worker: int) -> None:
        """Takes the worker's number."""
        self.worker = worker
        self.fates = bytearray()
        #: What the worker does just now, and what it did when it took a token: an index into `labels`.
        self.label = ""
        self.labels: list[str] = []
        self.labelled = bytearray()

    def intend(self) -> int:
        """Returns a new token."""
        self.fates.append(Fate.INTENDED)
        if self.label not in self.labels:
            self.labels.append(self.label)
        self.labelled.append(self.labels.index(self.label))
        return self.worker * SPAN + len(self.fates) - 1

    def settle(self, token: int, fate: Fate) -> None:
        """Writes down what became of a token, once.

        Raises:
            ValueError: It has a fate already, or belongs to another worker.
        """
        worker, number = divmod(token, SPAN)
        if worker != self.worker or self.fates[number] != Fate.INTENDED:
            raise ValueError(f"token {token} of worker {worker} is not open in the ledger of worker {self.worker}")
        self.fates[number] = fate

    def unit(self) -> Unit:
        """Returns the block of one unit of work."""
        return Unit(self)


class Unit:
    """The block of one unit of work: how it ends is the fate of its token."""

    def __init__(self, ledger: Ledger) -> None:
        """Takes a token from the ledger."""
        self._ledger = ledger
        self._ending = False
        self.token = ledger.intend()

    def ends(self) -> None:
        """Says that from here on the unit may be committed, whatever its client gets to see."""
        self._ending = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        failed = Fate.UNKNOWN if self._ending else Fate.UNDONE
        fate = Fate.CONFIRMED if kind is None else failed
        self._ledger.settle(self.token, fate)
        return kind is Undo
