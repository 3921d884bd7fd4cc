"""The Flask integration, asked by Flask's own test client."""

from __future__ import annotations

import contextvars
import threading

import pytest
from flask import Flask, abort, stream_with_context

from redstart import DatabaseProxy, ImproperlyConfigured, SqliteDatabase
from redstart.flask_utils import FlaskDB
from redstart.integrations.flask import Redstart, init_app
from redstart.pwasyncio import AsyncSqliteDatabase


@pytest.fixture
def app(db, in_use):
    app = Flask("notes")

    @app.get("/none")
    def none():
        return str(in_use())

    @app.get("/count")
    def count():
        return f"{db.note.select().count()} {in_use()}"

    @app.get("/fails")
    def fails():
        db.note.create(text="kept")
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

    @app.get("/stream")
    def stream():
        return texts()

    @app.get("/stream/context")
    def stream_in_context():
        return stream_with_context(texts())

    @app.get("/thread")
    def thread():
        own, found = db.connection(), []
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(lambda: found.append(db.connection()),))
        thread.start()
        thread.join()
        return str(found == [own])

    return app


def test_a_request_takes_a_connection_when_it_asks_and_gives_it_back(app, db, in_use):
    init_app(app, db)
    client = app.test_client()
    assert client.get("/none").text == "0"
    for _ in range(3):
        assert client.get("/count").text == "0 1"
        assert in_use() == 0
    assert client.get("/thread").text == "True"
    assert in_use() == 0


def test_errors_give_it_back(app, db, in_use):
    init_app(app, db)
    client = app.test_client()
    for path, status in [("/fails", 500), ("/aborts", 404), ("/nowhere", 404)] * 2:
        assert client.get(path).status_code == status
        assert in_use() == 0
    assert client.get("/count").text == "2 1"


def test_a_test_may_undo_what_its_requests_write(app, db, in_use):
    init_app(app, db)
    with db.atomic() as transaction:
        assert app.test_client().get("/fails").status_code == 500
        assert app.test_client().get("/count").text == "1 1"
        transaction.rollback()
    db.close()
    assert app.test_client().get("/count").text == "0 1"
    assert in_use() == 0


def test_hooks_and_error_pages_use_it_too(app, db, in_use):
    init_app(app, db)
    app.before_request(lambda: db.note.create(text="asked") and None)
    app.register_error_handler(404, lambda error: (str(db.note.select().count()), 404))
    app.teardown_request(lambda error: db.note.create(text="ended") and None)
    assert app.test_client().get("/nowhere").text == "1"
    assert in_use() == 0
    assert app.test_client().get("/count").text == "3 1"


@pytest.mark.parametrize("path", ["/stream", "/stream/context"])
@pytest.mark.parametrize("reads_all", [True, False])
def test_a_streamed_response_has_it_until_it_is_read_or_left(app, db, in_use, path, reads_all):
    init_app(app, db)
    with db:
        db.note.insert_many([{"text": str(number)} for number in range(500)]).execute()
    response = app.test_client().get(path, buffered=False)
    chunks = response.iter_encoded()
    assert next(chunks) == b"0"
    assert in_use() == 1
    if reads_all:
        assert len(list(chunks)) == 499
    response.close()
    assert in_use() == 0


def test_the_configuration_says_what_is_not_given(app, db, tmp_path):
    app.config.update(REDSTART_DATABASE=f"sqlite:///{tmp_path}/notes.db", REDSTART_REPORT=True, REDSTART_HOLD="query")
    extension = Redstart()
    assert isinstance(extension.database, DatabaseProxy)
    extension.init_app(app)
    assert app.extensions["redstart"] is extension
    app.add_url_rule("/own", "own", lambda: str(extension.database.execute_sql("select 1 from note").fetchall()))
    response = app.test_client().get("/own")
    assert response.text == "[]"
    assert response.headers["Server-Timing"].endswith('desc="1 queries, 0 repeated"')
    assert extension.database.is_closed()


def test_several_databases(app, db, in_use, tmp_path):
    other = SqliteDatabase(tmp_path / "other.db")
    Redstart(app, [db, other])
    app.add_url_rule("/both", "both", lambda: f"{db.note.select().count()} {other.execute_sql('select 7').fetchone()}")
    assert app.test_client().get("/both").text == "0 (7,)"
    assert in_use() == 0
    assert other.is_closed()


def test_an_error_tells_what_was_asked(app, db):
    init_app(app, db, report=True)
    app.testing = True
    with pytest.raises(ZeroDivisionError) as caught:
        app.test_client().get("/fails")
    (note,) = caught.value.__notes__
    assert note.startswith("Database: GET /fails: 2 queries in ")


def test_an_error_that_is_logged_tells_what_was_asked(app, db, caplog):
    init_app(app, db, report=True)
    assert app.test_client().get("/fails").status_code == 500
    (note,) = next(record for record in caplog.records if record.exc_info).exc_info[1].__notes__
    assert note.startswith("Database: GET /fails: 2 queries in ")


def test_a_second_set_up_is_refused(app, db):
    init_app(app, db)
    with pytest.raises(ImproperlyConfigured, match="<Flask 'notes'> has Redstart's integration already"):
        Redstart(database=db).init_app(app)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "is not set"),
        ("nope:///x.db", "is no URL of a database"),
        ("flask.nothing", "neither a URL nor the dotted path"),
        (3, "3 is no database"),
    ],
)
def test_what_names_no_database_is_refused(app, given, message):
    app.config["REDSTART_DATABASE"] = given
    with pytest.raises(ImproperlyConfigured, match=message):
        init_app(app)
    assert "redstart" not in app.extensions


def test_a_database_of_an_event_loop_is_refused(app, tmp_path):
    init_app(app, AsyncSqliteDatabase(tmp_path / "a.db"))
    with pytest.raises(ImproperlyConfigured, match="AsyncSqliteDatabase belongs to an event loop"):
        app.test_client().get("/none")


@pytest.mark.spec("PH-017")
def test_flask_db_leaves_the_connection_that_a_stream_opens_anew(app, db, in_use):
    app.config["DATABASE"] = db
    FlaskDB(app)
    with db:
        db.note.create(text="one")
    # As in peewee: teardown_request() comes before the body, which then opens a connection by itself.
    assert app.test_client().get("/stream").text == "one"
    assert in_use() == 1
    db.close()
    assert app.test_client().get("/stream/context").text == "one"
    assert in_use() == 0


def test_flask_db_beside_the_integration_leaves_none(app, db, in_use):
    app.config["DATABASE"] = db
    init_app(app, FlaskDB(app).database)
    for path in ("/stream", "/stream/context", "/count", "/fails"):
        app.test_client().get(path, buffered=True)
        assert in_use() == 0
