"""A thread with an event loop, whose tasks work: awaited, cancelled, or by blocking code that borrows a connection."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from stress.awaited_units import AwaitedUnits
from stress.blocking_units import BlockingUnits

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from typing import Any

    from stress.bank import Bank
    from stress.worker import Clock, Worker

#: How a unit is run, and how often.
WAYS = {"plain": 5, "child": 2, "cancelled": 3, "lent": 2, "lent and cancelled": 1}
#: A cancellation comes within so many seconds, or after so many rounds of the loop.
LATEST = 0.02
ROUNDS = 40
COUNTING = 0.2


class TaskLoad:
    """One thread that runs an event loop, or one event loop after the other."""

    def __init__(self, number: int, slots: Sequence[tuple[Bank, Worker]], clock: Clock, segment: float) -> None:
        """Takes who works where.

        Args:
            number: The number of the thread.
            slots: Each has one unit at a time.
            clock: When the load ends.
            segment: How many seconds a loop lives, before it is closed and another one is made.
        """
        self._slots = slots
        self._clock = clock
        self._segment = segment
        self.loops = 0
        self.tasks = 0
        #: The loop that runs, for those who want to know what it hangs on.
        self.loop: asyncio.AbstractEventLoop | None = None
        self.failures: list[str] = []
        self.thread = threading.Thread(target=self._run, name=f"event loop {number}")

    def start(self) -> None:
        """Begins to work."""
        self.thread.start()

    def _run(self) -> None:
        while self._clock.running:
            end = min(self._clock.end, time.monotonic() + self._segment)
            # Every second loop is left while its tasks are busy: `asyncio.run` cancels them.
            leaves = self.loops % 2 == 1 and end < self._clock.end
            try:
                asyncio.run(self._work(end, leaves=leaves))
            except Exception as error:
                self.failures.append(repr(error))
            self.loops += 1
            self.tasks = 0

    async def _work(self, end: float, *, leaves: bool) -> None:
        self.loop = asyncio.get_running_loop()
        self.loop.set_exception_handler(self._failed)
        busy = [asyncio.create_task(Slot(bank, worker).work(end)) for bank, worker in self._slots]
        while time.monotonic() < end:
            self.tasks = len(asyncio.all_tasks())
            await asyncio.sleep(COUNTING)
        if not leaves:
            await asyncio.gather(*busy)

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Takes what the loop would have logged: an exception that nobody retrieved, a task destroyed."""
        self.failures.append(f"{context['message']} {context.get('exception')!r} {context.get('task') or ''}")


class Slot:
    """One worker among the tasks of a loop."""

    def __init__(self, bank: Bank, worker: Worker) -> None:
        """Takes the tables and the worker."""
        self._database = bank.database
        self._worker = worker
        self._units = AwaitedUnits(bank, worker)
        self._blocking = BlockingUnits(bank, worker)

    async def work(self, end: float) -> None:
        """Does units until it is time."""
        while time.monotonic() < end:
            way = self._worker.chance.choices(list(WAYS), list(WAYS.values()))[0]
            kind = self._worker.chosen_kind()
            self._worker.ledger.label = f"{way} {kind}"
            try:
                await self._one_unit(way, kind)
            except Exception as error:
                self._worker.noted(error)
                await asyncio.sleep(self._worker.pause())

    async def _one_unit(self, way: str, kind: str) -> None:
        if way == "plain":
            async with self._database:
                for left in range(self._worker.chance.randint(0, 2), -1, -1):
                    await self._units.run(kind, last=left == 0)
        elif way == "child":
            # Its connection opens itself and comes back when the task has ended.
            await self._as_task(self._units.run(kind), cancelled=False)
        elif way == "cancelled":
            await self._as_task(self._within(kind), cancelled=True)
        elif way == "lent":
            async with self._database:
                await self._database.run(self._blocking.run, kind)
        else:
            await self._as_task(self._database.run(self._blocking.run, kind), cancelled=True)

    async def _within(self, kind: str) -> None:
        async with self._database:
            await self._units.run(kind)

    async def _as_task(self, unit: Coroutine[Any, Any, None], *, cancelled: bool) -> None:
        task = asyncio.create_task(unit)
        try:
            if cancelled:
                await self._moment()
                task.cancel()
                if self._worker.happens(0.3):
                    # Once more, while it cleans up.
                    await self._moment()
                    task.cancel()
            await asyncio.wait([task])
        except asyncio.CancelledError:
            # The loop is being left: it cancels the task, too, whose end decides on the fate of its unit.
            task.cancel()
            await asyncio.wait([task])
            raise
        if task.cancelled():
            self._worker.done["cancelled"] += 1
        else:
            task.result()

    async def _moment(self) -> None:
        if self._worker.happens(0.5):
            await asyncio.sleep(self._worker.chance.uniform(0, LATEST))
        else:
            for _ in range(self._worker.chance.randint(0, ROUNDS)):
                await asyncio.sleep(0)
