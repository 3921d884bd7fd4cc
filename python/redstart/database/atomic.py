"""The block that is a transaction or, within one, a savepoint."""

from __future__ import annotations

from redstart.callable_context import _callable_context_manager
from redstart.database.manual_commit import _manual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _atomic(_callable_context_manager):  # noqa: N801 - peewee's name
    """A transaction, or a savepoint where one is active."""

    def __init__(self, db: Any, *args: Any, **kwargs: Any) -> None:
        """Takes the database and the arguments of ``begin``."""
        self.db = db
        self._transaction_args = (args, kwargs)

    def _choose(self) -> Any:
        args, kwargs = self._transaction_args
        top = self.db.top_transaction()
        if top is None:
            self._helper = self.db.transaction(*args, **kwargs)
        elif isinstance(top, _manual):
            raise ValueError("Cannot enter atomic commit block while in manual commit mode.")
        else:
            self._helper = self.db.savepoint()
        return self._helper

    def __enter__(self) -> Any:
        return self._choose().__enter__()

    def __exit__(self, *error: object) -> Any:
        return self._helper.__exit__(*error)

    async def __aenter__(self) -> Any:
        self.db._scopes.of_task()
        return await self._choose().__aenter__()

    async def __aexit__(self, *error: object) -> Any:
        return await self._helper.__aexit__(*error)

    def _fresh(self) -> _atomic:
        args, kwargs = self._transaction_args
        return type(self)(self.db, *args, **kwargs)
