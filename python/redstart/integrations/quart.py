"""Quart: the connections of a request, streamed responses included. Needs Quart, which Redstart does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.asgi import ConnectionMiddleware, prepared
from redstart.integrations.named import configured
from redstart.integrations.request_scope import explain

try:
    from quart import got_request_exception, got_websocket_exception
except ImportError as error:
    raise ModuleNotFoundError("redstart.integrations.quart needs Quart: pip install quart", name="quart") from error

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from quart import Quart


def init_app(
    app: Quart,
    database: Any = None,
    *,
    create_tables: Iterable[Any] = (),
    hold: str | None = None,
    report: bool | None = None,
) -> None:
    """Gives each request of an application connections of its own, makes tables, and closes the pools at the end.

    The first query of a request opens a connection, the end of the response gives it back. Hooks, error pages, sync
    handlers in threads and streamed responses use the same one. What is not given stands in ``app.config``:
    ``REDSTART_DATABASE``, ``REDSTART_HOLD``, ``REDSTART_REPORT``.

    Args:
        app: The application.
        database: A database, a proxy of one, or several of them. The configuration tells a proxy its database.
        create_tables: The models whose tables are made where they are missing, before the application serves.
        hold: See `redstart.integrations.settings.Settings`.
        report: See `redstart.integrations.settings.Settings`.

    Raises:
        ImproperlyConfigured: A setting is wrong, or the application has this already.

    Example:
        >>> from quart import Quart
        >>> from redstart.integrations.quart import init_app
        >>> from redstart.pwasyncio import AsyncSqliteDatabase
        >>> db, app = AsyncSqliteDatabase("app.db"), Quart("shop")
        >>> init_app(app, db)
    """
    if not hasattr(app, "asgi_app"):
        raise ImproperlyConfigured(f"{app!r} is no Quart application: use redstart.integrations.flask for Flask's.")
    if "redstart" in app.extensions:
        raise ImproperlyConfigured(
            f"{app!r} has Redstart's integration already: call init_app() once, with a list of databases if there are "
            "several."
        )
    models = list(create_tables)
    shown = 'app.config["{}"]'
    found = configured(database, hold, report, read=app.config.get, prefix="REDSTART_", shown=shown)
    middleware = ConnectionMiddleware(app.asgi_app, found.database, hold=found.hold, report=found.report)
    app.extensions["redstart"] = middleware
    app.asgi_app = middleware  # type: ignore[method-assign, assignment] # Quart's documentation says so

    @app.while_serving
    async def lifespan() -> AsyncGenerator[None, None]:
        async with prepared(found.database, create_tables=models):
            yield

    if found.report:
        got_request_exception.connect(_explain, app)
        got_websocket_exception.connect(_explain, app)


async def _explain(sender: Quart, exception: BaseException, **more: Any) -> None:
    """Adds to an error, which Quart then logs, what was asked of the database."""
    del sender, more
    explain(exception)


__all__ = ["init_app"]
