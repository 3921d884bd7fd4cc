"""CherryPy: a plugin of its engine for the connections of a request. Needs CherryPy, which Redstart does not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured
from redstart.integrations.named import configured
from redstart.integrations.request_scope import RequestScope, require_blocking
from redstart.integrations.settings import Settings
from redstart.integrations.wsgi import Body
from redstart.pool import PooledDatabase

try:
    import cherrypy
except ImportError as error:
    message = "redstart.integrations.cherrypy needs CherryPy: pip install CherryPy"
    raise ModuleNotFoundError(message, name="cherrypy") from error

if TYPE_CHECKING:
    from redstart.integrations.report import Report


def set_up(database: Any = None, *, hold: str | None = None, report: bool | None = None) -> ConnectionPlugin:
    """Gives each request of all applications of the process connections of its own.

    What is not given stands in ``cherrypy.config``: ``redstart.database``, ``redstart.hold``, ``redstart.report``.

    Args:
        database: A database, a proxy of one, or several of them.
        hold: See `redstart.integrations.settings.Settings`.
        report: See `redstart.integrations.settings.Settings`.

    Returns:
        The plugin.

    Raises:
        ImproperlyConfigured: A setting is wrong, or the engine has this already.

    Example:
        >>> from redstart import SqliteDatabase
        >>> from redstart.integrations.cherrypy import set_up
        >>> plugin = set_up(SqliteDatabase(":memory:"))
        >>> plugin.unsubscribe()
    """
    found = configured(database, hold, report, read=cherrypy.config.get, prefix="redstart.")
    plugin = ConnectionPlugin(cherrypy.engine, Settings(found.database, hold=found.hold, report=found.report))
    plugin.subscribe()
    return plugin


class ConnectionPlugin:
    """Opens a request's connection by its first query, and gives it back when the body was sent."""

    def __init__(self, bus: Any, settings: Settings) -> None:
        """Takes the engine and the settings; see `set_up`."""
        self.bus = bus
        self._settings = settings

    def subscribe(self) -> None:
        """Has the engine call the plugin, and each request its hooks.

        Raises:
            ImproperlyConfigured: There is such a plugin already.
        """
        listeners = self.bus.listeners["before_request"]
        if any(isinstance(getattr(one, "__self__", None), ConnectionPlugin) for one in listeners):
            raise ImproperlyConfigured(
                "cherrypy.engine has Redstart's plugin already: set it up once, with a list of databases if there are "
                "several."
            )
        for channel, priority in _CHANNELS.items():
            self.bus.subscribe(channel, getattr(self, channel), priority)
        cherrypy.config.update(_HOOKS)
        _ENDING.append(_END)

    def unsubscribe(self) -> None:
        """Ends what `subscribe` began."""
        for channel in _CHANNELS:
            self.bus.unsubscribe(channel, getattr(self, channel))
        for key in _HOOKS:
            cherrypy.config.pop(key, None)
        _ENDING[:] = [hook for hook in _ENDING if hook is not _END]

    def before_request(self) -> None:
        """Begins a request.

        Raises:
            ImproperlyConfigured: A database is not initialised, or belongs to an event loop.
        """
        require_blocking(self._settings)
        scope = _serving.request.redstart = RequestScope(self._settings).enter()
        _serving.request.redstart_end = scope.leave

    def stop(self) -> None:
        """Closes pools."""
        for database in self._settings.databases():
            if isinstance(database, PooledDatabase):
                database.close_all()


def _finalize() -> None:
    _tell()
    response = _serving.response
    if response.stream and not isinstance(response.body, Body):
        response.body = body = Body(response.body, _serving.request.redstart)
        _serving.request.redstart_end = body.close


def _tell() -> None:
    report = _report()
    if report is not None:
        report.into_headers(_serving.response.headers)


def _explain() -> None:
    """Adds to an error, which CherryPy shows, what was asked of the database."""
    report, error = _report(), sys.exc_info()[1]
    if report is not None and error is not None:
        report.explain(error)


def _report() -> Report | None:
    request = _serving.request
    report: Report | None = request.redstart.report
    if report is not None:
        report.name = f"{request.method} {request.script_name}{request.path_info}"
    return report


# First to begin, and last to end: the server has stopped before.
_CHANNELS = {"before_request": 10, "stop": 90}

# It has attributes of any name.
_serving: Any = cherrypy.serving
# The hooks of all requests, after the engine's listeners. When the last one runs, the body was sent or the client left.
_ENDING: list[Any] = cherrypy._cprequest.Request.hooks["on_end_request"]
_END = cherrypy._cprequest.Hook(
    lambda **_: getattr(_serving.request, "redstart_end", int)(), failsafe=True, priority=100
)
# What tools wrap around a body is within the last of these.
_HOOKS = {
    "hooks.before_finalize.redstart": cherrypy._cprequest.Hook(_finalize, priority=95),
    "hooks.before_error_response.redstart": _explain,
    "hooks.after_error_response.redstart": _tell,
}

__all__ = ["ConnectionPlugin", "set_up"]
