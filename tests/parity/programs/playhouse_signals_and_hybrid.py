"""Programs about playhouse.signals and playhouse.hybrid: hooks and attributes with two faces.

Conversions to dicts have their own file.
"""

from parity_program import program
from peewee import *
from playhouse import signals
from playhouse.hybrid import hybrid_method, hybrid_property


def _watched(t):
    """Returns a signalling model and the list of what its signals reported."""
    db = t.database()
    events = []

    class Thing(signals.Model):
        name = TextField(default="")

        class Meta:
            database = db

    db.create_tables([Thing])

    @signals.pre_save(sender=Thing)
    def before(sender, instance, created):
        events.append(("pre_save", sender.__name__, instance.name, instance.id, created))

    @signals.post_save(sender=Thing)
    def after(sender, instance, created):
        events.append(("post_save", sender.__name__, instance.name, instance.id, created))

    @signals.pre_delete(sender=Thing)
    def going(sender, instance):
        events.append(("pre_delete", instance.id))

    @signals.post_delete(sender=Thing)
    def gone(sender, instance):
        events.append(("post_delete", instance.id))

    return Thing, events


@program(spec=("PH-031",))
def saving_and_deleting_send_signals(t):
    Thing, events = _watched(t)
    thing = Thing.create(name="a")
    thing.name = "b"
    thing.save()
    Thing(name="c").save()
    Thing(id=50, name="d").save(force_insert=True)
    thing.delete_instance()
    t.show("events", events)


@program(spec=("PH-031",))
def queries_send_no_signals(t):
    Thing, events = _watched(t)
    Thing.insert(name="a").execute()
    Thing.insert_many([{"name": "b"}]).execute()
    Thing.bulk_create([Thing(name="c")])
    Thing.update(name="z").execute()
    Thing.delete().execute()
    t.show("events", events)


@program(spec=("PH-031",))
def get_or_create_sends_signals_when_it_creates(t):
    Thing, events = _watched(t)
    Thing.get_or_create(name="a")
    Thing.get_or_create(name="a")
    t.show("events", events)


@program(spec=("PH-031",))
def pre_init_is_sent_for_every_instance(t):
    Thing, _ = _watched(t)
    events = []

    @signals.pre_init(sender=Thing)
    def made(sender, instance):
        events.append((sender.__name__, instance.__data__.get("name")))

    Thing.create(name="a")
    Thing(name="b")
    list(Thing.select())
    t.show("events", events)
    signals.pre_init.disconnect(made, sender=Thing)
    Thing(name="c")
    t.show("after disconnecting", len(events))


@program(spec=("PH-031", "PH-030"))
def an_error_in_a_receiver_stops_the_save(t):
    Thing, events = _watched(t)

    @signals.pre_save(sender=Thing, name="refuser")
    def refuse(sender, instance, created):
        raise ValueError("refused " + instance.name)

    with t.raises("save"):
        Thing.create(name="a")
    signals.pre_save.disconnect(name="refuser", sender=Thing)
    Thing.create(name="b")
    t.show("events", events)


@program(spec=("PH-030",))
def signals_stand_alone(t):
    signal = signals.Signal()
    calls = []

    def first(sender, instance, *args, **kwargs):
        calls.append(("first", sender.__name__, args, kwargs))
        return 1

    def second(sender, instance, *args, **kwargs):
        calls.append(("second", sender.__name__, args, kwargs))
        return 2

    signal.connect(first)
    signal.connect(second, name="named", sender=str)
    with t.raises("twice"):
        signal.connect(first)
    sent = signal.send("text", 5, key="value")
    t.show("results", [result for _, result in sent])
    signal.send(3.5)
    t.show("calls", calls)
    signal.disconnect(first)
    with t.raises("not connected"):
        signal.disconnect(first)
    signal.disconnect(name="named", sender=str)
    t.show("nobody", signal.send("text"))


def _interval(t):
    """Returns a model with hybrid attributes and three rows."""
    db = t.database()

    class Interval(Model):
        start = IntegerField()
        end = IntegerField()

        class Meta:
            database = db

        @hybrid_property
        def length(self):
            return self.end - self.start

        @length.setter
        def length(self, value):
            self.end = self.start + value

        @hybrid_property
        def radius(self):
            return abs(self.length) / 2

        @radius.expression
        def radius(cls):
            return fn.ABS(cls.length) / 2

        @hybrid_method
        def contains(self, point):
            return (self.start <= point) & (point < self.end)

        @hybrid_method
        def longer(self, other):
            return self.length > other

        @longer.expression
        def longer(cls, other):
            return fn.ABS(cls.end - cls.start) > other

    db.create_tables([Interval])
    Interval.insert_many([(1, 5), (10, 20), (30, 25)], fields=[Interval.start, Interval.end]).execute()
    return Interval


@program(spec=("PH-032",))
def hybrid_properties_have_two_faces(t):
    Interval = _interval(t)
    t.show("instances", [(row.length, row.radius) for row in Interval.select().order_by(Interval.id)])
    query = Interval.select(Interval.id, Interval.length.alias("l"), Interval.radius.alias("r")).order_by(
        Interval.length
    )
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    t.show("where", [row.id for row in Interval.select().where(Interval.length > 5)])


@program(spec=("PH-032",))
def hybrid_setters_work_on_instances(t):
    Interval = _interval(t)
    interval = Interval.get_by_id(1)
    interval.length = 100
    t.show("set", (interval.end, sorted(interval.dirty_field_names)))
    interval.save()
    made = Interval.create(start=5, length=3)
    t.show("constructed", (made.start, made.end))
    with t.raises("no setter", message=False):
        interval.radius = 1


@program(spec=("PH-032",))
def hybrid_methods_have_two_faces(t):
    Interval = _interval(t)
    interval = Interval.get_by_id(1)
    t.show("instance", (interval.contains(3), interval.contains(9), interval.longer(3)))
    t.show("sql", Interval.select(Interval.id).where(Interval.contains(12)).sql())
    t.show("own expression", Interval.select(Interval.id).where(Interval.longer(4)).order_by(Interval.id).sql())
    t.show("found", [row.id for row in Interval.select().where(Interval.longer(4)).order_by(Interval.id)])


@program(spec=("PH-032", "MD-049"))
def hybrids_follow_an_alias(t):
    Interval = _interval(t)
    other = Interval.alias()
    query = other.select(other.id, other.length).where(other.length > 3).order_by(other.id)
    t.show("sql", query.sql())
    t.show("rows", list(query.tuples()))
    t.show("method", other.select(other.id).where(other.contains(3)).sql())
