"""The units of work as tasks do them, each with one token. `blocking_units` has the same for threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stress.bank import NUMBERS, PORTION
from stress.ledger import Fate, Undo
from stress.worker import Violation

if TYPE_CHECKING:
    from stress.bank import Bank
    from stress.worker import Worker


class AwaitedUnits:
    """Units on the running task's connection."""

    def __init__(self, bank: Bank, worker: Worker) -> None:
        """Takes the tables and the worker in whose ledger to write."""
        self.bank = bank
        self.database = bank.database
        self.worker = worker
        self.ledger = worker.ledger
        self._may_leave = False

    async def run(self, kind: str, *, last: bool = True) -> None:
        """Does one unit of a kind, after a look at the connection.

        Args:
            kind: The kind.
            last: Whether the task does nothing more on this connection, so that a stream may be left in the middle.
        """
        self._may_leave = last
        if self.database.in_transaction():
            raise Violation("a transaction is open before the unit has begun one")
        asked = self.worker.chance.getrandbits(40)
        cursor = await self.database.aexecute_sql(self.bank.echo, (asked,))
        self.worker.check_echo(cursor.fetchone(), asked)
        await getattr(self, kind)()
        self.worker.done[f"task {kind}"] += 1

    async def transfer(self) -> None:
        """Moves an amount from one account to another, or thinks better of it."""
        first, second = self.worker.two_accounts()
        amount = self.worker.chance.randint(-9, 9)
        with self.ledger.unit() as unit:
            async with self.database.atomic(*self.bank.begin):
                for part, (account, change) in enumerate(((first, amount), (second, -amount))):
                    await self.database.aexecute(self.bank.moved(account, change))
                    await self._write(unit.token, "transfer", account, part=part, parts=2, amount=change)
                await self._dawdle()
                if self.worker.happens(0.1):
                    raise Undo
                unit.ends()

    async def nested(self) -> None:
        """Writes in two savepoints, and undoes a third between them."""
        account = self.worker.account()
        with self.ledger.unit() as unit:
            async with self.database.atomic(*self.bank.begin):
                async with self.database.atomic():
                    await self._write(unit.token, "nested", account, part=0, parts=2)
                undone = self.ledger.intend()
                self.ledger.settle(undone, Fate.UNDONE)
                try:
                    async with self.database.atomic():
                        await self._write(undone, "nested", account)
                        await self._dawdle()
                        raise Undo
                except Undo:
                    pass
                async with self.database.savepoint():
                    await self._write(unit.token, "nested", account, part=1, parts=2)
                unit.ends()

    async def upsert(self) -> None:
        """Raises a counter and writes an entry with it."""
        with self.ledger.unit() as unit:
            async with self.database.atomic(*self.bank.begin):
                await self._write(unit.token, "upsert", self.worker.account())
                await self.database.aexecute(self.bank.raised(self.worker.counter()))
                if self.worker.happens(0.1):
                    raise Undo
                unit.ends()

    async def single(self) -> None:
        """Writes one entry outside of a transaction."""
        with self.ledger.unit() as unit:
            unit.ends()
            await self._write(unit.token, "single", self.worker.account())

    async def many(self) -> None:
        """Writes some entries by one statement outside of a transaction."""
        parts = self.worker.chance.randint(2, 12)
        account = self.worker.account()
        with self.ledger.unit() as unit:
            unit.ends()
            rows = [
                {"token": unit.token, "part": part, "parts": parts, "kind": "many", "amount": 0, "account": account}
                for part in range(parts)
            ]
            await self.database.aexecute(self.bank.Entry.insert_many(rows))

    async def read(self) -> None:
        """Reads an account's last entries."""
        account = self.worker.account()
        self.worker.check_entries(await self.database.list(self.bank.recent(account)), account)

    async def related(self) -> None:
        """Reads an account, one of its entries, and by that the account once more."""
        account = self.worker.account()
        self.worker.check_name((await self.bank.Account.aget_by_id(account)).name, account)
        entry = await self.bank.Entry.aget_or_none(self.bank.Entry.account == account)
        if entry is not None:
            self.worker.check_name((await entry.afetch("account")).name, account)

    async def stream(self) -> None:
        """Reads all numbers one by one, or the first of them, in a transaction or not."""
        wanted = self.worker.chance.choice((NUMBERS, NUMBERS, 50))
        if self.worker.happens(0.5):
            async with self.database.atomic():
                await self._stream(wanted)
        else:
            await self._stream(wanted)

    async def _stream(self, wanted: int) -> None:
        rows = self.database.iterate(self.bank.numbers(), buffer_size=PORTION)
        values = []
        async for row in rows:
            values.append(row.value)
            if len(values) == wanted:
                break
        self.worker.check_numbers(values, wanted)
        # Of the last ones, every second is left to whoever collects the generator.
        if not self._may_leave or self.worker.happens(0.5):
            await rows.aclose()

    async def _write(
        self, token: int, kind: str, account: int, *, part: int = 0, parts: int = 1, amount: int = 0
    ) -> None:
        await self.bank.Entry.acreate(token=token, part=part, parts=parts, kind=kind, amount=amount, account=account)

    async def _dawdle(self) -> None:
        if self.worker.happens(0.2):
            await self.database.aexecute_sql(self.bank.dawdle)
