"""RETURNING, upserts, many rows, writes from other tables, as the server does them."""

import datetime

from parity_program import program
from peewee import *


def _users(t):
    db = t.database()

    class User(db.Model):
        email = TextField(unique=True)
        name = TextField(default="")
        visits = IntegerField(default=0)

    db.create_tables([User])
    User.insert_many(
        [("a@x", "ann", 1), ("b@x", "bob", 2), ("c@x", "cy", 3)], [User.email, User.name, User.visits]
    ).execute()
    return db, User


def _rows(User):
    return list(User.select(User.email, User.name, User.visits).order_by(User.email).tuples())


@program(spec=("DB-070", "QB-056"))
def inserts_return_rows(t):
    db, User = _users(t)
    t.show("key", User.insert(email="d@x").execute())
    t.show("model", [(row.id, row.visits) for row in User.insert(email="e@x").returning(User).execute()])
    t.show("tuples", list(User.insert(email="f@x").returning(User.id, User.name).tuples().execute()))
    t.show("dicts", list(User.insert_many([{"email": "g@x"}, {"email": "h@x"}]).returning(User.id).dicts().execute()))
    t.show("expression", list(User.insert(email="i@x").returning(fn.UPPER(User.email).alias("up")).dicts().execute()))
    t.show("rowcount", User.insert_many([{"email": "j@x"}, {"email": "k@x"}]).as_rowcount().execute())


@program(spec=("QB-056",))
def updates_and_deletes_return_rows(t):
    db, User = _users(t)
    query = User.update(visits=User.visits + 10).where(User.visits > 1).returning(User)
    t.show("update", sorted((row.email, row.visits) for row in query.execute()))
    t.show("count", User.update(name="x").where(User.visits > 5).execute())
    t.show("delete", sorted(User.delete().where(User.visits > 5).returning(User.email).tuples().execute()))
    t.show("nothing", list(User.delete().where(User.visits > 500).returning(User.email).tuples().execute()))
    t.show("rows", _rows(User))


@program(spec=("QB-055",))
def conflicts_update(t):
    db, User = _users(t)
    t.show(
        "key",
        User.insert(email="a@x", name="anna", visits=9)
        .on_conflict(conflict_target=[User.email], preserve=[User.name], update={User.visits: User.visits + 1})
        .execute(),
    )
    t.show(
        "new",
        User.insert(email="z@x", name="zed").on_conflict(conflict_target=[User.email], preserve=[User.name]).execute(),
    )
    t.show(
        "excluded",
        User.insert(email="b@x", visits=5)
        .on_conflict(conflict_target=[User.email], update={User.visits: EXCLUDED.visits + User.visits})
        .execute(),
    )
    t.show(
        "where",
        User.insert(email="c@x", visits=1)
        .on_conflict(conflict_target=[User.email], update={User.visits: 100}, where=(User.visits > 50))
        .execute(),
    )
    t.show("rows", _rows(User))


@program(spec=("QB-054", "SB-055"))
def conflicts_are_ignored(t):
    db, User = _users(t)
    t.show("ignored", User.insert(email="a@x").on_conflict_ignore().execute())
    t.show("inserted", User.insert(email="n@x").on_conflict_ignore().execute())
    t.show("many", list(User.insert_many([{"email": "a@x"}, {"email": "o@x"}]).on_conflict_ignore().execute()))
    t.show("target", User.insert(email="b@x").on_conflict(action="ignore", conflict_target=[User.email]).execute())
    with t.raises("replace"):
        User.replace(email="a@x").execute()
    t.show("rows", _rows(User))


@program(spec=("QB-055", "SB-055"))
def conflicts_on_named_constraints(t):
    db, User = _users(t)
    db.execute_sql('ALTER TABLE "user" ADD CONSTRAINT user_key UNIQUE (email)')
    t.show(
        "constraint",
        User.insert(email="a@x", name="new")
        .on_conflict(conflict_constraint="user_key", preserve=[User.name])
        .execute(),
    )
    with t.raises("unknown"):
        User.insert(email="a@x").on_conflict(conflict_constraint="nothing", preserve=[User.name]).execute()
    with t.raises("no target"):
        User.insert(email="a@x").on_conflict(update={User.name: "x"}).execute()
    with t.raises("not unique"):
        User.insert(email="a@x").on_conflict(conflict_target=[User.name], preserve=[User.visits]).execute()


@program(spec=("QB-055",))
def conflicts_on_partial_indexes(t):
    db = t.database()

    class Slot(db.Model):
        place = IntegerField()
        active = BooleanField(default=True)
        note = TextField(default="")

    db.create_tables([Slot])
    db.execute_sql("CREATE UNIQUE INDEX one_active ON slot (place) WHERE active")
    Slot.create(place=1)
    Slot.create(place=1, active=False)
    Slot.insert(place=1, note="again").on_conflict(
        conflict_target=[Slot.place], conflict_where=(Slot.active), preserve=[Slot.note]
    ).execute()
    t.show("rows", list(Slot.select(Slot.place, Slot.active, Slot.note).order_by(Slot.id).tuples()))


@program(spec=("QB-055",))
def many_conflicts_at_once(t):
    db, User = _users(t)
    rows = [{"email": f"{letter}@x", "visits": 50} for letter in "abcde"]
    query = User.insert_many(rows).on_conflict(
        conflict_target=[User.email], update={User.visits: User.visits + EXCLUDED.visits}
    )
    t.show("keys", list(query.execute()))
    t.show("rowcount", query.as_rowcount().execute())
    t.show("rows", _rows(User))


