"""The databases of this package with a pool of connections; what a pool does stands in ``redstart.pool``."""

from __future__ import annotations

from redstart.pool import _PooledPostgresqlDatabase
from redstart.postgres_ext.database import PostgresqlExtDatabase, Psycopg3Database


class PooledPostgresqlExtDatabase(_PooledPostgresqlDatabase, PostgresqlExtDatabase):  # type: ignore[misc] # init() has the arguments of both
    """A `PostgresqlExtDatabase` with a pool of connections."""


class PooledPsycopg3Database(_PooledPostgresqlDatabase, Psycopg3Database):  # type: ignore[misc] # init() has the arguments of both
    """A `Psycopg3Database` with a pool of connections."""
