"""Programs about fields that users write: conversions, column types, accessors.

The built-in fields have their own files.
"""

import json

import peewee
from parity_program import program
from peewee import *


class ListField(TextField):
    """Stores a list of texts, joined by commas."""

    def db_value(self, value):
        return None if value is None else ",".join(value)

    def python_value(self, value):
        return None if value is None else value.split(",")


class JSONText(TextField):
    """Stores any JSON value as text."""

    def db_value(self, value):
        return None if value is None else json.dumps(value, sort_keys=True)

    def python_value(self, value):
        return None if value is None else json.loads(value)


def _model(t, **fields):
    """Returns a database and a model with the given fields, its table created."""
    db = t.database()
    fields["Meta"] = type("Meta", (), {"database": db})
    model = type(Model)("Thing", (Model,), fields)
    db.create_tables([model])
    return db, model


@program(spec=("FD-006",))
def own_conversions_are_used_both_ways(t):
    db, Thing = _model(t, tags=ListField(null=True), data=JSONText(default=dict))
    Thing.create(tags=["a", "b"], data={"k": [1, None]})
    Thing.create(tags=None)
    t.show("stored", db.execute_sql("SELECT tags, data FROM thing").fetchall())
    t.show("read", [(thing.tags, thing.data) for thing in Thing.select().order_by(Thing.id)])
    t.show("dicts", list(Thing.select(Thing.tags, Thing.data).order_by(Thing.id).dicts()))
    t.show("a list is a row of values", Thing.select(Thing.id).where(Thing.tags == ["a", "b"]).sql())
    t.show("found", Thing.select().where(Thing.tags == Value(["a", "b"], unpack=False)).sql())
    Thing.update(tags=["z"]).where(Thing.id == 2).execute()
    t.show("updated", Thing.get_by_id(2).tags)


@program(spec=("FD-006", "QB-015"))
def own_conversions_reach_functions_and_aliases(t):
    _, Thing = _model(t, tags=ListField())
    Thing.create(tags=["b", "c"])
    Thing.create(tags=["a"])
    t.show("max", Thing.select(fn.MAX(Thing.tags)).scalar())
    t.show("alias", [row["other"] for row in Thing.select(Thing.tags.alias("other")).order_by(Thing.id).dicts()])
    t.show("uncoerced", [row[0] for row in Thing.select(Thing.tags.coerce(False)).order_by(Thing.id).tuples()])
    t.show("raw sql", [thing.tags for thing in Thing.raw("SELECT id, tags FROM thing ORDER BY id")])
    t.show("bulk", Thing.insert_many([{"tags": ["x", "y"]}]).execute())
    t.show("like", Thing.select().where(Thing.tags.contains("x")).sql())


@program(spec=("FD-006",))
def adapt_is_used_both_ways(t):
    class Trimmed(CharField):
        def adapt(self, value):
            return str(value).strip().lower()

    db, Thing = _model(t, x=Trimmed(null=True))
    Thing.create(x="  Hello ")
    Thing.create(x=None)
    db.execute_sql("INSERT INTO thing (x) VALUES (' RAW ')")
    t.show("stored", db.execute_sql("SELECT x FROM thing ORDER BY id").fetchall())
    t.show("read", [thing.x for thing in Thing.select().order_by(Thing.id)])


@program(spec=("FD-006",))
def own_column_types_and_modifiers_reach_ddl(t):
    class Point(Field):
        field_type = "point"

    class Money(Field):
        field_type = "MONEY"

        def __init__(self, digits, *args, **kwargs):
            self.digits = digits
            super().__init__(*args, **kwargs)

        def get_modifiers(self):
            return [self.digits, 2]

    class Odd(Field):
        def ddl_datatype(self, ctx):
            return SQL("ODD KIND")

    db, Thing = _model(t, where=Point(), price=Money(9, null=True), odd=Odd(null=True))
    t.show("ddl", Thing._schema._create_table(safe=False).query())
    Thing.create(where="1,2", price=3, odd=b"x")
    t.show("row", Thing.select().tuples().get())
    t.show("columns", [(column.name, column.data_type) for column in db.get_columns("thing")])


@program(spec=("FD-006",))
def a_conversion_may_give_sql(t):
    class Upper(TextField):
        def db_value(self, value):
            return fn.UPPER(value)

    _, Thing = _model(t, x=Upper())
    thing = Thing.create(x="loud")
    t.show("attribute", thing.x)
    t.show("read", Thing.get().x)
    t.show("compared", Thing.select().where(Thing.x == "loud").sql())


