"""How a parity program runs its coroutines: on an event loop, without what the engines' pools say of themselves.

Like `parity_program`, this is for program files, and imports no engine.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

#: What pools say in their logs is their own affair.
_SILENT = ("peewee.pool", "peewee.pwasyncio")


def run_quietly(coroutine: Coroutine[Any, Any, object]) -> None:
    """Runs a coroutine to its end on an event loop of its own."""
    statements = logging.getLogger("peewee")
    statements.addFilter(_alike)
    loggers = [logging.getLogger(name) for name in _SILENT]
    for logger in loggers:
        logger.disabled = True
    try:
        asyncio.run(coroutine)
    finally:
        statements.removeFilter(_alike)
        for logger in loggers:
            logger.disabled = False


def _alike(record: logging.LogRecord) -> bool:
    """Has a statement without parameters logged in one way."""
    if isinstance(record.msg, tuple):
        record.msg = (record.msg[0], record.msg[1] or ())
    return True
