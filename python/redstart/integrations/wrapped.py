"""What a middleware may find within it that it refuses: another one of its kind, an application of another kind."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from redstart.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redstart.integrations.settings import Settings


def refuse_second(kind: Any, app: Any, settings: Settings) -> None:
    """Refuses a middleware that is within the application already, for one of the same databases.

    Args:
        kind: The middleware's class.
        app: What it is put around.
        settings: Its settings.

    Raises:
        ImproperlyConfigured: There is one.
    """
    for inner in _stack(app):
        if isinstance(inner, kind) and inner._settings.share_with(settings):
            raise ImproperlyConfigured(
                "This application has two ConnectionMiddleware for one database: register it once."
            )


def require_asgi(app: Any) -> None:
    """Refuses an application of WSGI.

    Args:
        app: The application.

    Raises:
        ImproperlyConfigured: It is one.
    """
    if _takes(app, 2) and not _takes(app, 3):
        raise ImproperlyConfigured(
            f"{app!r} is a WSGI application: put redstart.integrations.wsgi.ConnectionMiddleware around it."
        )


def require_wsgi(app: Any) -> None:
    """Refuses an application of ASGI.

    Args:
        app: The application.

    Raises:
        ImproperlyConfigured: It is one.
    """
    if _takes(app, 3) and not _takes(app, 2):
        raise ImproperlyConfigured(
            f"{app!r} is an ASGI application: put redstart.integrations.asgi.ConnectionMiddleware around it."
        )


def _stack(app: Any) -> Iterator[Any]:
    """Gives an application and those that it wraps, as middleware does; not those that it mounts."""
    for _ in range(_DEEPEST):
        if app is None:
            return
        yield app
        app = getattr(app, "app", None)


def _takes(app: Any, number: int) -> bool:
    """Tells whether an application may be called with so many arguments."""
    try:
        inspect.signature(app).bind(*range(number))
    except (TypeError, ValueError):
        # It takes another number, or does not tell.
        return False
    return True


#: No stack of middleware is deeper.
_DEEPEST = 100

__all__ = ["refuse_second", "require_asgi", "require_wsgi"]
