"""What a database does about transactions: the blocks, their stack, and what is called after a commit."""

from __future__ import annotations

from redstart.chunked import chunked
from redstart.database.atomic import _atomic
from redstart.database.manual_commit import _manual
from redstart.database.savepoint import _savepoint
from redstart.database.transaction import _transaction
from redstart.exceptions import InterfaceError
from redstart.exceptions.wrapper import __exception_wrapper__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

_translating = __exception_wrapper__


class TransactionMethods:
    """The part of ``Database`` that is about transactions."""

    if TYPE_CHECKING:
        _blocking_state: Any
        _scopes: Any
        cursor: Any

    def in_transaction(self) -> bool:
        """Tells whether a block that is a transaction is active."""
        return bool(self._scopes.current().transactions)

    def push_transaction(self, transaction: Any) -> None:
        """Puts a block on the stack."""
        self._scopes.current().transactions.append(transaction)

    def pop_transaction(self) -> Any:
        """Takes the innermost block off the stack."""
        return self._scopes.current().transactions.pop()

    def transaction_depth(self) -> int:
        """Gives the number of blocks on the stack; savepoints are not on it."""
        return len(self._scopes.current().transactions)

    def top_transaction(self) -> Any:
        """Gives the innermost block, or None."""
        transactions = self._scopes.current().transactions
        return transactions[-1] if transactions else None

    def atomic(self, *args: Any, **kwargs: Any) -> _atomic:
        """Gives a block that is a transaction or, within one, a savepoint."""
        return _atomic(self, *args, **kwargs)

    def manual_commit(self) -> _manual:
        """Gives a block in which the caller begins and commits."""
        return _manual(self)

    def transaction(self, *args: Any, **kwargs: Any) -> _transaction:
        """Gives a block that is a transaction."""
        return _transaction(self, *args, **kwargs)

    def savepoint(self) -> _savepoint:
        """Gives a block that is a savepoint."""
        return _savepoint(self)

    def begin(self) -> None:
        """Begins a transaction."""
        self._run_silently(self._begin_sql())

    def _begin_sql(self) -> str:
        return "BEGIN"

    def _run_silently(self, sql: str) -> None:
        # The statements of transactions are neither logged nor shown to hooks, as in peewee.
        self._blocking_state(sql)
        with _translating:
            self.cursor().execute(sql)

    def commit(self) -> None:
        """Commits the transaction.

        Raises:
            InterfaceError: The connection is closed.
        """
        state = self._blocking_state("commit()")
        if state.closed:
            raise InterfaceError("Cannot commit, database connection not open.")
        with _translating:
            state.conn.cursor().execute("COMMIT")

    def rollback(self) -> None:
        """Undoes the transaction.

        Raises:
            InterfaceError: The connection is closed.
        """
        state = self._scopes.current()
        if not state.abandoned:
            state = self._blocking_state("rollback()")
        if state.closed:
            raise InterfaceError("Cannot rollback, database connection not open.")
        with _translating:
            state.conn.cursor().execute("ROLLBACK")

    def _run_commit_callbacks(self) -> None:
        state = self._scopes.current()
        callbacks = list(state.callbacks)
        state.callbacks.clear()
        for callback in callbacks:
            callback()

    def _clear_commit_callbacks(self) -> None:
        self._scopes.current().callbacks.clear()

    def after_commit(self, fn: Callable[[], Any]) -> Callable[[], Any]:
        """Has a function called after the outermost commit; at once where no transaction is active.

        Args:
            fn: The function. A rollback drops it.

        Raises:
            ValueError: The innermost block is one of ``manual_commit``.
        """
        top = self.top_transaction()
        if top is None:
            fn()
        elif isinstance(top, _manual):
            raise ValueError("after_commit() cannot be used with `manual`")
        else:
            self._scopes.current().callbacks.append(fn)
        return fn

    def session_start(self) -> Any:
        """Begins a transaction that no block ends."""
        return self.transaction().__enter__()

    def session_commit(self) -> bool:
        """Commits what ``session_start`` began; False where nothing was begun."""
        return self._end_session("commit")

    def session_rollback(self) -> bool:
        """Undoes what ``session_start`` began; False where nothing was begun."""
        return self._end_session("rollback")

    def _end_session(self, how: str) -> bool:
        if not self.in_transaction():
            return False
        transaction = self.pop_transaction()
        getattr(transaction, how)(begin=self.in_transaction())
        return True

    def batch_commit(self, it: Iterable[Any], n: int) -> Iterator[Any]:
        """Gives the items, each ``n`` of them within a transaction.

        Args:
            it: The items.
            n: The number of items in a transaction.
        """
        for group in chunked(it, n):
            with self.atomic():
                yield from group
