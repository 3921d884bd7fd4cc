"""Fields: the columns of models. Here stand re-exports only; one kind has one file."""

from redstart.late_names import late_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from redstart.fields.bare import AnyField, BareField
    from redstart.fields.base import Field, FieldDatabaseHook, MetaField
    from redstart.fields.bit import BigBitField, BigBitFieldAccessor, BigBitFieldData, BitField
    from redstart.fields.blob import BlobField
    from redstart.fields.boolean import BooleanField
    from redstart.fields.composite_key import CompositeKey
    from redstart.fields.date_time import (
        DateField,
        DateTimeField,
        TimeField,
        _BaseFormattedField,
        format_date_time,
        simple_date_time,
    )
    from redstart.fields.deferred import DeferredForeignKey
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
    "DateField",
    "DateTimeField",
    "DecimalField",
    "DeferredForeignKey",
    "DeferredThroughModel",
    "DoubleField",
    "Field",
    "FieldDatabaseHook",
    "FixedCharField",
    "FloatField",
    "ForeignKeyAccessor",
    "ForeignKeyField",
    "IPField",
    "IdentityField",
    "IntegerField",
    "JSONField",
    "JSONPath",
    "ManyToManyField",
    "ManyToManyFieldAccessor",
    "MetaField",
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

if not TYPE_CHECKING:
    # The same names as above, for those who run this.
    __getattr__, __dir__ = late_names(
        __name__,
        {
            "redstart.fields.bare": (
                "AnyField",
                "BareField",
            ),
            "redstart.fields.base": (
                "Field",
                "FieldDatabaseHook",
                "MetaField",
            ),
            "redstart.fields.bit": (
                "BigBitField",
                "BigBitFieldAccessor",
                "BigBitFieldData",
                "BitField",
            ),
            "redstart.fields.blob": ("BlobField",),
            "redstart.fields.boolean": ("BooleanField",),
            "redstart.fields.composite_key": ("CompositeKey",),
            "redstart.fields.date_time": (
                "DateField",
                "DateTimeField",
                "TimeField",
                "_BaseFormattedField",
                "format_date_time",
                "simple_date_time",
            ),
            "redstart.fields.deferred": ("DeferredForeignKey",),
            "redstart.fields.foreign_key": (
                "BackrefAccessor",
                "ForeignKeyAccessor",
                "ForeignKeyField",
            ),
            "redstart.fields.integer": (
                "AutoField",
                "BigAutoField",
                "BigIntegerField",
                "IdentityField",
                "IntegerField",
                "PrimaryKeyField",
                "SmallIntegerField",
            ),
            "redstart.fields.ip": ("IPField",),
            "redstart.fields.json": (
                "JSONField",
                "JSONPath",
            ),
            "redstart.fields.many_to_many": (
                "DeferredThroughModel",
                "ManyToManyField",
                "ManyToManyFieldAccessor",
            ),
            "redstart.fields.number": (
                "DecimalField",
                "DoubleField",
                "FloatField",
            ),
            "redstart.fields.text": (
                "CharField",
                "FixedCharField",
                "TextField",
                "_StringField",
            ),
            "redstart.fields.timestamp": ("TimestampField",),
            "redstart.fields.uuid": (
                "BinaryUUIDField",
                "UUIDField",
            ),
            "redstart.fields.virtual": ("VirtualField",),
        },
    )
