"""Programs about model instances in memory: values, dirtiness, equality, copies.

Writing them to the database has its own file.
"""

import copy
import pickle

from parity_program import program
from peewee import *


class Kept(Model):
    """A model that pickle can find by its name."""

    name = TextField()
    size = IntegerField(default=1)


class KeptChild(Model):
    """A model with a relation that pickle can find by its name."""

    parent = ForeignKeyField(Kept, backref="children")
    note = TextField(null=True)


def _people(t):
    """Returns a database with a person model, its table created."""
    db = t.database()

    class Person(Model):
        name = TextField()
        age = IntegerField(default=18)
        nick = TextField(null=True)

        class Meta:
            database = db

    db.create_tables([Person])
    return db, Person


@program(spec=("MD-012", "MD-013", "SB-046"))
def a_constructor_takes_fields_and_anything_else(t):
    _, Person = _people(t)
    person = Person(name="ann", shoe=42)
    t.show("data", person.__data__)
    t.show("rel", person.__rel__)
    t.show("attribute", person.shoe)
    t.show("missing", (person.id, person.nick))
    t.show("explicit none", Person(age=None).age)
    t.show("by pk", Person(id=7).id)
    t.show("positional", Person("ignored", name="x").__data__)


@program(spec=("MD-012", "FD-002"))
def defaults_are_evaluated_for_each_instance(t):
    counter = iter(range(100))
    shared = []

    class Thing(Model):
        number = IntegerField(default=lambda: next(counter))
        label = TextField(default="same")
        bag = BareField(default=shared)

    one, two = Thing(), Thing(number=50)
    t.show("numbers", (one.number, two.number, Thing().number))
    t.show("shared", one.bag is two.bag)
    t.show("dirty", (sorted(one.dirty_field_names), sorted(two.dirty_field_names)))


@program(spec=("MD-014", "SB-069"))
def str_and_repr_show_the_key(t):
    _, Person = _people(t)

    class Named(Person):
        def __repr__(self):
            return "Named!"

    class Texted(Person):
        def __str__(self):
            return "texted"

    t.show("unsaved", (str(Person()), repr(Person())))
    t.show("with key", (str(Person(id=3)), repr(Person(id=3))))
    t.show("own repr", (str(Named(id=3)), repr(Named(id=3))))
    t.show("own str", (str(Texted(id=3)), repr(Texted(id=3))))


@program(spec=("MD-015", "SB-068"))
def instances_are_equal_by_class_and_key(t):
    _, Person = _people(t)

    class Child(Person):
        pass

    one, same, other = Person(id=1, name="a"), Person(id=1, name="b"), Person(id=2)
    t.show("equal", (one == same, one != same, one == other))
    t.show("subclass", Person(id=1) == Child(id=1))
    t.show("unsaved", (Person() == Person(), Person() != Person()))
    person = Person()
    t.show("itself", person == person)
    t.show("hash", (hash(one) == hash(same), hash(Person()) == hash(Person()), len({one, same, other})))
    t.show("foreign", (one == 1, one is not None))
    before = hash(person)
    person.name = "x"
    person.save()
    t.show("hash changes", before == hash(person))


@program(spec=("MD-016",))
def keys_are_read_and_set(t):
    _, Person = _people(t)
    person = Person(name="a")
    t.show("none", (person.get_id(), person._pk))
    person._pk = 5
    t.show("set", (person.id, person.get_id(), person._pk))
    t.show("expression", Person.select().where(person._pk_expr()).sql())


@program(spec=("MD-017", "SB-043"))
def every_assignment_makes_a_field_dirty(t):
    _, Person = _people(t)
    person = Person(name="ann")
    t.show("new", ([f.name for f in person.dirty_fields], person.is_dirty()))
    person.save()
    t.show("saved", (person.dirty_fields, person.is_dirty()))
    person.name = "ann"
    t.show("same value", person.dirty_field_names)
    loaded = Person.get()
    t.show("loaded", (loaded.dirty_fields, loaded.is_dirty()))
    loaded.nick = None
    loaded.age = 5
    t.show("names", sorted(loaded.dirty_field_names))
    loaded.save(only=["age"])
    t.show("after only", loaded.dirty_field_names)
    t.show("created", Person.create(name="bob").dirty_fields)


@program(spec=("FD-005", "SB-044"))
def assignment_never_converts(t):
    _, Person = _people(t)
    person = Person.create(name=5, age="30")
    t.show("as given", (person.name, person.age))
    again = Person.get_by_id(person.id)
    t.show("as read", (again.name, again.age))


@program(spec=("MD-016",))
def a_clone_shares_its_values(t):
    _, Person = _people(t)
    person = Person.create(name="ann")
    clone = person.clone()
    clone.name = "changed"
    t.show("original", (person.name, person.__data__ is clone.__data__, clone == person))
    copied = copy.copy(person)
    copied.name = "copied"
    t.show("copy", (person.name, copied.__data__ is person.__data__))


