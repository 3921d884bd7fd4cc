"""The dictionary that is kept in a table."""

from parity_program import program
from peewee import AutoField, CharField, IntegerField, TextField
from playhouse.kv import KeyValue


def _ages(t):
    ages = KeyValue(value_field=IntegerField(), ordered=True, database=t.database(), table_name="ages")
    ages.update(huey=3, mickey=5, zaizee=2)
    return ages


@program(spec=("PH-033",))
def a_dictionary_makes_its_table(t):
    ages = _ages(t)
    t.show("tables", ages.model._meta.database.get_tables())
    t.show("fields", [(field.name, type(field).__name__) for field in ages.model._meta.sorted_fields])
    own = KeyValue()
    own["a"] = {"b": [1, None]}
    t.show("own", [own["a"], own.key.max_length, type(own.value).__name__, own.model._meta.table_name])
    t.show("number keys", list(KeyValue(AutoField(), TextField())))
    with t.raises("no key"):
        KeyValue(CharField())


@program(spec=("PH-034", "PH-035"))
def single_keys_are_read_written_and_deleted(t):
    ages = _ages(t)
    ages["huey"] = 4
    ages["new"] = 1
    t.show("read", [ages["huey"], ages["new"], "new" in ages, "old" in ages, len(ages)])
    t.show("get", [ages.get("huey"), ages.get("old"), ages.get("old", 9)])
    t.show("setdefault", [ages.setdefault("huey", 7), ages.setdefault("old", 8), ages["old"]])
    t.show("pop", [ages.pop("old"), ages.pop("old", None), "old" in ages])
    del ages["new"]
    t.show("pairs", [list(ages), list(ages.keys()), list(ages.values()), list(ages.items())])
    for name, action in {
        "read missing": lambda: ages["none"],
        "pop missing": lambda: ages.pop("none"),
        "delete missing": lambda: ages.__delitem__("none"),
        "null": lambda: ages.__setitem__("none", None),
    }.items():
        with t.raises(name):
            action()


@program(spec=("PH-034",))
def expressions_stand_for_many_keys(t):
    ages = _ages(t)
    t.show("read", [ages[ages.key > "huey"], ages[ages.value > 9], ages.get(ages.key == "huey")])
    t.show("contains", [(ages.key > "m") in ages, (ages.key > "zz") in ages])
    ages[ages.key.startswith("m")] = 6
    t.show("assigned", list(ages))
    del ages[ages.value < 3]
    del ages[ages.key == "nobody"]
    t.show("deleted", list(ages))
    t.show("popped", [ages.pop(ages.key.in_(["huey"])), ages.pop(ages.key == "nobody"), list(ages)])


@program(spec=("PH-034", "PH-035"))
def many_entries_are_written_at_once(t):
    ages = _ages(t)
    ages.update({"huey": 1, "x": 2}, x=3, y=4)
    ages.update([("z", 5)])
    ages.update()
    ages.update({})
    t.show("all", [list(ages), bool(ages)])
    t.show("query", [ages.query().sql(), ages.query(ages.key).sql()])
    ages.clear()
    t.show("cleared", [len(ages), bool(ages)])