@program(spec=("FD-006",))
def an_error_in_a_conversion_reaches_the_caller(t):
    class Strict(IntegerField):
        def db_value(self, value):
            if not isinstance(value, int):
                raise TypeError("want an int, got %s" % type(value).__name__)
            return value

        def python_value(self, value):
            if value > 100:
                raise ValueError("too large: %d" % value)
            return value

    db, Thing = _model(t, x=Strict())
    with t.raises("write"):
        Thing.create(x="5")
    with t.raises("compare"):
        Thing.select().where(Thing.x == "5").sql()
    db.execute_sql("INSERT INTO thing (x) VALUES (500)")
    with t.raises("read"):
        Thing.get().x
    t.show("under a function it is lenient", Thing.select(fn.MAX(Thing.x)).scalar())
    t.show("rows", Thing.select().count())


@program(spec=("FD-004",))
def an_accessor_may_be_replaced(t):
    from peewee import FieldAccessor

    class Doubling(FieldAccessor):
        def __get__(self, instance, instance_type=None):
            if instance is None:
                return self.field
            value = instance.__data__.get(self.name)
            return None if value is None else value * 2

        def __set__(self, instance, value):
            instance.__data__[self.name] = value + 1
            instance._dirty.add(self.name)

    class Doubled(IntegerField):
        accessor_class = Doubling

    db, Thing = _model(t, x=Doubled(null=True))
    thing = Thing(x=4)
    t.show("instance", (thing.x, thing.__data__, thing.dirty_field_names))
    t.show("class", Thing.x is Thing._meta.fields["x"])
    thing.save()
    t.show("stored", db.execute_sql("SELECT x FROM thing").fetchall())
    t.show("loaded", (Thing.get().x, Thing.get().__data__))


@program(spec=("FD-004", "FD-006"))
def bind_is_called_with_the_model_and_the_name(t):
    seen = []

    class Telling(TextField):
        def bind(self, model, name, set_attribute=True):
            seen.append((model.__name__, name, set_attribute))
            super().bind(model, name, set_attribute)

    class Base(Model):
        x = Telling()

    class Child(Base):
        y = Telling()

    t.show("seen", seen)
    t.show("fields", Child._meta.sorted_field_names)


@program(spec=("FD-046",))
def a_virtual_field_has_no_column(t):
    from peewee import MetaField

    class Marker(MetaField):
        pass

    db, Thing = _model(t, x=TextField(), marker=Marker())
    t.show("fields", Thing._meta.sorted_field_names)
    t.show("columns", sorted(Thing._meta.columns))
    t.show("ddl", Thing._schema._create_table(safe=False).query())
    t.show("row", Thing.create(x="a").id)


@program(spec=("FD-006", "FD-029"))
def foreign_keys_convert_like_their_target(t):
    class Prefixed(CharField):
        def db_value(self, value):
            return None if value is None else "k-" + value

        def python_value(self, value):
            return None if value is None else value[2:]

    db = t.database()

    class Item(Model):
        code = Prefixed(primary_key=True, max_length=12)

        class Meta:
            database = db

    class Part(Model):
        item = ForeignKeyField(Item, backref="parts", null=True)

        class Meta:
            database = db

    db.create_tables([Item, Part])
    item = Item.create(code="one")
    part = Part.create(item=item)
    t.show("ddl", Part._schema._create_table(safe=False).query())
    t.show("stored", db.execute_sql("SELECT code, item_id FROM item, part").fetchall())
    t.show("read", (Part.get().item_id, Part.get().item.code))
    t.show("backref", [p.id for p in item.parts])
    t.show("part", part.item_id)


@program(spec=("FD-006",))
def a_subclass_of_a_number_may_scale(t):
    class Cents(IntegerField):
        def db_value(self, value):
            return None if value is None else round(value * 100)

        def python_value(self, value):
            return None if value is None else value / 100

    _, Thing = _model(t, price=Cents())
    Thing.insert_many([{"price": 1.25}, {"price": 2}]).execute()
    t.show("read", [thing.price for thing in Thing.select().order_by(Thing.price)])
    t.show("compared", Thing.select().where(Thing.price >= 1.5).sql())
    t.show("between", Thing.select().where(Thing.price.between(1, 2)).count())
    t.show("list", Thing.select().where(Thing.price << [1.25, 3]).sql())
    t.show("arithmetic", Thing.update(price=Thing.price + 1).sql())
    t.show("module constant", type(peewee.FIELD).__name__)
