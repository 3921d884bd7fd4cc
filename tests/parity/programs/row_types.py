"""What a row becomes: models, dicts, tuples, namedtuples, objects; column names and conversions."""

import datetime
from decimal import Decimal

from peewee import *

from parity_program import program


def garden(t):
    db = t.database()

    class Bed(db.Model):
        name = TextField()
        made = DateField(null=True)
        sunny = BooleanField(default=True)
        size = DecimalField(max_digits=6, decimal_places=2, default=0)

    class Plant(db.Model):
        bed = ForeignKeyField(Bed, backref="plants")
        kind = TextField(column_name="species")
        height = FloatField(null=True)

    db.create_tables([Bed, Plant])
    one = Bed.create(name="one", made=datetime.date(2024, 2, 29), size=Decimal("1.50"))
    two = Bed.create(name="two", sunny=False)
    Plant.create(bed=one, kind="rose", height=1)
    Plant.create(bed=one, kind="iris")
    Plant.create(bed=two, kind="fern", height=0.5)
    return Bed, Plant


@program(spec=("QB-037",))
def a_model_query_gives_instances(t):
    Bed, Plant = garden(t)
    rows = list(Bed.select().order_by(Bed.id))
    t.show("rows", rows)
    t.show("types", [type(row).__name__ for row in rows])
    t.show("dirty", [row.is_dirty() for row in rows])


@program(spec=("QB-037", "SB-033"))
def dicts_are_keyed_by_field_names(t):
    Bed, Plant = garden(t)
    query = Plant.select().order_by(Plant.id).dicts()
    t.show("rows", list(query))
    t.show("keys", list(query[0]))


@program(spec=("QB-037",))
def tuples_follow_the_select_list(t):
    Bed, Plant = garden(t)
    t.show("all", list(Plant.select().order_by(Plant.id).tuples()))
    t.show("some", list(Plant.select(Plant.kind, Plant.id).order_by(Plant.id).tuples()))


@program(spec=("QB-037", "QB-038"))
def namedtuples_have_field_names(t):
    Bed, Plant = garden(t)
    rows = list(Plant.select().order_by(Plant.id).namedtuples())
    t.show("rows", rows)
    t.show("class", type(rows[0]).__name__)
    t.show("access", (rows[0].kind, rows[0][2], rows[0]._fields))


@program(spec=("QB-037", "QB-043"))
def objects_are_flat_instances(t):
    Bed, Plant = garden(t)
    query = Plant.select(Plant, Bed.name, Bed.sunny).join(Bed).order_by(Plant.id).objects()
    rows = list(query)
    t.show("types", [type(row).__name__ for row in rows])
    t.show("values", [(row.id, row.kind, row.name, row.sunny) for row in rows])
    t.show("rows", rows)


@program(spec=("QB-043",))
def objects_takes_a_constructor(t):
    Bed, Plant = garden(t)
    seen = []

    def construct(**columns):
        seen.append(sorted(columns))
        return (columns["kind"], columns["height"])

    t.show("rows", list(Plant.select().order_by(Plant.id).objects(construct)))
    t.show("seen", seen)
    t.show("dict", list(Plant.select(Plant.kind).order_by(Plant.id).objects(dict)))
    with t.raises("refuses", message=False):
        [row for row in Plant.select().objects(int)]


@program(spec=("QB-037",))
def row_types_replace_each_other(t):
    Bed, Plant = garden(t)
    query = Plant.select(Plant.id).order_by(Plant.id).limit(1)
    t.show("last wins", list(query.dicts().tuples()))
    t.show("reset", list(query.dicts().dicts(False)))
    t.show("receiver untouched", (query.dicts() is query, list(query)))
    t.show("same sql", query.dicts().sql() == query.sql())


@program(spec=("QB-038",))
def an_alias_names_the_column(t):
    Bed, Plant = garden(t)
    query = Plant.select(Plant.kind.alias("k"), (Plant.height * 2).alias("h")).order_by(Plant.id)
    t.show("dicts", list(query.dicts()))
    t.show("namedtuples", list(query.namedtuples()))
    t.show("attributes", [(row.k, row.h) for row in query])
    t.show("rows", list(query))


