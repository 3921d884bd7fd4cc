"""WITH: plain and recursive, with columns, several, nested in writes."""

from peewee import *

from parity_program import program


def tree(t):
    db = t.database()

    class Node(db.Model):
        name = TextField()
        parent = ForeignKeyField("self", null=True, backref="children")

    class Sale(db.Model):
        region = TextField()
        amount = IntegerField()

    db.create_tables([Node, Sale])
    root = Node.create(name="root")
    left = Node.create(name="left", parent=root)
    Node.create(name="right", parent=root)
    Node.create(name="leaf", parent=left)
    Sale.insert_many([("n", 5), ("n", 7), ("s", 1), ("e", 20)], fields=[Sale.region, Sale.amount]).execute()
    return Node, Sale


@program(spec=("QB-031",))
def a_cte_is_listed_and_selected_from(t):
    Node, Sale = tree(t)
    totals = Sale.select(Sale.region, fn.SUM(Sale.amount).alias("total")).group_by(Sale.region).cte("totals")
    query = totals.select_from(totals.c.region, totals.c.total).order_by(totals.c.region)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    t.show("models", [(row.region, row.total) for row in query])


@program(spec=("QB-031", "SB-007"))
def a_cte_is_joined_to_a_model(t):
    Node, Sale = tree(t)
    top = Sale.select(Sale.region).group_by(Sale.region).having(fn.SUM(Sale.amount) > 10).cte("top")
    query = Sale.select(Sale.id).join(top, on=(Sale.region == top.c.region)).with_cte(top).order_by(Sale.id)
    t.show("sql", query.sql())
    t.show("ids", [sale.id for sale in query])
    query = Sale.select(Sale.id).where(Sale.region.in_(top.select(top.c.region))).with_cte(top)
    t.show("in", query.sql())


@program(spec=("QB-031",))
def several_ctes_refer_to_each_other(t):
    Node, Sale = tree(t)
    totals = Sale.select(Sale.region, fn.SUM(Sale.amount).alias("total")).group_by(Sale.region).cte("totals")
    average = totals.select(fn.AVG(totals.c.total).alias("mean")).cte("average")
    query = (
        Sale.select(totals.c.region, totals.c.total)
        .from_(totals, average)
        .where(totals.c.total >= average.c.mean)
        .with_cte(totals, average)
        .order_by(totals.c.region)
    )
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))


@program(spec=("QB-031",))
def a_recursive_cte_walks_a_tree(t):
    Node, Sale = tree(t)
    base = (
        Node.select(Node.id, Node.name, Value(0).alias("depth"))
        .where(Node.parent.is_null())
        .cte("walk", recursive=True)
    )
    Child = Node.alias("child")
    step = Child.select(Child.id, Child.name, (base.c.depth + 1).alias("depth")).join(
        base, on=(Child.parent == base.c.id)
    )
    walk = base.union_all(step)
    query = walk.select_from(walk.c.name, walk.c.depth).order_by(walk.c.depth, walk.c.name)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))


@program(spec=("QB-031",))
def a_recursive_cte_counts(t):
    db = t.database()
    base = Select(columns=[Value(1).alias("n")]).cte("counting", recursive=True, columns=("n",))
    step = Select([base], [(base.c.n + 1).alias("n")]).where(base.c.n < 5)
    counting = base.union(step)
    query = counting.select_from(counting.c.n).bind(db)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))


@program(spec=("QB-031",))
def a_cte_names_its_columns_and_hints(t):
    Node, Sale = tree(t)
    query = Sale.select(Sale.region, Sale.amount)
    named = query.cte("named", columns=["r", "a"])
    t.show("columns", named.select_from(named.c.r, named.c.a).sql())
    t.show("rows", sorted(named.select_from(named.c.r, named.c.a).tuples()))
    kept = query.cte("kept", materialized=True)
    t.show("materialized", kept.select_from(kept.c.region).sql())
    inline = query.cte("inline", materialized=False)
    t.show("not materialized", inline.select_from(inline.c.region).sql())


@program(spec=("QB-031",))
def select_from_needs_columns(t):
    Node, Sale = tree(t)
    cte = Sale.select().cte("c")
    with t.raises("nothing"):
        cte.select_from()
    with t.raises("not listed", message=False):
        list(Sale.select(cte.c.region).from_(cte))
    t.show(
        "replaced",
        Sale.select(cte.c.region).from_(cte).with_cte(Node.select().cte("x")).with_cte(cte).sql(),
    )


@program(spec=("QB-031",))
def a_compound_in_a_cte(t):
    Node, Sale = tree(t)
    both = (Sale.select(Sale.region.alias("x")) | Node.select(Node.name)).cte("both")
    query = both.select_from(both.c.x).order_by(both.c.x)
    t.show("sql", query.sql())
    t.show("rows", [row[0] for row in query.tuples()])


@program(spec=("QB-031",))
def a_cte_in_an_update_and_a_delete(t):
    Node, Sale = tree(t)
    top = Sale.select(Sale.region).where(Sale.amount > 10).cte("top")
    update = Sale.update(amount=0).where(Sale.region.in_(top.select(top.c.region))).with_cte(top)
    t.show("update", update.sql())
    update.execute()
    low = Sale.select(Sale.id).where(Sale.amount < 2).cte("low")
    delete = Sale.delete().where(Sale.id.in_(low.select(low.c.id))).with_cte(low)
    t.show("delete", delete.sql())
    delete.execute()
    t.show("rows", list(Sale.select().order_by(Sale.id).tuples()))
