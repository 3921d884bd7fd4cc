"""The logger of pools, under peewee's name: what happens to each connection, at the level ``DEBUG``.

It is made when it is asked for, or when a pool is used in a program that has imported ``logging``.
"""

from __future__ import annotations

import sys

from redstart.database.log import level_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from logging import Logger
    from typing import Any

    #: Each record has the connection's ``id()`` as its argument.
    logger: Logger

CREATED = "Created new connection %s."
RETURNED = "Returning %s to pool."
IGNORED = "Connection %s not in use, ignoring close."
DEAD = "Connection %s was closed, discarding."
STALE = "Connection %s was stale, closing."
STALE_RETURNED = "Closing stale connection %s on check-in."
UNUSABLE = "Connection %s not reusable, closing."
FAILED = "Error closing connection %s."
NOT_FILLED = "A connection in advance could not be opened."

_DEBUG = 10  # the number of ``logging.DEBUG``

_made: Any = None


def tell(message: str, conn: Any) -> None:
    """Tells those who listen what happens to a connection. Where ``logging`` is not imported, nobody does.

    Args:
        message: What happens, with a place for the connection's number.
        conn: The connection.
    """
    if _made is not None or "logging" in sys.modules:
        made = _made or _make()
        if made.isEnabledFor(_DEBUG):
            made.debug(message, id(conn))


def levels() -> Any:
    """Gives what the logger is known to be enabled for, by level: what `level_cache` gives."""
    return level_cache(_make())


def tell_error(message: str, *args: Any) -> None:
    """Tells those who listen that something failed which the caller need not know; with the exception.

    Args:
        message: What failed.
        *args: What stands in the message's places.
    """
    _make().debug(message, *args, exc_info=True)


def _make() -> Logger:
    """Gives the logger."""
    global _made  # noqa: PLW0603 - made once
    if _made is None:
        import logging  # a large module

        _made = logging.getLogger("peewee.pool")
        _made.addHandler(logging.NullHandler())
    made: Logger = _made
    return made


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name == "logger":
            return _make()
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
