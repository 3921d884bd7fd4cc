"""Starlette: the connections of a request. Needs Starlette, which Redstart does not."""

from __future__ import annotations

from redstart.integrations.asgi import ConnectionMiddleware, lifespan, prepared

try:
    import starlette  # noqa: F401  # pyright: ignore[reportUnusedImport] # nothing here is of use without it
except ImportError as error:
    raise ModuleNotFoundError(
        "redstart.integrations.starlette needs Starlette: pip install starlette", name="starlette"
    ) from error

__all__ = ["ConnectionMiddleware", "lifespan", "prepared"]
