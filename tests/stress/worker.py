"""One worker of the load: its ledger, its chance, and what it has seen.

What it does stands in `blocking_units` and `awaited_units`; who calls it in `load`.
"""

from __future__ import annotations

import random
import time
import traceback
from collections import Counter
from typing import Any

import redstart as rs
from redstart.pool import MaxConnectionsExceeded
from stress.bank import ACCOUNTS, COUNTERS
from stress.ledger import Ledger

#: What a database may answer while its server is killed under it.
EXPECTED = (rs.OperationalError, rs.InterfaceError, MaxConnectionsExceeded)
#: The kinds of units and how often they are chosen.
KINDS = {"transfer": 5, "nested": 3, "upsert": 3, "single": 3, "many": 2, "read": 4, "related": 2, "stream": 2}
#: So many tracebacks of a worker are kept.
KEPT = 3
#: So much of an error's text tells it from others.
WIDTH = 60


class Violation(Exception):  # noqa: N818  it says what happened
    """A connection gave what it should not: another's rows, an open transaction."""


class Clock:
    """When the load ends, and from when on no fault is an excuse any more."""

    def __init__(self, seconds: float, calm: float) -> None:
        """Starts it; the last `calm` seconds are to be without errors."""
        self.start = time.monotonic()
        self.end = self.start + seconds
        self.calm = self.end - calm

    @property
    def running(self) -> bool:
        """Whether work is still to be begun."""
        return time.monotonic() < self.end

    @property
    def is_calm(self) -> bool:
        """Whether faults are over and recovered from."""
        return time.monotonic() >= self.calm


class Worker:
    """A ledger, a generator of chance and counts."""

    def __init__(self, number: int, seed: int, clock: Clock) -> None:
        """Takes the worker's number, the seed of the run and its clock."""
        self.ledger = Ledger(number)
        self.chance = random.Random(f"{seed}/{number}")
        self.clock = clock
        self.done: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.violations: list[str] = []
        self.late: list[str] = []

    def chosen_kind(self) -> str:
        """Returns the kind of the next unit."""
        return self.chance.choices(list(KINDS), list(KINDS.values()))[0]

    def happens(self, probability: float) -> bool:
        """Returns whether something that has a probability happens now."""
        return self.chance.random() < probability

    def account(self) -> int:
        """Returns the key of an account."""
        return self.chance.randint(1, ACCOUNTS)

    def two_accounts(self) -> tuple[int, int]:
        """Returns the keys of two accounts, in the order in which all workers lock them."""
        first, second = sorted(self.chance.sample(range(1, ACCOUNTS + 1), 2))
        return first, second

    def counter(self) -> str:
        """Returns the name of a counter."""
        return f"counter {self.chance.randrange(COUNTERS)}"

    def noted(self, error: BaseException) -> bool:
        """Counts an error; returns whether faults explain it."""
        text = " ".join(str(error).split()) or "(no text)"
        self.errors[f"{type(error).__name__}: {text[:WIDTH]}"] += 1
        expected = isinstance(error, EXPECTED)
        if not expected and len(self.violations) < KEPT:
            self.violations.append("".join(traceback.format_exception(error, limit=-8)))
        if expected and self.clock.is_calm and len(self.late) < KEPT:
            self.late.append("".join(traceback.format_exception(error, limit=-8)))
        return expected

    def pause(self) -> float:
        """Returns how many seconds to wait after an error: a server that is down is asked again, not besieged."""
        return self.chance.uniform(0.005, 0.05)

    def check_echo(self, row: Any, asked: int) -> None:
        """Checks the answer to `Bank.echo`.

        Raises:
            Violation: It is the answer to another question, or a transaction of another user is open.
        """
        if tuple(row) != (asked, None):
            raise Violation(f"asked for {asked} outside of a transaction, got {row!r}")

    def check_numbers(self, values: list[int], expected: int) -> None:
        """Checks the rows of `Bank.numbers`.

        Raises:
            Violation: They are not the first ones in their order.
        """
        if values != list(range(expected)):
            raise Violation(f"{expected} numbers were asked for, got {len(values)}: {values[:20]}...")

    def check_entries(self, entries: list[Any], account: int) -> None:
        """Checks the rows of `Bank.recent`.

        Raises:
            Violation: There is one of another account.
        """
        for entry in entries:
            if entry.account.id != account or entry.account.name != f"account {account}":
                raise Violation(f"an entry of account {account} belongs to {entry.account.name!r}")

    def check_name(self, name: str, account: int) -> None:
        """Checks that an account is the one that was asked for.

        Raises:
            Violation: It is another one.
        """
        if name != f"account {account}":
            raise Violation(f"account {account} was asked for, got {name!r}")
