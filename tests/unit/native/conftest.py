"""Small models made by hand, so that the native parts are tested without the package's face."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from redstart import _native as native


class ToyField(native.FieldBase):
    """A field with a read kind, whose Python conversion is visible in its outcome."""

    def __init__(self, name: str, kind: str = "raw", default: Any = None, *, null: bool = True) -> None:
        super().__init__()
        self.name = name
        self.kind = kind
        self.default = default
        self.null = null

    def python_value(self, value: Any) -> Any:
        """Mark what went through Python."""
        return ("python", value)


class ToyForeignKey(ToyField):
    """A foreign key to the first field of another toy model."""

    def __init__(self, name: str, rel_model: Any, rel_field: ToyField, *, null: bool = True, lazy_load: bool = True):
        super().__init__(name, "int", null=null)
        self.rel_model = rel_model
        self.rel_field = rel_field
        self.lazy_load = lazy_load


def make_model(name: str, *fields: ToyField, bases: tuple = (native.Instance,), **namespace: Any) -> Any:
    """Make a model class as the metaclass does: a layout, and a descriptor for each field."""
    model = type(native.Instance)(name, bases, namespace)
    layout = native.Layout(model)
    model._meta = SimpleNamespace(_layout=layout, fields={field.name: field for field in fields})
    table = native.tree.table(native.tree.source_key(), name.lower())
    for index, field in enumerate(fields):
        field._bind_field(table, field.name, field.name, index, field.kind, field.kind)
        layout.add(field)
        accessor = native.ForeignKeyAccessor if isinstance(field, ToyForeignKey) else native.FieldAccessor
        setattr(model, field.name, accessor(model, field, field.name))
    return model


def rows_of(model: Any, rows: str, *names: str) -> list:
    """Run a statement and make a list of instances from its columns."""
    connection = native.sqlite_connect(":memory:")
    fields = [model._meta.fields[name] for name in names]
    plan = native.RowPlan.model(model, [(field.name, field, 0, field) for field in fields])
    return list(native.CursorWrapper(connection.execute(rows), plan))


@pytest.fixture
def toy() -> SimpleNamespace:
    """Give what makes toy models."""
    return SimpleNamespace(Field=ToyField, ForeignKey=ToyForeignKey, model=make_model, rows=rows_of)


@pytest.fixture
def connection() -> native.Connection:
    """Give an open in-memory database."""
    return native.sqlite_connect(":memory:")
