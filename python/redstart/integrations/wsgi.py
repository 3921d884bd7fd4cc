"""Any WSGI application (PEP 3333): the connections of a request, until its body was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.integrations.request_scope import RequestScope, require_blocking
from redstart.integrations.settings import Settings
from redstart.integrations.wrapped import refuse_second, require_wsgi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

#: An application that sets this in the request's environment says that its body asks the database nothing more.
IS_COMPLETE = "redstart.is_complete"


class ConnectionMiddleware:
    """Gives each request connections of its own: opened by its first query, given back when the body was sent.

    Example:
        >>> from redstart import SqliteDatabase
        >>> from redstart.integrations.wsgi import ConnectionMiddleware
        >>> def application(environ, start_response):
        ...     start_response("200 OK", [])
        ...     return [b"hello"]
        >>> application = ConnectionMiddleware(application, SqliteDatabase(":memory:"))
        >>> application({}, lambda status, headers, error=None: None)
        [b'hello']
    """

    def __init__(self, app: Callable[..., Any], database: Any, *, hold: str = "request", report: bool = False) -> None:
        """Wraps an application.

        Args:
            app: The application.
            database: A database, a proxy of one, or several of them.
            hold: See `Settings`.
            report: See `Settings`.

        Raises:
            ImproperlyConfigured: A setting is wrong, the application has the same already, or it is one of ASGI.
        """
        self.app = app
        self._settings = Settings(database, hold=hold, report=report)
        require_wsgi(app)
        refuse_second(ConnectionMiddleware, app, self._settings)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serves a request.

        Raises:
            ImproperlyConfigured: A database is not initialised, or belongs to an event loop.
        """
        settings = self._settings
        if not settings.blocks:
            require_blocking(settings)
        scope = RequestScope(settings)
        if scope.report is not None:
            scope.report.name = f"{environ.get('REQUEST_METHOD', '')} {environ.get('PATH_INFO', '')}".strip()
            start_response = _reporting(start_response, scope.report)
        scope.enter()
        try:
            body: Iterable[bytes] = self.app(environ, start_response)
        except BaseException as error:
            scope.__exit__(type(error), error, None)
            raise
        is_complete = scope.is_complete or isinstance(body, (list, tuple)) or environ.get(IS_COMPLETE)
        if is_complete or is_file(body, environ):
            scope.leave()
            return body
        return Body(body, scope)


def _reporting(start_response: Callable[..., Any], report: Any) -> Callable[..., Any]:
    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, [*headers, report.header()], *error)

    return start


def is_file(body: Any, environ: Mapping[str, Any]) -> bool:
    """Tells whether the server sends a file by itself, which it does if nothing is wrapped around it.

    Args:
        body: The body.
        environ: The request's environment.
    """
    wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(wrapper, type) and isinstance(body, wrapper)


class Body:
    """A body that ends its request's scope when it is closed, or is at its end."""

    def __init__(self, body: Iterable[Any], scope: RequestScope) -> None:
        """Takes the body and the scope.

        Args:
            body: The body.
            scope: The scope, which was entered.
        """
        self._body = body
        self._scope: RequestScope | None = scope
        self._chunks: Iterator[Any] | None = None
        self._is_first = True

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            if self._chunks is None:
                self._chunks = iter(self._body)
            chunk = next(self._chunks)
        except BaseException:
            self._leave()
            raise
        if self._scope is not None:
            self._scope.between_chunks(first=self._is_first)
        self._is_first = False
        return chunk

    def close(self) -> None:
        """Called by the server in any case (PEP 3333)."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._leave()

    def __del__(self) -> None:
        # Clients that stand in for a server in tests may drop a body that they have not read.
        self._leave()

    def _leave(self) -> None:
        scope, self._scope = self._scope, None
        if scope is not None:
            scope.leave()


__all__ = ["IS_COMPLETE", "Body", "ConnectionMiddleware", "is_file"]
