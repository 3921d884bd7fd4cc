"""Which plan a query's rows need: their names, conversions and, with joins, their graph.

The plans themselves are the engine's. One for all fields of a model is kept on the
model's metadata, so that running such a query does no work for each column.
"""

from __future__ import annotations

from collections import namedtuple

from redstart._engine import FieldBase, Node, RowPlan, SelectPlans
from redstart.constants import ROW
from redstart.node.bind_to import BindTo
from redstart.node.column import Column
from redstart.node.entity import Entity
from redstart.node.function import Function
from redstart.query.selection import is_model, is_model_alias
from redstart.source.join import Join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

_IDENTIFIER = r"[^\d\W]\w*"
_OUTER_JOINS = ("LEFT", "FULL")
#: Stands for the source of columns that no instance of a row is made of.
_STRAY = object()


def plain_plan(row_type: int, cursor: Any, constructor: Any) -> Any:
    """Gives the plan for rows of a query without a model: nothing is converted.

    Args:
        row_type: One of `ROW`.
        cursor: The cursor, which knows the columns' labels.
        constructor: What makes the rows, for ``ROW.CONSTRUCTOR``.
    """
    labels = _labels(cursor)
    converters = [None] * len(labels)
    if row_type == ROW.TUPLE:
        return RowPlan.tuples(converters)
    if row_type == ROW.NAMED_TUPLE:
        return RowPlan.tuples(converters, _row_class(dedupe(labels)))
    if row_type == ROW.CONSTRUCTOR:
        return RowPlan.objects(dedupe(labels), converters, constructor)
    return RowPlan.dicts(dedupe(labels, valid_identifiers=False), converters)


def model_plan(query: Any, cursor: Any) -> Any:
    """Gives the plan for rows of a query on a model.

    Args:
        query: The query.
        cursor: The cursor, which knows the columns' labels.
    """
    model = query.model
    row_type = query._row_type or query.default_row_type
    meta = model._meta
    select = _simple(query)
    selected, joins = select._returning, getattr(select, "_joins", None)
    graph = row_type == ROW.MODEL and bool(joins or len(getattr(select, "_from_list", ())) > 1)
    if selected is meta.sorted_fields and not graph and row_type != ROW.CONSTRUCTOR and is_model(model):
        kept = meta.__dict__.get("_row_plans")
        if kept is None or kept[0] is not selected:
            kept = meta._row_plans = (selected, {})
            table = meta._table_tree
            meta._select_plans = None if table is None else SelectPlans(selected, table, kept[1], ROW.MODEL)
        plan = kept[1].get(row_type)
        if plan is None:
            plan = kept[1][row_type] = _flat_plan(model, row_type, None, _columns(selected, (), meta))
        return plan
    columns = _columns(selected or (), _labels(cursor), meta)
    if graph:
        return _graph_plan(model, select, columns)
    return _flat_plan(model, row_type, query._constructor, columns)


def dedupe(columns: Iterable[str], valid_identifiers: bool = True) -> list[str]:
    """Gives names of which no two are equal: ``a, a`` becomes ``a, a_2``.

    Args:
        columns: The names.
        valid_identifiers: Whether to take the first identifier in each.
    """
    names: list[str] = []
    seen: set[str] = set()
    for column in columns:
        name = unique = _identifier(column) if valid_identifiers else column
        number = 2
        while unique in seen:
            unique = f"{name}_{number}"
            number += 1
        seen.add(unique)
        names.append(unique)
    return names


class _ReadColumn:
    """A selected column: its name, what converts its values, and whose it is."""

    __slots__ = ("converter", "name", "node", "source")

    def __init__(self, name: str, converter: Any, source: Any = None) -> None:
        self.name = name
        self.converter = converter
        self.source = source
        self.node: Any = None


def _columns(selected: Any, labels: Any, meta: Any) -> list[_ReadColumn]:
    count = max(len(selected), len(labels))
    columns = []
    for i in range(count):
        node = selected[i] if i < len(selected) else None
        label = labels[i] if i < len(labels) else ""
        columns.append(_read_column(node, label, meta, raw=i >= len(selected)))
    return columns


def _read_column(node: Any, label: str, meta: Any, *, raw: bool) -> _ReadColumn:
    label = label[label.rfind(".") + 1 :].strip('()"`')
    if not isinstance(node, Node):
        field = meta.combined.get(label)
        return _ReadColumn(field.name if raw and field is not None else label, field)
    inner: Any = node.unwrap()
    name: Any = getattr(node, "name", None) if node.is_alias() else None
    if isinstance(inner, FieldBase):
        bound: Any = inner
        owner = bound.model
        origin: Any = bound if is_model(owner) else getattr(bound, "field", bound)
        converter = origin if getattr(node, "_coerce", True) else None
        return _ReadColumn(name or origin.name, converter, owner)
    source = node.dest if isinstance(node, BindTo) else inner.source if isinstance(inner, Column) else None
    column = _ReadColumn(name or label, _expression_converter(node, inner, label, meta), source)
    column.node = node
    return column


def _expression_converter(node: Any, inner: Any, label: str, meta: Any) -> Any:
    explicit = getattr(node, "_converter", None)
    if explicit is not None:
        return explicit
    if isinstance(inner, Function):
        if not (inner._coerce and getattr(node, "_coerce", True)):
            return None
        if inner._python_value is not None:
            return inner._python_value
        field = _argument_field(inner, meta)
        if field is not None:
            return _lenient(field.python_value)
    elif not getattr(node, "_coerce", True) or not getattr(inner, "_coerce", True):
        return None
    return meta.combined.get(label)


def _argument_field(function: Any, meta: Any) -> Any:
    if not function.arguments or not isinstance(function.arguments[0], Node):
        return None
    first = function.arguments[0].unwrap()
    if isinstance(first, Entity):
        first = meta.combined.get(first._path[-1])
    return first if isinstance(first, FieldBase) else None


