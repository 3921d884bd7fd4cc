"""UPDATE and DELETE: values, expressions, conditions, RETURNING, row counts, errors."""

import datetime

from peewee import *

from parity_program import program


def bank(t, **options):
    db = t.database(**options)

    class Account(db.Model):
        name = TextField()
        balance = IntegerField(default=0)
        kind = TextField(null=True)
        touched = DateTimeField(null=True)

    class Entry(db.Model):
        account = ForeignKeyField(Account, backref="entries")
        amount = IntegerField()

    db.create_tables([Account, Entry])
    for name, balance in [("a", 10), ("b", 20), ("c", 30)]:
        account = Account.create(name=name, balance=balance)
        Entry.create(account=account, amount=balance // 2)
        Entry.create(account=account, amount=1)
    return Account, Entry


def state(t, label, Account):
    t.show(label, list(Account.select().order_by(Account.id).tuples()))


@program(spec=("QB-005", "SB-023", "MD-037"))
def update_sets_and_counts(t):
    Account, Entry = bank(t)
    query = Account.update(balance=5).where(Account.name == "a")
    t.show("sql", query.sql())
    t.show("count", query.execute())
    t.show("none", Account.update(balance=5).where(Account.name == "zzz").execute())
    t.show("all", Account.update(kind="x").execute())
    state(t, "rows", Account)


@program(spec=("QB-053", "SB-023"))
def update_takes_expressions(t):
    Account, Entry = bank(t)
    query = Account.update(balance=Account.balance * 2 + 1, name=Account.name.concat("!"))
    t.show("sql", query.where(Account.balance > 10).sql())
    t.show("count", query.where(Account.balance > 10).execute())
    t.show("function", Account.update(name=fn.UPPER(Account.name)).execute())
    state(t, "rows", Account)


@program(spec=("MD-031", "QB-053"))
def update_takes_dicts_of_fields_names_and_columns(t):
    Account, Entry = bank(t)
    t.show(
        "fields",
        Account.update({Account.balance: 1, Account.kind: "f"}).where(Account.id == 1).execute(),
    )
    t.show("names", Account.update({"balance": 2}).where(Account.id == 2).execute())
    t.show("both", Account.update({"balance": 3}, kind="k").where(Account.id == 3).execute())
    t.show("column", Entry.update({"account_id": 2}).where(Entry.id == 1).execute())
    t.show("instance", Entry.update(account=Account.get_by_id(3)).where(Entry.id == 1).sql())
    state(t, "rows", Account)


@program(spec=("QB-053",))
def the_set_list_is_in_field_order(t):
    Account, Entry = bank(t)
    t.show("sql", Account.update(kind="k", touched=None, balance=1, name="n").sql())
    t.show("dict", Account.update({Account.kind: 1, Account.name: 2}).sql())


@program(spec=("SB-046", "MD-031"))
def unknown_names_are_refused(t):
    Account, Entry = bank(t)
    with t.raises("keyword"):
        Account.update(nothing=1)
    with t.raises("dict", message=False):
        Account.update({"nothing": 1}).execute()
    state(t, "rows", Account)


@program(spec=("SB-052", "QB-053"))
def an_update_without_data_is_broken_sql(t):
    Account, Entry = bank(t)
    t.show("sql", Account.update().sql())
    with t.raises("run", message=False):
        Account.update().execute()
    with t.raises("empty dict", message=False):
        Account.update({}).execute()


@program(spec=("SB-056", "FD-011"))
def updates_convert_values_and_ignore_defaults(t):
    Account, Entry = bank(t)
    query = Account.update(balance="7", name=5, touched="2024-01-02 03:04:05").where(Account.id == 1)
    t.show("sql", query.sql())
    query.execute()
    t.show("row", Account.get_by_id(1))
    t.show("null", Account.update(kind=None).sql())
    t.show("list", Account.update(kind=[1, 2]).sql())


@program
def subqueries_in_an_update(t):
    Account, Entry = bank(t)
    total = Entry.select(fn.SUM(Entry.amount)).where(Entry.account == Account.id)
    query = Account.update(balance=total)
    t.show("set", query.sql())
    t.show("count", query.execute())
    rich = Entry.select(Entry.account).where(Entry.amount > 10)
    query = Account.update(kind="rich").where(Account.id.in_(rich))
    t.show("where", query.sql())
    t.show("where count", query.execute())
    state(t, "rows", Account)


@program(spec=("QB-053",))
def an_update_from_another_table(t):
    Account, Entry = bank(t)
    totals = Entry.select(Entry.account, fn.SUM(Entry.amount).alias("total")).group_by(Entry.account).alias("totals")
    query = Account.update(balance=totals.c.total).from_(totals).where(Account.id == totals.c.account_id)
    t.show("sql", query.sql())
    t.show("count", query.execute())
    state(t, "rows", Account)


@program(spec=("QB-053",))
def case_in_an_update(t):
    Account, Entry = bank(t)
    node = Case(Account.name, [("a", 1), ("b", 2)], Account.balance)
    t.show("sql", Account.update(balance=node).sql())
    t.show("count", Account.update(balance=node).execute())
    state(t, "rows", Account)


@program(spec=("QB-053",))
def limits_and_order_in_writes_are_not_for_this_sqlite(t):
    Account, Entry = bank(t)
    t.show("update", Account.update(balance=0).order_by(Account.id).limit(1).sql())
    t.show("delete", Account.delete().order_by(Account.id).limit(1).sql())


@program(spec=("QB-056",))
def update_and_delete_return_rows(t):
    Account, Entry = bank(t)
    query = Account.update(balance=Account.balance + 1).where(Account.id < 3).returning(Account.id, Account.balance)
    t.show("sql", query.sql())
    t.show("rows", sorted(query.tuples().execute()))
    t.show(
        "models",
        [row.name for row in Account.update(balance=0).where(Account.id == 1).returning(Account).execute()],
    )
    query = Entry.delete().where(Entry.amount == 1).returning(Entry.id)
    t.show("delete sql", query.sql())
    t.show("deleted", sorted(row["id"] for row in query.dicts().execute()))


@program(spec=("QB-049",))
def a_write_runs_again_on_each_execute(t):
    Account, Entry = bank(t)
    query = Account.update(balance=Account.balance + 1).where(Account.id == 1)
    t.show("counts", [query.execute() for _ in range(3)])
    state(t, "rows", Account)
    returning = Account.update(balance=Account.balance + 1).where(Account.id == 1).returning(Account.balance)
    t.show("first", [row.balance for row in returning.execute()])
    t.show("same result", [row.balance for row in returning])
    t.show("second", [row.balance for row in returning.execute()])


@program(spec=("QB-005", "MD-037"))
def delete_counts_rows(t):
    Account, Entry = bank(t)
    query = Entry.delete().where(Entry.amount == 1)
    t.show("sql", query.sql())
    t.show("count", query.execute())
    t.show("again", query.execute())
    t.show(
        "subquery",
        Entry.delete().where(Entry.account.in_(Account.select().where(Account.name == "a"))).execute(),
    )
    t.show("all", Entry.delete().execute())


@program(spec=("QB-053",))
def a_delete_with_an_alias_or_a_join(t):
    Account, Entry = bank(t)
    with t.raises("join", message=False):
        Entry.delete().join(Account)
    with t.raises("update join", message=False):
        Entry.update(amount=1).join(Account)


@program(spec=("SB-053", "MD-029"))
def delete_is_for_the_class_only(t):
    Account, Entry = bank(t)
    with t.raises("instance"):
        Account.get_by_id(1).delete()
    t.show("left", Account.select().count())


@program(spec=("QB-005", "SB-023"))
def where_clauses_of_writes_are_qualified_with_the_table(t):
    Account, Entry = bank(t)
    t.show("update", Account.update(balance=1).where((Account.id > 1) & (Account.name != "c")).sql())
    t.show("delete", Account.delete().where(Account.id.between(2, 3)).sql())
    t.show("several", Account.delete().where(Account.id == 1, Account.name == "a").sql())
    t.show("or", Account.delete().where(Account.id == 1).orwhere(Account.id == 2).sql())


@program
def errors_in_writes_change_nothing(t):
    db = t.database()

    class Unique(db.Model):
        code = IntegerField(unique=True)
        name = TextField()

    db.create_tables([Unique])
    for n in range(3):
        Unique.create(code=n, name=str(n))
    with t.raises("unique"):
        Unique.update(code=1).execute()
    with t.raises("null"):
        Unique.update(name=None).execute()
    with t.raises("column", message=False):
        Unique.update(name=SQL("no_such")).execute()
    t.show("rows", list(Unique.select().order_by(Unique.id).tuples()))


@program(spec=("SB-066", "DB-059"))
def foreign_keys_are_enforced_when_the_pragma_is_on(t):
    Account, Entry = bank(t, pragmas={"foreign_keys": 1})
    with t.raises("insert"):
        Entry.create(account=99, amount=1)
    with t.raises("delete"):
        Account.delete().where(Account.id == 1).execute()
    with t.raises("update"):
        Entry.update(account=99).execute()
    t.show("counts", (Account.select().count(), Entry.select().count()))


@program(spec=("SB-066",))
def foreign_keys_are_not_enforced_by_default(t):
    Account, Entry = bank(t)
    t.show("create", Entry.create(account=99, amount=1).id)
    t.show("delete", Account.delete().where(Account.id == 1).execute())
    t.show("orphans", Entry.select().where(Entry.account.not_in(Account.select())).count())


@program
def datetimes_are_stored_as_text(t):
    Account, Entry = bank(t)
    moments = [
        datetime.datetime(2024, 1, 2, 3, 4, 5),
        datetime.datetime(2024, 1, 2, 3, 4, 5, 678),
        datetime.date(2024, 1, 2),
    ]
    for n, moment in enumerate(moments, 1):
        Account.update(touched=moment).where(Account.id == n).execute()
    db = Account._meta.database
    t.show("raw", db.execute_sql("select touched from account order by id").fetchall())
    t.show("read", [account.touched for account in Account.select().order_by(Account.id)])
    t.show(
        "compared",
        Account.select().where(Account.touched > datetime.datetime(2024, 1, 2, 3)).count(),
    )
