"""The database that a framework's configuration names, by its URL or by the place where it stands."""

from __future__ import annotations

import importlib
from typing import Any

from redstart.db_url import connect
from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.settings import Settings


def named_database(value: Any, setting: str) -> Any:
    """Gives the database that a setting names.

    Args:
        value: A database or several, which are given back; a URL; or a dotted path such as ``shop.models.db``.
        setting: What the setting is called, for messages.

    Raises:
        ImproperlyConfigured: There is no such thing.

    Example:
        >>> from redstart.integrations.named import named_database
        >>> named_database("sqlite:///:memory:", "REDSTART_DATABASE").database
        ':memory:'
    """
    if value is None:
        raise ImproperlyConfigured(f"{setting} is not set: give it a database, its URL, or the dotted path of one.")
    found = _found(value, setting) if isinstance(value, str) else value
    Settings(found)
    return found


def _found(value: str, setting: str) -> Any:
    if ":" in value.partition("/")[0]:
        try:
            return connect(value)
        except (RuntimeError, ValueError) as error:
            raise ImproperlyConfigured(f"{setting} is no URL of a database: {error}") from error
    module, _, name = value.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ImproperlyConfigured(
            f"{setting}={value!r} is neither a URL nor the dotted path of a database: {error}"
        ) from error


__all__ = ["named_database"]
