"""The Django middleware, by Django's test clients and by its WSGI and ASGI handlers."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import django
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, Client, override_settings
from django.urls import path

from redstart import ImproperlyConfigured
from redstart.integrations.django import ConnectionMiddleware, configured_database
from redstart.pwasyncio import AsyncSqliteDatabase

MIDDLEWARE = "redstart.integrations.django.ConnectionMiddleware"

if not settings.configured:
    settings.configure(ALLOWED_HOSTS=["*"], MIDDLEWARE=[MIDDLEWARE], SECRET_KEY="of the tests", USE_TZ=True)
    django.setup()


class Urls:
    """The views, as a module of URLs."""

    def __init__(self, db, in_use):
        def none(request):
            return HttpResponse(str(in_use()))

        def count(request):
            return HttpResponse(f"{db.note.select().count()} {in_use()}")

        async def count_async(request):
            count = await db.count(db.note.select())
            # A sync function of an async view runs in a thread.
            same = await sync_to_async(db.connection)() is await db.aconnect()
            return HttpResponse(f"{count} {in_use()} {same}")

        def fails(request):
            with db.atomic():
                db.note.create(text="undone")
                raise ZeroDivisionError

        def missing(request):
            db.note.select().count()
            raise Http404

        def texts():
            for note in db.note.select().iterator():
                yield note.text

        async def texts_async():
            async for note in db.iterate(db.note.select(), buffer_size=1):
                yield note.text

        def stream(request):
            return StreamingHttpResponse(texts())

        async def stream_async(request):
            await db.count(db.note.select())
            return StreamingHttpResponse(texts_async())

        def file(request):
            db.note.select().count()
            return FileResponse(Path(__file__).open("rb"))

        views = (none, count, count_async, fails, missing, stream, stream_async, file)
        self.urlpatterns = [path(view.__name__, view) for view in views]


@pytest.fixture
def site(db, in_use):
    """Settings of a site; more may be given."""
    with override_settings(ROOT_URLCONF=Urls(db, in_use), REDSTART_DATABASE=db, MIDDLEWARE=[MIDDLEWARE]):
        yield
    django.core.signals.got_request_exception.disconnect(dispatch_uid="redstart.integrations.django")


@pytest.fixture
def filled(db):
    with db:
        db.note.insert_many([{"text": f"{number:03}"} for number in range(300)]).execute()


PATHS = [
    ("/none", 200, "0"),
    ("/count", 200, "0 1"),
    ("/count_async", 200, "0 1 True"),
    ("/fails", 500, None),
    ("/missing", 404, None),
    ("/nowhere", 404, None),
]


@pytest.mark.parametrize(("url", "status", "text"), PATHS)
def test_a_request_of_wsgi_gives_its_connection_back(site, in_use, url, status, text):
    client = Client(raise_request_exception=False)
    for _ in range(3):
        response = client.get(url)
        assert response.status_code == status
        assert text is None or response.text == text
        assert in_use() == 0


@pytest.mark.parametrize(("url", "status", "text"), PATHS)
def test_a_request_of_asgi_gives_its_connection_back(site, in_use, url, status, text):
    async def main():
        client = AsyncClient(raise_request_exception=False)
        for _ in range(3):
            response = await client.get(url)
            assert response.status_code == status
            assert text is None or response.text == text
            assert in_use() == 0

    asyncio.run(main())


@pytest.mark.parametrize("reads_all", [True, False])
def test_a_stream_of_wsgi_has_it_until_it_is_read_or_closed(site, filled, in_use, reads_all):
    response = Client().get("/stream")
    chunks = iter(response.streaming_content)
    assert next(chunks) == b"000"
    assert in_use() == 1
    if reads_all:
        assert len(list(chunks)) == 299
        assert in_use() == 0
    response.close()
    assert in_use() == 0


async def ask(url, *, stays):
    """Asks the site as a server does, and leaves after three chunks unless it stays; returns them."""
    left, chunks = asyncio.Event(), []
    events = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        if events:
            return events.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.body" and message.get("body"):
            chunks.append(message["body"])
            if len(chunks) == 3 and not stays:
                left.set()
                # A server that waits for a slow client is told that it went.
                await asyncio.Event().wait()

    scope = {"type": "http", "method": "GET", "path": url, "query_string": b"", "headers": []}
    await get_asgi_application()(scope, receive, send)
    return chunks


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume synchronous iterators")
@pytest.mark.parametrize("url", ["/stream_async", "/stream"])
@pytest.mark.parametrize("stays", [True, False])
def test_a_stream_of_asgi_has_it_until_it_is_read_or_left(site, filled, in_use, url, stays):
    chunks = asyncio.run(ask(url, stays=stays))
    assert chunks[:3] == [b"000", b"001", b"002"]
    assert len(chunks) == (300 if stays else 3)
    assert in_use() == 0


@pytest.mark.parametrize("stays", [True, False])
def test_a_stream_of_a_database_of_the_event_loop(tmp_path, stays):
    async def main():
        database = AsyncSqliteDatabase(tmp_path / "notes.db", pool_size=1)
        await database.aexecute_sql("create table note (id integer primary key, text text)")
        await database.aexecute_sql("insert into note (text) values ('000'), ('001'), ('002'), ('003')")
        await database.aclose()

        async def texts():
            for number in range(4):
                cursor = await database.aexecute_sql("select text from note where id = ?", (number + 1,))
                yield cursor.fetchone()[0]

        async def stream(request):
            return StreamingHttpResponse(texts())

        class Own:
            urlpatterns = [path("stream", stream)]

        with override_settings(ROOT_URLCONF=Own, REDSTART_DATABASE=database):
            for _ in range(3):
                assert len(await ask("/stream", stays=stays)) == (4 if stays else 3)
                assert database.pool_stats()["in_use"] == 0
        await database.close_pool()

    asyncio.run(main())


def test_a_file_is_left_to_the_server(site, in_use):
    response = Client().get("/file")
    assert in_use() == 0
    assert b"".join(response.streaming_content).startswith(b'"""The Django middleware')


