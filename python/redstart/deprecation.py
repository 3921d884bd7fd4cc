"""Warnings about peewee's former names, which still work."""

from __future__ import annotations


def __deprecated__(message: str) -> None:  # noqa: N807 - peewee's name
    """Warns of a name that has a successor, as ``warn_deprecated`` does.

    Args:
        message: What to use instead.
    """
    warn_deprecated(message)


def warn_deprecated(message: str) -> None:
    """Warns whoever calls Redstart that a name has a successor.

    Args:
        message: What to use instead.
    """
    import warnings  # loaded when there is something to warn of

    warnings.warn(message, DeprecationWarning, stacklevel=3)
