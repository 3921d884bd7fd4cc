"""The WSGI application with one fault, which `FAULT` names."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import wsgi_app

from redstart.db_url import connect
from redstart.integrations.conformance import blocking
from redstart.integrations.conformance.application import Item, database, gates

right = wsgi_app.application


def without_integration():
    """Nothing opens or closes connections."""
    return wsgi_app.with_middleware


def closed_before_the_body():
    """The middleware of peewee's document: it closes the connection before a streamed body is read."""

    def middleware(environ, start_response):
        database.connect()
        try:
            return wsgi_app.with_middleware(environ, start_response)
        finally:
            if not database.is_closed():
                database.close()

    return middleware


def closed_on_success():
    """The connection is given back only where nothing fails."""

    def middleware(environ, start_response):
        database.connect(reuse_if_open=True)
        body = list(wsgi_app.with_middleware(environ, start_response))
        database.close()
        return body

    return middleware


def without_tables():
    """No table is made."""
    database.drop_tables([Item])
    database.close_all()
    return right


def without_transactions():
    """Each statement commits."""

    def transaction(query):
        Item.create(name=query["name"])
        gates.wait(query["gate"])
        return {"seen": 1}

    blocking.BY_QUERY["/transaction"] = transaction
    return right


def with_committed_failures():
    """A handler that fails has committed."""

    def fail(query):
        Item.create(name=query["name"])
        raise ZeroDivisionError

    blocking.BY_QUERY["/fail"] = fail
    return right


def with_swallowed_errors():
    """Errors become an answer that says all is well."""

    def middleware(environ, start_response):
        try:
            return right(environ, start_response)
        except Exception:
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
            return [b"{}"]

    return middleware


def with_second_connections():
    """Threads that a handler starts have a connection of their own: the context is not copied."""
    item = blocking.item

    def in_thread(id):
        found = []
        with database.connection_context() if database.is_closed() else database.atomic():
            thread = threading.Thread(target=lambda: found.append(item(id)) or database.close())
            thread.start()
            thread.join()
        return found[0]

    blocking.item = in_thread
    return right


def with_another_pool():
    """A request that waits has a session beside the pool's."""
    slow = blocking.slow

    def waiting(query):
        own = connect(os.environ["DATABASE_URL"].replace("+pool", "").partition("&max_connections")[0])
        own.connect()
        try:
            return slow(query)
        finally:
            own.close()

    blocking.BY_QUERY["/slow"] = waiting
    return right


def with_lost_writes():
    """One row of ten is answered with, and not made."""
    add, numbers = blocking.add, iter(range(1, 1_000_000))

    def forgetful(name):
        with database.atomic() as block:
            made = add(name)
            if next(numbers) % 10 == 0:
                block.rollback()
        return made

    blocking.add = forgetful
    return right


def with_a_child():
    """A child of the server lives on with a session."""
    program = (
        "import sys; from redstart.db_url import connect; db = connect(sys.argv[1]); db.connect(); print(flush=True);"
    )
    command = [sys.executable, "-c", f"{program} import time; time.sleep(60)", os.environ["DATABASE_URL"]]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    child.stdout.readline()
    return right


application = globals()[os.environ["FAULT"]]()
