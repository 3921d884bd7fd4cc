"""The block that can be undone within a transaction."""

from __future__ import annotations

import os

from redstart.callable_context import _callable_context_manager
from redstart.database.undo import is_gone, is_lost, is_undone_by, undo_to
from redstart.exceptions import DatabaseError, OperationalError
from redstart.naming import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _savepoint(_callable_context_manager):  # noqa: N801 - peewee's name
    """A savepoint."""

    def __init__(self, db: Any, sid: str | None = None) -> None:
        """Takes the database and, if it is to be a certain one, the savepoint's name."""
        self.db = db
        self.sid = sid or f"s{os.urandom(16).hex()}"
        self.quoted_sid = quote((self.sid,), db.quote)

    def _begin(self) -> None:
        self.db.execute_sql(f"SAVEPOINT {self.quoted_sid};")

    def commit(self, begin: bool = True) -> None:
        """Keeps what was done so far.

        Args:
            begin: Whether to set another savepoint at once.
        """
        self.db.execute_sql(f"RELEASE SAVEPOINT {self.quoted_sid};")
        if begin:
            self._begin()

    def rollback(self, begin: bool = True) -> None:
        """Undoes what was done so far; the savepoint stays.

        Args:
            begin: Whether to set another savepoint at once.
        """
        self.db.execute_sql(f"ROLLBACK TO SAVEPOINT {self.quoted_sid};")
        if begin:
            self._begin()

    def __enter__(self) -> Any:
        self._begin()
        self._outer = self.db.top_transaction()
        return self

    def __exit__(self, *error: object) -> None:
        if self._outer is not None and is_gone(self._outer, self.db._scopes.current(), error[1]):
            return
        if error[0]:
            undo_to(self.db, self, error[1])
            return
        try:
            self.commit(begin=False)
        except BaseException as failure:
            from contextlib import suppress  # blocks seldom fail here

            # It may have been released already; what happened counts, not that it cannot be undone.
            with suppress(DatabaseError):
                undo_to(self.db, self, failure)
            raise

    # The same for tasks.

    async def _abegin(self) -> None:
        await self.db.aexecute_sql(f"SAVEPOINT {self.quoted_sid};")

    async def acommit(self, begin: bool = True) -> None:
        """Does what ``commit`` does, for a task."""
        await self.db.aexecute_sql(f"RELEASE SAVEPOINT {self.quoted_sid};")
        if begin:
            await self._abegin()

    async def arollback(self, begin: bool = True) -> None:
        """Does what ``rollback`` does, for a task."""
        await self.db.aexecute_sql(f"ROLLBACK TO SAVEPOINT {self.quoted_sid};")
        if begin:
            await self._abegin()

    async def __aenter__(self) -> Any:
        await self._abegin()
        self._outer = self.db.top_transaction()
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._outer is not None and is_gone(self._outer, self.db._scopes.of_task(), error[1]):
            return
        if error[0]:
            await self._aundo(error[1])
            return
        try:
            await self.acommit(begin=False)
        except BaseException as failure:
            from contextlib import suppress  # blocks seldom fail here

            with suppress(DatabaseError):
                await self._aundo(failure)
            raise

    async def _aundo(self, error: Any) -> None:
        if is_lost(self.db):
            return
        try:
            await self.arollback(begin=False)
        except OperationalError:
            # It has waited for what was interrupted; that may have undone all.
            if not is_undone_by(self.db, error):
                raise

    def _fresh(self) -> _savepoint:
        return type(self)(self.db)