@program(spec=("SB-050",))
def twenty_thousand_rows_in_one_statement(t):
    db = t.database()

    class Point(db.Model):
        a = IntegerField()
        b = TextField()
        c = DoubleField()
        d = DateField(null=True)

    db.create_tables([Point])
    day = datetime.date(2024, 1, 1)
    rows = [(n, f"text {n}", n / 4, day if n % 2 else None) for n in range(20000)]
    count = Point.insert_many(rows, [Point.a, Point.b, Point.c, Point.d]).as_rowcount().execute()
    t.show("count", count)
    t.show("sums", Point.select(fn.SUM(Point.a), fn.COUNT(Point.d), fn.MAX(Point.c), fn.MIN(Point.b)).tuples()[0])


@program(spec=("QB-009",))
def more_values_in_a_condition_than_a_statement_has_places(t):
    db = t.database()

    class Point(db.Model):
        a = IntegerField()

    db.create_tables([Point])
    db.execute_sql("INSERT INTO point (a) SELECT generate_series(1, 1000)")
    t.show("count", Point.select().where(Point.a.in_(list(range(70000)))).count())
    t.show("raw", db.execute_sql("SELECT count(*) FROM point WHERE a = ANY(%s)", (list(range(70000)),)).fetchone())


@program(spec=("MD-035", "MD-036"))
def bulk_writes(t):
    db, User = _users(t)
    new = [User(email=f"n{n}@x", visits=n) for n in range(10)]
    User.bulk_create(new, batch_size=3)
    t.show("keys", [user.id for user in new])
    for user in new:
        user.name = f"name {user.visits}"
        user.visits *= 2
    t.show("updated", User.bulk_update(new, [User.name, User.visits], batch_size=4))
    t.show("rows", _rows(User))


@program(spec=("QB-052",))
def writes_from_other_tables(t):
    db, User = _users(t)

    class Archive(db.Model):
        email = TextField()
        visits = IntegerField(null=True)

    db.create_tables([Archive])
    t.show(
        "insert",
        Archive.insert_from(
            User.select(User.email, User.visits).where(User.visits > 1).order_by(User.id),
            [Archive.email, Archive.visits],
        ).execute()
        is not None,
    )
    t.show("archive", list(Archive.select(Archive.email, Archive.visits).order_by(Archive.email).tuples()))
    query = Archive.update(visits=User.visits * 10).from_(User).where(Archive.email == User.email, User.visits > 2)
    t.show("update", query.execute())
    t.show("subquery", User.update(visits=Archive.select(fn.MAX(Archive.visits))).where(User.email == "a@x").execute())
    t.show("delete", User.delete().where(User.email.in_(Archive.select(Archive.email))).execute())
    t.show("rows", (_rows(User), list(Archive.select(Archive.email, Archive.visits).order_by(Archive.email).tuples())))


@program(spec=("DB-025",))
def writes_in_common_table_expressions(t):
    db, User = _users(t)
    moved = User.delete().where(User.visits < 3).returning(User.email, User.visits).cte("moved")
    t.show(
        "moved",
        sorted(
            db.execute_sql(
                'WITH moved AS (DELETE FROM "user" WHERE visits < %s RETURNING email, visits) SELECT email FROM moved',
                (3,),
            ).fetchall()
        ),
    )
    t.show("rows", _rows(User))


@program(spec=("QB-027",))
def queries_of_every_shape(t):
    db, User = _users(t)
    t.show("distinct on", [row.email for row in User.select().distinct(User.name).order_by(User.name, User.id)])
    t.show("filter", User.select(fn.COUNT(User.id).filter(User.visits > 1)).scalar())
    t.show("string_agg", User.select(fn.string_agg(User.name, ",").order_by(User.name)).scalar())
    t.show(
        "within group",
        db.execute_sql('SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY visits) FROM "user"').fetchone(),
    )
    t.show(
        "window",
        list(User.select(User.name, fn.RANK().over(order_by=[User.visits.desc()])).order_by(User.name).tuples()),
    )
    t.show(
        "lateral",
        db.execute_sql('SELECT u.name, l.x FROM "user" u, LATERAL (SELECT u.visits * 2 AS x) l ORDER BY 1').fetchall(),
    )
    t.show("nulls", [row.email for row in User.select().order_by(User.visits.desc(nulls="first"))])
    t.show("exists", User.select().where(User.visits == 2).exists())
    t.show("avg", User.select(fn.AVG(User.visits), fn.SUM(User.visits), fn.MAX(User.email)).tuples()[0])
    t.show("iterator", [row.email for row in User.select().order_by(User.id).iterator()])
    members = (User.select(User.name).where(User.visits == 1)) | (User.select(User.name).where(User.visits == 3))
    t.show("union", sorted(row.name for row in members))


@program(spec=("QB-031",))
def recursion(t):
    db = t.database()

    class Node(db.Model):
        name = TextField()
        parent = ForeignKeyField("self", null=True, backref="children")

    db.create_tables([Node])
    root = Node.create(name="root")
    leaf = Node.create(name="leaf", parent=Node.create(name="branch", parent=root))
    base = (
        Node.select(Node.id, Node.name, Value(0).cast("integer").alias("level"))
        .where(Node.parent.is_null())
        .cte("tree", recursive=True)
    )
    Child = Node.alias()
    steps = Child.select(Child.id, Child.name, (base.c.level + 1).alias("level")).join(
        base, on=(Child.parent == base.c.id)
    )
    tree = base.union_all(steps)
    t.show("tree", list(tree.select_from(tree.c.name, tree.c.level).order_by(tree.c.level).tuples()))
