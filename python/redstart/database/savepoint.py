"""The block that can be undone within a transaction."""

from __future__ import annotations

import os

from redstart.callable_context import _callable_context_manager
from redstart.exceptions import PeeweeException
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
        return self

    def __exit__(self, *error: object) -> None:
        if error[0]:
            self._undo(is_kept=not issubclass(error[0], Exception))  # type: ignore[arg-type] # a class
            return
        try:
            self.commit(begin=False)
        except BaseException:
            self._undo(is_kept=True)
            raise

    def _undo(self, *, is_kept: bool) -> None:
        """Rolls back; with `is_kept`, whatever prevents it does not hide the error that is on its way."""
        # A lost connection has nothing to undo.
        if self.db._has_lost_connection():
            return
        try:
            self.rollback(begin=False)
        except PeeweeException:
            # A savepoint that was released in spite of the error, say: the transaction around it is undone then.
            if not is_kept:
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
        return self

    async def __aexit__(self, *error: object) -> None:
        if error[0]:
            await self._aundo(is_kept=not issubclass(error[0], Exception))  # type: ignore[arg-type] # a class
            return
        try:
            await self.acommit(begin=False)
        except BaseException:
            await self._aundo(is_kept=True)
            raise

    async def _aundo(self, *, is_kept: bool) -> None:
        """Rolls back; with `is_kept`, whatever prevents it does not hide the error that is on its way."""
        if self.db._has_lost_connection():
            return
        try:
            await self.arollback(begin=False)
        except PeeweeException:
            # A savepoint that was released in spite of the error, say: the transaction around it is undone then.
            if not is_kept:
                raise

    def _fresh(self) -> _savepoint:
        return type(self)(self.db)
