"""Coroutines that are cancelled at a certain one of their awaits, and event loops to run them on.

No test stands here.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Generator

#: When a task is cancelled that waits: as it begins to, when the loop has gone round once, or when what it waits for
#: has come but the task does not know it yet.
MOMENTS = ("at once", "a tick later", "with the answer")


class CancelledAt:
    """Awaits a coroutine, and has the running task cancelled at the coroutine's n-th suspension.

    `steps` is the number of suspensions there were, `reached` whether the n-th was among them.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, Any], step: int, moment: str = MOMENTS[0]) -> None:
        """Takes the coroutine, the number of the suspension (0 for none) and one of `MOMENTS`."""
        self._coroutine = coroutine
        self._step = step
        self._moment = moment
        self.steps = 0

    @property
    def reached(self) -> bool:
        """Whether the task was cancelled."""
        return 0 < self._step <= self.steps

    def __await__(self) -> Generator[Any, Any, Any]:
        """Drives the coroutine by hand."""
        resume: Callable[[], Any] = lambda: self._coroutine.send(None)  # noqa: E731  one of two
        while True:
            try:
                waits_for = resume()
            except StopIteration as end:
                return end.value
            self.steps += 1
            if self.steps == self._step:
                self._cancel(waits_for)
            try:
                yield waits_for
            except BaseException as error:
                thrown = error
                resume = lambda: self._coroutine.throw(thrown)  # noqa: E731, B023  it is called before it changes
            else:
                resume = lambda: self._coroutine.send(None)  # noqa: E731  as above

    def _cancel(self, waits_for: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        if self._moment == "at once" or waits_for is None:
            task.cancel()
        elif self._moment == "a tick later":
            asyncio.get_running_loop().call_soon(task.cancel)
        else:
            waits_for.add_done_callback(lambda _: task.cancel())


@asynccontextmanager
async def company() -> AsyncIterator[None]:
    """Has another task go round meanwhile: a task that is alone looks for a near answer without suspending."""

    async def go_round() -> None:
        while True:
            await asyncio.sleep(0)

    task = asyncio.create_task(go_round())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def run_on(new_loop: Callable[[], asyncio.AbstractEventLoop], coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine on a new event loop, which is closed afterwards as `asyncio.run` does."""
    loop = new_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
