"""Flask: the connections of a request, streamed responses included. Needs Flask, which Redstart does not."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

try:
    from flask import got_request_exception
except ImportError as error:
    raise ModuleNotFoundError("redstart.integrations.flask needs Flask: pip install Flask", name="flask") from error

from redstart.database.proxy import DatabaseProxy
from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.named import configured, tell
from redstart.integrations.request_scope import bound, explain
from redstart.integrations.wsgi import ConnectionMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response


def init_app(app: Flask, database: Any = None, *, hold: str | None = None, report: bool | None = None) -> None:
    """Gives each request of an application connections of its own.

    What is not given stands in ``app.config``: ``REDSTART_DATABASE``, ``REDSTART_HOLD``, ``REDSTART_REPORT``.

    Args:
        app: The application.
        database: A database, a proxy of one, or several of them.
        hold: See `redstart.integrations.settings.Settings`.
        report: See `redstart.integrations.settings.Settings`.

    Raises:
        ImproperlyConfigured: A setting is wrong, or the application has this already.

    Example:
        >>> from flask import Flask
        >>> from redstart import SqliteDatabase
        >>> from redstart.integrations.flask import init_app
        >>> db = SqliteDatabase(":memory:")
        >>> app = Flask("shop")
        >>> init_app(app, db)
        >>> @app.get("/")
        ... def answer():
        ...     return db.execute_sql("select 'forty-two'").fetchone()[0]
        >>> app.test_client().get("/").text
        'forty-two'
        >>> db.is_closed()
        True
    """
    Redstart(app, database, hold=hold, report=report)


class Redstart:
    """The same as an extension, which may be made before its application.

    Attributes:
        database: The database for the models. One that stands in the application's configuration, or is given as a URL,
            is a `DatabaseProxy` until the application is known.
    """

    def __init__(
        self, app: Flask | None = None, database: Any = None, *, hold: str | None = None, report: bool | None = None
    ) -> None:
        """Takes the settings, and an application where there is one; see `init_app`.

        Args:
            app: The application.
            database: A database, its URL, or several databases.
            hold: See `init_app`.
            report: See `init_app`.
        """
        self._url = database if isinstance(database, str) else None
        self.database: Any = DatabaseProxy() if database is None or self._url else database
        self._hold, self._report = hold, report
        self._is_ours = self.database is not database
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Gives each request of an application connections of its own.

        Args:
            app: The application.

        Raises:
            ImproperlyConfigured: A setting is wrong, or the application has this already.
        """
        if not hasattr(app, "wsgi_app"):
            raise ImproperlyConfigured(f"{app!r} is no Flask application: use redstart.integrations.quart for Quart's.")
        if "redstart" in app.extensions:
            raise ImproperlyConfigured(
                f"{app!r} has Redstart's integration already: call init_app() once, with a list of databases if there "
                "are several."
            )
        found = configured(
            self._url if self._is_ours else self.database,
            self._hold,
            self._report,
            read=app.config.get,
            prefix="REDSTART_",
            shown='app.config["{}"]',
        )
        database = found.database
        if self._is_ours and not isinstance(database, (list, tuple)):
            tell(self.database, database)
            database = self.database
        middleware = ConnectionMiddleware(app.wsgi_app, database, hold=found.hold, report=found.report)
        app.extensions["redstart"] = self
        app.wsgi_app = middleware  # type: ignore[method-assign] # Flask's documentation says so
        app.process_response = _noting(app.process_response)  # type: ignore[method-assign,assignment] # a hook of `after_request` costs more
        if found.report:
            got_request_exception.connect(_explain, app)


def _noting(process_response: Callable[[Response], Response]) -> Callable[[Response], Response]:
    """Has a response that is done noted, so that its request's connections need not wait for its body."""

    def process(response: Response) -> Response:
        response = process_response(response)
        scope = bound.get()
        if scope is not None:
            is_list = type(response.response) is list
            scope.is_complete = is_list or not response.is_streamed or _is_error_page(response)
        return response

    return process


def _is_error_page(response: Response) -> bool:
    """Tells whether a response is one of Werkzeug's own, which come as iterators, of a length that is known."""
    return response.status_code >= HTTPStatus.BAD_REQUEST and "Content-Length" in response.headers


def _explain(sender: Flask, exception: BaseException, **more: Any) -> None:
    """Adds to an error, which debuggers and logs then show, what was asked of the database."""
    del sender, more
    explain(exception)


__all__ = ["Redstart", "init_app"]
