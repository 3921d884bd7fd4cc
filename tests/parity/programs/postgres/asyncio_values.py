"""asyncio on a server: its types, its RETURNING, its conflicts, its errors, and rows fetched by a cursor."""

import asyncio
import datetime
import decimal
import uuid

from parity_asyncio import run_quietly
from parity_program import program
from peewee import *
from playhouse.postgres_ext import ArrayField, BinaryJSONField


def run(t, main, *declare, **options):
    """Runs a coroutine over fresh tables, each declared by a function."""
    db = t.async_database(**options)
    models = [one(db) for one in declare]

    async def whole():
        async with db:
            await db.acreate_tables(models)
            await main(db, *models)
        await db.close_pool()

    run_quietly(whole())


def posts(db):
    class Post(db.Model):
        name = TextField(unique=True)
        tags = ArrayField(TextField, null=True)
        points = ArrayField(IntegerField, default=list)
        extra = BinaryJSONField(null=True)

        class Meta:
            table_name = "post"

    return Post


def accounts(db):
    class Account(db.Model):
        name = TextField(unique=True)
        balance = IntegerField(default=0, constraints=[Check("balance >= 0")])

        class Meta:
            table_name = "account"

    return Account


async def some_accounts(Account, number=3):
    for one in range(number):
        await Account.acreate(name=f"account {one}", balance=one * 10)


async def caught(t, label, awaitable):
    with t.raises(label):
        await awaitable


async def rows(query):
    return list(await query.tuples().aexecute())


@program(spec=("AS-014", "AS-022"))
def arrays_and_documents_go_there_and_back(t):
    async def main(db, Post):
        document = {"a": [1, 2.5, None, True], "b": {"c": "d'\"\\"}}
        created = await Post.acreate(name="one", tags=["a", None, "b,c", '"'], points=[1, -2], extra=document)
        t.show("key", created.id)
        await Post.acreate(name="two", tags=[], points=[], extra=[1, "x", None])
        await Post.acreate(name="three", tags=None, extra=None)
        await Post.acreate(name="four", extra="text")
        for name in ("one", "two", "three", "four"):
            got = await Post.aget(name=name)
            t.show(f"got {name}", (got.tags, got.points, got.extra))
        got = await Post.aget_by_id(1)
        got.tags = [*got.tags, "new"]
        got.extra["more"] = {"deep": [1]}
        t.show("saved", await got.asave())
        t.show("tuples", await rows(Post.select(Post.tags, Post.points, Post.extra).order_by(Post.id)))
        t.show("dicts", list(await Post.select(Post.name, Post.extra).order_by(Post.id).dicts().aexecute()))

    run(t, main, posts)


@program(spec=("AS-014", "AS-022"))
def arrays_and_documents_are_searched(t):
    async def main(db, Post):
        await Post.acreate(name="one", tags=["a", "b"], points=[1, 2, 3], extra={"k": 1, "l": {"m": "x"}})
        await Post.acreate(name="two", tags=["b", "c"], points=[9], extra={"k": 2})
        ordered = Post.select(Post.name).order_by(Post.id)
        t.show("contains", await rows(ordered.where(Post.tags.contains("b"))))
        t.show("contains any", await rows(ordered.where(Post.tags.contains_any("a", "z"))))
        t.show("place", await rows(Post.select(Post.tags[0], Post.points[0:2]).order_by(Post.id)))
        t.show("key", await rows(ordered.where(Post.extra["k"] == "2")))
        t.show("document", await rows(ordered.where(Post.extra.contains({"k": 1}))))
        t.show("path", await rows(Post.select(Post.extra["l"]["m"], Post.extra["l"]).order_by(Post.id)))
        t.show("unnested", await rows(Post.select(fn.unnest(Post.tags).alias("tag")).order_by(SQL("tag"))))

    run(t, main, posts)


@program(spec=("AS-014", "AS-022"))
def columns_of_every_kind(t):
    def kinds(db):
        class Kinds(db.Model):
            small = SmallIntegerField(null=True)
            big = BigIntegerField(null=True)
            real = FloatField(null=True)
            double = DoubleField(null=True)
            dec = DecimalField(max_digits=12, decimal_places=3, null=True)
            char = CharField(null=True)
            fixed = FixedCharField(max_length=4, null=True)
            flag = BooleanField(null=True)
            day = DateField(null=True)
            time = TimeField(null=True)
            moment = DateTimeField(null=True)
            key = UUIDField(null=True)
            stamp = TimestampField(utc=True, null=True, default=None)
            address = IPField(null=True)

            class Meta:
                table_name = "kinds"

        return Kinds

    async def main(db, Kinds):
        values = {
            "small": -5,
            "big": 2**62,
            "real": 0.5,
            "double": 1e300,
            "dec": decimal.Decimal("123456.789"),
            "char": "Zoë ☃",
            "fixed": "ab",
            "flag": True,
            "day": datetime.date(2024, 2, 29),
            "time": datetime.time(1, 2, 3, 4),
            "moment": datetime.datetime(2024, 2, 29, 1, 2, 3, 4),
            "key": uuid.UUID(int=7),
            "stamp": datetime.datetime(2024, 1, 1),
            "address": "10.0.0.1",
        }
        for name, value in values.items():
            with t.raises(name):
                await Kinds.acreate(**{name: value})
            with t.raises(f"text for {name}"):
                await Kinds.acreate(**{name: str(value)})
        for number, row in enumerate(await Kinds.select().order_by(Kinds.id).aexecute()):
            given = {key: value for key, value in row.__data__.items() if value is not None and key != "id"}
            t.show(f"row {number}", given)

    run(t, main, kinds)


