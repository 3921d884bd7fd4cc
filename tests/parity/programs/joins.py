"""Joins: every kind, every way to say on what, and the graph of objects that comes back."""

from peewee import *

from parity_program import program


def shop(t):
    db = t.database()

    class Customer(db.Model):
        name = TextField()
        boss = ForeignKeyField("self", null=True, backref="staff")

    class Order(db.Model):
        customer = ForeignKeyField(Customer, backref="orders", null=True)
        number = IntegerField()

    class Line(db.Model):
        order = ForeignKeyField(Order, backref="lines")
        item = TextField()

    class Note(db.Model):
        text = TextField()

    db.create_tables([Customer, Order, Line, Note])
    ann = Customer.create(name="ann")
    bob = Customer.create(name="bob", boss=ann)
    Customer.create(name="cyd", boss=ann)
    for number, customer in [(1, ann), (2, ann), (3, bob), (4, None)]:
        order = Order.create(customer=customer, number=number)
        for n in range(number % 3):
            Line.create(order=order, item=f"i{number}{n}")
    return Customer, Order, Line, Note


@program(spec=("QB-034", "SB-063"))
def a_join_follows_the_foreign_key(t):
    Customer, Order, Line, Note = shop(t)
    query = Order.select(Order, Customer).join(Customer).order_by(Order.id)
    t.show("sql", query.sql())
    t.show("names", [(order.number, order.customer.name) for order in query])


@program(spec=("QB-034", "SB-063"))
def a_join_follows_the_foreign_key_backwards(t):
    Customer, Order, Line, Note = shop(t)
    query = Customer.select(Customer, Order).join(Order).order_by(Order.id)
    t.show("sql", query.sql())
    rows = list(query)
    t.show("names", [(c.name, c.order.number) for c in rows])
    t.show("first", rows[0])


@program(spec=("SB-034", "QB-041"))
def a_joined_model_that_is_selected_needs_no_further_query(t):
    Customer, Order, Line, Note = shop(t)
    t.show(
        "selected",
        [o.customer.name for o in Order.select(Order, Customer).join(Customer).order_by(Order.id)],
    )
    t.show("separator", "from here on a query for each row")
    t.show("not selected", [o.customer.name for o in Order.select().join(Customer).order_by(Order.id)])


@program(spec=("QB-034",))
def every_kind_of_join_has_its_words(t):
    Customer, Order, Line, Note = shop(t)
    for name in ("INNER", "LEFT_OUTER", "RIGHT_OUTER", "FULL", "FULL_OUTER"):
        t.show(name, Order.select(Order.id).join(Customer, JOIN[name]).sql())
    t.show("attribute", JOIN.LEFT_OUTER)
    t.show("cross", Order.select(Order.id).join(Customer, JOIN.CROSS).sql())
    t.show("method", Order.select(Order.id).left_outer_join(Customer).sql())


@program(spec=("QB-036",))
def any_text_may_be_a_join_type(t):
    Customer, Order, Line, Note = shop(t)
    t.show("natural", Order.select(Order.id).join(Customer, "NATURAL JOIN").sql())
    t.show("made up", Order.select(Order.id).join(Customer, "SIDEWAYS JOIN").sql())
    with t.raises("run", message=False):
        list(Order.select(Order.id).join(Customer, "SIDEWAYS JOIN"))


@program(spec=("QB-041", "SB-035"))
def a_left_join_without_a_match_attaches_none(t):
    Customer, Order, Line, Note = shop(t)
    query = Order.select(Order, Customer).join(Customer, JOIN.LEFT_OUTER).order_by(Order.id)
    t.show("sql", query.sql())
    t.show("customers", [order.customer for order in query])
    t.show("ids", [order.customer_id for order in query])


