"""The logger of statements, under peewee's name: tools listen to it.

It is made when it is asked for, or when a statement runs in a program that has imported ``logging``.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from logging import Logger
    from typing import Any

    #: Each record's message is the pair of SQL text and parameters; it is sent before the statement runs.
    logger: Logger

_DEBUG = 10  # the number of ``logging.DEBUG``

_made: Any = None


def is_heard() -> bool:
    """Tells whether statements are to be logged. Where ``logging`` is not imported, nobody listens."""
    if _made is not None or "logging" in sys.modules:
        heard: bool = (_made or _make()).isEnabledFor(_DEBUG)
        return heard
    return False


def levels() -> Any:
    """Gives what the logger is known to be enabled for, by level: what `level_cache` gives.

    Returns:
        The dict; None as long as ``logging`` is not imported.
    """
    return level_cache(_make()) if _made is not None or "logging" in sys.modules else None


def level_cache(logger: Logger) -> Any:
    """Gives the dict in which a logger keeps what it is enabled for until levels change; False where it has none.

    Args:
        logger: The logger.
    """
    from logging import Logger

    is_usual = type(logger).isEnabledFor is Logger.isEnabledFor
    return getattr(logger, "_cache", False) if is_usual else False


def log_statement(sql: str, params: Any) -> None:
    """Sends a statement to those who listen.

    Args:
        sql: The text.
        params: The values for its placeholders.
    """
    _make().debug((sql, params))


def _make() -> Logger:
    """Gives the logger."""
    global _made  # noqa: PLW0603 - made once
    if _made is None:
        import logging  # a large module

        _made = logging.getLogger("peewee")
        _made.addHandler(logging.NullHandler())
    made: Logger = _made
    return made


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name == "logger":
            return _make()
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