@program(spec=("AS-014",))
def bytes_are_a_column(t):
    def pictures(db):
        class Picture(db.Model):
            content = BlobField()

            class Meta:
                table_name = "picture"

        return Picture

    async def main(db, Picture):
        await caught(t, "created", Picture.acreate(content=b"\x00\xff"))
        t.show("rows", [bytes(row.content) for row in await db.list(Picture.select())])

    run(t, main, pictures)


@program(spec=("AS-012", "AS-022"))
def writes_give_their_rows_back(t):
    async def main(db, Account):
        t.show("insert", list(await db.aexecute(Account.insert(name="a", balance=1).returning(Account))))
        many = Account.insert_many([{"name": "b"}, {"name": "c"}]).returning(Account.id, Account.name)
        t.show("many", [(row.id, row.name) for row in await db.aexecute(many)])
        raised = Account.update(balance=Account.balance + 5).where(Account.id < 3)
        t.show("update", sorted(await rows(raised.returning(Account.name, Account.balance))))
        t.show("dicts", list(await Account.delete().where(Account.id == 1).returning(Account.name).dicts().aexecute()))
        t.show("number", await db.aexecute(Account.update(balance=3)))
        t.show("deleted", await Account.delete().aexecute())
        t.show("none", list(await Account.delete().returning(Account).aexecute()))
        t.show("keys", await db.aexecute(Account.insert_many([{"name": "d"}, {"name": "e"}])))
        copies = Account.insert_from(
            Account.select(Account.name.concat("2"), Account.balance), [Account.name, Account.balance]
        )
        t.show("selected", await db.aexecute(copies))

    run(t, main, accounts)


@program(spec=("AS-012",))
def conflicts_are_settled_by_the_server(t):
    async def main(db, Account):
        await Account.acreate(name="a", balance=1)
        insert = Account.insert(name="a", balance=10)
        t.show("ignored", await db.aexecute(insert.on_conflict_ignore()))
        upsert = insert.on_conflict(
            conflict_target=[Account.name], update={Account.balance: Account.balance + EXCLUDED.balance}
        )
        t.show("key", await db.aexecute(upsert))
        t.show("row", await rows(upsert.returning(Account.id, Account.balance)))
        t.show(
            "preserved",
            await db.aexecute(insert.on_conflict(conflict_target=[Account.name], preserve=[Account.balance])),
        )
        t.show("rows", await rows(Account.select()))

    run(t, main, accounts)


@program(spec=("AS-012",))
def statements_of_the_server_as_text(t):
    async def main(db, Account):
        cursor = await db.aexecute_sql(
            "INSERT INTO account (name, balance) VALUES (%s, 1), (%s, 2) RETURNING id", ("a", "b")
        )
        t.show("returned", cursor.fetchall())
        t.show("count", (cursor.rowcount, [column[0] for column in cursor.description]))
        cursor = await db.aexecute_sql("SELECT name || '%%', balance FROM account WHERE name LIKE %s", ("a%",))
        t.show("percent", cursor.fetchall())
        cursor = await db.aexecute_sql("SELECT %s::int + %s::int AS sum", (40, 2))
        t.show("sum", cursor.fetchone())
        cursor = await db.aexecute_sql("SELECT name FROM account WHERE id = ANY(%s) ORDER BY id", ([1, 2, 3],))
        t.show("any", cursor.fetchall())
        cursor = await db.aexecute_sql("UPDATE account SET balance = 9 WHERE id > %s", (0,))
        t.show("updated", cursor.rowcount)
        cursor = await db.aexecute_sql("SET application_name = 'parity'")
        t.show("set", (await db.aexecute_sql("SHOW application_name")).fetchall())
        t.show("none", (await db.aexecute_sql("SELECT 1 WHERE false")).fetchone())

    run(t, main, accounts)


