"""asyncio: the awaited methods of models and queries."""

from parity_asyncio import run_quietly
from parity_program import program
from peewee import *


def models(t):
    db = t.async_database(file=True, pragmas={"foreign_keys": 1})

    class User(db.Model):
        name = CharField(unique=True)
        age = IntegerField(default=1)

        class Meta:
            table_name = "user"

    class Tweet(db.Model):
        user = ForeignKeyField(User, backref="tweets", on_delete="CASCADE")
        content = TextField()

        class Meta:
            table_name = "tweet"

    return db, User, Tweet


def run(t, main):
    """Runs a coroutine over fresh tables."""
    db, User, Tweet = models(t)

    async def whole():
        async with db:
            await db.acreate_tables([User, Tweet])
            await main(db, User, Tweet)
        await db.close_pool()

    run_quietly(whole())


async def fill(User, Tweet):
    for name in ("huey", "mickey", "zaizee"):
        user = await User.acreate(name=name, age=len(name))
        for number in range(2):
            await Tweet.acreate(user=user, content=f"{name} {number}")


async def caught(t, label, awaitable):
    with t.raises(label, message=False):
        await awaitable


@program(spec=("AS-014",))
def rows_are_created_and_fetched(t):
    async def main(db, User, Tweet):
        user = await User.acreate(name="huey", age=3)
        t.show("created", (user.id, user.name, user.age))
        t.show("get", (await User.aget(User.name == "huey")).id)
        t.show("by keyword", (await User.aget(name="huey")).id)
        t.show("by id", (await User.aget_by_id(1)).name)
        t.show("or none", await User.aget_or_none(User.name == "nobody"))
        await caught(t, "missing", User.aget(User.name == "nobody"))
        await caught(t, "missing id", User.aget_by_id(99))
        await caught(t, "twice", User.acreate(name="huey"))

    run(t, main)


@program(spec=("AS-014",))
def a_row_is_fetched_or_created(t):
    async def main(db, User, Tweet):
        for _ in range(2):
            user, is_new = await User.aget_or_create(name="huey", defaults={"age": 5})
            t.show(f"new {is_new}", (user.id, user.age))

    run(t, main)


@program(spec=("AS-014",))
def rows_are_saved(t):
    async def main(db, User, Tweet):
        user = User(name="huey")
        t.show("insert", await user.asave())
        user.age = 7
        t.show("update", await user.asave())
        t.show("only", await user.asave(only=[User.age]))
        t.show("nothing", await user.asave())
        other = User(id=9, name="mickey")
        t.show("update of none", await other.asave())
        t.show("forced", await other.asave(force_insert=True))
        t.show("rows", await db.list(User.select(User.id, User.name, User.age).order_by(User.id).tuples()))

    run(t, main)


@program(spec=("AS-014",))
def rows_are_deleted(t):
    async def main(db, User, Tweet):
        await fill(User, Tweet)
        user = await User.aget(name="huey")
        t.show("recursive", await user.adelete_instance(recursive=True))
        t.show("by id", await User.adelete_by_id(2))
        t.show("left", (await db.count(User.select()), await db.count(Tweet.select())))

    run(t, main)


@program(spec=("AS-014",))
def values_are_set_by_id(t):
    async def main(db, User, Tweet):
        await fill(User, Tweet)
        t.show("set", await User.aset_by_id(1, {"age": 50}))
        t.show("none", await User.aset_by_id(99, {"age": 50}))
        t.show("age", (await User.aget_by_id(1)).age)

    run(t, main)


@program(spec=("AS-014",))
def many_rows_at_once(t):
    async def main(db, User, Tweet):
        users = [User(id=number, name=f"user {number}") for number in range(1, 8)]
        t.show("created", await User.abulk_create(users, batch_size=3))
        t.show("ids", [user.id for user in users])
        for user in users:
            user.name = f"renamed {user.id}"
        t.show("updated", await User.abulk_update(users, [User.name], batch_size=4))
        t.show("names", await db.list(User.select(User.name).order_by(User.id).tuples()))

    run(t, main)


