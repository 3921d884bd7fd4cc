"""Each framework under the servers that people use, on each kind of database; the table stands at the end."""

from __future__ import annotations

from frameworks.servers import POOLED, asgi, wsgi
from redstart.integrations.conformance.suite import ConformanceTests


class TestWsgi(ConformanceTests):
    served = [
        wsgi("WSGI", "gunicorn", "wsgi_app:application"),
        wsgi("WSGI", "gunicorn --preload", "wsgi_app:application"),
    ]


class TestAsgi(ConformanceTests):
    served = [
        asgi("ASGI", "uvicorn", "asgi_app:application", databases=(*POOLED, "SQLite async", "PostgreSQL async")),
        asgi("ASGI", "hypercorn", "asgi_app:application", databases=("PostgreSQL",)),
        asgi("ASGI", "granian", "asgi_app:application", databases=("PostgreSQL",)),
    ]
