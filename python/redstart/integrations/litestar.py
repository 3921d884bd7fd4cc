"""Litestar: the connections of a request, by a plugin. Needs Litestar, which Redstart does not."""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.asgi import ConnectionMiddleware
from redstart.integrations.lifespan import lifespan, rest
from redstart.integrations.request_scope import RequestScope, current_scope, explain
from redstart.integrations.settings import Settings

try:
    from litestar import MediaType
    from litestar.exceptions.responses import create_debug_response, create_exception_response
    from litestar.middleware import DefineMiddleware
    from litestar.plugins import InitPlugin
    from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR
except ImportError as error:
    raise ModuleNotFoundError(
        "redstart.integrations.litestar needs Litestar: pip install litestar", name="litestar"
    ) from error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from litestar import Response
    from litestar.config.app import AppConfig
    from litestar.types import Scope


class RedstartPlugin(InitPlugin):
    """Gives each request of an application connections of its own, makes tables, and closes the pools at the end.

    The first query of a request opens a connection, the end of the response gives it back. Sync handlers in threads
    use the same one.

    Example:
        >>> from litestar import Litestar
        >>> from redstart.integrations.litestar import RedstartPlugin
        >>> from redstart.pwasyncio import AsyncSqliteDatabase
        >>> db = AsyncSqliteDatabase("app.db")
        >>> app = Litestar(plugins=[RedstartPlugin(db)])
    """

    def __init__(
        self, database: Any, *, create_tables: Iterable[Any] = (), hold: str = "request", report: bool = False
    ) -> None:
        """Takes the settings.

        Args:
            database: A database, a proxy of one, or several of them.
            create_tables: The models whose tables are made where they are missing, when the application starts.
            hold: See `Settings`.
            report: See `Settings`.

        Raises:
            ImproperlyConfigured: A setting is wrong.
        """
        self._settings = Settings(database, hold=hold, report=report)
        self._database = database
        self._create_tables = list(create_tables)

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Adds what the application needs; called by Litestar.

        Args:
            app_config: The application's settings.

        Raises:
            ImproperlyConfigured: The application has another plugin of this class.
        """
        if sum(isinstance(one, RedstartPlugin) for one in app_config.plugins) > 1:
            raise ImproperlyConfigured(
                "This Litestar application has two RedstartPlugin: give it one, with a list of databases if there are "
                "several."
            )
        settings = self._settings
        # It takes what every ASGI application takes; Litestar has types of its own for that.
        made: Any = ConnectionMiddleware
        middleware = DefineMiddleware(made, database=self._database, hold=settings.hold, report=settings.report)
        app_config.middleware.insert(0, middleware)
        # The first one begins first and ends last.
        app_config.lifespan.insert(0, lifespan(self._database, create_tables=self._create_tables))
        app_config.on_startup.append(partial(rest, settings))
        # Litestar calls these when each lifespan is over, and the application's own may ask.
        app_config.on_shutdown.append(partial(_close, settings))
        given = app_config.exception_handlers.items()
        handlers: dict[Any, Any] = {key: _with_connections(handler, settings) for key, handler in given}
        app_config.exception_handlers = handlers
        if settings.report:
            app_config.after_exception.append(_explain)
            handlers.setdefault(HTTP_500_INTERNAL_SERVER_ERROR, _respond)
        return app_config


async def _close(settings: Settings) -> None:
    for database in settings.initialized():
        await database.close_pool()


async def _explain(error: Exception, scope: Scope) -> None:
    """Adds to an error, which the page for debugging then shows, what was asked of the database."""
    del scope
    explain(error)


def _with_connections(handler: Any, settings: Settings) -> Any:
    """Gives a handler of errors connections of its own, which it has not where no route was found."""

    @wraps(handler)
    def handle(request: Any, error: Exception) -> Any:
        if current_scope() is not None:
            return handler(request, error)
        with RequestScope(settings, name=f"{request.method} {request.url.path}") as scope:
            response = handler(request, error)
            if scope.report is not None:
                scope.report.into_headers(response.headers)
            return response

    return handle


def _respond(request: Any, error: Exception) -> Response[Any]:
    """Answers as Litestar does; its page for debugging shows what was asked of the database."""
    route: Any = request.scope.get("route_handler")
    handlers = request.app.exception_handlers if route is None else route.resolve_exception_handlers()
    # Litestar prefers a handler of the status; one that the application has for the error's class shall be asked.
    for kind in type(error).__mro__:
        if kind in handlers:
            return handlers[kind](request, error)  # type: ignore[no-any-return] # Litestar knows no types of handlers
    if not request.app.debug:
        return create_exception_response(request=request, exc=error)
    response = create_debug_response(request=request, exc=error)
    scope = current_scope()
    if response.media_type == MediaType.HTML and scope is not None and scope.report is not None:
        response.content = scope.report.into_page(response.content)
    return response


__all__ = ["RedstartPlugin"]
