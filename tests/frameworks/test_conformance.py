"""Each framework under the servers that people use, on each kind of database; the table stands at the end.

`python -m pytest tests/frameworks --conformance-all` is the whole of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from examples.document import DOCUMENT
from redstart.integrations.conformance.served import WSGI, Served
from redstart.integrations.conformance.suite import ConformanceTests

APPS = Path(__file__).parent / "apps"
PYTHON = sys.executable
# One process each; those with threads have more of them than the pool has connections.
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
#: A connection is held for a query, not for a request.
FOR_QUERIES = {
    "environment": {"HOLD": "query"},
    "lacks": {
        **dict.fromkeys(("disconnect", "limit"), "a request that waits holds no connection"),
        "document": "the documentation's example holds one for the request",
    },
}


class Framework(ConformanceTests):
    """The checks of all, and the document's example."""

    more_checks = (DOCUMENT,)


def wsgi(framework, server, app, **options):
    """An application for WSGI, `module:name`, under a server."""
    lacks = {**WSGI, **options.pop("lacks", {})}
    return Served(framework, server, [*COMMANDS[server], app], folder=APPS, lacks=lacks, **options)


def gunicorn(framework, app, **options):
    """An application for WSGI under gunicorn, whose workers import it, or are forked with it."""
    return [wsgi(framework, server, app, **options) for server in ("gunicorn", "gunicorn --preload")]


def asgi(framework, server, app, **options):
    """An application for ASGI, `module:name`, under a server."""
    return Served(framework, server, [*COMMANDS[server], app], folder=APPS, **options)


def three(framework, app, **options):
    """An application for ASGI under each server: under the first on all databases, under the others on one."""
    return [
        asgi(framework, "uvicorn", app, databases=[*POOLED, *AWAITED], **options),
        *(
            asgi(
                framework, server, app, databases=["PostgreSQL async"], more_databases=[*POOLED, AWAITED[0]], **options
            )
            for server in ("hypercorn", "granian")
        ),
    ]


class TestWsgi(Framework):
    served = [
        *gunicorn("WSGI", "wsgi_app:application"),
        wsgi("WSGI", "granian (WSGI)", "wsgi_app:application"),
        wsgi("WSGI", "waitress", "wsgi_app:application"),
        wsgi('WSGI, hold="query"', "gunicorn", "wsgi_app:application", **FOR_QUERIES),
    ]


class TestAsgi(Framework):
    served = [
        *three("ASGI", "asgi_app:application"),
        asgi(
            'ASGI, hold="query"',
            "uvicorn",
            "asgi_app:application",
            databases=[*POOLED, *AWAITED],
            **FOR_QUERIES,
        ),
    ]


class TestFlask(Framework):
    served = gunicorn("Flask", "flask_app:app")


class TestFastApi(Framework):
    served = three("FastAPI", "fastapi_app:app")


class TestStarlette(Framework):
    served = three("Starlette", "starlette_app:app")


class TestDjango(Framework):
    no_sockets = {"background": "Django has none of its own", "WebSocket": "Django has none of its own"}
    views = {"VIEWS": "awaited"}
    served = [
        *gunicorn("Django", "django_app:wsgi"),
        *three("Django", "django_app:asgi", lacks=no_sockets, environment=views),
    ]


class TestBottle(Framework):
    by_bottle = {"document": "the documentation's example is served by Bottle's own command"}
    served = [
        wsgi("Bottle", "gunicorn", "bottle_app:app"),
        wsgi("Bottle", "gunicorn --preload", "bottle_app:app", lacks=by_bottle),
    ]


class TestFalcon(Framework):
    no_apps = {"mounted": "Falcon mounts no applications"}
    served = [
        *gunicorn("Falcon", "falcon_app:wsgi_app", lacks=no_apps),
        *three("Falcon", "falcon_app:asgi_app", lacks=no_apps),
    ]


class TestPyramid(Framework):
    served = gunicorn("Pyramid", "pyramid_app:application()")


class TestCherryPy(Framework):
    served = [
        Served("CherryPy", "its own", [PYTHON, "cherrypy_app.py"], folder=APPS, lacks=WSGI),
    ]


class TestQuart(Framework):
    served = three("Quart", "quart_app:app")


class TestLitestar(Framework):
    served = three("Litestar", "litestar_app:app")


class TestAiohttp(Framework):
    served = [
        Served(
            "aiohttp",
            "its own",
            [PYTHON, "-m", "aiohttp.web", "--hostname=127.0.0.1", "--port={port}", "aiohttp_app:make_app"],
            folder=APPS,
            databases=[*POOLED, *AWAITED],
        ),
        Served(
            "aiohttp",
            "gunicorn",
            [
                *GUNICORN[:3],
                "--worker-class=aiohttp.GunicornWebWorker",
                "--bind=127.0.0.1:{port}",
                "aiohttp_app:served",
            ],
            folder=APPS,
            databases=["PostgreSQL async"],
            more_databases=[*POOLED, AWAITED[0]],
        ),
    ]


class TestSanic(Framework):
    served = [
        Served(
            "Sanic",
            "its own",
            [PYTHON, "-m", "sanic", "sanic_app:app", "--host=127.0.0.1", "--port={port}", "--single-process"],
            folder=APPS,
            databases=[*POOLED, *AWAITED],
        ),
        *three("Sanic", "sanic_app:app"),
    ]
