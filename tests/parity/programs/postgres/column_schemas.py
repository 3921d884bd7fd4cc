"""Columns of PostgreSQL's own types in the schemas of playhouse.pydantic_utils."""

import datetime

from parity_program import program
from peewee import *
from playhouse.postgres_ext import (
    ArrayField,
    BinaryJSONField,
    DateTimeTZField,
    HStoreField,
    IntervalField,
    PostgresqlExtDatabase,
)
from playhouse.pydantic_utils import to_pydantic
from pydantic import ValidationError


@program(spec=("PH-021", "PH-023"))
def columns_of_the_server_become_values_of_a_schema(t):
    settings = t.settings()
    plain = PostgresqlDatabase(**settings)
    plain.execute_sql("CREATE EXTENSION hstore")
    plain.close()
    db = PostgresqlExtDatabase(register_hstore=True, **settings)

    class Thing(db.Model):
        numbers = ArrayField(IntegerField)
        grid = ArrayField(TextField, dimensions=2, null=True)
        pairs = HStoreField(null=True)
        span = IntervalField(null=True)
        document = BinaryJSONField(null=True)
        moment = DateTimeTZField(null=True)
        uid = UUIDField(null=True)
        price = DecimalField(null=True, decimal_places=2)

    db.create_tables([Thing])
    Thing.create(
        numbers=[1, 2],
        grid=[["a"], ["b"]],
        pairs={"a": "b", "c": None},
        span=datetime.timedelta(hours=1),
        document={"a": [1, None]},
        moment=datetime.datetime(2000, 1, 2, tzinfo=datetime.timezone.utc),
        uid="00000000-0000-0000-0000-000000000001",
        price="1.50",
    )
    Thing.create(numbers=[])
    for name in Thing._meta.fields:
        Schema = to_pydantic(Thing, include=[name], exclude_autofield=False)
        shown = []
        for thing in Thing.select().order_by(Thing.id):
            try:
                made = Schema.model_validate(thing)
            except ValidationError as error:
                shown.append([(one["type"], one["loc"], one["msg"]) for one in error.errors()])
            else:
                shown.append((made.model_dump(), made.model_dump_json()))
        t.show(name, shown)
    Create = to_pydantic(Thing, exclude=["numbers", "grid"])
    given = Create(span="PT2H", document=[1], moment="2000-01-02T03:04:05Z", price="2.5", pairs={"x": "y"})
    again = Thing.create(numbers=[3], **given.model_dump())
    t.show(
        "stored", to_pydantic(Thing, include=["span", "document", "price", "pairs"]).model_validate(again).model_dump()
    )