@program(spec=("MD-016",))
def a_deep_copy_is_independent(t):
    _, Person = _people(t)
    person = Person.create(name="ann", nick="x")
    twin = copy.deepcopy(person)
    twin.name = "twin"
    t.show("names", (person.name, twin.name, twin == person, type(twin).__name__))
    t.show("dirty", (person.is_dirty(), sorted(twin.dirty_field_names)))
    twin.save()
    t.show("stored", [p.name for p in Person.select()])


@program(spec=("MD-016", "SB-071"))
def instances_pickle(t):
    db = t.database()
    with db.bind_ctx([Kept, KeptChild]):
        db.create_tables([Kept, KeptChild])
        kept = Kept.create(name="one")
        child = KeptChild.create(parent=kept, note="n")
        for protocol in (2, pickle.HIGHEST_PROTOCOL):
            again = pickle.loads(pickle.dumps(child, protocol))
            t.show("equal %d" % protocol, (again == child, again is child))
            t.show("data %d" % protocol, again.__data__)
            t.show("related %d" % protocol, (again.parent.name, sorted(again.__rel__)))
        fresh = Kept(name="fresh")
        revived = pickle.loads(pickle.dumps(fresh))
        t.show("dirty", sorted(revived.dirty_field_names))
        revived.save()
        loaded = pickle.loads(pickle.dumps(list(Kept.select().order_by(Kept.id))))
        t.show("list", [(item.id, item.name, item.size, item.is_dirty()) for item in loaded])
        db.drop_tables([Kept, KeptChild])


@program(spec=("MD-013",))
def data_and_rel_are_plain_dicts(t):
    db = t.database()
    with db.bind_ctx([Kept, KeptChild]):
        db.create_tables([Kept, KeptChild])
        kept = Kept.create(name="one")
        child = KeptChild(parent=kept)
        t.show("types", (type(child.__data__).__name__, type(child.__rel__).__name__))
        t.show("data", child.__data__)
        t.show("rel", child.__rel__["parent"] is kept)
        child.__data__["note"] = "through the dict"
        t.show("visible", (child.note, sorted(child.dirty_field_names)))
        child.save()
        loaded = KeptChild.get()
        t.show("loaded", (loaded.__data__, loaded.__rel__))
        loaded.parent
        t.show("after access", sorted(loaded.__rel__))
        db.drop_tables([Kept, KeptChild])


@program(spec=("MD-012",))
def a_model_may_have_its_own_init(t):
    db = t.database()

    class Point(Model):
        x = IntegerField()
        y = IntegerField()

        class Meta:
            database = db

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.made = sorted(kwargs)

        @property
        def sum(self):
            return self.x + self.y

    db.create_tables([Point])
    point = Point.create(x=1, y=2)
    t.show("created", (point.made, point.sum))
    loaded = Point.get()
    t.show("loaded", (hasattr(loaded, "made"), loaded.sum))


@program(spec=("MD-013",))
def deleting_an_attribute_is_refused(t):
    _, Person = _people(t)
    person = Person(name="x")
    with t.raises("field", message=False):
        del person.name
    person.free = 1
    del person.free
    t.show("plain attribute", hasattr(person, "free"))


@program(spec=("MD-012",))
def a_property_setter_is_honoured_by_the_constructor(t):
    db = t.database()

    class Person(Model):
        first = TextField()
        last = TextField()

        class Meta:
            database = db

        @property
        def full(self):
            return self.first + " " + self.last

        @full.setter
        def full(self, value):
            self.first, self.last = value.split(" ")

    db.create_tables([Person])
    person = Person.create(full="ada lovelace")
    t.show("parts", (person.first, person.last, person.full))
    t.show("dirty", person.dirty_fields)


@program(spec=("MD-006",))
def a_field_may_shadow_a_method(t):
    class Odd(Model):
        select = TextField()
        clone = TextField(default="c")

    odd = Odd(select="s")
    t.show("values", (odd.select, odd.clone))
    t.show("class", type(Odd.select).__name__)


@program(spec=("MD-029", "SB-053"))
def delete_belongs_to_the_class(t):
    _, Person = _people(t)
    person = Person.create(name="ann")
    with t.raises("instance"):
        person.delete()
    t.show("still there", Person.select().count())


@program(spec=("MD-017",))
def changing_a_value_in_place_is_invisible(t):
    class Bag(Model):
        items = BareField(default=list)

    bag = Bag(id=1)
    bag._dirty.clear()
    bag.items.append(1)
    t.show("dirty", bag.dirty_field_names)
    bag.items = bag.items
    t.show("assigned", bag.dirty_field_names)
