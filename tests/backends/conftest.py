"""The databases of the tests that disturb them: pools on a fresh database, closed after the test."""

from __future__ import annotations

import asyncio
import faulthandler
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from servers.fixtures import TestDatabase

#: After so many seconds a test hangs, and the run ends with the stacks of all threads.
LIMIT = 60


@pytest.fixture(autouse=True)
def limited_time() -> Iterator[None]:
    """Ends the run where a test hangs."""
    faulthandler.dump_traceback_later(LIMIT, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def pooled(postgres_database: TestDatabase) -> Iterator[Callable[..., Any]]:
    """Makes pools for threads, and for tasks: `pooled(max_connections=2)`."""
    from redstart.pool import PooledPostgresqlDatabase

    made: list[Any] = []

    def make(**settings: Any) -> Any:
        made.append(PooledPostgresqlDatabase(postgres_database.dsn(), **settings))
        return made[-1]

    yield make
    for one in made:
        one.close_all()


@pytest.fixture
def awaited(postgres_database: TestDatabase) -> Iterator[Callable[..., Any]]:
    """Makes databases of `pwasyncio`: `awaited(pool_size=2)`."""
    from redstart.pwasyncio import AsyncPostgresqlDatabase

    made: list[Any] = []

    def make(**settings: Any) -> Any:
        made.append(AsyncPostgresqlDatabase(postgres_database.dsn(), **settings))
        return made[-1]

    yield make
    for one in made:
        asyncio.run(one.close_pool())
