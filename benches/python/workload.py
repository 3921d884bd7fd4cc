"""What a workload is: the facts in its file's `WORKLOAD` and the work its `raw` and `orm` functions return.

No clock, no process and no database here: see `one_run.py`, `measure.py` and `dataset.py`.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from groups import LIBRARIES, SQLITE, Group

if TYPE_CHECKING:
    from collections.abc import Callable

Base = Literal["raw", "peewee", "absolute"]
Unit = Literal["s", "B"]


@dataclass(frozen=True)
class Goal:
    """The most that redstart may cost: a share of `base`'s cost, or plain units if `base` is `absolute`."""

    limit: float
    base: Base = "raw"


@dataclass(frozen=True)
class Workload:
    """The facts of one row of the table: its title, its size, its goal (None: shown for information only)."""

    title: str
    n: int
    goal: Goal | None
    unit: Unit = "s"
    passes: int = 5
    """How often one process repeats the work; the smallest time counts. 1 for work that cannot be repeated."""
    group: Group = SQLITE
    """Its contenders, and which driver is 1."""


@dataclass(frozen=True)
class Work:
    """The prepared work of one contender.

    `before` runs untimed ahead of each pass. `check` runs once, untimed, at the end (without it the last result
    of `run` is taken): its value must be the same for every contender, which proves that they did the same thing.
    `close` ends what would keep the process alive. With `measures_itself` the result of `run` is the measure, and
    there is nothing to compare. In asynchronous groups `run` and `close` are coroutine functions.
    """

    run: Callable[[], Any]
    before: Callable[[], object] | None = None
    check: Callable[[], Any] | None = None
    close: Callable[[], Any] | None = None
    measures_itself: bool = False


class Program(Protocol):
    """A module of `workloads/`. `raw` is None where the driver has nothing to compare with.

    The functions of contenders that only some groups have, `psycopg2` and `sqlalchemy`, are found by name.
    In asynchronous groups all of them are coroutine functions.
    """

    WORKLOAD: Workload
    raw: Callable[[int], Work] | None

    @staticmethod
    def orm(lib: Any, n: int) -> Work:
        """Prepare the work on `lib`, which is peewee or has peewee's API."""


def load(name: str) -> Program:
    """Import the program of the workload `name`."""
    return cast("Program", importlib.import_module(f"workloads.{name}"))


def takes_part(program: Program, contender: str) -> bool:
    """Return whether the workload compares this contender."""
    return contender in LIBRARIES or getattr(program, contender, None) is not None


def prepare(program: Program, contender: str, n: int) -> Any:
    """Prepare the work of a contender: the `Work`, in asynchronous groups a coroutine that returns it."""
    if contender in LIBRARIES:
        return program.orm(importlib.import_module(contender), n)
    return getattr(program, contender)(n)
