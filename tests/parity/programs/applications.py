"""Programs that are small applications: many features at work together.

Each feature by itself has its own file.
"""

import datetime
import threading

from parity_program import program
from peewee import *
from playhouse.shortcuts import model_to_dict


@program(spec=("SB-034", "SB-062", "QB-026", "QB-050"))
def a_small_blog(t):
    db = t.database(pragmas={"foreign_keys": 1})

    class Base(Model):
        class Meta:
            database = db

    class User(Base):
        username = CharField(unique=True)
        joined = DateTimeField(default=lambda: datetime.datetime(2024, 1, 1))

    class Tweet(Base):
        user = ForeignKeyField(User, backref="tweets", on_delete="CASCADE")
        content = TextField()
        created = DateTimeField()
        published = BooleanField(default=True, index=True)

        class Meta:
            indexes = ((("user", "created"), False),)

    db.create_tables([User, Tweet])
    with db.atomic():
        for name in ("ann", "bob", "cid"):
            user = User.create(username=name)
            for number in range(4):
                Tweet.create(
                    user=user,
                    content="%s says %d" % (name, number),
                    created=datetime.datetime(2024, 1, 1 + number, len(name), user.id),
                    published=number != 3,
                )
    timeline = (
        Tweet.select(Tweet, User)
        .join(User)
        .where(Tweet.published)
        .order_by(Tweet.created.desc(), Tweet.id)
        .paginate(2, 4)
    )
    t.show("page 2", [(tweet.user.username, tweet.content, tweet.created) for tweet in timeline])
    counts = (
        User.select(User.username, fn.COUNT(Tweet.id).alias("n"))
        .join(Tweet, JOIN.LEFT_OUTER)
        .where(Tweet.published)
        .group_by(User.username)
        .order_by(User.username)
    )
    t.show("counts", list(counts.tuples()))
    t.show("search", [tweet.id for tweet in Tweet.filter(user__username__in=["ann", "bob"], content__contains="2")])
    t.show("detail", model_to_dict(Tweet.get_by_id(1)))
    latest = Tweet.select(Tweet.user, fn.MAX(Tweet.created).alias("latest")).group_by(Tweet.user).alias("latest_query")
    query = (
        Tweet.select(Tweet.content, User.username)
        .join(latest, on=((Tweet.created == latest.c.latest) & (Tweet.user == latest.c.user_id)))
        .join_from(Tweet, User)
        .order_by(User.username)
    )
    t.show("latest", list(query.tuples()))
    t.show("deleted", (User.get(User.username == "bob").delete_instance(), Tweet.select().count()))
    try:
        with db.atomic():
            User.create(username="dan")
            User.create(username="ann")
    except IntegrityError as error:
        t.show("refused", str(error))
    t.show("users", [user.username for user in User.select().order_by(User.username)])


@program(spec=("DB-039", "DB-047", "QB-053"))
def money_moves_between_accounts(t):
    db = t.database()

    class Account(Model):
        owner = CharField(primary_key=True)
        balance = IntegerField(constraints=[Check("balance >= 0")])

        class Meta:
            database = db

    class Transfer(Model):
        source = ForeignKeyField(Account, backref="outgoing")
        target = ForeignKeyField(Account, backref="incoming")
        amount = IntegerField()

        class Meta:
            database = db

    db.create_tables([Account, Transfer])
    for owner, balance in (("ann", 100), ("bob", 20)):
        Account.create(owner=owner, balance=balance)
    log = []

    @db.atomic()
    def move(source, target, amount):
        Transfer.create(source=source, target=target, amount=amount)
        Account.update(balance=Account.balance + amount).where(Account.owner == target).execute()
        changed = Account.update(balance=Account.balance - amount).where(Account.owner == source).execute()
        if changed != 1:
            raise LookupError("no account " + source)
        db.after_commit(lambda: log.append((source, target, amount)))

    move("ann", "bob", 70)
    for label, arguments in (("too much", ("ann", "bob", 70)), ("nobody", ("zed", "bob", 1))):
        with t.raises(label):
            move(*arguments)
    with db.atomic() as txn:
        move("bob", "ann", 5)
        txn.rollback()
        move("bob", "ann", 7)
    t.show("log", log)
    t.show("balances", list(Account.select().order_by(Account.owner).tuples()))
    totals = (
        Account.select(Account.owner, fn.COALESCE(fn.SUM(Transfer.amount), 0).alias("received"))
        .join(Transfer, JOIN.LEFT_OUTER, on=(Transfer.target == Account.owner))
        .group_by(Account.owner)
        .order_by(Account.owner)
    )
    t.show("received", list(totals.dicts()))


@program(spec=("QB-055", "QB-054", "SB-051"))
def a_counter_of_words(t):
    db = t.database()

    class Word(Model):
        text = CharField(primary_key=True)
        count = IntegerField(default=1)
        first_seen = IntegerField()

        class Meta:
            database = db
            without_rowid = True

    db.create_tables([Word])
    text = "the cat and the dog and the bird"
    for position, word in enumerate(text.split()):
        Word.insert(text=word, first_seen=position).on_conflict(
            conflict_target=[Word.text], update={Word.count: Word.count + 1}
        ).execute()
    t.show("top", list(Word.select(Word.text, Word.count).order_by(Word.count.desc(), Word.text).limit(2).tuples()))
    ranked = Word.select(
        Word.text, Case(None, [(Word.count > 2, "often"), (Word.count > 1, "twice")], "once").alias("how")
    ).order_by(Word.first_seen)
    t.show("how", list(ranked.tuples()))
    t.show("long", Word.select().where(fn.LENGTH(Word.text) > 3).count())
    t.show("ignored", Word.insert(text="cat", first_seen=0).on_conflict_ignore().as_rowcount().execute())
    t.show("removed", Word.delete().where(Word.count == 1).execute())


