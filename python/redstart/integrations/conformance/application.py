"""What an application under test is made of: its database, its table, its gates. See ``blocking`` and ``awaited``."""

from __future__ import annotations

import asyncio
import os
from threading import Condition
from typing import TYPE_CHECKING, Any

from redstart.db_url import connect, register_database
from redstart.fields import TextField
from redstart.pwasyncio import AsyncPostgresqlDatabase, AsyncSqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Mapping

#: How wide a line of the streamed body is: many of them do not fit into the buffers between server and client.
WIDTH = 10_000
#: How many seconds a request waits at a gate.
PATIENCE = 20.0

register_database(AsyncPostgresqlDatabase, "postgresql+async")
register_database(AsyncSqliteDatabase, "sqlite+async")

#: The database of the application. Without the variable it is a file in the working directory.
database: Any = connect(os.environ.get("DATABASE_URL", "sqlite+pool:///conformance.db"))


class Item(database.Model):  # type: ignore[misc] # the base is made while the program runs
    """The one table."""

    name = TextField()

    class Meta:
        table_name = "item"


class IntendedError(Exception):
    """What handlers and middlewares raise that are there to fail."""


class Gates:
    """Where requests wait until another one opens the gate. For threads and tasks of one process."""

    def __init__(self) -> None:
        """Makes gates of any name, all of them closed."""
        self._condition = Condition()
        self._open: set[str] = set()
        self._waiting: list[str] = []

    def open(self, name: str) -> None:
        """Opens a gate for good."""
        with self._condition:
            self._open.add(name)
            self._condition.notify_all()

    def waiting(self) -> list[str]:
        """Gives the name of a gate for each request that waits."""
        with self._condition:
            return sorted(self._waiting)

    def wait(self, name: str) -> None:
        """Blocks until the gate is open.

        Raises:
            TimeoutError: It stayed closed.
        """
        with self._condition:
            self._waiting.append(name)
            try:
                if not self._condition.wait_for(lambda: name in self._open, PATIENCE):
                    raise TimeoutError(f"nobody has opened the gate {name!r}")
            finally:
                self._waiting.remove(name)

    async def await_(self, name: str) -> None:
        """Does what `wait` does, for a task.

        Raises:
            TimeoutError: It stayed closed.
        """
        self._waiting.append(name)
        try:
            deadline = asyncio.get_running_loop().time() + PATIENCE
            while name not in self._open:
                if asyncio.get_running_loop().time() > deadline:
                    raise TimeoutError(f"nobody has opened the gate {name!r}")
                await asyncio.sleep(0.005)
        finally:
            self._waiting.remove(name)


gates = Gates()


def row(item: Any) -> dict[str, Any]:
    """Gives what ``/item/{id}`` answers."""
    return {"id": item.id, "name": item.name, "in_use": database.pool_stats()["in_use"]}


def stats(_: Mapping[str, str]) -> dict[str, Any]:
    """Gives what ``/stats`` answers."""
    figures = {name: value for name, value in database.pool_stats().items() if name != "holders"}
    return {**figures, "gates": gates.waiting()}


def open_gate(query: Mapping[str, str]) -> dict[str, Any]:
    """Opens a gate."""
    gates.open(query["gate"])
    return {}


def before() -> Any:
    """Gives the query that the application's middleware runs before the handler."""
    return Item.select().where(Item.name == "nobody")


def after(path: str, query: Mapping[str, str]) -> None:
    """What the application's middleware does after the handler.

    Raises:
        IntendedError: The request asks for it.
    """
    if path == "/middleware" and query.get("fail") == "1":
        raise IntendedError("a middleware fails on purpose")


def seeds() -> Any:
    """Gives the query whose rows ``/stream`` sends."""
    return Item.select().where(Item.name.startswith("seed")).order_by(Item.id)


def line(item: Any) -> str:
    """Gives a row's line of the streamed body."""
    return f"{item.name:<{WIDTH - 1}}\n"


def family(name: str) -> Any:
    """Gives the query that a transaction counts."""
    return Item.select().where(Item.name.startswith(name.partition(":")[0]))
