"""bulk_create, bulk_update and the instance-level writes that go with them."""

from peewee import *
from peewee import chunked

from parity_program import program


def team(t, **options):
    db = t.database(**options)

    class Player(db.Model):
        name = TextField(unique=True)
        goals = IntegerField(default=0)
        note = TextField(null=True)

    db.create_tables([Player])
    return Player


def state(t, label, Player):
    t.show(label, list(Player.select().order_by(Player.id).tuples()))


@program(spec=("MD-035", "SB-054"))
def bulk_create_sends_one_insert(t):
    Player = team(t)
    players = [Player(name=f"p{n}", goals=n) for n in range(4)]
    t.show("result", Player.bulk_create(players))
    t.show("instances", players)
    state(t, "rows", Player)


@program(spec=("MD-035",))
def bulk_create_in_batches(t):
    Player = team(t)
    t.show("result", Player.bulk_create([Player(name=f"p{n}") for n in range(5)], batch_size=2))
    t.show("larger than the list", Player.bulk_create([Player(name="x")], batch_size=100))
    t.show("nothing", Player.bulk_create([]))
    with t.raises("zero", message=False):
        Player.bulk_create([Player(name="y")], batch_size=0)
    state(t, "rows", Player)


@program(spec=("MD-035", "SB-054", "DB-064"))
def bulk_create_fills_the_keys_with_returning(t):
    Player = team(t, returning_clause=True)
    players = [Player(name=f"p{n}") for n in range(3)]
    Player.bulk_create(players, batch_size=2)
    t.show("keys", [player.id for player in players])
    t.show("dirty", [player.is_dirty() for player in players])


@program(spec=("MD-035",))
def bulk_create_writes_explicit_nulls(t):
    Player = team(t)
    Player.bulk_create([Player(name="a", note="n"), Player(name="b")])
    with t.raises("null name", message=False):
        Player.bulk_create([Player(goals=1)])
    state(t, "rows", Player)


@program
def bulk_create_stops_at_a_broken_batch(t):
    Player = team(t)
    players = [Player(name=name) for name in ("a", "b", "c", "a", "d")]
    with t.raises("duplicate"):
        Player.bulk_create(players, batch_size=2)
    state(t, "first batch stays", Player)
    with t.raises("in a transaction"):
        with Player._meta.database.atomic():
            Player.bulk_create([Player(name=name) for name in ("x", "y", "a")], batch_size=1)
    state(t, "nothing of it stays", Player)


@program
def bulk_create_takes_a_generator_and_other_keys(t):
    db = t.database()

    class Tag(db.Model):
        name = TextField(primary_key=True)

    class Pair(db.Model):
        a = IntegerField()
        b = IntegerField()

        class Meta:
            primary_key = CompositeKey("a", "b")

    class Child(db.Model):
        tag = ForeignKeyField(Tag, backref="children")

    db.create_tables([Tag, Pair, Child])
    Tag.bulk_create(Tag(name=name) for name in "xyz")
    Pair.bulk_create([Pair(a=1, b=n) for n in range(2)])
    tag = Tag.get_by_id("x")
    Child.bulk_create([Child(tag=tag), Child(tag="y"), Child(tag_id="z")])
    t.show("tags", [tag.name for tag in Tag.select().order_by(Tag.name)])
    t.show("children", [child.tag_id for child in Child.select().order_by(Child.id)])


@program(spec=("MD-036", "SB-054"))
def bulk_update_writes_a_case(t):
    Player = team(t)
    Player.insert_many([("a",), ("b",), ("c",)], fields=[Player.name]).execute()
    players = list(Player.select().order_by(Player.id))
    for n, player in enumerate(players):
        player.goals = n * 10
        player.note = f"n{n}"
    t.show("one", Player.bulk_update(players, fields=[Player.goals]))
    state(t, "after one", Player)
    t.show("names", Player.bulk_update(players, fields=["goals", "note"]))
    state(t, "after both", Player)


@program(spec=("MD-036",))
def bulk_update_in_batches(t):
    Player = team(t)
    Player.insert_many([(name,) for name in "abcde"], fields=[Player.name]).execute()
    players = list(Player.select().order_by(Player.id))
    for player in players:
        player.goals += player.id
    t.show("count", Player.bulk_update(players, [Player.goals], batch_size=2))
    state(t, "rows", Player)


@program(spec=("MD-036", "SB-054"))
def bulk_update_refuses_what_it_cannot_do(t):
    Player = team(t)
    Player.create(name="a")
    with t.raises("empty list", message=False):
        Player.bulk_update([], [Player.goals])
    with t.raises("no fields", message=False):
        Player.bulk_update(list(Player.select()), [])
    with t.raises("unknown field", message=False):
        Player.bulk_update(list(Player.select()), ["nothing"])
    db = Player._meta.database

    class Pair(db.Model):
        a = IntegerField()
        b = IntegerField()
        c = IntegerField(null=True)

        class Meta:
            primary_key = CompositeKey("a", "b")

    db.create_tables([Pair])
    with t.raises("composite key"):
        Pair.bulk_update([Pair(a=1, b=2, c=3)], ["c"])


@program(spec=("MD-036",))
def bulk_update_converts_and_takes_expressions(t):
    db = t.database()

    class Event(db.Model):
        day = DateField(null=True)
        done = BooleanField(default=False)
        parent = ForeignKeyField("self", null=True)

    db.create_tables([Event])
    first, second = Event.create(), Event.create()
    first.day, second.day = "2024-01-02", None
    first.done, second.done = 1, 0
    second.parent = first
    t.show("count", Event.bulk_update([first, second], ["day", "done", "parent"]))
    t.show("rows", list(Event.select().order_by(Event.id).tuples()))
    first.day = fn.DATE("2024-02-03")
    t.show("expression", Event.bulk_update([first], ["day"]))
    t.show("day", Event.get_by_id(first.id).day)


@program(spec=("MD-036",))
def bulk_update_of_unsaved_and_vanished_rows(t):
    Player = team(t)
    kept = Player.create(name="a")
    gone = Player.create(name="b")
    gone.delete_instance()
    kept.goals = gone.goals = 5
    t.show("count", Player.bulk_update([kept, gone, Player(name="new", goals=7)], [Player.goals]))
    state(t, "rows", Player)


@program(spec=("DB-009", "DB-037"))
def batches_of_any_iterable(t):
    Player = team(t)
    t.show("chunks", list(chunked(range(7), 3)))
    t.show("generator", list(chunked((n for n in "abcd"), 2)))
    t.show("empty", list(chunked([], 2)))
    db = Player._meta.database
    seen = []
    for n in db.batch_commit(range(5), 2):
        Player.create(name=f"p{n}")
        seen.append((n, db.in_transaction()))
    t.show("seen", seen)
    t.show("after", db.in_transaction())


@program(spec=("SB-040", "SB-042", "MD-018"))
def save_in_a_loop_equals_bulk_update(t):
    Player = team(t)
    Player.insert_many([(name,) for name in "abc"], fields=[Player.name]).execute()
    with Player._meta.database.atomic():
        for player in Player.select():
            player.goals = 3
            t.show(f"saved {player.id}", player.save())
    with Player._meta.database.atomic():
        for player in Player.select():
            player.goals = 4
            t.show(f"only {player.id}", player.save(only=[Player.goals]))
    state(t, "rows", Player)
