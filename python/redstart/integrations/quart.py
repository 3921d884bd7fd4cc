"""Quart: the connections of a request, streamed responses included. Needs Quart, which Redstart does not."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.asgi import ConnectionMiddleware, prepared
from redstart.integrations.named import configured
from redstart.integrations.request_scope import current_scope, explain

try:
    from quart import got_request_exception, got_websocket_exception
    from quart.debug import traceback_response
except ImportError as error:
    raise ModuleNotFoundError("redstart.integrations.quart needs Quart: pip install quart", name="quart") from error

if TYPE_CHECKING:
    from collections.abc import Iterable

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

    lifespan = AsyncExitStack()

    async def start() -> None:
        # Others' functions may ask the database to the end: they have been named in the meantime.
        app.after_serving_funcs.remove(stop)
        app.after_serving_funcs.append(stop)
        await lifespan.enter_async_context(prepared(found.database, create_tables=models))

    async def stop() -> None:
        await lifespan.aclose()

    # A generator of Quart's own, by ``while_serving``, serves once, and begins after these.
    app.before_serving_funcs.insert(0, start)
    app.after_serving_funcs.append(stop)
    if found.report:
        _show_on_error_page(app)
        got_request_exception.connect(_explain, app)
        got_websocket_exception.connect(_explain, app)


def _show_on_error_page(app: Quart) -> None:
    """Has Quart's page for debugging show what was asked of the database."""
    handle_request = app.handle_request

    async def handled(request: Any) -> Any:
        try:
            return await handle_request(request)
        except Exception as error:
            scope = current_scope()
            if not (app.debug or app.testing) or scope is None or scope.report is None:
                raise
            # What Quart answers then.
            response = await traceback_response(error)
            response.set_data(scope.report.into_page(await response.get_data(as_text=True)))
            return response

    app.handle_request = handled  # type: ignore[method-assign] # there is no hook for it


async def _explain(sender: Quart, exception: BaseException, **more: Any) -> None:
    """Adds to an error, which Quart then logs, what was asked of the database."""
    del sender, more
    explain(exception)


__all__ = ["init_app"]