@program(spec=("SB-035",))
def a_dangling_key_keeps_its_id_in_a_left_join(t):
    Customer, Order, Line, Note = shop(t)
    Order.create(customer=99, number=9)
    query = Order.select(Order, Customer).join(Customer, JOIN.LEFT_OUTER).where(Order.number == 9)
    order = query.get()
    t.show("order", order)
    t.show("id", order.customer_id)
    t.show("customer", order.customer)


@program(spec=("QB-041",))
def a_backward_left_join_attaches_none(t):
    Customer, Order, Line, Note = shop(t)
    query = Customer.select(Customer, Order).join(Order, JOIN.LEFT_OUTER).order_by(Customer.id, Order.id)
    t.show("numbers", [(c.name, getattr(c, "order", "absent")) for c in query])


@program(spec=("QB-034",))
def on_takes_a_foreign_key(t):
    Customer, Order, Line, Note = shop(t)
    t.show("forward", Order.select(Order.id).join(Customer, on=Order.customer).sql())
    t.show("backward", Customer.select(Customer.id).join(Order, on=Order.customer).sql())
    with t.raises("a wrong field", message=False):
        t.show("number", Order.select(Order.id).join(Customer, on=Order.number).sql())


@program(spec=("QB-034",))
def on_takes_a_condition(t):
    Customer, Order, Line, Note = shop(t)
    query = Order.select(Order, Customer).join(Customer, on=(Order.customer == Customer.id)).order_by(Order.id)
    t.show("sql", query.sql())
    t.show("names", [order.customer.name for order in query])
    more = (Order.customer == Customer.id) & (Customer.name == "ann")
    t.show("and", Order.select(Order.id).join(Customer, on=more).sql())
    t.show("no relation", Order.select(Order.id).join(Note, on=(Note.id == Order.number)).sql())


@program(spec=("QB-034",))
def an_aliased_condition_names_the_attribute(t):
    Customer, Order, Line, Note = shop(t)
    on = (Order.customer == Customer.id).alias("buyer")
    query = Order.select(Order, Customer).join(Customer, on=on).order_by(Order.id)
    t.show("sql", query.sql())
    rows = list(query)
    t.show("buyers", [order.buyer.name for order in rows])
    t.show("rows", rows)
    with t.raises("the name of the id"):
        bad = (Order.customer == Customer.id).alias("customer_id")
        list(Order.select(Order, Customer).join(Customer, on=bad))


@program(spec=("QB-034",))
def attr_names_the_attribute(t):
    Customer, Order, Line, Note = shop(t)
    query = Order.select(Order, Customer).join(Customer, attr="who").order_by(Order.id)
    t.show("who", [order.who.name for order in query])
    query = Customer.select(Customer, Order).join(Order, attr="one").order_by(Order.id)
    t.show("one", [customer.one.number for customer in query])
    query = Order.select(Order, Note).join(Note, on=(Note.id != Order.id), attr="memo")
    t.show("sql", query.sql())


@program(spec=("QB-034",))
def joins_chain_from_the_last_table(t):
    Customer, Order, Line, Note = shop(t)
    query = Line.select(Line, Order, Customer).join(Order).join(Customer).order_by(Line.id)
    t.show("sql", query.sql())
    t.show("rows", [(line.item, line.order.number, line.order.customer.name) for line in query])


@program(spec=("QB-034", "SB-039"))
def switch_goes_back_and_changes_the_query_itself(t):
    Customer, Order, Line, Note = shop(t)
    query = Order.select(Order.id).join(Customer).switch(Order).join(Line)
    t.show("sql", query.sql())
    base = Order.select(Order.id).join(Customer)
    t.show("same", base.switch(Order) is base)
    t.show("default", Order.select(Order.id).join(Customer).switch().join(Line).sql())
    with t.raises("no way"):
        Order.select(Order.id).join(Customer).join(Line)