@program(spec=("AS-014", "AS-012"))
def errors_of_the_server_leave_the_connection_usable(t):
    async def main(db, Account):
        await some_accounts(Account)
        await caught(t, "unique", Account.acreate(name="account 1"))
        await caught(t, "check", Account.acreate(name="poor", balance=-1))
        await caught(t, "null", Account.acreate(name=None))
        await caught(t, "no table", db.aexecute_sql("SELECT * FROM nowhere"))
        await caught(t, "no column", db.aexecute_sql("SELECT nothing FROM account"))
        await caught(t, "syntax", db.aexecute_sql("SELEKT 1"))
        await caught(t, "division", db.aexecute_sql("SELECT 1/0"))
        await caught(t, "range", db.aexecute_sql("SELECT 70000::smallint"))
        await caught(t, "text", db.aexecute_sql("SELECT 'x'::int"))
        await caught(t, "save", Account(id=1, name="again").asave(force_insert=True))
        await caught(t, "set", Account.aset_by_id(1, {"name": "account 2"}))
        await caught(t, "bulk", Account.abulk_create([Account(name="new"), Account(name="account 1")]))
        await caught(t, "get or create", Account.aget_or_create(name="account 5", defaults={"balance": -5}))
        t.show("open", (db.is_closed(), db.in_transaction()))
        t.show("names", await rows(Account.select(Account.name, Account.balance).order_by(Account.id)))
        t.show("created", (await Account.acreate(name="last")).name)

    run(t, main, accounts)


@program(spec=("AS-014",))
def keys_of_others_are_checked(t):
    def items(db):
        class Item(db.Model):
            account = ForeignKeyField(db.accounts, backref="items", on_delete="CASCADE")
            label = TextField()

            class Meta:
                table_name = "item"

        return Item

    def kept_accounts(db):
        db.accounts = accounts(db)
        return db.accounts

    async def main(db, Account, Item):
        await some_accounts(Account, 2)
        item = await Item.acreate(account=1, label="x")
        t.show("fetched", (await item.afetch(Item.account)).name)
        await caught(t, "dangling", Item.acreate(account=99, label="y"))
        item.account = 98
        await caught(t, "moved", item.asave())
        item.account = 97
        await caught(t, "missing", item.afetch("account"))
        t.show("deleted", await Account.adelete_by_id(1))
        t.show("cascade", await db.count(Item.select()))
        prefetched = await db.aprefetch(Account.select().order_by(Account.id), Item)
        t.show("prefetched", [(row.name, len(row.items)) for row in prefetched])

    run(t, main, kept_accounts, items)


@program(spec=("AS-012", "AS-018"))
def rows_come_by_a_cursor_of_the_server(t):
    async def main(db, Account):
        await db.aexecute(Account.insert_many([{"name": f"n{one:03}", "balance": one} for one in range(250)]))
        query = Account.select().order_by(Account.id)
        seen = [row.balance async for row in db.iterate(query)]
        t.show("all", (len(seen), seen == list(range(250))))
        small = [row async for row in db.iterate(query.where(Account.id <= 7).tuples(), buffer_size=3)]
        t.show("small", small)
        t.show("exact", [row["balance"] async for row in db.iterate(query.limit(4).dicts(), buffer_size=2)])
        t.show("none", [row async for row in db.iterate(query.where(Account.id < 0))])
        t.show("parameters", [row.name async for row in db.iterate(query.where(Account.name.in_(["n001", "n249"])))])
        t.show("after", (db.in_transaction(), await db.count(Account.select())))

    run(t, main, accounts)


@program(spec=("AS-018",))
def a_stream_that_is_left_or_fails_frees_its_connection(t):
    async def main(db, Account):
        await some_accounts(Account, 5)
        query = Account.select().order_by(Account.id)
        left = db.iterate(query, buffer_size=2)
        t.show("first", (await left.__anext__()).name)
        await left.aclose()
        t.show("usable", await db.count(query))
        with t.raises("in the loop"):
            stream = db.iterate(query, buffer_size=2)
            try:
                async for row in stream:
                    raise ValueError(row.name)
            finally:
                await stream.aclose()
        t.show("again", await db.count(query))
        with t.raises("of the server"):
            async for row in db.iterate(Account.select(10 / Account.balance).order_by(Account.id), buffer_size=2):
                t.show("never", row)
        t.show("at last", await db.count(query))

    run(t, main, accounts)


@program(spec=("AS-018", "AS-017"))
def a_stream_within_a_transaction_sees_its_rows(t):
    async def main(db, Account):
        await some_accounts(Account)
        with t.raises("undone"):
            async with db.atomic():
                await Account.acreate(name="within")
                query = Account.select().order_by(Account.id)
                t.show("rows", [row.name async for row in db.iterate(query, buffer_size=2)])
                t.show("still", db.in_transaction())
                await Account.acreate(name="more")
                raise ValueError("undo")
        t.show("after", await db.count(Account.select()))

    run(t, main, accounts)
