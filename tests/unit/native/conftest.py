"""A table and two fields of it, made of the native module's own parts."""

import pytest

import redstart  # noqa: F401 - the package tells the engine its classes
from redstart import _native
from redstart._native import tree


class Field(_native.FieldBase):
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
    return Field


@pytest.fixture
def table():
    """The tree of a table named `user`."""
    return tree.table(tree.source_key(), "user")


@pytest.fixture
def make_field(table):
    """Makes a field of the table: `make_field("age", "int", adapt=int)`."""

    def make(name, kind="raw", adapt=None):
        field = Field(adapt)
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