@program(spec=("QB-038", "SB-030"))
def an_unaliased_function_is_named_by_its_label(t):
    Bed, Plant = garden(t)
    query = Plant.select(fn.MAX(Plant.height), fn.COUNT(Plant.id), fn.LENGTH(Plant.kind))
    t.show("dicts", list(query.dicts()))
    t.show("namedtuples", list(query.namedtuples()))
    t.show("attributes", [(row.height, row.id) for row in query])
    t.show(
        "arithmetic",
        list(Plant.select(Plant.height + 1, Plant.height * Plant.id).order_by(Plant.id).limit(1).dicts()),
    )


@program(spec=("QB-038",))
def literals_get_a_name_from_the_driver(t):
    Bed, Plant = garden(t)
    t.show("value", list(Plant.select(Value(1)).limit(1).dicts()))
    t.show("sql", list(Plant.select(SQL("1 + 1"), SQL("'a'")).limit(1).dicts()))
    t.show("named", list(Plant.select(SQL("1 + 1"), Value(2)).limit(1).namedtuples()))


@program(spec=("QB-038", "SB-033"))
def duplicate_names_are_numbered(t):
    Bed, Plant = garden(t)
    query = Plant.select(Plant.id, Bed.id, Bed.name, Plant.id).join(Bed).order_by(Plant.id).limit(1)
    t.show("dicts", [sorted(row.items()) for row in query.dicts()])
    t.show("namedtuples", list(query.namedtuples()))
    t.show("tuples", list(query.tuples()))
    same = Plant.select(Plant.id.alias("x"), Plant.kind.alias("x")).order_by(Plant.id).limit(1)
    t.show("alias", [sorted(row.items()) for row in same.dicts()])
    t.show("models", [(row.x, getattr(row, "x_2", "absent")) for row in same])


@program(spec=("QB-038",))
def names_that_are_no_identifiers_are_renamed_in_namedtuples(t):
    Bed, Plant = garden(t)
    query = (
        Plant.select(
            Plant.id.alias("class"),
            Plant.kind.alias("two words"),
            Plant.height.alias("_x"),
            Plant.id.alias("1st"),
        )
        .order_by(Plant.id)
        .limit(1)
    )
    t.show("namedtuples", list(query.namedtuples()))
    t.show("dicts", [sorted(row.items()) for row in query.dicts()])
    t.show("objects", [getattr(row, "two words", "absent") for row in query.objects()])


@program(spec=("QB-039",))
def selected_fields_are_converted_in_every_row_type(t):
    Bed, Plant = garden(t)
    query = Bed.select(Bed.made, Bed.sunny, Bed.size).order_by(Bed.id)
    t.show("tuples", list(query.tuples()))
    t.show("dicts", [sorted(row.items()) for row in query.dicts()])
    t.show("namedtuples", list(query.namedtuples()))
    t.show("objects", [(row.made, row.sunny, row.size) for row in query.objects()])


@program(spec=("QB-039", "SB-031"))
def a_label_like_a_field_is_converted_with_it(t):
    Bed, Plant = garden(t)
    query = Bed.select(SQL("1").alias("sunny"), SQL("'2024-01-02'").alias("made")).limit(1)
    t.show("sql", query.sql())
    t.show("dicts", [sorted(row.items()) for row in query.dicts()])
    t.show("arithmetic", list(Bed.select((Bed.id + 1).alias("sunny")).order_by(Bed.id).tuples()))
    t.show("cast", list(Bed.select(Bed.id.cast("integer").alias("sunny")).order_by(Bed.id).tuples()))
    t.show("column name", list(Plant.select(SQL("5").alias("species")).limit(1).dicts()))
    t.show("raw", list(Bed.raw("select 1 as sunny, '2024-01-02' as made").tuples()))


@program(spec=("QB-039",))
def an_alias_keeps_the_fields_conversion(t):
    Bed, Plant = garden(t)
    query = Bed.select(Bed.made.alias("m"), Bed.sunny.alias("s"), Bed.size.alias("z")).order_by(Bed.id)
    t.show("tuples", list(query.tuples()))
    t.show("attributes", [(row.m, row.s, row.z) for row in query])


