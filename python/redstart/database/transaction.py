"""The block that is one transaction."""

from __future__ import annotations

from redstart.callable_context import _callable_context_manager
from redstart.database.undo import has_no_transaction, is_gone, is_interruption, is_undoing, is_undone
from redstart.exceptions import OperationalError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _transaction(_callable_context_manager):  # noqa: N801 - peewee's name
    """A transaction; one within another does nothing of its own."""

    def __init__(self, db: Any, *args: Any, **kwargs: Any) -> None:
        """Takes the database and the arguments of ``begin``."""
        self.db = db
        self._begin_args = (args, kwargs)

    def _begin(self) -> None:
        args, kwargs = self._begin_args
        try:
            if self.db._transaction_modes.isdisjoint(kwargs):
                self.db.begin(*args, **kwargs)
            else:
                # peewee's begin() takes none of these.
                self.db._run_silently(self.db._begin_sql(*args, **kwargs))
        except Exception:
            raise
        except BaseException as interruption:
            # It may have begun, and nobody is going to end it.
            self._undo(interruption)
            raise

    def commit(self, begin: bool = True) -> None:
        """Commits what was done so far.

        Args:
            begin: Whether to begin another transaction at once.
        """
        self.db.commit()
        self.db._run_commit_callbacks()
        if begin:
            self._begin()

    def rollback(self, begin: bool = True) -> None:
        """Undoes what was done so far.

        Args:
            begin: Whether to begin another transaction at once.
        """
        self.db.rollback()
        self.db._clear_commit_callbacks()
        if begin:
            self._begin()

    def __enter__(self) -> Any:
        state = self.db._scopes.current()
        # What another task or thread of the request ends meanwhile does not change whose connection this is.
        state.enter()
        try:
            if not state.transactions:
                self._own(state)
                try:
                    self._begin()
                except BaseException:
                    self._share(state)
                    raise
            self.db.push_transaction(self)
        finally:
            state.exit()
        return self

    def __exit__(self, *error: object) -> None:
        state = self.db._scopes.current()
        if is_gone(self, state, error[1]):
            return
        is_outermost = len(state.transactions) == 1
        # What waits for the commit runs outside of the transaction.
        self.db.pop_transaction()
        if not is_outermost:
            return
        state.enter()
        try:
            self._end(error[1])
        finally:
            state.exit()
            self._share(state)

    def _end(self, error: Any) -> None:
        if error is not None:
            self._undo(error)
            return
        try:
            self.commit(begin=False)
        except BaseException as failure:
            self._undo(failure)
            raise

    def _own(self, state: Any) -> None:
        """Keeps the other tasks of a request from what begins now."""
        self.db._keep(state)
        if state.in_context:
            state.owned = self.db._scopes.own(state)

    def _share(self, state: Any) -> None:
        if state.in_context:
            owned, state.owned = state.owned, None
            self.db._share(state, owned)
            self.db._unkeep(state)

    def _undo(self, error: Any) -> None:
        if is_undone(self.db, error):
            # The error that is on its way says why.
            self.db._clear_commit_callbacks()
            return
        self.rollback(begin=False)

    # The same for tasks.

    async def _abegin(self) -> None:
        args, kwargs = self._begin_args
        await self.db._abegin(*args, **kwargs)

    async def acommit(self, begin: bool = True) -> None:
        """Does what ``commit`` does, for a task."""
        await self.db._acommit()
        await self.db._arun_commit_callbacks()
        if begin:
            await self._abegin()

    async def arollback(self, begin: bool = True) -> None:
        """Does what ``rollback`` does, for a task."""
        await self.db._arollback()
        self.db._clear_commit_callbacks()
        if begin:
            await self._abegin()

    async def __aenter__(self) -> Any:
        state = self.db._scopes.of_task()
        state.enter()
        try:
            if state.transactions:
                await self.db._aconnection()
            else:
                self._own(state)
                try:
                    await self.db._aconnection()
                    await self._abegin()
                except BaseException:
                    self._share(state)
                    raise
            self.db.push_transaction(self)
        finally:
            state.exit()
        return self

    async def __aexit__(self, *error: object) -> None:
        state = self.db._scopes.of_task()
        if is_gone(self, state, error[1]):
            return
        is_outermost = len(state.transactions) == 1
        self.db.pop_transaction()
        if not is_outermost:
            return
        state.enter()
        try:
            await self._aend(error[1])
        finally:
            state.exit()
            self._share(state)
            if state.rests:
                self.db._rest(state)

    async def _aend(self, error: Any) -> None:
        if error is not None:
            await self._aundo(error)
            return
        try:
            await self.acommit(begin=False)
        except BaseException as failure:
            await self._aundo(failure)
            raise

    async def _aundo(self, error: Any) -> None:
        if is_undoing(error) and has_no_transaction(self.db):
            self.db._clear_commit_callbacks()
            return
        try:
            await self.arollback(begin=False)
        except OperationalError:
            # It has waited for what was interrupted; where that has undone all, the reason is the error.
            if not is_interruption(error):
                raise
            self.db._clear_commit_callbacks()

    def _fresh(self) -> _transaction:
        args, kwargs = self._begin_args
        return type(self)(self.db, *args, **kwargs)
