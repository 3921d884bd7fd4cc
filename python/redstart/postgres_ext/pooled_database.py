"""The databases of this package with a pool of connections, made when they are asked for.

What a pool does stands in ``redstart.pool``; where that is missing, so are these names.
"""

from __future__ import annotations

import importlib
from typing import Any

from redstart.postgres_ext.database import PostgresqlExtDatabase, Psycopg3Database

_BASES: dict[str, type] = {
    "PooledPostgresqlExtDatabase": PostgresqlExtDatabase,
    "PooledPsycopg3Database": Psycopg3Database,
}


def __getattr__(name: str) -> Any:
    base = _BASES.get(name)
    if base is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        pool: Any = importlib.import_module("redstart.pool")
    except ModuleNotFoundError as error:
        raise AttributeError(f"{name} needs redstart.pool, which this version of Redstart does not have.") from error
    doc = f"A `{base.__name__}` with a pool of connections."
    made = type(name, (pool._PooledPostgresqlDatabase, base), {"__doc__": doc, "__module__": __name__})
    globals()[name] = made
    return made
