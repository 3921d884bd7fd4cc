"""A streamed body of an asynchronous handler, which its request's connections outlive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator

    from redstart.integrations.request_scope import RequestScope


class AsyncBody:
    """A body that ends its request's scope when it is closed, or is at its end."""

    def __init__(self, body: AsyncIterable[Any], scope: RequestScope) -> None:
        """Takes the body and the scope.

        Args:
            body: The body.
            scope: The scope, which was entered.
        """
        self._body = body
        self._scope: RequestScope | None = scope
        self._chunks: AsyncIterator[Any] | None = None
        self._is_first = True

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        try:
            if self._chunks is None:
                self._chunks = aiter(self._body)
            chunk = await anext(self._chunks)
        except BaseException:
            self.end()
            raise
        if self._scope is not None:
            self._scope.between_chunks(first=self._is_first)
        self._is_first = False
        return chunk

    async def aclose(self) -> None:
        """Closes the body, and ends the scope."""
        try:
            close = getattr(self._body, "aclose", None) or getattr(self._body, "close", None)
            if close is not None:
                await close()
        finally:
            self.end()

    def end(self) -> None:
        """Ends the scope, if that was not done."""
        scope, self._scope = self._scope, None
        if scope is not None:
            scope.leave()


__all__ = ["AsyncBody"]