@program(spec=("QB-043",))
def raw_queries_map_known_columns(t):
    Bed, Plant = garden(t)
    query = Plant.raw("select id, species, bed_id, height, 7 as lucky from plant where id < ? order by id", 3)
    rows = list(query)
    t.show("rows", rows)
    t.show("extra", [row.lucky for row in rows])
    t.show("dicts", [sorted(row.items()) for row in query.dicts()])
    t.show("tuples", list(query.tuples()))
    t.show("namedtuples", list(query.namedtuples()))
    t.show("sql", query.sql())


@program
def raw_queries_with_errors(t):
    Bed, Plant = garden(t)
    with t.raises("syntax", message=False):
        list(Plant.raw("selec 1"))
    with t.raises("parameters", message=False):
        list(Plant.raw("select ?"))
    with t.raises("column"):
        list(Plant.raw("select nothing_here from plant"))
    with t.raises("get"):
        Plant.raw("select * from plant where id = ?", 99).get()
    t.show("get one", Plant.raw("select * from plant where id = ?", 1).get())


@program(spec=("QB-040",))
def extra_columns_become_attributes_of_the_root(t):
    Bed, Plant = garden(t)
    query = (
        Plant.select(Plant, Bed, (Plant.height * 10).alias("tall"), fn.UPPER(Bed.name).alias("loud"))
        .join(Bed)
        .order_by(Plant.id)
    )
    t.show("root", [(plant.tall, plant.loud) for plant in query])
    t.show("not on the joined", [hasattr(plant.bed, "loud") for plant in query])


@program(spec=("QB-040",))
def bind_to_moves_an_attribute_to_the_joined_object(t):
    Bed, Plant = garden(t)
    loud = fn.UPPER(Bed.name).alias("loud").bind_to(Bed)
    query = Plant.select(Plant, Bed.id, loud).join(Bed).order_by(Plant.id)
    t.show("sql", query.sql())
    t.show("joined", [plant.bed.loud for plant in query])
    t.show("root", [hasattr(plant, "loud") for plant in query])


@program(spec=("MD-020", "SB-045"))
def a_partial_row_misses_the_rest(t):
    Bed, Plant = garden(t)
    row = Plant.select(Plant.kind).order_by(Plant.id).get()
    t.show("row", row)
    t.show("missing", (row.id, row.height))
    t.show("text", str(row))


@program(spec=("QB-043",))
def defaults_do_not_apply_to_loaded_rows(t):
    Bed, Plant = garden(t)
    row = Bed.select(Bed.id, Bed.name).order_by(Bed.id).get()
    t.show("sunny", row.sunny)
    t.show("row", row)


@program
def a_foreign_key_row_type(t):
    Bed, Plant = garden(t)
    query = Plant.select(Plant.bed, Plant.kind).order_by(Plant.id)
    t.show("dicts", [sorted(row.items()) for row in query.dicts()])
    t.show("namedtuples", list(query.namedtuples()))
    t.show("alias", list(Plant.select(Plant.bed.alias("where")).order_by(Plant.id).dicts()))
    t.show("models", [row.bed_id for row in query])
    t.show("raw id", list(Plant.select(Plant.bed_id).order_by(Plant.id).dicts()))


@program(spec=("QB-037",))
def models_turns_a_compound_row_type_back(t):
    Bed, Plant = garden(t)
    query = Plant.select(Plant.id, Plant.kind).order_by(Plant.id).limit(1)
    t.show("models", list(query.dicts().models()))
    t.show("type", type(query.dicts().models()[0]).__name__)


@program
def a_broken_stored_value_raises_or_stays(t):
    Bed, Plant = garden(t)
    db = Bed._meta.database
    db.execute_sql("insert into bed (name, made, sunny, size) values ('bad', 'someday', 'x', 'abc')")
    t.show("date stays", [row.made for row in Bed.select(Bed.made).order_by(Bed.id)])
    t.show("bool", [row.sunny for row in Bed.select(Bed.sunny).order_by(Bed.id)])
    with t.raises("decimal", message=False):
        t.show("size", [row.size for row in Bed.select(Bed.size).order_by(Bed.id)])