@program(spec=("FD-029", "MD-027", "QB-031"))
def a_tree_of_categories(t):
    db = t.database(pragmas={"foreign_keys": 1})

    class Category(Model):
        name = TextField()
        parent = ForeignKeyField("self", null=True, backref="children", on_delete="CASCADE")

        class Meta:
            database = db

    db.create_tables([Category])

    def grow(name, parent=None, **children):
        node = Category.create(name=name, parent=parent)
        for child, below in children.items():
            grow(child, node, **below)
        return node

    root = grow("all", books={"crime": {}, "poetry": {}}, music={"jazz": {}})

    def outline(node, depth=0):
        yield "  " * depth + node.name
        for child in node.children.order_by(Category.name):
            yield from outline(child, depth + 1)

    t.show("outline", list(outline(root)))

    def path(node):
        return [] if node is None else [*path(node.parent), node.name]

    t.show("path", path(Category.get(Category.name == "jazz")))
    Parent = Category.alias()
    leaves = (
        Category.select(Category.name)
        .where(~fn.EXISTS(Parent.select(Parent.id).where(Parent.parent == Category.id)))
        .order_by(Category.name)
    )
    t.show("leaves", [leaf.name for leaf in leaves])
    t.show("cascade", (Category.get(Category.name == "books").delete_instance(), Category.select().count()))


@program(spec=("DB-063", "DB-018", "SB-074"))
def a_queue_shared_by_threads(t):
    db = t.database(file=True, timeout=10)

    class Job(Model):
        number = IntegerField()
        taken = BooleanField(default=False)

        class Meta:
            database = db

    db.create_tables([Job])
    Job.insert_many([{"number": number} for number in range(20)]).execute()
    done = []

    def take():
        with db.atomic("IMMEDIATE"):
            job = Job.select().where(~Job.taken).order_by(Job.number).first()
            if job is not None:
                job.taken = True
                job.save(only=[Job.taken])
        return job

    def work():
        with db.connection_context():
            while (job := take()) is not None:
                done.append(job.number)

    # One after the other: who takes which job, and so the log, must not depend on the scheduler.
    for _ in range(4):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    t.show("done", sorted(done))
    t.show("left", Job.select().where(~Job.taken).count())


@program(spec=("QB-015", "FD-021", "QB-028"))
def a_report_of_sales(t):
    db = t.database()

    class Sale(Model):
        product = CharField()
        region = CharField(null=True)
        price = DecimalField(decimal_places=2)
        sold = DateTimeField()

        class Meta:
            database = db

    db.create_tables([Sale])
    rows = [
        ("pen", "north", "1.50", datetime.datetime(2024, 1, 5)),
        ("pen", None, "1.25", datetime.datetime(2024, 2, 5)),
        ("ink", "south", "9.75", datetime.datetime(2024, 2, 6, 12, 30)),
        ("ink", "north", "8.00", datetime.datetime(2023, 12, 31, 23, 59, 59)),
    ]
    Sale.insert_many(rows, fields=[Sale.product, Sale.region, Sale.price, Sale.sold]).execute()
    monthly = (
        Sale.select(
            Sale.sold.year.alias("year"),
            Sale.sold.month.alias("month"),
            fn.COUNT(Sale.id).alias("n"),
            fn.MAX(Sale.price).alias("dearest"),
        )
        .group_by(Sale.sold.year, Sale.sold.month)
        .order_by(SQL("year"), SQL("month"))
    )
    t.show("monthly", list(monthly.dicts()))
    regions = (
        Sale.select(fn.COALESCE(Sale.region, "unknown").alias("where"), fn.SUM(Sale.price).alias("total"))
        .group_by(Sale.region)
        .having(fn.COUNT(Sale.id) >= 1)
        .order_by(SQL("total").desc())
    )
    t.show("regions", [(row.where, row.total) for row in regions.namedtuples()])
    average = Sale.select(fn.AVG(Sale.price))
    dear = Sale.select(Sale.product).where(Sale.price > average).order_by(Sale.product)
    t.show("above average", [sale.product for sale in dear])
    t.show("last", Sale.select(fn.MAX(Sale.sold)).scalar())
    t.show(
        "this year",
        Sale.select().where(Sale.sold.between(datetime.date(2024, 1, 1), datetime.date(2025, 1, 1))).count(),
    )


@program(spec=("MD-035", "MD-036", "DB-037"))
def an_import_in_batches(t):
    db = t.database()

    class Person(Model):
        email = CharField(unique=True)
        name = TextField()
        visits = IntegerField(default=0)

        class Meta:
            database = db

    db.create_tables([Person])
    lines = ["p%d@example.org;Person %d" % (number, number) for number in range(7)]
    for batch in chunked(lines, 3):
        with db.atomic():
            Person.insert_many([dict(zip(("email", "name"), line.split(";"))) for line in batch]).execute()
    people = list(Person.select().order_by(Person.id))
    for person in people:
        person.visits = person.id * 10
    t.show("updated", Person.bulk_update(people, [Person.visits], batch_size=3))
    again = [{"email": "p%d@example.org" % number, "name": "Renamed"} for number in (5, 6, 7)]
    Person.insert_many(again).on_conflict(conflict_target=[Person.email], preserve=[Person.name]).execute()
    t.show("people", list(Person.select(Person.email, Person.name, Person.visits).order_by(Person.email).tuples()))
    Person.bulk_create([Person(email="a@example.org", name="a"), Person(email="b@example.org", name="b")])
    t.show("count", len(Person))
