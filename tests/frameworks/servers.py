"""The servers that people use, as commands. Each serves one process; those with threads have sixteen."""

from __future__ import annotations

import sys
from pathlib import Path

from redstart.integrations.conformance.served import WSGI, Served

HERE = Path(__file__).parent
PYTHON = sys.executable
GUNICORN = [PYTHON, "-m", "gunicorn", "--worker-class=gthread", "--threads=16", "--bind=127.0.0.1:{port}"]
GRANIAN = [PYTHON, "-m", "granian", "--host=127.0.0.1", "--port={port}", "--workers=1"]
COMMANDS = {
    "gunicorn": GUNICORN,
    "gunicorn --preload": [*GUNICORN, "--preload"],
    "granian (WSGI)": [*GRANIAN, "--interface=wsgi", "--blocking-threads=16"],
    "waitress": [PYTHON, "-m", "waitress", "--listen=127.0.0.1:{port}", "--threads=16"],
    "uvicorn": [PYTHON, "-m", "uvicorn", "--host=127.0.0.1", "--port={port}", "--log-level=warning"],
    "hypercorn": [PYTHON, "-m", "hypercorn", "--bind=127.0.0.1:{port}"],
    "granian": [*GRANIAN, "--interface=asgi"],
}
POOLED = ("SQLite", "PostgreSQL")
AWAITED = ("SQLite async", "PostgreSQL async")


def wsgi(framework, server, app, **options):
    """An application for WSGI, `module:name`, under a server."""
    lacks = {**WSGI, **options.pop("lacks", {})}
    return Served(framework, server, [*COMMANDS[server], app], folder=HERE, lacks=lacks, **options)


def asgi(framework, server, app, **options):
    """An application for ASGI, `module:name`, under a server."""
    return Served(framework, server, [*COMMANDS[server], app], folder=HERE, **options)
