"""How models join: over which foreign key, and under which attribute."""

from __future__ import annotations

from redstart._engine import Expression, FieldBase
from redstart.node.alias import Alias
from redstart.query.compound import CompoundSelectQuery
from redstart.query.selection import is_model, is_model_alias

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class FoundJoin:
    """What a join needs to know.

    Attributes:
        on: The condition.
        attr: The attribute that joined instances are attached under.
        constructor: What makes them: a model, or dict.
    """

    __slots__ = ("attr", "constructor", "on")

    def __init__(self, on: Any, attr: str, constructor: Any) -> None:
        self.on = on
        self.attr = attr
        self.constructor = constructor


def infer(src: Any, dest: Any, on: Any, attr: str | None) -> FoundJoin:
    """Finds the condition, the attribute and the class of a join.

    Args:
        src: What the join departs from.
        dest: What is joined.
        on: The condition or foreign key that was given, if any.
        attr: The attribute that was given, if any.

    Raises:
        ValueError: There is no foreign key or more than one, or the attribute belongs to the key itself.
        TypeError: Nothing can be joined to ``dest``.
    """
    on_alias = isinstance(on, Alias)
    if on_alias:
        attr = attr or on._alias
        on = on.unalias()
    src_model, dest_model = _model_of(src), _model_of(dest)
    if dest_model is None:
        return FoundJoin(on, attr or _name_of(dest), dict)
    if src_model is None:
        return FoundJoin(on, attr or dest_model._meta.name, dest_model)
    if is_model_alias(getattr(dest, "model", None)) and on is not None:
        # As with peewee: a query on an alias stands for no foreign key.
        return FoundJoin(on, attr or dest_model._meta.name, dest_model)
    fk, is_backref, on = _over(src, dest, on, src_model, dest_model)
    if on_alias and fk is not None and attr == fk.object_id_name:
        message = (
            f'Cannot assign join alias to "{attr}", as this attribute is the object_id_name '
            f'for the foreign-key field "{fk!r}"'
        )
        raise ValueError(message)
    if not attr:
        attr = fk.name if fk is not None and not is_backref else dest_model._meta.name
    return FoundJoin(on, str(attr), dest_model)


def _model_of(source: Any) -> Any:
    if is_model(source):
        return source
    if is_model_alias(source):
        return source.model
    if isinstance(source, CompoundSelectQuery):
        return None
    model: Any = getattr(source, "model", None)
    if is_model_alias(model):
        model = model.model
    return model if model is not None and is_model(model) else None


def _name_of(source: Any) -> str:
    name = getattr(source, "_alias", None) or getattr(source, "__name__", None)
    if name is None:
        if not hasattr(source, "_alias"):
            message = f"Cannot join {source!r}: it is no model, table or query."
            raise TypeError(message)
        message = f"Cannot join {source!r} without an alias or an attr to attach its rows under."
        raise ValueError(message)
    return str(name)


def _over(src: Any, dest: Any, on: Any, src_model: Any, dest_model: Any) -> tuple[Any, bool, Any]:
    """Gives the foreign key, whether it leads back, and the condition."""
    if on is not None and not isinstance(on, FieldBase):
        fks = _hashed(src_model._meta.model_refs.get(dest_model))
        found = _compared(on, fks)
        if found is None and len(fks) == 1:
            (found,) = fks
        return found, False, on
    fk, is_backref = _foreign_key(src, dest, src_model, dest_model, on)
    return fk, is_backref, _condition(src, dest, fk, is_backref)


def _condition(src: Any, dest: Any, fk: Any, is_backref: bool) -> Any:
    owner, target = (dest, src) if is_backref else (src, dest)
    return _column(owner, fk) == _column(target, fk.rel_field)


def _column(source: Any, field: Any) -> Any:
    if is_model(source):
        return field
    if is_model_alias(source):
        return getattr(source, field.name)
    return getattr(source.c, field.column_name)


def _foreign_key(src: Any, dest: Any, src_model: Any, dest_model: Any, wanted: Any) -> tuple[Any, bool]:
    """Finds the one foreign key between two models, in either direction."""
    forward = list(src_model._meta.model_refs.get(dest_model) or ())
    backward = list(dest_model._meta.model_refs.get(src_model) or ())
    if not forward and not backward:
        message = f"Unable to find foreign key between {src} and {dest}. Please specify an explicit join condition."
        raise ValueError(message)
    if wanted is not None:
        wanted = _plain(wanted)
        fks = [fk for fk in forward if fk is wanted] or [fk for fk in backward if fk is wanted]
    else:
        fks = forward or backward
        if len(fks) > 1:
            name = (dest_model if forward else src_model)._meta.name
            fks = [fk for fk in fks if fk.name == name]
    if len(fks) != 1:
        message = f"More than one foreign key between {src} and {dest}. Please specify which you are joining on."
        raise ValueError(message)
    return fks[0], not any(fk is fks[0] for fk in forward)


def _compared(on: Any, fks: set[Any]) -> Any:
    """Gives the foreign key that a condition compares with something."""
    if isinstance(on, Expression):
        for side in (on.lhs, on.rhs):
            field = _plain(side)
            if field is not None and field in fks:
                return field
    return None


def _hashed(fields: Any) -> set[Any]:
    return set(fields or ())


def _plain(node: Any) -> Any:
    if not isinstance(node, FieldBase):
        return None
    return getattr(node, "field", None) if is_model_alias(getattr(node, "model", None)) else node
