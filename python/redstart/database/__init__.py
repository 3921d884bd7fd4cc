"""Databases: connections, transactions, introspection, dialects.

Here stand re-exports only; one class has one file.
"""

from redstart.database.atomic import _atomic
from redstart.database.base import Database
from redstart.database.connection_context import ConnectionContext
from redstart.database.introspection import (
    ColumnMetadata,
    ForeignKeyMetadata,
    IndexMetadata,
    ViewMetadata,
)
from redstart.database.log import logger
from redstart.database.manual_commit import _manual
from redstart.database.mysql import MySQLDatabase
from redstart.database.postgres import PostgresqlDatabase
from redstart.database.proxy import DatabaseProxy
from redstart.database.query_event import QueryEvent
from redstart.database.savepoint import _savepoint
from redstart.database.sqlite import SqliteDatabase
from redstart.database.transaction import _transaction

__all__ = [
    "ColumnMetadata",
    "ConnectionContext",
    "Database",
    "DatabaseProxy",
    "ForeignKeyMetadata",
    "IndexMetadata",
    "MySQLDatabase",
    "PostgresqlDatabase",
    "QueryEvent",
    "SqliteDatabase",
    "ViewMetadata",
    "_atomic",
    "_manual",
    "_savepoint",
    "_transaction",
    "logger",
]
