"""Databases: connections, transactions, introspection, dialects.

Here stand re-exports only; one class has one file.
"""

from redstart.late_names import late_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from redstart.database.atomic import _atomic
    from redstart.database.base import Database
    from redstart.database.connection_context import ConnectionContext
    from redstart.database.connection_state import _ConnectionState
    from redstart.database.introspection import ColumnMetadata, ForeignKeyMetadata, IndexMetadata, ViewMetadata
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
    "_ConnectionState",
    "_atomic",
    "_manual",
    "_savepoint",
    "_transaction",
    "logger",
]

if not TYPE_CHECKING:
    # The same names as above, for those who run this.
    __getattr__, __dir__ = late_names(
        __name__,
        {
            "redstart.database.atomic": ("_atomic",),
            "redstart.database.base": ("Database",),
            "redstart.database.connection_context": ("ConnectionContext",),
            "redstart.database.connection_state": ("_ConnectionState",),
            "redstart.database.introspection": (
                "ColumnMetadata",
                "ForeignKeyMetadata",
                "IndexMetadata",
                "ViewMetadata",
            ),
            "redstart.database.log": ("logger",),
            "redstart.database.manual_commit": ("_manual",),
            "redstart.database.mysql": ("MySQLDatabase",),
            "redstart.database.postgres": ("PostgresqlDatabase",),
            "redstart.database.proxy": ("DatabaseProxy",),
            "redstart.database.query_event": ("QueryEvent",),
            "redstart.database.savepoint": ("_savepoint",),
            "redstart.database.sqlite": ("SqliteDatabase",),
            "redstart.database.transaction": ("_transaction",),
        },
    )
