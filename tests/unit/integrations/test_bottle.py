"""The Bottle plugin, called as a server calls it."""

from __future__ import annotations

import io
import sys
import threading

import pytest
from bottle import Bottle, HTTPResponse, abort

from redstart import ImproperlyConfigured, SqliteDatabase
from redstart.integrations.bottle import ConnectionPlugin
from redstart.pwasyncio import AsyncSqliteDatabase


class Answer:
    """Asks an application; the body is read when that is asked for."""

    def __init__(self, app, path, method="GET"):
        script, _, rest = path.partition("//")
        self._environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": script if rest else "",
            "PATH_INFO": f"/{rest}" if rest else path,
            "wsgi.errors": sys.stderr,
            "wsgi.input": io.BytesIO(),
        }
        self.body = app(self._environ, self._start)

    def _start(self, status, headers, error=None):
        self.status, self.headers = int(status[:3]), dict(headers)

    @property
    def text(self):
        return b"".join(self.body).decode()

    def close(self):
        if hasattr(self.body, "close"):
            self.body.close()


def application(db, in_use):
    app = Bottle()

    @app.get("/none")
    def none():
        return str(in_use())

    @app.get("/count")
    def count():
        return f"{db.note.select().count()} {in_use()}"

    @app.get("/fails")
    def fails():
        with db.atomic():
            db.note.create(text="undone")
            raise ZeroDivisionError

    @app.get("/aborts")
    def aborts():
        db.note.select().count()
        abort(404)

    def texts():
        for note in db.note.select().iterator():
            yield note.text

    app.get("/stream", callback=texts)
    app.get("/stream/response", callback=lambda: HTTPResponse(texts()))
    app.get("/file", callback=lambda: db.note.select().count() or io.BytesIO(b"text"))
    return app


@pytest.fixture
def app(db, in_use):
    return application(db, in_use)


@pytest.fixture
def filled(db):
    with db:
        db.note.insert_many([{"text": f"{number:03}"} for number in range(300)]).execute()


def mounted(inner):
    """The application as a part of another one, which has no plugin."""
    outer = Bottle()
    outer.mount("/inner/", inner)
    return lambda environ, start: outer({**environ, "PATH_INFO": f"/inner{environ['PATH_INFO']}"}, start)


@pytest.fixture(params=["alone", "mounted"])
def asked(request, app, db):
    """The application with the plugin, and as a part of another one."""
    app.install(ConnectionPlugin(db))
    return mounted(app) if request.param == "mounted" else app


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/none", (200, "0")), ("/count", (200, "0 1")), ("/fails", (500,)), ("/aborts", (404,)), ("/no", (404,))],
)
def test_a_request_gives_its_connection_back(asked, in_use, capsys, path, expected):
    for _ in range(3):
        answer = Answer(asked, path)
        assert (answer.status, answer.text)[: len(expected)] == expected
        assert in_use() == 0


@pytest.mark.parametrize("path", ["/stream", "/stream/response"])
@pytest.mark.parametrize("reads_all", [True, False])
def test_a_streamed_answer_has_it_until_it_is_read_or_closed(asked, in_use, filled, path, reads_all):
    answer = Answer(asked, path)
    assert in_use() == 1
    chunks = iter(answer.body)
    assert next(chunks) == b"000"
    if reads_all:
        assert len(list(chunks)) == 299
    answer.close()
    assert in_use() == 0


@pytest.mark.parametrize(("path", "method"), [("/stream", "HEAD"), ("/file", "GET")])
def test_nothing_is_held_for_what_asks_nothing(asked, in_use, filled, path, method):
    answer = Answer(asked, path, method)
    answer.close()
    assert in_use() == 0


def test_hooks_and_error_pages_use_it_too(app, db, in_use):
    app.install(ConnectionPlugin(db))
    app.add_hook("before_request", lambda: db.note.create(text="asked"))
    app.error(404)(lambda error: f"{db.note.select().count()} {in_use()}")
    assert Answer(app, "/nowhere").text == "1 1"
    assert in_use() == 0


def test_an_application_under_one_with_a_plugin_uses_its_connection(app, db, in_use, told):
    outer = Bottle()
    outer.install(ConnectionPlugin(db, report=True))
    app.install(ConnectionPlugin(db, report=True))
    outer.mount("/inner/", app)
    for number in range(2):
        answer = Answer(outer, "/inner/count")
        assert answer.text == "0 1"
        assert answer.headers["Server-Timing"].endswith('desc="1 queries, 0 repeated"')
        assert in_use() == 0, number


def test_requests_of_threads_have_their_own(app, db, in_use):
    app.install(ConnectionPlugin(db))
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(Answer(app, "/count").status)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [200] * 20
    assert in_use() == 0


def test_the_configuration_says_what_is_not_given(app, tmp_path):
    app.config.update({"redstart.database": f"sqlite:///{tmp_path}/a.db", "redstart.report": True})
    app.install(ConnectionPlugin())
    assert Answer(app, "/none").headers["Server-Timing"].endswith('desc="0 queries, 0 repeated"')


def test_an_error_tells_what_was_asked(app, db):
    app.install(ConnectionPlugin(db, report=True))
    app.catchall = False
    with pytest.raises(ZeroDivisionError) as caught:
        Answer(app, "/fails")
    (note,) = caught.value.__notes__
    assert note.startswith("Database: GET /fails: 1 queries in ")


def test_a_plugin_that_is_uninstalled_does_nothing_any_more(app, db, in_use):
    plugin = app.install(ConnectionPlugin(db))
    app.uninstall(plugin)
    assert Answer(app, "/count").text == "0 1"
    assert in_use() == 1
    db.close()
    app.install(plugin)
    assert Answer(app, "/count").text == "0 1"
    assert in_use() == 0


def test_several_databases(app, db, in_use, tmp_path):
    other = SqliteDatabase(tmp_path / "other.db")
    app.install(ConnectionPlugin([db, other]))
    app.get("/both", callback=lambda: f"{db.note.select().count()} {other.execute_sql('select 7').fetchone()}")
    assert Answer(app, "/both").text == "0 (7,)"
    assert in_use() == 0
    assert other.is_closed()


def test_a_second_set_up_is_refused(app, db):
    plugin = app.install(ConnectionPlugin(db))
    with pytest.raises(ImproperlyConfigured, match=r"<bottle\.Bottle .*> has Redstart's plugin already"):
        app.install(ConnectionPlugin(db))
    with pytest.raises(ImproperlyConfigured, match="This plugin is installed in"):
        Bottle().install(plugin)
    with pytest.raises(ImproperlyConfigured, match=r'app\.config\["redstart\.database"\] is not set'):
        Bottle().install(ConnectionPlugin())


def test_a_database_of_an_event_loop_is_refused(app, tmp_path, capsys):
    app.install(ConnectionPlugin(AsyncSqliteDatabase(tmp_path / "a.db")))
    with pytest.raises(ImproperlyConfigured, match="AsyncSqliteDatabase belongs to an event loop"):
        Answer(app, "/none")
    # Bottle makes an error page of what a route raises.
    assert Answer(mounted(app), "/none").status == 500
    assert "AsyncSqliteDatabase belongs to an event loop" in capsys.readouterr().err
