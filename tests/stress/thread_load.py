"""A thread that works: one unit after the other, each on a connection of its own from the pool."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from stress.blocking_units import BlockingUnits

if TYPE_CHECKING:
    from stress.bank import Bank
    from stress.worker import Worker


class ThreadLoad:
    """One worker's threads, one after the other: each does some units, ends, and another takes over."""

    def __init__(self, bank: Bank, worker: Worker, units: int, *, forgetful: bool) -> None:
        """Takes the tables and the worker.

        Args:
            bank: The tables.
            worker: Who works.
            units: How many units a thread does before another one takes over.
            forgetful: Whether threads end without closing their connection.
        """
        self._bank = bank
        self._worker = worker
        self._units = units
        self._forgetful = forgetful
        self.thread = threading.Thread(target=self._run, name=f"worker {worker.ledger.worker}")

    def start(self) -> None:
        """Begins to work."""
        self.thread.start()

    def _run(self) -> None:
        while self._worker.clock.running:
            name = f"worker {self._worker.ledger.worker}, one of its threads"
            one = threading.Thread(target=self._some_units, name=name)
            one.start()
            one.join()

    def _some_units(self) -> None:
        units = BlockingUnits(self._bank, self._worker)
        for _ in range(self._units):
            if not self._worker.clock.running:
                break
            self._one_unit(units)
        if self._forgetful:
            try:
                self._bank.database.connect()
            except Exception as error:
                self._worker.noted(error)

    def _one_unit(self, units: BlockingUnits) -> None:
        try:
            with self._bank.database.connection_context():
                # A connection is good for several units, as a request runs several statements.
                for _ in range(self._worker.chance.randint(1, 4)):
                    kind = self._worker.chosen_kind()
                    self._worker.ledger.label = f"thread {kind}"
                    units.run(kind)
        except Exception as error:
            self._worker.noted(error)
            time.sleep(self._worker.pause())