@program(spec=("AS-014",))
def numbers_of_many_rows_at_once(t):
    async def main(db, User, Tweet):
        await fill(User, Tweet)
        users = await db.list(User.select().order_by(User.id))
        for user in users:
            user.age = user.id * 10
        with t.raises("failed", message=False):
            t.show("updated", await User.abulk_update(users, [User.age]))
        t.show("ages", await db.list(User.select(User.age).order_by(User.id).tuples()))

    run(t, main)


@program(spec=("AS-015",))
def relations_are_fetched_once(t):
    async def main(db, User, Tweet):
        await fill(User, Tweet)
        tweet = await Tweet.aget_by_id(3)
        t.show("by field", (await tweet.afetch(Tweet.user)).name)
        t.show("by name", (await tweet.afetch("user")).name)
        t.show("read", tweet.user.name)
        await caught(t, "no relation", tweet.afetch("content"))
        await caught(t, "no field", tweet.afetch("nothing"))

    run(t, main)


@program(spec=("AS-012",))
def queries_give_what_they_are_asked_for(t):
    async def main(db, User, Tweet):
        await fill(User, Tweet)
        query = User.select().order_by(User.id)
        t.show("get", (await db.get(query.where(User.id == 2))).name)
        t.show("first", (await db.first(query)).name)
        t.show("first of none", await db.first(query.where(User.id > 5)))
        t.show("two", [user.name for user in await db.first(query, 2)])
        t.show("list", [user.name for user in await db.list(query)])
        t.show("scalar", await db.scalar(User.select(fn.SUM(User.age))))
        t.show("count", await db.count(query))
        t.show("exists", (await db.exists(query), await db.exists(query.where(User.id > 5))))
        await caught(t, "get of none", db.get(query.where(User.id > 5)))

    run(t, main)


@program(spec=("AS-012",))
def a_model_stands_for_the_query_of_its_rows(t):
    async def main(db, User, Tweet):
        await User.acreate(name="huey")
        t.show("get", (await db.get(User)).name)
        t.show("list", [user.name for user in await db.list(User)])

    run(t, main)


@program(
    spec=(
        "AS-012",
        "AS-013",
    )
)
def every_kind_of_query_is_awaited(t):
    async def main(db, User, Tweet):
        t.show("insert", await db.aexecute(User.insert(name="huey")))
        t.show("many", await db.aexecute(User.insert_many([{"name": "mickey"}, {"name": "zaizee"}])))
        t.show("update", await db.aexecute(User.update(age=User.age + 1)))
        t.show("own", await User.update(age=User.age + 1).where(User.id < 3).aexecute())
        t.show("delete", await db.aexecute(User.delete().where(User.id == 3)))
        rows = await db.aexecute(User.select(User.name, User.age).order_by(User.id).dicts())
        t.show("dicts", list(rows))
        raw = await db.aexecute(User.raw('SELECT id, name FROM "user" ORDER BY id'))
        t.show("raw", [(user.id, user.name) for user in raw])
        either = User.select(User.name) | User.select(User.age.cast("text"))
        t.show("compound", sorted(row[0] for row in await db.aexecute(either.tuples())))
        named = User.select().order_by(User.id).namedtuples()
        t.show("named", [row.name for row in await db.aexecute(named)])

    run(t, main)


@program(spec=("AS-012",))
def joins_bring_their_relations(t):
    async def main(db, User, Tweet):
        await fill(User, Tweet)
        query = Tweet.select(Tweet, User).join(User).order_by(Tweet.id)
        t.show("rows", [(tweet.user.name, tweet.content) for tweet in await db.aexecute(query)])

    run(t, main)