def _lenient(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Gives a conversion that leaves a value alone where it fails."""

    def converted(value: Any) -> Any:
        try:
            return convert(value)
        except (TypeError, ValueError):
            return value

    return converted


def _flat_plan(model: Any, row_type: int, constructor: Any, columns: list[_ReadColumn]) -> Any:
    names = [column.name for column in columns]
    converters = [column.converter for column in columns]
    if row_type == ROW.TUPLE:
        return RowPlan.tuples(converters)
    if row_type == ROW.DICT:
        return RowPlan.dicts(dedupe(names, valid_identifiers=False), converters)
    if row_type == ROW.NAMED_TUPLE:
        return RowPlan.tuples(converters, _row_class(dedupe(names)))
    maker = constructor or model
    names = dedupe(names)
    if not is_model(maker):
        return RowPlan.objects(names, converters, maker)
    parts = [(name, converter, 0, _slot(maker, name)) for name, converter in zip(names, converters, strict=True)]
    return RowPlan.model(maker, [(slot.name if slot else name, c, i, slot) for name, c, i, slot in parts])


def _graph_plan(model: Any, select: Any, columns: list[_ReadColumn]) -> Any:
    """Plans instances of every joined source that something is selected from."""
    edges, makers = _edges(model, select)
    owners = []
    for column in columns:
        known = column.source is not None and column.source in makers
        if not known and isinstance(column.node, BindTo):
            message = (
                f"{column.node.unwrap()} specifies bind-to {column.source}, "
                f"but {column.source} is not among the selected sources."
            )
            raise ValueError(message)
        # As with peewee: the columns of a model that is joined to nothing are not for the root.
        stray = not known and (is_model(column.source) or is_model_alias(column.source))
        owners.append(column.source if known else _STRAY if stray else model)
    filled = set(owners)
    kept = _kept(edges, filled, model)
    makers[_STRAY] = dict
    places = {model: 0}
    for source in [*(dest for _, _, dest, _ in kept), *owners]:
        places.setdefault(source, len(places))
    sources = [makers[source] for source in places]
    parts = []
    for column, owner in zip(columns, owners, strict=True):
        maker = makers[owner]
        name = _identifier(column.name)
        slot = _slot(maker, name) if is_model(maker) else None
        parts.append((slot.name if slot else name, column.converter, places[owner], slot))
    joins = [(places[src], attr, places[dest], is_left) for src, attr, dest, is_left in kept]
    return RowPlan.model(makers[model], parts, sources, joins)


def _edges(model: Any, select: Any) -> tuple[list[tuple[Any, str, Any, bool]], dict[Any, Any]]:
    """Gives the joins in the order of their distance from the root, and what makes each source."""
    makers: dict[Any, Any] = {model: _model_of(model)}
    queue = [model]
    for source in _from_sources(select._from_list):
        if _hashable(source) and source not in makers:
            made_of = _model_of(source)
            if made_of is not None:
                makers[source] = made_of
                queue.append(source)
    edges: list[tuple[Any, str, Any, bool]] = []
    while queue:
        src = queue.pop(0)
        for dest, attr, constructor, join_type in select._joins.get(src, ()):
            reached = any(dest is known for _, _, known, _ in edges) or dest is model
            if not reached:
                makers[dest] = constructor
                edges.append((src, attr, dest, join_type.startswith(_OUTER_JOINS)))
                if dest not in queue:
                    queue.append(dest)
    return edges, makers


def _kept(edges: list[tuple[Any, str, Any, bool]], filled: set[Any], root: Any) -> list[tuple[Any, str, Any, bool]]:
    """Gives the joins on the way from the root to something that is selected."""
    needed = set(filled)
    for src, _, dest, _ in reversed(edges):
        if dest in needed:
            needed.add(src)
    reached = {root}
    kept = []
    for edge in edges:
        src, _, dest, _ = edge
        # Nothing is made of two sources in a row from which nothing is selected.
        if src in reached and dest in needed and (src in filled or dest in filled):
            reached.add(dest)
            kept.append(edge)
    return kept


def _from_sources(from_list: Iterable[Any]) -> list[Any]:
    """Gives the sources that are not joined to another one."""
    sources = []
    for source in from_list:
        while isinstance(source, Join):
            source = source.lhs  # noqa: PLW2901 - down to the leftmost
        sources.append(source)
    return sources


def _hashable(source: Any) -> bool:
    return type(source).__hash__ is not None


def _model_of(source: Any) -> Any:
    if is_model(source):
        return source
    model = getattr(source, "model", None)
    return model if is_model(model) else None


def _simple(query: Any) -> Any:
    """Gives the query that says what a compound selects."""
    while (lhs := getattr(query, "lhs", None)) is not None:
        query = lhs
    return query


def _slot(model: Any, name: str) -> Any:
    """Gives the field that a column of this name sets on an instance, if any."""
    meta = model._meta
    field = meta.fields.get(name)
    if field is None:
        field = meta.combined.get(name)
        if field is not None and getattr(field, "object_id_name", None) != name:
            return None
    return field


def _labels(cursor: Any) -> list[str]:
    return [column[0] for column in cursor.description or ()]


def _identifier(label: str) -> str:
    last = label[label.rfind(".") + 1 :]
    if last.isascii() and last.isidentifier():
        return last
    import re  # a large module, and most labels are names

    found = re.search(_IDENTIFIER, last)
    return found.group() if found else label


def _row_class(names: list[str]) -> Any:
    return namedtuple("Row", names, rename=True)  # noqa: PYI024 # pyright: ignore[reportUntypedNamedTuple]  # peewee's rows are such
