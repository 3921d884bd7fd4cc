"""The parts of statements: one noun, one file.

Here stand re-exports, and the one registration that tells the engine's operators
which of these classes to make.
"""

from redstart._engine import ColumnBase, Expression, Node, StringExpression, register_factories
from redstart.node.alias import Alias
from redstart.node.bind_to import BindTo
from redstart.node.bitwise import BitwiseMixin, BitwiseNegated
from redstart.node.case import Case
from redstart.node.cast import Cast
from redstart.node.column import Column, ColumnFactory
from redstart.node.copy import copy
from redstart.node.dq import DQ
from redstart.node.ensure import ensure_entity, ensure_tuple
from redstart.node.entity import Entity, EntityFactory
from redstart.node.for_update import ForUpdate
from redstart.node.function import Function, fn
from redstart.node.namespace import EXCLUDED, NamespaceAttribute
from redstart.node.negated import Negated
from redstart.node.node_list import CommaNodeList, EnclosedNodeList, NodeList, Tuple
from redstart.node.on_conflict import OnConflict
from redstart.node.ordering import Asc, Desc, Ordering
from redstart.node.qualified_names import QualifiedNames, qualify_names
from redstart.node.sql import SQL, Check, Default
from redstart.node.value import AsIs, Value
from redstart.node.value_literals import ValueLiterals
from redstart.node.window import Window, WindowAlias
from redstart.node.wrapped import WrappedNode

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
