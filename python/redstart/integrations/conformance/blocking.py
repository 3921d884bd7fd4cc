"""What is behind the routes of an application that serves requests in threads.

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
    open_gate,
    row,
    seeds,
    stats,
)
from redstart.integrations.conformance.application import before as _before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: What a middleware does after the handler.
after = application.after


def create_tables() -> None:
    """Makes the table, and keeps no connection, which a server that forks would keep for its own life."""
    with database:
        database.create_tables([Item])
    database.close_all()


def item(id: int) -> dict[str, Any] | None:
    """Gives a row; None where there is none."""
    found = Item.get_or_none(Item.id == id)
    return None if found is None else row(found)


def add(name: str) -> dict[str, Any]:
    """Makes a row."""
    return row(Item.create(name=name))


def count(query: Mapping[str, str]) -> dict[str, Any]:
    """Counts the rows of a name."""
    return {"count": Item.select().where(Item.name == query["name"]).count()}


def fail(query: Mapping[str, str]) -> dict[str, Any]:
    """Leaves a transaction open.

    Raises:
        IntendedError: Always.
    """
    database.begin()
    Item.create(name=query["name"])
    raise IntendedError("a handler fails on purpose")


def before() -> None:
    """What the application's middleware does before the handler."""
    _before().count()


def stream() -> Iterator[bytes]:
    """Gives the parts of the streamed body."""
    for found in seeds().iterator():
        yield line(found).encode()


def slow(query: Mapping[str, str]) -> dict[str, Any]:
    """Waits with a connection in hand."""
    item(1)
    gates.wait(query["gate"])
    item(1)
    return {"waited": True}


def transaction(query: Mapping[str, str]) -> dict[str, Any]:
    """Waits in a transaction."""
    with database.atomic() as block:
        Item.create(name=query["name"])
        seen = family(query["name"]).count()
        gates.wait(query["gate"])
        if query["end"] == "rollback":
            block.rollback()
    return {"seen": seen}


#: The routes whose arguments all stand in the query string.
BY_QUERY: dict[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {
    "/count": count,
    "/fail": fail,
    "/gate": open_gate,
    "/slow": slow,
    "/stats": stats,
    "/transaction": transaction,
}
