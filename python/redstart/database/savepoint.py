"""The block that can be undone within a transaction."""

from __future__ import annotations

import os

from redstart.callable_context import _callable_context_manager
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
            self.rollback(begin=False)
            return
        try:
            self.commit(begin=False)
        except BaseException:
            self.rollback(begin=False)
            raise

    def _fresh(self) -> _savepoint:
        return type(self)(self.db)
