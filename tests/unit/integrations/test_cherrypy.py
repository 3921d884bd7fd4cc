"""The CherryPy plugin, in an application that is called as a server calls it, and under CherryPy's own server."""

from __future__ import annotations

import concurrent.futures
import http.client
import io
import logging
import socket
import sys

import cherrypy
import pytest

from redstart import ImproperlyConfigured, SqliteDatabase
from redstart.integrations.cherrypy import set_up
from redstart.pwasyncio import AsyncSqliteDatabase


class Root:
    """The pages."""

    def __init__(self, db, in_use):
        self._db, self._in_use = db, in_use

    @cherrypy.expose
    def none(self):
        return str(self._in_use())

    @cherrypy.expose
    def count(self):
        return f"{self._db.note.select().count()} {self._in_use()}"

    @cherrypy.expose
    def fails(self):
        with self._db.atomic():
            self._db.note.create(text="undone")
            raise ZeroDivisionError

    @cherrypy.expose
    def missing(self):
        self.count()
        raise cherrypy.HTTPError(404)

    @cherrypy.expose
    def redirect(self):
        self.count()
        raise cherrypy.InternalRedirect("/count")

    @cherrypy.expose
    @cherrypy.config(**{"response.stream": True})
    def stream(self):
        def texts():
            for note in self._db.note.select().iterator():
                yield note.text.encode()

        return texts()


@pytest.fixture
def make(db, in_use):
    """Makes an application and sets up the plugin; takes it out again."""
    plugins = []

    def application(*databases, **settings):
        plugins.append(set_up(*(databases or (db,)), **settings))
        app = cherrypy.Application(Root(db, in_use), script_name="")
        app.log.screen = False
        return app

    cherrypy.log.screen = False
    yield application
    for plugin in plugins:
        plugin.unsubscribe()


class Answer:
    """Asks an application."""

    def __init__(self, app, path, method="GET"):
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": ""}
        environ |= {"SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": "x", "SERVER_PORT": "80", "HTTP_HOST": "x"}
        environ |= {"wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO()}
        environ |= {"wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": False}
        self.body = app(environ, self._start)

    def _start(self, status, headers, error=None):
        self.status, self.headers = int(status[:3]), dict(headers)

    def timing(self):
        self.read()
        return self.headers["Server-Timing"]

    def read(self):
        try:
            return b"".join(self.body).decode()
        finally:
            self.body.close()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/none", (200, "0")),
        ("/count", (200, "0 1")),
        ("/redirect", (200, "0 1")),
        ("/fails", (500,)),
        ("/missing", (404,)),
        ("/nowhere", (404,)),
    ],
)
def test_a_request_gives_its_connection_back(make, in_use, path, expected):
    app = make()
    for _ in range(3):
        answer = Answer(app, path)
        assert (answer.status, answer.read())[: len(expected)] == expected
        assert in_use() == 0


@pytest.mark.parametrize("fails", [False, True])
def test_what_runs_at_the_end_of_a_request_uses_the_same_connection(db, make, in_use, fails):
    seen = []

    def tool():
        seen.append((db.note.select().count(), in_use()))
        if fails:
            raise ZeroDivisionError

    def listener():
        seen.append((db.note.select().count(), in_use()))

    app = make()
    app.merge({"/": {"hooks.on_end_request": tool}})
    cherrypy.engine.subscribe("after_request", listener)
    try:
        assert Answer(app, "/count").read() == "0 1"
    finally:
        cherrypy.engine.unsubscribe("after_request", listener)
    assert (seen, in_use()) == ([(0, 1)] * 2, 0)


@pytest.mark.parametrize("reads_all", [True, False])
def test_a_streamed_body_has_it_until_it_is_read_or_closed(db, make, in_use, reads_all):
    with db:
        db.note.insert_many([{"text": f"{number:03}"} for number in range(300)]).execute()
    app = make()
    for _ in range(3):
        body = Answer(app, "/stream").body
        assert next(body) == b"000"
        assert in_use() == 1
        if reads_all:
            assert len(list(body)) == 299
        body.close()
        assert in_use() == 0


