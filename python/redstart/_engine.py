"""The one door to the engine.

Everything of ``redstart._native`` that the face uses passes through here, so that
a reader finds the whole surface of the wall in one list. No logic stands here but
the registration of the exceptions, without which the engine could not fail.
"""

from redstart import exceptions
from redstart._native import (
    Capability,
    ColumnBase,
    Connection,
    ConnectionState,
    Context,
    Cursor,
    CursorWrapper,
    Expression,
    FieldAccessor,
    FieldBase,
    ForeignKeyAccessor,
    Instance,
    Layout,
    LoadPlan,
    Node,
    ObjectIdAccessor,
    Pool,
    Route,
    RowPlan,
    SavePlan,
    Scopes,
    SelectPlans,
    StringExpression,
    apostgres_connect,
    asqlite_connect,
    postgres_connect,
    register_exceptions,
    register_factories,
    render,
    sqlite_connect,
    tree,
)

__all__ = [
    "Capability",
    "ColumnBase",
    "Connection",
    "ConnectionState",
    "Context",
    "Cursor",
    "CursorWrapper",
    "Expression",
    "FieldAccessor",
    "FieldBase",
    "ForeignKeyAccessor",
    "Instance",
    "Layout",
    "LoadPlan",
    "Node",
    "ObjectIdAccessor",
    "Pool",
    "Route",
    "RowPlan",
    "SavePlan",
    "Scopes",
    "SelectPlans",
    "StringExpression",
    "apostgres_connect",
    "asqlite_connect",
    "postgres_connect",
    "register_factories",
    "render",
    "sqlite_connect",
    "tree",
]

register_exceptions(
    {name: getattr(exceptions, name) for name in exceptions.__all__ if name != "driver"},
    {name: getattr(exceptions.driver, name) for name in exceptions.driver.__all__},
)
