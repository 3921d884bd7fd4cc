"""A WSGI application without a framework."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import parse_qsl

from redstart.integrations.conformance import blocking
from redstart.integrations.conformance.application import database
from redstart.integrations.wsgi import ConnectionMiddleware

HOLD = os.environ.get("HOLD", "request")


def routes(environ, start_response):
    path, query = environ["PATH_INFO"], dict(parse_qsl(environ.get("QUERY_STRING", "")))
    status, headers, body = "200 OK", [("Content-Type", "application/json")], None
    found: Any = None
    if path in blocking.BY_QUERY:
        found = blocking.BY_QUERY[path](query)
    elif path == "/item" and environ["REQUEST_METHOD"] == "POST":
        size = int(environ["CONTENT_LENGTH"])
        found = blocking.add(json.loads(environ["wsgi.input"].read(size))["name"])
    elif path.startswith("/item/"):
        found = blocking.item(int(path.rpartition("/")[2]))
    elif path == "/middleware":
        found = blocking.item(1)
    elif path == "/redirect":
        blocking.item(1)
        status, headers, body = "302 Found", [("Location", "/item/1")], []
    elif path == "/stream":
        headers, body = [("Content-Type", "text/plain")], blocking.stream()
    if found is None and body is None:
        status, found = "404 Not Found", {}
    if body is None:
        text = json.dumps(found).encode()
        headers.append(("Content-Length", str(len(text))))
        body = [] if environ["REQUEST_METHOD"] == "HEAD" else [text]
    start_response(status, headers)
    return body


def with_mounted(environ, start_response):
    """Mounts an application, which has the integration too."""
    if environ["PATH_INFO"].startswith("/mounted/"):
        blocking.item(1)
        inner = {**environ, "SCRIPT_NAME": "/mounted", "PATH_INFO": environ["PATH_INFO"].removeprefix("/mounted")}
        return ConnectionMiddleware(routes, database, hold=HOLD)(inner, start_response)
    return routes(environ, start_response)


def with_middleware(environ, start_response):
    """The application's own middleware."""
    if environ["PATH_INFO"] != "/middleware":
        return with_mounted(environ, start_response)
    blocking.before()
    body = with_mounted(environ, start_response)
    blocking.after(environ["PATH_INFO"], dict(parse_qsl(environ["QUERY_STRING"])))
    return body


blocking.create_tables()
application = ConnectionMiddleware(with_middleware, database, hold=HOLD)
