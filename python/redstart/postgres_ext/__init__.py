"""What PostgreSQL has beyond the others: arrays, ``hstore``, ``jsonb``, full-text search, cursors on the server.

It stands for ``playhouse.postgres_ext``. Here stand re-exports only; one noun has one file.
"""

from redstart.constants import DJANGO_MAP, JOIN, OP, PREFETCH_TYPE
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

__all__ = [
    "ACONTAINED_BY",
    "ACONTAINS",
    "ACONTAINS_ANY",
    "DJANGO_MAP",
    "HCONTAINS_ANY_KEY",
    "HCONTAINS_DICT",
    "HCONTAINS_KEY",
    "HCONTAINS_KEYS",
    "HKEY",
    "HUPDATE",
    "JOIN",
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
    "OP",
    "PREFETCH_TYPE",
    "TS_MATCH",
    "ArrayField",
    "ArrayValue",
    "BinaryJSONField",
    "DateTimeTZField",
    "FetchManyCursor",
    "HStoreField",
    "IndexedFieldMixin",
    "IntervalField",
    "JSONField",
    "Json",
    "JsonLookup",
    "JsonPath",
    "Match",
    "ObjectSlice",
    "PostgresqlExtDatabase",
    "Psycopg2ExtAdapter",
    "Psycopg3Database",
    "Psycopg3ExtAdapter",
    "ServerSide",
    "ServerSideQuery",
    "TSVectorField",
    "register_hstore_pg3",
]

__getattr__, __dir__ = late_names(
    __name__,
    {"redstart.postgres_ext.pooled_database": ("PooledPostgresqlExtDatabase", "PooledPsycopg3Database")},
)
