"""`postgres_get_by_id` while another thread of the process computes."""

from __future__ import annotations

import dataclasses
from typing import Any

from computing import beside_a_thread
from groups import POSTGRES
from workload import Work, Workload
from workloads import postgres_get_by_id

WORKLOAD = Workload("get by primary key x 200, a thread computes", 200, None, passes=2, group=POSTGRES)


def raw(n: int) -> Work:
    """Execute the statement with each key: psycopg 3."""
    return _beside(postgres_get_by_id.raw(n))


def psycopg2(n: int) -> Work:
    """Execute the statement with each key."""
    return _beside(postgres_get_by_id.psycopg2(n))


def sqlalchemy(n: int) -> Work:
    """Call `get` of one session."""
    return _beside(postgres_get_by_id.sqlalchemy(n))


def orm(lib: Any, n: int) -> Work:
    """Call `get_by_id` with each key."""
    return _beside(postgres_get_by_id.orm(lib, n))


def _beside(work: Work) -> Work:
    def run() -> int:
        with beside_a_thread():
            total: int = work.run()
            return total

    return dataclasses.replace(work, run=run)