@program(spec=("QB-034",))
def join_from_and_src_name_the_departure(t):
    Customer, Order, Line, Note = shop(t)
    query = Order.select(Order, Customer, Line).join_from(Order, Customer).join_from(Order, Line)
    t.show("join_from", query.sql())
    t.show("rows", sorted((o.number, o.customer.name, o.line.item) for o in query))
    t.show("src", Order.select(Order.id).join(Customer).join(Line, src=Order).sql())
    t.show("left", Order.select(Order.id).join_from(Order, Line, JOIN.LEFT_OUTER).sql())
    with t.raises("not joined", message=False):
        t.show("unknown", Order.select(Order.id).join_from(Note, Line).sql())


@program(spec=("QB-034",))
def join_from_takes_on_and_attr(t):
    Customer, Order, Line, Note = shop(t)
    query = Order.select(Order, Customer).join_from(Order, Customer, on=Order.customer, attr="c").order_by(Order.id)
    t.show("sql", query.sql())
    t.show("names", [order.c.name for order in query])


@program(spec=("QB-034", "SB-063"))
def models_without_a_relation_cannot_be_joined(t):
    Customer, Order, Line, Note = shop(t)
    with t.raises("no key"):
        Order.select().join(Note)
    with t.raises("cross with on"):
        Order.select().join(Customer, JOIN.CROSS, on=(Order.customer == Customer.id)).sql()


@program(spec=("QB-034", "SB-063"))
def several_foreign_keys_need_a_choice(t):
    db = t.database()

    class User(db.Model):
        name = TextField()

    class Message(db.Model):
        sender = ForeignKeyField(User, backref="sent")
        receiver = ForeignKeyField(User, backref="received")
        text = TextField()

    class Like(db.Model):
        user = ForeignKeyField(User, backref="likes")
        other = ForeignKeyField(User, backref="liked")

    db.create_tables([User, Message, Like])
    a, b = User.create(name="a"), User.create(name="b")
    Message.create(sender=a, receiver=b, text="hi")
    with t.raises("ambiguous"):
        Message.select().join(User)
    t.show("named like the model", Like.select(Like.id).join(User).sql())
    R = User.alias("r")
    query = Message.select(Message, User, R).join(User, on=Message.sender).switch(Message).join(R, on=Message.receiver)
    t.show("sql", query.sql())
    row = query.get()
    t.show("both", (row.sender.name, row.receiver.name))
    t.show("row", row)


@program(spec=("QB-034", "MD-049"))
def a_self_join_goes_through_an_alias(t):
    Customer, Order, Line, Note = shop(t)
    Boss = Customer.alias("boss")
    query = Customer.select(Customer, Boss).join(Boss, on=(Customer.boss == Boss.id)).order_by(Customer.id)
    t.show("sql", query.sql())
    t.show("names", [(c.name, c.boss.name) for c in query])
    t.show("inferred", Customer.select(Customer.id).join(Boss, on=Customer.boss).sql())
    query = Customer.select(Customer, Boss).join(Boss, JOIN.LEFT_OUTER, on=Customer.boss)
    t.show("left", [(c.name, c.boss and c.boss.name) for c in query.order_by(Customer.id)])


@program(spec=("QB-032",))
def a_subquery_can_be_joined(t):
    Customer, Order, Line, Note = shop(t)
    totals = Order.select(Order.customer, fn.COUNT(Order.id).alias("n")).group_by(Order.customer).alias("totals")
    query = (
        Customer.select(Customer.name, totals.c.n)
        .join(totals, on=(Customer.id == totals.c.customer_id))
        .order_by(Customer.id)
    )
    t.show("sql", query.sql())
    t.show("tuples", list(query.tuples()))
    t.show("dicts", list(query.dicts()))
    t.show(
        "models",
        [(c.name, getattr(c, "n", "absent"), getattr(c, "totals", "absent")) for c in query],
    )


@program(spec=("QB-041",))
def selected_columns_of_a_joined_model_build_a_partial_object(t):
    Customer, Order, Line, Note = shop(t)
    query = Order.select(Order.number, Customer.name).join(Customer).order_by(Order.id)
    rows = list(query)
    t.show("sql", query.sql())
    t.show("rows", rows)
    t.show("customers", [order.customer for order in rows])


