"""What the load takes of the machine, sampled while it runs, and whether that grows.

Growth is the median of the last quarter against the median of the quarter before: caches and pools have filled by then.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

INTERVAL = 0.25
#: Less than so many samples say nothing.
FEWEST = 40
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Sample:
    """The figures of one moment."""

    kilobytes: int
    descriptors: int
    threads: int
    tasks: int
    blocks: int

    @classmethod
    def now(cls, tasks: int) -> Sample:
        """Takes the figures of this process."""
        status = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return cls(
            kilobytes=int(status[21]) * PAGE // 1024,
            # One of them is the listing's own.
            descriptors=len(os.listdir("/proc/self/fd")) - 1,  # noqa: PTH208  a path for each would be a lot
            threads=int(status[17]),
            tasks=tasks,
            blocks=sys.getallocatedblocks(),
        )


#: By how much a median may grow from the third quarter to the last: a share of it, and a number in any case.
#: Pools are not always full, and threads are made when they are needed; what each fault left behind would be more.
BOUNDS: dict[str, tuple[float, float]] = {
    "kilobytes": (0.04, 2048),
    "descriptors": (0.0, 8),
    "threads": (0.0, 5),
    "tasks": (0.0, 8),
    "blocks": (0.02, 4000),
}


class Gauge:
    """A thread that takes samples until it is stopped."""

    def __init__(self, tasks: Callable[[], int]) -> None:
        """Takes what counts the tasks."""
        self.samples: list[Sample] = []
        self._tasks = tasks
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="gauge")

    def start(self) -> None:
        """Begins to take samples."""
        self._thread.start()

    def stop(self) -> None:
        """Takes no more samples."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(INTERVAL):
            self.samples.append(Sample.now(self._tasks()))

    def columns(self) -> dict[str, list[int]]:
        """Returns the samples by figure."""
        rows = [asdict(one) for one in self.samples]
        return {field.name: [row[field.name] for row in rows] for field in fields(Sample)}


@dataclass(frozen=True)
class Trend:
    """How one figure went."""

    name: str
    first: float
    third: float
    last: float
    most: float
    allowed: float

    @property
    def growth(self) -> float:
        """By how much it grew from the third quarter to the last."""
        return self.last - self.third

    @property
    def flat(self) -> bool:
        """Whether that is within the bound."""
        return self.growth <= self.allowed


def trend(name: str, values: list[int]) -> Trend:
    """Returns how a figure went.

    Raises:
        ValueError: There are too few samples to say so.
    """
    if len(values) < FEWEST:
        raise ValueError(f"{len(values)} samples of {name} are too few to show a trend; {FEWEST} are needed")
    quarter = len(values) // 4
    first, third, last = (
        statistics.median(part) for part in (values[:quarter], values[-2 * quarter : -quarter], values[-quarter:])
    )
    share, least = BOUNDS[name]
    return Trend(name, first, third, last, max(values), max(share * third, least))
