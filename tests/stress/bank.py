"""The tables that the load works on, for one database object, and the few words in which the databases differ.

Accounts with balances, the entries that explain them, counters that are raised, and numbers that are only read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import redstart as rs
from redstart.postgres_ext import PostgresqlExtDatabase, ServerSide

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNTS = 64
OPENING = 1_000
COUNTERS = 8
NUMBERS = 300
#: The portions in which numbers are streamed: many of them, and none that fits.
PORTION = 37


class Bank:
    """The models of one database."""

    def __init__(self, database: Any) -> None:
        """Makes the models; the tables are made by `open`."""
        self.database = database
        self.is_postgres = isinstance(database, rs.PostgresqlDatabase)

        class Account(database.Model):
            name = rs.TextField()
            balance = rs.BigIntegerField()
            opening = rs.BigIntegerField()

        class Entry(database.Model):
            # No unique index: a statement that runs twice shall be seen, and not be refused.
            token = rs.BigIntegerField()
            part = rs.IntegerField()
            parts = rs.IntegerField()
            kind = rs.TextField()
            amount = rs.BigIntegerField()
            account = rs.ForeignKeyField(Account, backref="entries")

        class Counter(database.Model):
            name = rs.TextField(unique=True)
            hits = rs.BigIntegerField()

        class Number(database.Model):
            value = rs.IntegerField()

        self.Account, self.Entry, self.Counter, self.Number = Account, Entry, Counter, Number
        self.models = (Account, Entry, Counter, Number)

    @property
    def begin(self) -> tuple[str, ...]:
        """What a transaction that writes begins with: SQLite must not find out later that another one writes."""
        return () if self.is_postgres else ("IMMEDIATE",)

    @property
    def echo(self) -> str:
        """A query that answers with its parameter, and with the transaction that somebody left open and wrote in."""
        return "SELECT %s::bigint, pg_current_xact_id_if_assigned()::text" if self.is_postgres else "SELECT ?, NULL"

    @property
    def dawdle(self) -> str:
        """A query that takes some milliseconds, so that faults find statements that run."""
        if self.is_postgres:
            return "SELECT pg_sleep(0.01)"
        return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT count(*) FROM n"

    def open(self) -> None:
        """Makes the tables and the rows that are there from the start."""
        with self.database.connection_context():
            self.database.create_tables(self.models)
            accounts = [(f"account {key}", OPENING, OPENING) for key in range(1, ACCOUNTS + 1)]
            columns = [self.Account.name, self.Account.balance, self.Account.opening]
            self.Account.insert_many(accounts, columns).execute()
            self.Number.insert_many([(value,) for value in range(NUMBERS)], [self.Number.value]).execute()

    def numbers(self) -> Any:
        """Returns the query of all numbers."""
        return self.Number.select().order_by(self.Number.value)

    def streamed(self, query: Any) -> Iterator[Any]:
        """Returns the rows of a query one by one: from a cursor on the server where the database has them."""
        if isinstance(self.database, PostgresqlExtDatabase):
            return ServerSide(query, array_size=PORTION)
        return iter(query.iterator())

    def recent(self, account: int) -> Any:
        """Returns the query of an account's last entries, with the account."""
        return (
            self.Entry.select(self.Entry, self.Account)
            .join(self.Account)
            .where(self.Entry.account == account)
            .order_by(self.Entry.id.desc())
            .limit(10)
        )

    def moved(self, account: int, amount: int) -> Any:
        """Returns the statement that changes a balance."""
        return self.Account.update(balance=self.Account.balance + amount).where(self.Account.id == account)

    def raised(self, name: str) -> Any:
        """Returns the upsert that raises a counter."""
        return self.Counter.insert(name=name, hits=1).on_conflict(
            conflict_target=[self.Counter.name], update={self.Counter.hits: self.Counter.hits + 1}
        )
