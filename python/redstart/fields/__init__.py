"""Fields: the columns of models. Here stand re-exports only; one kind has one file."""

from redstart.fields.bare import AnyField, BareField
from redstart.fields.base import Field, FieldDatabaseHook, MetaField
from redstart.fields.bit import BigBitField, BigBitFieldAccessor, BigBitFieldData, BitField
from redstart.fields.blob import BlobField
from redstart.fields.boolean import BooleanField
from redstart.fields.composite_key import CompositeKey
from redstart.fields.compressed import CompressedField
from redstart.fields.date_time import (
    DateField,
    DateTimeField,
    TimeField,
    _BaseFormattedField,
    format_date_time,
    simple_date_time,
)
from redstart.fields.deferred import DeferredForeignKey
from redstart.fields.enum import EnumField, EnumFieldMixin, IntEnumField
from redstart.fields.foreign_key import BackrefAccessor, ForeignKeyAccessor, ForeignKeyField
from redstart.fields.integer import (
    AutoField,
    BigAutoField,
    BigIntegerField,
    IdentityField,
    IntegerField,
    PrimaryKeyField,
    SmallIntegerField,
)
from redstart.fields.ip import IPField
from redstart.fields.json import JSONField, JSONPath
from redstart.fields.many_to_many import DeferredThroughModel, ManyToManyField, ManyToManyFieldAccessor
from redstart.fields.number import DecimalField, DoubleField, FloatField
from redstart.fields.pickle import PickleField
from redstart.fields.text import CharField, FixedCharField, TextField, _StringField
from redstart.fields.timestamp import TimestampField
from redstart.fields.uuid import BinaryUUIDField, UUIDField
from redstart.fields.virtual import VirtualField

__all__ = [
    "AnyField",
    "AutoField",
    "BackrefAccessor",
    "BareField",
    "BigAutoField",
    "BigBitField",
    "BigBitFieldAccessor",
    "BigBitFieldData",
    "BigIntegerField",
    "BinaryUUIDField",
    "BitField",
    "BlobField",
    "BooleanField",
    "CharField",
    "CompositeKey",
    "CompressedField",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "DeferredForeignKey",
    "DeferredThroughModel",
    "DoubleField",
    "EnumField",
    "EnumFieldMixin",
    "Field",
    "FieldDatabaseHook",
    "FixedCharField",
    "FloatField",
    "ForeignKeyAccessor",
    "ForeignKeyField",
    "IPField",
    "IdentityField",
    "IntEnumField",
    "IntegerField",
    "JSONField",
    "JSONPath",
    "ManyToManyField",
    "ManyToManyFieldAccessor",
    "MetaField",
    "PickleField",
    "PrimaryKeyField",
    "SmallIntegerField",
    "TextField",
    "TimeField",
    "TimestampField",
    "UUIDField",
    "VirtualField",
    "_BaseFormattedField",
    "_StringField",
    "format_date_time",
    "simple_date_time",
]
