"""Quart: the connections of a request, streamed responses included. Needs Quart, which Redstart does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.asgi import ConnectionMiddleware, prepared
from redstart.integrations.request_scope import current_scope

try:
    from quart import got_request_exception, got_websocket_exception
except ImportError as error:
    raise ModuleNotFoundError("redstart.integrations.quart needs Quart: pip install quart", name="quart") from error

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from quart import Quart


def init_app(
    app: Quart,
    database: Any,
    *,
    create_tables: Iterable[Any] = (),
    hold: str | None = None,
    report: bool | None = None,
) -> None:
    """Gives each request of an application connections of its own, makes tables, and closes the pools at the end.

    The first query of a request opens a connection, the end of the response gives it back. Hooks, error pages, sync
    handlers in threads and streamed responses use the same one. What is not given stands in ``app.config``:
    ``REDSTART_HOLD``, ``REDSTART_REPORT``.

    Args:
        app: The application.
        database: A database, a proxy of one, or several of them.
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
    if "redstart" in app.extensions:
        raise ImproperlyConfigured(
            f"{app!r} has Redstart's integration already: call init_app() once, with a list of databases if there are "
            "several."
        )
    models = list(create_tables)
    hold = hold or app.config.get("REDSTART_HOLD", "request")
    report = app.config.get("REDSTART_REPORT", False) if report is None else report
    middleware = ConnectionMiddleware(app.asgi_app, database, hold=hold, report=bool(report))
    app.extensions["redstart"] = middleware
    app.asgi_app = middleware  # type: ignore[method-assign, assignment] # Quart's documentation says so

    @app.while_serving
    async def lifespan() -> AsyncGenerator[None, None]:
        async with prepared(database, create_tables=models):
            yield

    if report:
        got_request_exception.connect(_explain, app)
        got_websocket_exception.connect(_explain, app)


async def _explain(sender: Quart, exception: BaseException, **more: Any) -> None:
    """Adds to an error, which Quart then logs, what was asked of the database."""
    del sender, more
    scope = current_scope()
    if scope is not None and scope.report is not None:
        scope.report.explain(exception)


__all__ = ["init_app"]
