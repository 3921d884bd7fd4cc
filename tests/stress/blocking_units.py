"""The units of work as threads do them, each with one token. `awaited_units` has the same for tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stress.bank import NUMBERS
from stress.ledger import Fate, Undo
from stress.worker import Violation

if TYPE_CHECKING:
    from stress.bank import Bank
    from stress.worker import Worker


class BlockingUnits:
    """Units on the running thread's connection, or on one that a task has lent it."""

    def __init__(self, bank: Bank, worker: Worker) -> None:
        """Takes the tables and the worker in whose ledger to write."""
        self.bank = bank
        self.database = bank.database
        self.worker = worker
        self.ledger = worker.ledger

    def run(self, kind: str) -> None:
        """Does one unit of a kind, after a look at the connection."""
        if self.database.in_transaction():
            raise Violation("a transaction is open before the unit has begun one")
        asked = self.worker.chance.getrandbits(40)
        self.worker.check_echo(self.database.execute_sql(self.bank.echo, (asked,)).fetchone(), asked)
        getattr(self, kind)()
        self.worker.done[f"thread {kind}"] += 1

    def transfer(self) -> None:
        """Moves an amount from one account to another, or thinks better of it."""
        first, second = self.worker.two_accounts()
        amount = self.worker.chance.randint(-9, 9)
        with self.ledger.unit() as unit, self.database.atomic(*self.bank.begin):
            for part, (account, change) in enumerate(((first, amount), (second, -amount))):
                self.bank.moved(account, change).execute()
                self._write(unit.token, "transfer", account, part=part, parts=2, amount=change)
            self._dawdle()
            if self.worker.happens(0.1):
                raise Undo
            unit.ends()

    def nested(self) -> None:
        """Writes in two savepoints, and undoes a third between them."""
        account = self.worker.account()
        with self.ledger.unit() as unit, self.database.atomic(*self.bank.begin):
            with self.database.atomic():
                self._write(unit.token, "nested", account, part=0, parts=2)
            undone = self.ledger.intend()
            self.ledger.settle(undone, Fate.UNDONE)
            try:
                with self.database.atomic():
                    self._write(undone, "nested", account)
                    self._dawdle()
                    raise Undo
            except Undo:
                pass
            with self.database.savepoint():
                self._write(unit.token, "nested", account, part=1, parts=2)
            unit.ends()

    def upsert(self) -> None:
        """Raises a counter and writes an entry with it."""
        with self.ledger.unit() as unit, self.database.atomic(*self.bank.begin):
            self._write(unit.token, "upsert", self.worker.account())
            self.bank.raised(self.worker.counter()).execute()
            if self.worker.happens(0.1):
                raise Undo
            unit.ends()

    def single(self) -> None:
        """Writes one entry outside of a transaction."""
        with self.ledger.unit() as unit:
            unit.ends()
            self._write(unit.token, "single", self.worker.account())

    def many(self) -> None:
        """Writes some entries by one statement outside of a transaction."""
        parts = self.worker.chance.randint(2, 12)
        account = self.worker.account()
        with self.ledger.unit() as unit:
            unit.ends()
            rows = [
                {"token": unit.token, "part": part, "parts": parts, "kind": "many", "amount": 0, "account": account}
                for part in range(parts)
            ]
            self.bank.Entry.insert_many(rows).execute()

    def read(self) -> None:
        """Reads an account's last entries."""
        account = self.worker.account()
        self.worker.check_entries(list(self.bank.recent(account)), account)

    def related(self) -> None:
        """Reads an account, one of its entries, and by that the account once more."""
        account = self.worker.account()
        self.worker.check_name(self.bank.Account.get_by_id(account).name, account)
        entry = self.bank.Entry.get_or_none(self.bank.Entry.account == account)
        if entry is not None:
            self.worker.check_name(entry.account.name, account)

    def stream(self) -> None:
        """Reads all numbers one by one, or the first of them, in a transaction or not."""
        wanted = self.worker.chance.choice((NUMBERS, NUMBERS, 50))
        if self.worker.happens(0.5):
            with self.database.atomic():
                self._stream(wanted)
        else:
            self._stream(wanted)

    def _stream(self, wanted: int) -> None:
        rows = self.bank.streamed(self.bank.numbers())
        values = [row.value for _, row in zip(range(wanted), rows, strict=False)]
        self.worker.check_numbers(values, wanted)
        close: Any = getattr(rows, "close", None)
        if close is not None:
            close()

    def _write(self, token: int, kind: str, account: int, *, part: int = 0, parts: int = 1, amount: int = 0) -> None:
        self.bank.Entry.create(token=token, part=part, parts=parts, kind=kind, amount=amount, account=account)

    def _dawdle(self) -> None:
        if self.worker.happens(0.2):
            self.database.execute_sql(self.bank.dawdle)
