# The builders of native trees: one for each node. A node as an argument is anything that counts as an operand.

from collections.abc import Callable, Iterable
from typing import Any, final

from redstart._native import FieldBase, Tree

__all__ = [
    "alias",
    "bind_to",
    "bitwise_negated",
    "case",
    "cast",
    "column",
    "composite_key",
    "compound",
    "cte",
    "delete",
    "entity",
    "for_update",
    "function",
    "index",
    "insert",
    "join",
    "marked",
    "named_source_key",
    "namespaced",
    "negated",
    "node_list",
    "on_conflict",
    "ordering",
    "qualified_names",
    "select",
    "select_of",
    "source_key",
    "sql",
    "star",
    "table",
    "update",
    "value",
    "value_literals",
    "values_list",
    "window",
    "window_alias",
]

@final
class _SourceKey:
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> _SourceKey: ...
    def __deepcopy__(self, _memo: Any) -> _SourceKey: ...

@final
class _ConflictTree:
    def __copy__(self) -> _ConflictTree: ...
    def __deepcopy__(self, _memo: Any) -> _ConflictTree: ...

def alias(node: Any, alias: str) -> Tree: ...
def bind_to(node: Any, dest: Any) -> Tree: ...
def bitwise_negated(node: Any) -> Tree: ...
def case(predicate: Any | None, whens: list[tuple[Any, Any]], default: Any | None = None) -> Tree: ...
def cast(node: Any, to: str) -> Tree: ...
def column(source: Any, column_name: str, field: FieldBase | None = None) -> Tree: ...
def composite_key(columns: Iterable[Any]) -> Tree: ...
def compound(
    key: _SourceKey,
    lhs: Any,
    op: str,
    rhs: Any,
    *,
    alias: str | None = None,
    where: Any | None = None,
    order_by: Iterable[Any] | None = None,
    limit: Any | None = None,
    offset: Any | None = None,
    with_: Iterable[Any] | None = None,
) -> Tree: ...
def cte(
    key: _SourceKey,
    cte_name: str,
    query: Any,
    *,
    recursive: bool = False,
    columns: Iterable[Any] | None = None,
    materialized: bool | None = None,
    alias: str | None = None,
) -> Tree: ...
def delete(
    table: Any,
    *,
    where: Any | None = None,
    order_by: Iterable[Any] | None = None,
    limit: Any | None = None,
    returning: Iterable[Any] | None = None,
    with_: Iterable[Any] | None = None,
) -> Tree: ...
def entity(*path: str) -> Tree: ...
def for_update(text: str, of: Iterable[Any] | None = None, nowait: bool = False, skip_locked: bool = False) -> Tree: ...
def function(
    function_name: str,
    args: Iterable[Any],
    filter: Any | None = None,
    order_by: Iterable[Any] | None = None,
    over: Any | None = None,
) -> Tree: ...
def index(
    index_name: str,
    table: Any,
    expressions: Iterable[Any],
    *,
    unique: bool = False,
    safe: bool = False,
    where: Any | None = None,
    using: str | None = None,
    nulls_distinct: bool | None = None,
) -> Tree: ...
def insert(
    table: Any,
    columns: Iterable[Any],
    *,
    rows: Iterable[Iterable[Any]] | None = None,
    query: Any | None = None,
    on_conflict: _ConflictTree | None = None,
    returning: Iterable[Any] | None = None,
    with_: Iterable[Any] | None = None,
) -> Tree: ...
def join(lhs: Any, rhs: Any, join_type: str, on: Any | None = None) -> Tree: ...
def marked(node: Any, coerce: bool = True) -> Tree: ...
def named_source_key(kind: str, name: str) -> _SourceKey: ...
def namespaced(namespace: str, attribute: str) -> Tree: ...
def negated(node: Any) -> Tree: ...
def node_list(items: Iterable[Any], glue: str = " ", parens: bool = False) -> Tree: ...
def on_conflict(
    *,
    action: str | None = None,
    update: Iterable[tuple[Any, Any]] | None = None,
    preserve: Iterable[Any] | None = None,
    where: Any | None = None,
    conflict_target: Iterable[Any] | None = None,
    conflict_where: Any | None = None,
    conflict_constraint: str | None = None,
) -> _ConflictTree: ...
def ordering(node: Any, direction: str, collation: str | None = None, nulls: str | None = None) -> Tree: ...
def qualified_names(node: Any) -> Tree: ...
def select(
    key: _SourceKey,
    columns: Iterable[Any],
    *,
    alias: str | None = None,
    subquery_columns: Iterable[Any] | None = None,
    from_: Iterable[Any] | None = None,
    where: Any | None = None,
    group_by: Iterable[Any] | None = None,
    having: Any | None = None,
    distinct: bool | Iterable[Any] | None = None,
    windows: Iterable[Any] | None = None,
    order_by: Iterable[Any] | None = None,
    limit: Any | None = None,
    offset: Any | None = None,
    for_update: Tree | None = None,
    lateral: bool = False,
    with_: Iterable[Any] | None = None,
) -> Tree: ...
def select_of(
    state: dict[str, Any],
    distinct: bool | Iterable[Any] | None = None,
    for_update: Tree | None = None,
) -> Tree: ...
def source_key() -> _SourceKey: ...
def sql(text: str, params: Iterable[Any] | None = None) -> Tree: ...
def star(source: Any) -> Tree: ...
def table(key: _SourceKey, table_name: str, schema: str | None = None, alias: str | None = None) -> Tree: ...
def update(
    table: Any,
    assignments: Iterable[tuple[Any, Any]],
    *,
    from_: Iterable[Any] | None = None,
    where: Any | None = None,
    order_by: Iterable[Any] | None = None,
    limit: Any | None = None,
    returning: Iterable[Any] | None = None,
    with_: Iterable[Any] | None = None,
) -> Tree: ...
def value(v: Any, converter: FieldBase | Callable[[Any], Any] | bool | None = None, unpack: bool = True) -> Tree: ...
def value_literals(node: Any) -> Tree: ...
def values_list(
    key: _SourceKey,
    rows: Iterable[Iterable[Any]],
    columns: Iterable[Any] | None = None,
    alias: str | None = None,
) -> Tree: ...
def window(
    alias: str,
    *,
    partition_by: Iterable[Any] | None = None,
    order_by: Iterable[Any] | None = None,
    start: Any | None = None,
    end: Any | None = None,
    frame_type: str | None = None,
    extends: Any | None = None,
    exclude: Any | None = None,
    inline: bool = False,
) -> Tree: ...
def window_alias(alias: str) -> Tree: ...
