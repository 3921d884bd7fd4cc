"""The parts of statements: one noun, one file.

Here stand re-exports, and the one registration that tells the engine's operators
which of these classes to make.
"""

from redstart._engine import ColumnBase, Expression, Node, StringExpression, register_factories
from redstart.late_names import late_names
from redstart.node.alias import Alias
from redstart.node.bind_to import BindTo
from redstart.node.cast import Cast
from redstart.node.copy import copy
from redstart.node.entity import Entity, EntityFactory
from redstart.node.function import Function, fn
from redstart.node.negated import Negated
from redstart.node.node_list import CommaNodeList, EnclosedNodeList, NodeList, Tuple
from redstart.node.ordering import Asc, Desc, Ordering
from redstart.node.sql import SQL, Check, Default
from redstart.node.value import AsIs, Value
from redstart.node.window import Window, WindowAlias
from redstart.node.wrapped import WrappedNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from redstart.node.bitwise import BitwiseMixin, BitwiseNegated
    from redstart.node.case import Case
    from redstart.node.column import Column, ColumnFactory
    from redstart.node.dq import DQ
    from redstart.node.ensure import ensure_entity, ensure_tuple
    from redstart.node.for_update import ForUpdate
    from redstart.node.namespace import EXCLUDED, NamespaceAttribute
    from redstart.node.on_conflict import OnConflict
    from redstart.node.qualified_names import QualifiedNames, qualify_names
    from redstart.node.value_literals import ValueLiterals

__all__ = [
    "DQ",
    "EXCLUDED",
    "SQL",
    "Alias",
    "AsIs",
    "Asc",
    "BindTo",
    "BitwiseMixin",
    "BitwiseNegated",
    "Case",
    "Cast",
    "Check",
    "Column",
    "ColumnBase",
    "ColumnFactory",
    "CommaNodeList",
    "Default",
    "Desc",
    "EnclosedNodeList",
    "Entity",
    "EntityFactory",
    "Expression",
    "ForUpdate",
    "Function",
    "NamespaceAttribute",
    "Negated",
    "Node",
    "NodeList",
    "OnConflict",
    "Ordering",
    "QualifiedNames",
    "StringExpression",
    "Tuple",
    "Value",
    "ValueLiterals",
    "Window",
    "WindowAlias",
    "WrappedNode",
    "copy",
    "ensure_entity",
    "ensure_tuple",
    "fn",
    "qualify_names",
]

register_factories(
    {
        "Alias": Alias,
        "BindTo": BindTo,
        "Cast": Cast,
        "Function": Function,
        "Negated": Negated,
        "NodeList": NodeList,
        "Ordering": Ordering,
        "SQL": SQL,
        "StringExpression": StringExpression,
        "Value": Value,
    }
)

if not TYPE_CHECKING:
    # The same names as above, for those who run this.
    __getattr__, __dir__ = late_names(
        __name__,
        {
            "redstart.node.bitwise": (
                "BitwiseMixin",
                "BitwiseNegated",
            ),
            "redstart.node.case": ("Case",),
            "redstart.node.column": (
                "Column",
                "ColumnFactory",
            ),
            "redstart.node.dq": ("DQ",),
            "redstart.node.ensure": (
                "ensure_entity",
                "ensure_tuple",
            ),
            "redstart.node.for_update": ("ForUpdate",),
            "redstart.node.namespace": (
                "EXCLUDED",
                "NamespaceAttribute",
            ),
            "redstart.node.on_conflict": ("OnConflict",),
            "redstart.node.qualified_names": (
                "QualifiedNames",
                "qualify_names",
            ),
            "redstart.node.value_literals": ("ValueLiterals",),
        },
    )
