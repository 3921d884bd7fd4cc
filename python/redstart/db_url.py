"""Databases by URL: ``scheme://user:password@host:port/name?setting=value``.

Which class a scheme stands for, and which arguments a URL becomes. No database is opened here.
"""

# playhouse's module gives all of peewee's names, too.
# ruff: noqa: F403
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlparse

import redstart
from redstart.database import MySQLDatabase, PostgresqlDatabase, SqliteDatabase
from redstart.exceptions import NotSupportedError
from redstart.late_names import late_names
from redstart.pool import PooledMySQLDatabase, PooledPostgresqlDatabase, PooledSqliteDatabase
from redstart.postgres_ext import PostgresqlExtDatabase, Psycopg3Database
from redstart.postgres_ext.pooled_database import PooledPostgresqlExtDatabase, PooledPsycopg3Database

if TYPE_CHECKING:
    from urllib.parse import ParseResult

    from redstart import *
    from redstart.database import Database

#: The class that each scheme stands for.
schemes: dict[str, type[Database]] = {
    "mysql": MySQLDatabase,
    "mysql+pool": PooledMySQLDatabase,
    "postgres": PostgresqlDatabase,
    "postgres+pool": PooledPostgresqlDatabase,
    "postgresext": PostgresqlExtDatabase,
    "postgresext+pool": PooledPostgresqlExtDatabase,
    "postgresql": PostgresqlDatabase,
    "postgresql+pool": PooledPostgresqlDatabase,
    "postgresqlext": PostgresqlExtDatabase,
    "postgresqlext+pool": PooledPostgresqlExtDatabase,
    "psycopg3": Psycopg3Database,
    "psycopg3+pool": PooledPsycopg3Database,
    "sqlite": SqliteDatabase,
    "sqlite+pool": PooledSqliteDatabase,
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
        query string's settings. For ``mysql`` the password is called ``passwd``. For PostgreSQL there may be several
        hosts, ``postgresql://a:5432,b:5433/shop``, whose ports are text then, and a socket's folder as the host,
        ``postgresql://%2Frun%2Fpostgresql/shop``.

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
        arguments["password"] = unquote(parsed.password) if unquote_password else parsed.password
    arguments.update(_address(parsed))
    if parsed.scheme == "mysql" and "password" in arguments:
        arguments["passwd"] = arguments.pop("password")
    arguments.update((name, _setting(text)) for name, text in parse_qsl(parsed.query, keep_blank_values=True))
    return arguments


def connect(url: str, unquote_password: bool = False, unquote_user: bool = False, **connect_params: Any) -> Database:
    """Makes the database that a URL names. It is not opened yet.

    Args:
        url: The URL. ``sqlite:///app.db`` is relative to the working directory,
            ``sqlite:////srv/app.db`` is not, ``sqlite:///:memory:`` is in memory. With ``+pool`` behind the scheme
            the database has a pool: ``postgresql+pool://localhost/shop?max_connections=20``.
        unquote_password: As for `parse`.
        unquote_user: As for `parse`.
        connect_params: Further arguments of the class, which come before the URL's.

    Raises:
        NotSupportedError: The scheme stands for a class that this version of Redstart does not have.
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
        home = _ELSEWHERE.get(parsed.scheme.removesuffix("+pool"))
        if home is not None and parsed.scheme != "apsw+pool":
            message = (
                f'The scheme "{parsed.scheme}" stands for a class of playhouse.{home}, which this version of Redstart '
                "does not have. register_database() can let it stand for another one."
            )
            raise NotSupportedError(message)
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


def _address(parsed: ParseResult) -> dict[str, Any]:
    hosts = parsed.netloc.rpartition("@")[2]
    name: str | None
    port: Any
    if parsed.scheme.startswith(_LIBPQ) and ("," in hosts or "%2f" in hosts.lower()):
        name, port = _hosts(hosts)
    else:
        name, port = parsed.hostname, parsed.port
    return {key: value for key, value in (("host", name), ("port", port)) if value}


def _hosts(text: str) -> tuple[str, Any]:
    """Takes hosts and ports apart, and gives them as libpq takes them: lists with commas."""
    found = [_HOST.fullmatch(one) for one in text.split(",")]
    names = [unquote(one["name"].strip("[]")) for one in found if one]
    ports = [one["port"] or "" for one in found if one]
    if len(names) != len(found):
        message = f'"{text}" is no list of hosts such as "a:5432,b" or "%2Frun%2Fpostgresql:5432".'
        raise ValueError(message)
    if len(ports) == 1:
        return names[0], int(ports[0] or 0)
    return ",".join(names), ",".join(ports) if any(ports) else None


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
# libpq's URLs know more of hosts than others.
_LIBPQ = ("postgres", "psycopg3")
_HOST = re.compile(r"(?P<name>\[[^]]*\]|[^:]*)(?::(?P<port>\d*))?")
# Where peewee has the classes of the schemes that stand for none here.
_ELSEWHERE = {
    "apsw": "apsw_ext",
    "cockroachdb": "cockroachdb",
    "crdb": "cockroachdb",
    "cysqlite": "cysqlite_ext",
    "mariadbconnector": "mysql_ext",
    "mysqlconnector": "mysql_ext",
}

__all__ = [
    "PooledMySQLDatabase",
    "PooledPostgresqlDatabase",
    "PooledPostgresqlExtDatabase",
    "PooledPsycopg3Database",
    "PooledSqliteDatabase",
    "PostgresqlExtDatabase",
    "Psycopg3Database",
    "connect",
    "parse",
    "parseresult_to_dict",
    "register_database",
    "schemes",
]
__all__ += redstart.__all__

__getattr__, __dir__ = late_names(__name__, {}, beside=redstart)
