"""Databases by URL: ``scheme://user:password@host:port/name?setting=value``.

Which class a scheme stands for, and which arguments a URL becomes. No database is opened here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlparse

from redstart.database import MySQLDatabase, PostgresqlDatabase, SqliteDatabase

if TYPE_CHECKING:
    from urllib.parse import ParseResult

    from redstart.database import Database

#: The class that each scheme stands for.
schemes: dict[str, type[Database]] = {
    "mysql": MySQLDatabase,
    "postgres": PostgresqlDatabase,
    "postgresql": PostgresqlDatabase,
    "sqlite": SqliteDatabase,
}


def register_database(db_class: type[Database], *names: str) -> None:
    """Lets schemes stand for a class of databases, also in the place of another class.

    Args:
        db_class: The class.
        names: The schemes.

    Example:
        >>> from redstart import SqliteDatabase
        >>> from redstart.db_url import connect, register_database
        >>> class Audited(SqliteDatabase):
        ...     pass
        >>> register_database(Audited, "audited")
        >>> type(connect("audited:///app.db")).__name__
        'Audited'
    """
    for name in names:
        schemes[name] = db_class


def parse(url: str, unquote_password: bool = False, unquote_user: bool = False) -> dict[str, Any]:
    """Gives the arguments that a URL becomes.

    Args:
        url: The URL.
        unquote_password: Whether ``%40`` and the like in the password are decoded.
        unquote_user: Whether they are in the name of the user.

    Returns:
        ``database``, what the URL says of ``user``, ``password``, ``host`` and ``port``, and its
        query string's settings. For ``mysql`` the password is called ``passwd``.

    Raises:
        TypeError: The URL is no text.
        ValueError: The port is no number between 0 and 65535.

    Example:
        >>> from redstart.db_url import parse
        >>> parse("postgresql://app@db.example:5433/shop?connect_timeout=3")
        {'database': 'shop', 'user': 'app', 'host': 'db.example', 'port': 5433, 'connect_timeout': 3}
    """
    return parseresult_to_dict(_parsed(url), unquote_password, unquote_user)


def parseresult_to_dict(
    parsed: ParseResult, unquote_password: bool = False, unquote_user: bool = False
) -> dict[str, Any]:
    """Gives the arguments that a URL becomes which ``urllib.parse.urlparse`` took apart.

    Args:
        parsed: The URL.
        unquote_password: As for `parse`.
        unquote_user: As for `parse`.
    """
    arguments: dict[str, Any] = {"database": parsed.path[1:]}
    if not arguments["database"] and "sqlite" in parsed.scheme:
        arguments["database"] = ":memory:"
    if parsed.username:
        arguments["user"] = unquote(parsed.username) if unquote_user else parsed.username
    if parsed.password:
        word = "passwd" if parsed.scheme == "mysql" else "password"
        arguments[word] = unquote(parsed.password) if unquote_password else parsed.password
    if parsed.hostname:
        arguments["host"] = parsed.hostname
    if parsed.port:
        arguments["port"] = parsed.port
    arguments.update((name, _setting(text)) for name, text in parse_qsl(parsed.query, keep_blank_values=True))
    return arguments


def connect(url: str, unquote_password: bool = False, unquote_user: bool = False, **connect_params: Any) -> Database:
    """Makes the database that a URL names. It is not opened yet.

    Args:
        url: The URL. ``sqlite:///app.db`` is relative to the working directory,
            ``sqlite:////srv/app.db`` is not, ``sqlite:///:memory:`` is in memory.
        unquote_password: As for `parse`.
        unquote_user: As for `parse`.
        connect_params: Further arguments of the class, which come before the URL's.

    Raises:
        RuntimeError: The scheme stands for no class.
        ValueError: The URL names no database.

    Example:
        >>> from redstart.db_url import connect
        >>> db = connect("sqlite:///:memory:?timeout=10", pragmas={"foreign_keys": 1})
        >>> db.database, db.timeout
        (':memory:', 10)
    """
    parsed = _parsed(url)
    arguments = parseresult_to_dict(parsed, unquote_password, unquote_user)
    arguments.update(connect_params)
    db_class = schemes.get(parsed.scheme)
    if db_class is None:
        message = f'Unrecognized or unsupported scheme: "{parsed.scheme}".'
        raise RuntimeError(message)
    if not arguments["database"]:
        message = (
            f'"{_without_password(url, parsed.password)}" has no database name. Local databases take three slashes '
            f'("{parsed.scheme}:///dbname"), remote ones "{parsed.scheme}://host/dbname".'
        )
        raise ValueError(message)
    return db_class(**arguments)


def _parsed(url: Any) -> ParseResult:
    if not isinstance(url, str):
        message = f"a database's URL is text, not {type(url).__name__}"
        raise TypeError(message)
    parsed: ParseResult = urlparse(url)
    return parsed


def _setting(text: str) -> Any:
    """Gives the value that a setting's text stands for."""
    word = text.lower()
    if word in _WORDS:
        return _WORDS[word]
    if text.isdecimal():
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _without_password(url: str, password: str | None) -> str:
    # The text of an error ends up in logs.
    return url.replace(f":{password}@", ":***@", 1) if password else url


_WORDS = {"true": True, "false": False, "null": None, "none": None}
_FLOAT = re.compile(r"\d+\.\d+")
