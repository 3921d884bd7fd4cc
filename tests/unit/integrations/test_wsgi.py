"""The WSGI middleware, called as a server calls it."""

from __future__ import annotations

import io
from wsgiref.util import FileWrapper

import pytest

from redstart import ImproperlyConfigured, SqliteDatabase
from redstart.integrations.request_scope import current_scope
from redstart.integrations.wsgi import IS_COMPLETE, ConnectionMiddleware
from redstart.pwasyncio import AsyncSqliteDatabase


class Server:
    """Calls an application for one request."""

    def __init__(self, app, path="/notes"):
        self.status, self.headers = None, None
        self.body = app({"REQUEST_METHOD": "GET", "PATH_INFO": path}, self._start)

    def _start(self, status, headers, error=None):
        self.status, self.headers = status, dict(headers)


def test_a_list_is_a_body_and_the_end(db, in_use):
    def app(environ, start_response):
        start_response("200 OK", [])
        db.note.create(text="one")
        assert in_use() == 1
        return [b"done"]

    server = Server(ConnectionMiddleware(app, db))
    assert server.body == [b"done"]
    assert in_use() == 0


@pytest.mark.parametrize("reads_all", [True, False])
def test_a_streamed_body_has_the_connection_until_it_is_read_or_closed(db, in_use, reads_all):
    closed = []

    class Body:
        def __iter__(self):
            for note in db.note.select().iterator():
                yield note.text.encode()

        def close(self):
            closed.append(in_use())

    def app(environ, start_response):
        start_response("200 OK", [])
        db.note.insert_many([{"text": str(number)} for number in range(500)]).execute()
        return Body()

    body = iter(Server(ConnectionMiddleware(app, db)).body)
    assert next(body) == b"0"
    assert in_use() == 1
    if reads_all:
        assert len(list(body)) == 499
        assert in_use() == 0
    body.close()
    assert closed == [0 if reads_all else 1]
    assert in_use() == 0
    with db:
        db.note.delete().execute()


def test_a_stream_holds_nothing_between_chunks_where_that_is_said(db, in_use):
    def app(environ, start_response):
        start_response("200 OK", [])

        def events():
            for _ in range(3):
                yield str(db.note.select().count()).encode()

        return events()

    body = Server(ConnectionMiddleware(app, db, hold="query")).body
    for _ in range(3):
        assert next(body) == b"0"
        assert in_use() == 0
    assert list(body) == []


def test_rows_that_are_read_while_they_are_sent_hold_their_connection(db, in_use):
    def app(environ, start_response):
        start_response("200 OK", [])
        db.note.insert_many([{"text": str(number)} for number in range(500)]).execute()

        def lines():
            for note in db.note.select().order_by(db.note.id).iterator():
                yield note.text.encode()
            yield b"end"

        return lines()

    body = iter(Server(ConnectionMiddleware(app, db, hold="query")).body)
    assert next(body) == b"0"
    assert in_use() == 1
    *numbers, end = body
    assert numbers == [str(number).encode() for number in range(1, 500)]
    assert end == b"end"
    assert in_use() == 0
    with db:
        db.note.delete().execute()


def test_a_held_connection_is_told_of(db, told):
    def app(environ, start_response):
        start_response("200 OK", [])
        return (str(db.note.select().count()).encode() for _ in range(4))

    assert list(Server(ConnectionMiddleware(app, db)).body) == [b"0"] * 4
    assert [line[:28] for line in told()] == ["A connection is held while a"]


def test_a_body_of_one_chunk_is_no_stream(db, in_use, told):
    def app(environ, start_response):
        start_response("200 OK", [])
        # As Werkzeug's ClosingIterator does.
        return iter([str(db.note.select().count()).encode()])

    assert list(Server(ConnectionMiddleware(app, db)).body) == [b"0"]
    assert not told()
    assert in_use() == 0


def test_a_file_that_the_server_sends_is_left_as_it_is(db, in_use):
    def app(environ, start_response):
        db.note.select().count()
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](io.BytesIO(b"text"))

    body = ConnectionMiddleware(app, db)({"wsgi.file_wrapper": FileWrapper}, lambda status, headers: None)
    assert type(body) is FileWrapper
    assert in_use() == 0


def test_an_application_may_say_that_its_body_is_complete(db, in_use):
    def app(environ, start_response):
        db.note.select().count()
        environ[IS_COMPLETE] = True
        start_response("200 OK", [])
        return iter([b"done"])

    server = Server(ConnectionMiddleware(app, db))
    assert in_use() == 0
    assert list(server.body) == [b"done"]


def test_a_body_that_is_dropped_unread_ends_its_request(db, in_use):
    def app(environ, start_response):
        db.note.select().count()
        start_response("200 OK", [])
        return iter([b"done"])

    server = Server(ConnectionMiddleware(app, db))
    assert in_use() == 1
    del server
    assert in_use() == 0
    assert current_scope() is None


@pytest.mark.parametrize("in_body", [True, False])
def test_an_error_ends_the_scope(db, in_use, in_body):
    def fail():
        db.note.select().count()
        raise ZeroDivisionError

    def app(environ, start_response):
        if not in_body:
            fail()
        start_response("200 OK", [])
        return (fail() for _ in range(1))

    with pytest.raises(ZeroDivisionError):
        list(Server(ConnectionMiddleware(app, db)).body)
    assert in_use() == 0


def test_a_report_is_a_header(db):
    def app(environ, start_response):
        db.note.select().count()
        start_response("200 OK", [("X-Own", "1")])
        return []

    headers = Server(ConnectionMiddleware(app, db, report=True)).headers
    assert headers["X-Own"] == "1"
    assert headers["Server-Timing"].endswith('desc="1 queries, 0 repeated"')
    assert "Server-Timing" not in Server(ConnectionMiddleware(app, db)).headers


def test_several_databases(db, in_use, tmp_path):
    other = SqliteDatabase(tmp_path / "other.db")

    def app(environ, start_response):
        start_response("200 OK", [])
        db.note.select().count()
        other.execute_sql("select 1")
        assert not other.is_closed()
        return []

    Server(ConnectionMiddleware(app, [db, other]))
    assert in_use() == 0
    assert other.is_closed()


def test_a_database_of_an_event_loop_is_refused(tmp_path):
    app = ConnectionMiddleware(lambda environ, start_response: [], AsyncSqliteDatabase(tmp_path / "a.db"))
    with pytest.raises(ImproperlyConfigured, match=r"AsyncSqliteDatabase belongs to an event loop.* PooledSqlite"):
        Server(app)
