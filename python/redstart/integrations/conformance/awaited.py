"""What is behind the routes of an application whose handlers are coroutines.

A function takes what stands in the query string as texts, and gives the object to answer with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.integrations.conformance import application
from redstart.integrations.conformance.application import (
    IntendedError,
    Item,
    database,
    family,
    gates,
    line,
    row,
    seeds,
)

#: What a middleware does after the handler.
after = application.after

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping


async def item(id: int) -> dict[str, Any] | None:
    """Gives a row; None where there is none."""
    found = await Item.aget_or_none(Item.id == id)
    return None if found is None else row(found)


async def add(name: str) -> dict[str, Any]:
    """Makes a row."""
    return row(await Item.acreate(name=name))


async def count(query: Mapping[str, str]) -> dict[str, Any]:
    """Counts the rows of a name."""
    return {"count": await database.count(Item.select().where(Item.name == query["name"]))}


async def fail(query: Mapping[str, str]) -> dict[str, Any]:
    """Leaves a transaction open.

    Raises:
        IntendedError: Always.
    """
    await database.atomic().__aenter__()
    await Item.acreate(name=query["name"])
    raise IntendedError("a handler fails on purpose")


async def before() -> None:
    """What the application's middleware does before the handler."""
    await database.count(application.before())


async def stream() -> AsyncGenerator[bytes, None]:
    """Gives the parts of the streamed body."""
    async for found in database.iterate(seeds(), buffer_size=10):
        yield line(found).encode()


async def slow(query: Mapping[str, str]) -> dict[str, Any]:
    """Waits with a connection in hand."""
    await item(1)
    await gates.await_(query["gate"])
    await item(1)
    return {"waited": True}


async def transaction(query: Mapping[str, str]) -> dict[str, Any]:
    """Waits in a transaction."""
    async with database.atomic() as block:
        await Item.acreate(name=query["name"])
        seen = await database.count(family(query["name"]))
        await gates.await_(query["gate"])
        if query["end"] == "rollback":
            await block.arollback()
    return {"seen": seen}


async def stats(query: Mapping[str, str]) -> dict[str, Any]:
    """Gives what ``/stats`` answers."""
    return application.stats(query)


async def open_gate(query: Mapping[str, str]) -> dict[str, Any]:
    """Opens a gate."""
    return application.open_gate(query)


#: The routes whose arguments all stand in the query string.
BY_QUERY: dict[str, Callable[[Mapping[str, str]], Awaitable[dict[str, Any]]]] = {
    "/count": count,
    "/fail": fail,
    "/gate": open_gate,
    "/slow": slow,
    "/stats": stats,
    "/transaction": transaction,
}
