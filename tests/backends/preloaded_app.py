"""A web application that uses its database before gunicorn forks the workers; also gunicorn's configuration.

The master's last act is to use its connection once more and to write down what it found.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redstart.pool import PooledPostgresqlDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

db = PooledPostgresqlDatabase(os.environ["APP_DSN"], max_connections=4, timeout=10)
db.connect()
MASTER = db.connection().get_backend_pid()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers with the processes of the worker and of its session."""
    with db.connection_context(), db.atomic():
        db.execute_sql("INSERT INTO ledger VALUES ('worker')")
        backend = db.connection().get_backend_pid()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"worker": os.getpid(), "backend": backend}).encode()]


def on_exit(server: Any) -> None:
    """Is called by gunicorn in the master, at its end."""
    with db.atomic():
        db.execute_sql("INSERT INTO ledger VALUES ('master')")
    now = db.connection().get_backend_pid()
    Path(os.environ["APP_REPORT"]).write_text(json.dumps({"first": MASTER, "last": now}), encoding="utf-8")
    db.close()
