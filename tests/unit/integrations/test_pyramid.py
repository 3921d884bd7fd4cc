"""The Pyramid tween, asked by WebOb's requests."""

from __future__ import annotations

import threading
from wsgiref.util import FileWrapper

import pytest
from pyramid.config import Configurator
from pyramid.events import NewResponse
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import FileResponse, Response

from redstart import ImproperlyConfigured, SqliteDatabase
from redstart.integrations.pyramid import includeme
from redstart.pwasyncio import AsyncSqliteDatabase

INTEGRATION = "redstart.integrations.pyramid"


@pytest.fixture
def make(db, in_use):
    """Makes an application; settings may be given, and what else is to be configured."""

    def texts():
        for note in db.note.select().iterator():
            yield note.text.encode()

    def fails(request):
        with db.atomic():
            db.note.create(text="undone")
            raise ZeroDivisionError

    def missing(request):
        db.note.select().count()
        raise HTTPNotFound

    def replaced(request):
        request.add_response_callback(lambda request, response: setattr(response, "app_iter", [b"instead"]))
        return Response(app_iter=texts())

    def callbacks(request):
        def first(request):
            # One that is added by another one comes after it, and has the connection too.
            request.add_finished_callback(lambda request: db.note.create(text="third"))
            db.note.create(text="second")

        request.add_finished_callback(first)
        request.add_response_callback(lambda request, response: db.note.create(text="first"))
        return Response(str(in_use()))

    views = {
        "none": lambda request: Response(str(in_use())),
        "count": lambda request: Response(f"{db.note.select().count()} {in_use()}"),
        "fails": fails,
        "missing": missing,
        "stream": lambda request: Response(app_iter=texts(), content_length=900),
        "replaced": replaced,
        "callbacks": callbacks,
        "file": lambda request: db.note.select().count() or FileResponse(__file__, request),
    }

    def application(configure=None, **settings):
        given = {f"redstart.{key}": value for key, value in {"database": db, **settings}.items()}
        config = Configurator(settings=given)
        config.include(INTEGRATION)
        for name, view in views.items():
            config.add_route(name, f"/{name}")
            config.add_view(view, route_name=name)
        if configure is not None:
            configure(config)
        return config.make_wsgi_app()

    return application


def ask(app, path, **settings):
    return Request.blank(path, **settings).get_response(app)


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/none", (200, "0")), ("/count", (200, "0 1")), ("/missing", (404,)), ("/nowhere", (404,))],
)
def test_a_request_gives_its_connection_back(make, in_use, path, expected):
    app = make()
    for _ in range(3):
        response = ask(app, path)
        assert (response.status_code, response.text)[: len(expected)] == expected
        assert in_use() == 0


def test_an_error_gives_it_back(make, in_use):
    app = make()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError) as caught:
            ask(app, "/fails")
        assert in_use() == 0
    assert not hasattr(caught.value, "__notes__")
    with pytest.raises(ZeroDivisionError) as caught:
        ask(make(report="true"), "/fails")
    (note,) = caught.value.__notes__
    assert note.startswith("Database: GET /fails: 1 queries in ")


def test_exception_views_and_subscribers_use_it_too(db, make, in_use):
    def configure(config):
        config.add_exception_view(lambda error, request: Response(f"{db.note.select().count()} {in_use()}"))
        config.add_subscriber(lambda event: db.note.create(text="told"), NewResponse)

    app = make(configure)
    assert ask(app, "/fails").text == "0 1"
    assert in_use() == 0
    assert ask(app, "/fails").text == "1 1"
    assert in_use() == 0


def test_callbacks_use_it_too(db, make, in_use):
    assert ask(make(), "/callbacks").text == "0"
    assert in_use() == 0
    with db:
        assert [note.text for note in db.note.select().order_by(db.note.id)] == ["first", "second", "third"]


@pytest.mark.parametrize("reads_all", [True, False])
def test_app_iter_has_it_until_it_is_read_or_closed(db, make, in_use, reads_all):
    with db:
        db.note.insert_many([{"text": f"{number:03}"} for number in range(300)]).execute()
    _, headers, body = Request.blank("/stream").call_application(make())
    chunks = iter(body)
    assert next(chunks) == b"000"
    assert in_use() == 1
    assert dict(headers)["Content-Length"] == "900"
    if reads_all:
        assert len(list(chunks)) == 299
    body.close()
    assert in_use() == 0


