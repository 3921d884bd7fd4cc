"""Dicts of text in columns of hstore."""

from parity_program import program
from peewee import *
from playhouse.postgres_ext import HStoreField, PostgresqlExtDatabase


def _houses(t):
    settings = t.settings()
    plain = PostgresqlDatabase(**settings)
    plain.execute_sql("CREATE EXTENSION hstore")
    plain.close()
    db = PostgresqlExtDatabase(register_hstore=True, **settings)

    class House(db.Model):
        name = TextField()
        data = HStoreField(null=True)

    db.create_tables([House])
    House.create(name="one", data={"rooms": "3", "garden": "yes"})
    House.create(name="two", data={"rooms": "5", "pool": None})
    House.create(name="three", data={})
    House.create(name="four", data=None)
    return House


def _names(query):
    return sorted(row.name for row in query)


@program(spec=("FD-059",))
def dicts_come_back_as_dicts(t):
    House = _houses(t)
    t.show("rows", [(row.name, row.data) for row in House.select().order_by(House.id)])
    odd = {'q"uote': "a=>b", "back\\slash": "", "ünï": "x,y", "": "empty key", " ": None, "'": "NULL"}
    key = House.create(name="odd", data=odd).id
    t.show("odd", House.get_by_id(key).data == odd)
    t.show("raw", House._meta.database.execute_sql("SELECT data::text FROM house WHERE name = 'two'").fetchone())


@program(spec=("FD-059",))
def keys_and_values_are_read(t):
    House = _houses(t)
    t.show("item", list(House.select(House.name, House.data["rooms"]).order_by(House.id).tuples()))
    t.show("keys", [row[0] and sorted(row[0]) for row in House.select(House.data.keys()).order_by(House.id).tuples()])
    t.show("values", [row[0] for row in House.select(House.data.values()).where(House.name == "one").tuples()])
    t.show("slice", [row[0] for row in House.select(House.data.slice("rooms", "pool")).order_by(House.id).tuples()])
    t.show("items", [row[0] for row in House.select(House.data.items()).where(House.name == "one").tuples()])


@program(spec=("FD-059",))
def keys_are_looked_for(t):
    House = _houses(t)
    t.show("exists", _names(House.select().where(House.data.exists("pool"))))
    t.show("defined", _names(House.select().where(House.data.defined("pool"))))
    t.show("contains key", _names(House.select().where(House.data.contains("rooms"))))
    t.show("contains keys", _names(House.select().where(House.data.contains(["rooms", "garden"]))))
    t.show("contains dict", _names(House.select().where(House.data.contains({"rooms": "5"}))))
    t.show("contains any", _names(House.select().where(House.data.contains_any("pool", "garden"))))
    t.show("condition", _names(House.select().where(House.data["rooms"] == "3")))
    t.show("equal", _names(House.select().where(House.data == {"rooms": "3", "garden": "yes"})))


@program(spec=("FD-059",))
def keys_are_changed(t):
    House = _houses(t)
    t.show("update", House.update(data=House.data.update(rooms="4", roof="flat")).where(House.name == "one").execute())
    t.show("updated", House.get(House.name == "one").data)
    t.show("delete", House.update(data=House.data.delete("garden", "roof")).where(House.name == "one").execute())
    t.show("deleted", House.get(House.name == "one").data)
    house = House.get(House.name == "three")
    house.data["new"] = "x"
    house.data["none"] = None
    house.save()
    t.show("saved", House.get(House.name == "three").data)
