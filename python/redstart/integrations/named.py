"""What a framework's configuration says: the database by its URL or by the place where it stands, and the rest."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

from redstart.database.proxy import DatabaseProxy
from redstart.db_url import connect
from redstart.exceptions import ImproperlyConfigured
from redstart.integrations import settings

if TYPE_CHECKING:
    from collections.abc import Callable


class Configured(NamedTuple):
    """What an integration is told, by its arguments or by the framework's configuration.

    Attributes:
        database: The database or the databases.
        hold: See `Settings`.
        report: See `Settings`.
    """

    database: Any
    hold: str
    report: bool


def configured(
    database: Any, hold: str | None, report: bool | None, *, read: Callable[[str], Any], prefix: str, shown: str = "{}"
) -> Configured:
    """Completes what an integration was given by what the framework's configuration says.

    A `DatabaseProxy` that has no database yet gets the one that the configuration names.

    Args:
        database: A database, its URL, a dotted path, a proxy, several databases, or None.
        hold: See `Settings`; or None.
        report: See `Settings`; or None.
        read: Reads a setting by its name; gives None for one that is not there.
        prefix: What the names of the settings begin with: ``"REDSTART_"`` or ``"redstart."``.
        shown: How a setting is shown in messages.

    Raises:
        ImproperlyConfigured: A setting is wrong.

    Example:
        >>> from redstart.integrations.named import configured
        >>> config = {"REDSTART_DATABASE": "sqlite:///:memory:", "REDSTART_REPORT": "yes"}
        >>> found = configured(None, None, None, read=config.get, prefix="REDSTART_")
        >>> found.hold, found.report
        ('request', True)
    """
    key, hold_key, report_key = [
        prefix + (word.upper() if prefix.isupper() else word) for word in ("database", "hold", "report")
    ]
    if database is None or isinstance(database, str):
        database = named_database(read(key) if database is None else database, shown.format(key))
    elif isinstance(database, DatabaseProxy) and (database.obj is None or database.obj in settings.configured):
        _initialize(database, read(key), shown.format(key))
    return Configured(
        database,
        hold or read(hold_key) or "request",
        _as_bool(read(report_key), shown.format(report_key)) if report is None else report,
    )


def _initialize(proxy: DatabaseProxy, value: Any, setting: str) -> None:
    """Tells a proxy its database, again for another application, if the configuration names one."""
    if value is None or value is proxy:
        return
    found = named_database(value, setting)
    if isinstance(found, (list, tuple)):
        raise ImproperlyConfigured(f"{setting} names several databases, and a DatabaseProxy stands for one.")
    tell(proxy, found)


def tell(proxy: DatabaseProxy, database: Any) -> None:
    """Tells a proxy the database that an application's configuration names.

    Args:
        proxy: The proxy.
        database: The database.
    """
    if not isinstance(database, DatabaseProxy):
        settings.configured.add(database)
    proxy.initialize(database)


def _as_bool(value: Any, setting: str) -> bool:
    """Understands what files and the environment say, too, which know only text."""
    if not isinstance(value, str):
        return bool(value)
    word = value.strip().lower()
    if word not in _WORDS:
        raise ImproperlyConfigured(f"{setting}={value!r} is neither true nor false.")
    return _WORDS[word]


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
    settings.Settings(found)
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


_WORDS = (
    {"": False} | dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(("0", "false", "no", "off"), False)
)

__all__ = ["Configured", "configured", "named_database"]
