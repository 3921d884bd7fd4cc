"""Small models, tables and fields made by hand: the native parts without the package's face."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import redstart  # noqa: F401 - the package tells the engine its classes
from redstart import _native
from redstart import _native as native
from redstart._native import tree


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


class HostField(_native.FieldBase):
    """A field with the two conversions that the engine asks Python for."""

    def __init__(self, adapt=None):
        self.adapt = adapt
        self.seen = []

    def __hash__(self):
        return id(self)

    def db_value(self, value):
        self.seen.append(value)
        return self.adapt(value) if self.adapt else value

    def python_value(self, value):
        return value


@pytest.fixture
def field_class():
    """The class of the fields."""
    return HostField


@pytest.fixture
def table():
    """The tree of a table named `user`."""
    return tree.table(tree.source_key(), "user")


@pytest.fixture
def make_field(table):
    """Makes a field of the table: `make_field("age", "int", adapt=int)`."""

    def make(name, kind="raw", adapt=None):
        field = HostField(adapt)
        field._bind_field(table, name, name, 0, kind, kind)
        return field

    return make


@pytest.fixture
def age(make_field):
    """The field of an integer column."""
    return make_field("age", "int", adapt=int)


@pytest.fixture
def name(make_field):
    """The field of a text column."""
    return make_field("name", "text", adapt=str)


@pytest.fixture
def rendered():
    """Renders a node to its text and parameters."""

    def render(node, **habits):
        statement = _native.render(node, _native.Capability(**habits))
        return statement.sql, statement.params

    return render