def test_requests_at_once_have_their_own(site, in_use):
    async def main():
        answers = await asyncio.gather(*[AsyncClient().get("/count_async") for _ in range(20)])
        assert {response.text.split()[2] for response in answers} == {"True"}
        assert in_use() == 0

    asyncio.run(main())
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(Client().get("/count").status_code)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [200] * 20
    assert in_use() == 0


def test_a_report_is_a_header_and_a_note(site):
    with override_settings(REDSTART_REPORT=True):
        assert Client().get("/count").headers["Server-Timing"].endswith('desc="1 queries, 0 repeated"')
        with pytest.raises(ZeroDivisionError) as caught:
            Client().get("/fails")
        (note,) = caught.value.__notes__
        assert note.startswith("Database: GET /fails: 1 queries in ")
        with override_settings(DEBUG=True):
            page = Client(raise_request_exception=False).get("/fails").text
        assert "Database: GET /fails: 1 queries in " in page


def test_an_error_of_asgi_has_a_note_too(site):
    async def main():
        with pytest.raises(ZeroDivisionError) as caught:
            await AsyncClient().get("/fails")
        return caught.value.__notes__

    with override_settings(REDSTART_REPORT=True):
        (note,) = asyncio.run(main())
    assert note.startswith("Database: GET /fails: 1 queries in ")


def test_the_database_is_named_by_a_path_or_a_url(site, db, tmp_path):
    with override_settings(REDSTART_DATABASE=f"sqlite:///{tmp_path}/a.db"):
        assert configured_database() is configured_database()
        assert Client().get("/none").text == "0"
    with override_settings(REDSTART_DATABASE=[db]):
        assert Client().get("/count").text == "0 1"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"REDSTART_DATABASE": None}, "REDSTART_DATABASE is not set"),
        ({"REDSTART_DATABASE": "django.nothing"}, "REDSTART_DATABASE='django.nothing' is neither"),
        ({"REDSTART_HOLD": "forever"}, "hold='forever' is unknown"),
        ({"MIDDLEWARE": [MIDDLEWARE] * 2}, "names redstart.*ConnectionMiddleware more than once"),
    ],
)
def test_wrong_settings_are_told_of(site, given, message):
    with override_settings(**given), pytest.raises(ImproperlyConfigured, match=message):
        ConnectionMiddleware(lambda request: None)


def test_a_database_of_an_event_loop_is_refused_where_views_run_in_threads(site, tmp_path):
    with (
        override_settings(REDSTART_DATABASE=AsyncSqliteDatabase(tmp_path / "a.db")),
        pytest.raises(ImproperlyConfigured, match="AsyncSqliteDatabase belongs to an event loop"),
    ):
        Client().get("/none")


def synchronous(get_response):
    """Middleware that knows no event loop."""
    return get_response


def test_the_synchronous_middleware_that_puts_ours_into_a_thread_is_named(site, tmp_path):
    inner, common = f"{__name__}.synchronous", "django.middleware.common.CommonMiddleware"
    given = {"REDSTART_DATABASE": AsyncSqliteDatabase(tmp_path / "a.db"), "MIDDLEWARE": [MIDDLEWARE, common, inner]}
    with override_settings(**given):
        with pytest.raises(ImproperlyConfigured) as told:
            asyncio.run(AsyncClient().get("/none"))
        assert str(told.value) == (
            f"AsyncSqliteDatabase belongs to an event loop, and {inner} in settings.MIDDLEWARE is synchronous, so that "
            f"what stands before it runs in a thread: use PooledSqliteDatabase, or put {MIDDLEWARE} behind it, or make "
            "it async_capable."
        )
        # Under WSGI it is not the reason.
        with pytest.raises(ImproperlyConfigured, match="this integration's requests are served by threads"):
            Client().get("/none")


def test_a_synchronous_middleware_before_ours_is_no_obstacle(site, tmp_path):
    given = {"REDSTART_DATABASE": AsyncSqliteDatabase(tmp_path / "a.db")}
    with override_settings(MIDDLEWARE=[f"{__name__}.synchronous", MIDDLEWARE], **given):
        assert asyncio.run(AsyncClient().get("/none")).status_code == 200
