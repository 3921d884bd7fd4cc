"""Falcon: has what its log says of an error say what was asked of the database, too. Needs Falcon."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any

from redstart.integrations.request_scope import explain

try:
    from falcon import HTTPInternalServerError, asgi
except ImportError as error:
    raise ModuleNotFoundError("redstart.integrations.falcon needs Falcon: pip install falcon", name="falcon") from error

if TYPE_CHECKING:
    from falcon import App


def explain_errors(app: App[Any, Any]) -> None:
    """Adds to an error that nothing handles, which Falcon then logs, what was asked of the database.

    The answer is the one that Falcon gives. With ``report=True`` only; Falcon has no page for debugging. It is a
    handler of ``Exception``, whose place one of your own takes if you add that later.

    Args:
        app: The application, of WSGI or of ASGI.

    Example:
        >>> import falcon
        >>> from redstart import SqliteDatabase
        >>> from redstart.integrations.falcon import ConnectionMiddleware, explain_errors
        >>> app = falcon.App(middleware=[ConnectionMiddleware(SqliteDatabase("app.db"), report=True)])
        >>> explain_errors(app)
    """
    if not isinstance(app, asgi.App):
        app.add_error_handler(Exception, _handle)
        return
    options = app.ws_options

    async def handle(req: Any, resp: Any, error: Exception, params: Any, ws: Any = None) -> None:
        del req, resp, params
        explain(error)
        logger.error("[FALCON] Unhandled exception in ASGI app", exc_info=error)
        if ws is None:
            raise HTTPInternalServerError
        await ws.close(options.error_close_code)

    app.add_error_handler(Exception, handle)


def _handle(req: Any, resp: Any, error: Exception, params: Any) -> None:
    del resp, params
    explain(error)
    req.log_error(traceback.format_exc())
    raise HTTPInternalServerError


#: Falcon's own logger.
logger = logging.getLogger("falcon")

__all__ = ["explain_errors"]