def test_nothing_is_held_for_a_body_that_is_not_read(db, make, in_use):
    app = make()
    body = Request.blank("/stream", method="HEAD").call_application(app)[2]
    body.close()
    assert in_use() == 0
    assert ask(app, "/replaced").text == "instead"
    assert in_use() == 0


@pytest.mark.parametrize("wrapper", [None, FileWrapper])
def test_a_file_is_left_to_the_server(make, in_use, wrapper):
    environ = {"wsgi.file_wrapper": wrapper} if wrapper else {}
    body = Request.blank("/file", environ=environ).call_application(make())[2]
    assert in_use() == 0
    assert wrapper is None or type(body) is wrapper
    assert b"".join(body).startswith(b'"""The Pyramid tween')
    body.close()


def test_requests_of_threads_have_their_own(make, in_use):
    app, seen = make(), []
    threads = [threading.Thread(target=lambda: seen.append(ask(app, "/count").status_code)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [200] * 20
    assert in_use() == 0


def test_settings_are_those_of_an_ini_file(make, tmp_path):
    app = make(database=f"sqlite:///{tmp_path}/a.db", report="true", hold="query")
    assert ask(app, "/none").headers["Server-Timing"].endswith('desc="0 queries, 0 repeated"')


def test_several_databases(db, make, in_use, tmp_path):
    other = SqliteDatabase(tmp_path / "other.db")

    def configure(config):
        config.add_route("both", "/both")
        config.add_view(
            lambda request: Response(f"{db.note.select().count()} {other.execute_sql('select 7').fetchone()}"),
            route_name="both",
        )

    assert ask(make(configure, database=[db, other]), "/both").text == "0 (7,)"
    assert in_use() == 0
    assert other.is_closed()


def asking_tween_factory(handler, registry):
    """One of an application's own, which asks the database before the view and after it."""
    database = registry.settings["redstart.database"]

    def asking(request):
        before = database.note.select().count()
        response = handler(request)
        response.headers["X-Asked"] = f"{before} {database.note.select().count()} {database.pool_stats()['in_use']}"
        return response

    return asking


def test_tweens_that_are_added_later_use_the_same_connection(make, in_use):
    app = make(lambda config: config.add_tween(f"{__name__}.asking_tween_factory"))
    assert ask(app, "/count").headers["X-Asked"] == "0 0 1"
    assert in_use() == 0


def test_a_list_of_tweens_has_to_name_this_one(db, in_use):
    names = ["redstart.integrations.pyramid.connection_tween_factory", f"{__name__}.asking_tween_factory"]

    def make(tweens):
        config = Configurator(settings={"redstart.database": db, "pyramid.tweens": tweens})
        config.include(INTEGRATION)
        return config.make_wsgi_app()

    with pytest.raises(HTTPNotFound):
        ask(make(names), "/nowhere")
    assert in_use() == 0
    with pytest.raises(ImproperlyConfigured, match=r"pyramid\.tweens leaves redstart.* out"):
        make(names[1:])


def test_a_second_set_up_is_refused(make):
    make(lambda config: config.include(INTEGRATION))
    with pytest.raises(ImproperlyConfigured, match=r"includes redstart\.integrations\.pyramid already"):
        make(includeme)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"database": None}, r"redstart\.database is not set"),
        ({"database": "nope"}, r"redstart\.database='nope' is neither"),
        ({"hold": "x"}, "hold='x' is unknown"),
    ],
)
def test_wrong_settings_are_told_of(make, settings, message):
    with pytest.raises(ImproperlyConfigured, match=message):
        make(**settings)


def test_a_database_of_an_event_loop_is_refused(make, tmp_path):
    with pytest.raises(ImproperlyConfigured, match="AsyncSqliteDatabase belongs to an event loop"):
        ask(make(database=AsyncSqliteDatabase(tmp_path / "a.db")), "/none")