@program(spec=("AS-012",))
def related_rows_are_fetched_ahead(t):
    async def main(db, User, Tweet):
        await fill(User, Tweet)
        users = await db.aprefetch(User.select().order_by(User.id), Tweet.select().order_by(Tweet.id))
        t.show("users", [(user.name, [tweet.content for tweet in user.tweets]) for user in users])

    run(t, main)


@program(spec=("AS-012",))
def statements_are_awaited_as_text(t):
    async def main(db, User, Tweet):
        await fill(User, Tweet)
        cursor = await db.aexecute_sql(f'SELECT id, name FROM "user" WHERE id > {db.param} ORDER BY id', (1,))
        t.show("one", cursor.fetchone())
        t.show("rest", cursor.fetchall())
        t.show("end", cursor.fetchone())
        cursor = await db.aexecute_sql('SELECT name FROM "user" ORDER BY id')
        t.show("iterated", [row[0] for row in cursor])
        cursor = await db.aexecute_sql('UPDATE "user" SET age = 1')
        t.show("changed", cursor.rowcount)
        await caught(t, "wrong", db.aexecute_sql("SELECT nothing FROM nowhere"))

    run(t, main)


@program(
    spec=(
        "AS-012",
        "AS-018",
    )
)
def rows_are_streamed(t):
    async def main(db, User, Tweet):
        await fill(User, Tweet)
        query = Tweet.select().order_by(Tweet.id)
        t.show("models", [tweet.content async for tweet in db.iterate(query, buffer_size=2)])
        t.show("tuples", [row async for row in db.iterate(query.tuples())])
        rows = db.iterate(query)
        t.show("first", (await rows.__anext__()).id)
        await rows.aclose()
        t.show("after", await db.count(query))

    run(t, main)


@program(spec=("AS-007",))
def what_would_block_is_refused(t):
    async def main(db, User, Tweet):
        await fill(User, Tweet)
        tweet = await Tweet.aget_by_id(1)
        for label, use in {
            "get": lambda: User.get(User.id == 1),
            "create": lambda: User.create(name="no"),
            "iterate": lambda: list(User.select()),
            "sql": lambda: db.execute_sql("SELECT 1"),
            "relation": lambda: tweet.user,
            "backref": lambda: list((tweet.user_id and User(id=1)).tweets),
        }.items():
            with t.raises(label, message=False):
                use()
        t.show("count", await db.count(User.select()))

    run(t, main)


@program(
    spec=(
        "AS-007",
        "AS-012",
    )
)
def blocking_code_runs_in_a_task(t):
    async def main(db, User, Tweet):
        def work(first, *, last):
            with db.atomic():
                User.create(name=first)
                User.create(name=last)
            return [user.name for user in User.select().order_by(User.id)]

        t.show("names", await db.run(work, "a", last="b"))
        t.show("relation", await db.run(lambda: [tweet.user.name for tweet in Tweet.select()]))

        def fails():
            with db.atomic():
                User.create(name="c")
                raise ValueError("undone")

        await caught(t, "fails", db.run(fails))
        t.show("count", await db.count(User.select()))

    run(t, main)


@program(spec=("AS-024",))
def queries_themselves_are_not_awaited(t):
    async def main(db, User, Tweet):
        async def wait():
            await User.select()

        await caught(t, "await", wait())

    run(t, main)


@program(spec=("AS-014",))
def hooks_of_a_model_run(t):
    db, _, _ = models(t)

    class Note(db.Model):
        text = TextField()

        class Meta:
            table_name = "note"

        def save(self, *args, **kwargs):
            self.text = self.text.upper()
            return super().save(*args, **kwargs)

    async def main():
        async with db:
            await db.acreate_tables([Note])
            note = await Note.acreate(text="loud")
            t.show("created", note.text)
            note.text = "again"
            await note.asave()
            t.show("saved", (await Note.aget_by_id(note.id)).text)
        await db.close_pool()

    run_quietly(main())
