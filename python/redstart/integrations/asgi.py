"""Any ASGI application (https://asgi.readthedocs.io/en/latest/specs/www.html): the connections of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.integrations.lifespan import lifespan, prepared, rest
from redstart.integrations.request_scope import RequestScope
from redstart.integrations.settings import Settings
from redstart.integrations.wrapped import refuse_second, require_asgi

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]


class ConnectionMiddleware:
    """Gives each request connections of its own: opened by its first query, given back when the response was sent.

    Handlers in threads, tasks that the request starts, and applications behind Starlette's ``BaseHTTPMiddleware`` use
    the request's connection. A background task takes another one if it asks, and so does each message of a WebSocket.
    """

    def __init__(self, app: Any, database: Any, *, hold: str = "request", report: bool = False) -> None:
        """Wraps an application.

        Args:
            app: The application.
            database: A database, a proxy of one, or several of them.
            hold: See `Settings`.
            report: See `Settings`.

        Raises:
            ImproperlyConfigured: A setting is wrong, the application has the same already, or it is one of WSGI.
        """
        self.app = app
        self._settings = Settings(database, hold=hold, report=report)
        require_asgi(app)
        refuse_second(ConnectionMiddleware, app, self._settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request or a WebSocket.

        Raises:
            ImproperlyConfigured: A database is not initialised.
        """
        kind = scope["type"]
        if kind not in {"http", "websocket"}:
            await self.app(scope, receive, _resting(send, self._settings) if kind == "lifespan" else send)
            return
        name = f"{scope.get('method', kind)} {scope.get('path', '')}"
        request = RequestScope(self._settings, name=name)
        # A WebSocket lives long, and waits most of the time.
        request.enter(hold="query" if kind == "websocket" else None)
        try:
            await self._answer(scope, receive, _watching(send, request), request)
        except Exception as error:
            if request.report is not None:
                request.report.explain(error)
            raise
        finally:
            request.leave()

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request: RequestScope) -> None:
        """Has the application answer; for a framework that can be asked for more than ASGI says."""
        del request
        await self.app(scope, receive, send)


def _resting(send: Send, settings: Settings) -> Send:
    async def resting(message: Message) -> None:
        if message["type"] == "lifespan.startup.complete":
            rest(settings)
        await send(message)

    return resting


def _watching(send: Send, request: RequestScope) -> Send:
    is_streaming = False

    async def watched(message: Message) -> None:
        nonlocal is_streaming
        kind = message["type"]
        if kind == "http.response.start" and request.report is not None:
            name, value = request.report.header()
            headers = [*message.get("headers", ()), (name.lower().encode(), value.encode())]
            message = {**message, "headers": headers}
        elif kind == "http.response.body":
            if message.get("more_body", False):
                if is_streaming:
                    request.between_chunks()
                is_streaming = True
            else:
                # What comes after the response, such as a background task, asks anew.
                request.rest()
        await send(message)

    return watched


__all__ = ["ConnectionMiddleware", "lifespan", "prepared"]
