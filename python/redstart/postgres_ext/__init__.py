"""What PostgreSQL has beyond the others: arrays, ``hstore``, ``jsonb``, full-text search, cursors on the server.

It stands for ``playhouse.postgres_ext``, whose star import gives peewee's names too. Here stand re-exports only; one
noun has one file.
"""

# ruff: noqa: F403
import redstart
from redstart.late_names import late_names
from redstart.postgres_ext.adapter import Psycopg2ExtAdapter, Psycopg3ExtAdapter, register_hstore_pg3
from redstart.postgres_ext.array import ArrayField, ArrayValue, ObjectSlice
from redstart.postgres_ext.database import PostgresqlExtDatabase, Psycopg3Database
from redstart.postgres_ext.hstore import HStoreField
from redstart.postgres_ext.indexed_field import IndexedFieldMixin
from redstart.postgres_ext.interval import DateTimeTZField, IntervalField
from redstart.postgres_ext.json import BinaryJSONField, Json, JSONField
from redstart.postgres_ext.json_lookup import JsonLookup, JsonPath
from redstart.postgres_ext.match import Match, TSVectorField
from redstart.postgres_ext.named_cursor import FetchManyCursor
from redstart.postgres_ext.operators import (
    ACONTAINED_BY,
    ACONTAINS,
    ACONTAINS_ANY,
    HCONTAINS_ANY_KEY,
    HCONTAINS_DICT,
    HCONTAINS_KEY,
    HCONTAINS_KEYS,
    HKEY,
    HUPDATE,
    JSONB_CONTAINED_BY,
    JSONB_CONTAINS,
    JSONB_CONTAINS_ALL_KEYS,
    JSONB_CONTAINS_ANY_KEY,
    JSONB_CONTAINS_KEY,
    JSONB_EXISTS,
    JSONB_PATH,
    JSONB_PATH_EXISTS,
    JSONB_PATH_MATCH,
    JSONB_PATH_REMOVE,
    JSONB_REMOVE,
    TS_MATCH,
)
from redstart.postgres_ext.server_side import ServerSide, ServerSideQuery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from redstart import *  # type: ignore[assignment] # all names but JSONField, which has another meaning here
    from redstart._engine import ColumnBase, Expression, Node
    from redstart.database.postgres_adapter import Psycopg2Adapter, Psycopg3Adapter
    from redstart.fields import FieldDatabaseHook
    from redstart.node import NodeList, ValueLiterals
    from redstart.postgres_ext.json import JSONField
    from redstart.postgres_ext.pooled_database import PooledPostgresqlExtDatabase, PooledPsycopg3Database
    from redstart.query import SelectBase

__all__ = [
    "ACONTAINED_BY",
    "ACONTAINS",
    "ACONTAINS_ANY",
    "HCONTAINS_ANY_KEY",
    "HCONTAINS_DICT",
    "HCONTAINS_KEY",
    "HCONTAINS_KEYS",
    "HKEY",
    "HUPDATE",
    "JSONB_CONTAINED_BY",
    "JSONB_CONTAINS",
    "JSONB_CONTAINS_ALL_KEYS",
    "JSONB_CONTAINS_ANY_KEY",
    "JSONB_CONTAINS_KEY",
    "JSONB_EXISTS",
    "JSONB_PATH",
    "JSONB_PATH_EXISTS",
    "JSONB_PATH_MATCH",
    "JSONB_PATH_REMOVE",
    "JSONB_REMOVE",
    "TS_MATCH",
    "ArrayField",
    "ArrayValue",
    "BinaryJSONField",
    "ColumnBase",
    "DateTimeTZField",
    "Expression",
    "FetchManyCursor",
    "FieldDatabaseHook",
    "HStoreField",
    "IndexedFieldMixin",
    "IntervalField",
    "JSONField",
    "Json",
    "JsonLookup",
    "JsonPath",
    "Match",
    "Node",
    "NodeList",
    "ObjectSlice",
    "PooledPostgresqlExtDatabase",
    "PooledPsycopg3Database",
    "PostgresqlExtDatabase",
    "Psycopg2Adapter",
    "Psycopg2ExtAdapter",
    "Psycopg3Adapter",
    "Psycopg3Database",
    "Psycopg3ExtAdapter",
    "SelectBase",
    "ServerSide",
    "ServerSideQuery",
    "TSVectorField",
    "ValueLiterals",
    "register_hstore_pg3",
]
__all__ += redstart.__all__

__getattr__, __dir__ = late_names(
    __name__,
    {"redstart.postgres_ext.pooled_database": ("PooledPostgresqlExtDatabase", "PooledPsycopg3Database")},
    beside=redstart,
)