@program(spec=("QB-042", "SB-036"))
def a_joined_object_without_its_key_clears_the_foreign_key(t):
    Customer, Order, Line, Note = shop(t)
    row = Order.select(Order, Customer.name).join(Customer).order_by(Order.id).get()
    t.show("row", row)
    t.show("id", row.customer_id)
    t.show(
        "with the key",
        Order.select(Order, Customer.id, Customer.name).join(Customer).order_by(Order.id).get(),
    )


@program
def a_join_can_be_counted_grouped_and_filtered(t):
    Customer, Order, Line, Note = shop(t)
    query = (
        Customer.select(Customer, fn.COUNT(Order.id).alias("n"))
        .join(Order, JOIN.LEFT_OUTER)
        .group_by(Customer)
        .order_by(fn.COUNT(Order.id).desc(), Customer.name)
    )
    t.show("sql", query.sql())
    t.show("rows", [(customer.name, customer.n) for customer in query])
    t.show("count", query.count())
    t.show(
        "where",
        [o.number for o in Order.select().join(Customer).where(Customer.name == "ann").order_by(Order.id)],
    )


@program(spec=("FD-037", "SB-059"))
def attributes_of_a_foreign_key_are_fields_of_the_target_without_a_join(t):
    Customer, Order, Line, Note = shop(t)
    t.show("no join", Order.select(Order.id).where(Order.customer.boss == 1).sql())
    t.show("joined", Order.select(Order.id).join(Customer).where(Order.customer.boss == 1).sql())
    t.show("its own name", Order.customer.name)
    t.show("python false", Order.select(Order.id).where(Order.customer.name == "ann").sql())
    with t.raises("run"):
        list(Order.select(Order.id).where(Order.customer.boss == 1))


@program(spec=("SB-062", "FD-032"))
def a_backref_is_a_query_on_each_access(t):
    Customer, Order, Line, Note = shop(t)
    ann = Customer.get(Customer.name == "ann")
    t.show("sql", ann.orders.sql())
    t.show("same", ann.orders is ann.orders)
    t.show("numbers", [order.number for order in ann.orders.order_by(Order.number.desc())])
    t.show("count", ann.orders.where(Order.number > 1).count())
    t.show("joined", [line.item for line in Line.select().join(Order).where(Order.customer == ann)])
    t.show("staff", sorted(customer.name for customer in ann.staff))


@program(spec=("QB-041",))
def rows_of_a_join_as_dicts_and_tuples(t):
    Customer, Order, Line, Note = shop(t)
    query = Order.select(Order, Customer).join(Customer).order_by(Order.id).limit(2)
    t.show("tuples", list(query.tuples()))
    t.show("dicts", [sorted(row.items()) for row in query.dicts()])
    t.show("namedtuples", list(query.namedtuples()))
    t.show("objects", [(row.id, row.number, row.name) for row in query.objects()])


@program
def a_cross_join_pairs_everything(t):
    Customer, Order, Line, Note = shop(t)
    query = (
        Customer.select(Customer.name, Order.number)
        .join(Order, JOIN.CROSS)
        .where((Customer.id == Order.customer) & (Order.number < 3))
    )
    t.show("cross sql", query.sql())
    t.show("cross", sorted(query.tuples()))


@program
def a_foreign_key_to_a_unique_column(t):
    db = t.database()

    class Country(db.Model):
        code = CharField(unique=True)
        name = TextField()

    class City(db.Model):
        country = ForeignKeyField(Country, field="code", backref="cities")
        name = TextField()

    db.create_tables([Country, City])
    Country.create(code="nl", name="Netherlands")
    City.create(country="nl", name="Leiden")
    query = City.select(City, Country).join(Country)
    t.show("sql", query.sql())
    t.show("row", query.get())
    t.show("country", query.get().country)
    t.show("lazy", City.get().country.name)
    t.show("backref", Country.get().cities.sql())
