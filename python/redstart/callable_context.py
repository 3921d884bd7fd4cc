"""Contexts that decorate functions too, each call within a fresh one."""

from __future__ import annotations

from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def _is_coroutine_function(fn: Any) -> bool:
    code = getattr(fn, "__code__", None)
    return code is not None and bool(code.co_flags & 0x80)  # the flag of ``async def``


class _callable_context_manager:  # noqa: N801 - peewee's name
    """The base of such contexts. Recursion and concurrent calls do not meet: each has its own."""

    def __enter__(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has to define __enter__")

    def __exit__(self, *error: object) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has to define __exit__")

    def __call__(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Wraps a function so that each call runs within a context like this one."""
        if _is_coroutine_function(fn) and hasattr(self, "__aenter__"):

            @wraps(fn)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                async with self._fresh():
                    return await fn(*args, **kwargs)

            return awaited

        @wraps(fn)
        def inner(*args: Any, **kwargs: Any) -> Any:
            with self._fresh():
                return fn(*args, **kwargs)

        return inner

    def _fresh(self) -> Any:
        """Gives a context with the same settings, to be entered by one call."""
        return self