def test_nothing_is_held_for_a_body_that_is_not_read(make, in_use):
    Answer(make(), "/stream", "HEAD").read()
    assert in_use() == 0


def test_a_report_is_a_header_and_a_note(make, told, caplog):
    caplog.set_level(logging.INFO, "redstart.integrations")
    app = make(report=True)
    assert Answer(app, "/count").timing().endswith('desc="1 queries, 0 repeated"')
    assert Answer(app, "/fails").timing().endswith('desc="1 queries, 0 repeated"')
    errors = []
    app.merge({"/": {"hooks.after_error_response": lambda: errors.append(sys.exc_info()[1])}})
    Answer(app, "/fails").read()
    (note,) = errors[0].__notes__
    assert note.startswith("Database: GET /fails: 1 queries in ")
    assert "GET /count: 1 queries in " in told()[0]


def test_the_configuration_says_what_is_not_given(make, tmp_path, monkeypatch):
    for key, value in {"database": f"sqlite:///{tmp_path}/a.db", "report": True, "hold": "query"}.items():
        monkeypatch.setitem(cherrypy.config, f"redstart.{key}", value)
    app = make(None)
    assert Answer(app, "/none").timing().endswith('desc="0 queries, 0 repeated"')


def test_several_databases(db, make, in_use, tmp_path):
    other = SqliteDatabase(tmp_path / "other.db")
    app = make([db, other])
    app.root.both = cherrypy.expose(lambda: f"{db.note.select().count()} {other.execute_sql('select 7').fetchone()}")
    assert Answer(app, "/both").read() == "0 (7,)"
    assert in_use() == 0
    assert other.is_closed()


def test_a_plugin_that_is_taken_out_does_nothing_any_more(db, in_use):
    set_up(db).unsubscribe()
    assert not any(key.startswith("hooks.") for key in cherrypy.config)
    app = cherrypy.Application(Root(db, in_use))
    assert Answer(app, "/count").read() == "0 1"
    assert in_use() == 1
    db.close()


def test_a_second_set_up_is_refused(make):
    make()
    with pytest.raises(ImproperlyConfigured, match=r"cherrypy\.engine has Redstart's plugin already"):
        set_up(SqliteDatabase(":memory:"))


def test_wrong_settings_are_told_of():
    with pytest.raises(ImproperlyConfigured, match=r"redstart\.database is not set"):
        set_up()
    with pytest.raises(ImproperlyConfigured, match="hold='x' is unknown"):
        set_up(SqliteDatabase(":memory:"), hold="x")


def test_a_database_of_an_event_loop_is_refused(make, tmp_path):
    app = make(AsyncSqliteDatabase(tmp_path / "a.db"))
    page = Answer(app, "/none")
    assert page.status == 500


def test_the_server_of_cherrypy(db, make, in_use):
    make()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    cherrypy.config.update(
        {
            "server.socket_port": port,
            "server.thread_pool": 4,
            "engine.autoreload.on": False,
            "log.screen": False,
            "checker.on": False,
        }
    )
    cherrypy.tree.mount(Root(db, in_use))
    with db:
        db.note.insert_many([{"text": f"{number:03}"} for number in range(300)]).execute()

    def ask(path, size=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read(size)
        finally:
            connection.close()

    cherrypy.engine.start()
    try:
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(ask, ["/count", "/stream", "/fails", "/nowhere"] * 20))
        assert [status for status, _ in answers] == [200, 200, 500, 404] * 20
        assert {len(body) for _, body in answers[1::4]} == {900}
        assert ask("/stream", 3) == (200, b"000")
    finally:
        cherrypy.engine.exit()
        cherrypy.tree.apps.clear()
    assert db.pool_stats()["size"] == 0
