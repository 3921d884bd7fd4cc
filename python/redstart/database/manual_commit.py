"""The block in which the caller begins, commits and rolls back."""

from __future__ import annotations

from redstart.callable_context import _callable_context_manager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _manual(_callable_context_manager):  # noqa: N801 - peewee's name
    """A block without transactions of its own."""

    def __init__(self, db: Any) -> None:
        """Takes the database."""
        self.db = db

    def __enter__(self) -> None:
        top = self.db.top_transaction()
        if top is not None and not isinstance(top, _manual):
            raise ValueError("Cannot enter manual commit block while a transaction is active.")
        self.db.push_transaction(self)

    def __exit__(self, *error: object) -> None:
        is_here = any(block is self for block in self.db._scopes.current().transactions)
        if not is_here and error[0]:
            # Its connection was given back; the stack is another request's.
            return
        if not is_here or self.db.pop_transaction() is not self:
            raise ValueError("Transaction stack corrupted while exiting manual commit block.")

    async def __aenter__(self) -> None:
        self.db._scopes.of_task()
        self.__enter__()

    async def __aexit__(self, *error: object) -> None:
        self.__exit__(*error)

    def _fresh(self) -> _manual:
        return type(self)(self.db)
