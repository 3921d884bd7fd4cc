"""Primary keys of several columns."""

from __future__ import annotations

from redstart._engine import Node, tree
from redstart.fields.base import MetaField

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from redstart.model import Model


class CompositeKey(MetaField):
    """A primary key of several fields, declared in ``Meta.primary_key``.

    Example:
        >>> from redstart import CompositeKey, IntegerField, Model
        >>> class Grade(Model):
        ...     student = IntegerField()
        ...     course = IntegerField()
        ...     class Meta:
        ...         primary_key = CompositeKey("student", "course")
        >>> Grade(student=1, course=2)._pk
        (1, 2)
    """

    sequence = None

    def __init__(self, *field_names: str) -> None:
        """Names the fields of the key, in order."""
        # Not what a column has, such as ``null``.
        self._hash = object.__hash__(self)
        self.field_names = field_names
        self._safe_field_names: list[str] | None = None

    @property
    def safe_field_names(self) -> Any:
        """The attributes that hold the bare values: a foreign key's ``_id`` attribute."""
        if self.model is None:
            return self.field_names
        if self._safe_field_names is None:
            fields = self.model._meta.fields
            self._safe_field_names = [fields[name].safe_name for name in self.field_names]
        return self._safe_field_names

    def __get__(self, instance: Any, instance_type: type | None = None) -> Any:
        if instance is not None:
            return tuple([getattr(instance, name) for name in self.safe_field_names])
        return self

    def __set__(self, instance: Any, value: Any) -> None:
        if not isinstance(value, (list, tuple)):
            raise TypeError("A list or tuple must be used to set the value of a composite primary key.")
        if len(value) != len(self.field_names):
            raise ValueError(
                "The length of the value must equal the number of columns of the composite primary key.",
            )
        for name, part in zip(self.field_names, value, strict=True):
            setattr(instance, name, part)

    def __eq__(self, other: object) -> Any:
        expressions = [self._field(name) == value for name, value in self._pairs(other)]
        found = expressions[0]
        for expression in expressions[1:]:
            found = found & expression
        return found

    def __ne__(self, other: object) -> Any:
        return ~(self == other)

    def __hash__(self) -> int:
        return hash((self.model.__name__ if self.model is not None else None, self.field_names))

    def __copy__(self) -> CompositeKey:
        return self._twin()

    def __deepcopy__(self, memo: dict[int, Any]) -> CompositeKey:
        return self._twin()

    def bind(self, model: type[Model], name: str, set_attribute: bool = True) -> None:
        """Ties the key to a model."""
        del set_attribute
        self.model = model
        self.column_name = self.name = self.safe_name = name
        setattr(model, name, self)

    def _twin(self) -> CompositeKey:
        return type(self)(*self.field_names)

    def _field(self, name: str) -> Any:
        return self.model._meta.fields[name]

    def _pairs(self, other: Any) -> Any:
        values = other
        if isinstance(other, self.model):
            values = other._pk
        values = () if isinstance(values, (str, bytes)) else tuple(values)
        if len(values) != len(self.field_names):
            raise ValueError(
                "The length of the value must equal the number of columns of the composite primary key.",
            )
        return zip(self.field_names, values, strict=True)

    def _build_tree(self) -> Any:
        return tree.composite_key([self._field(name) for name in self.field_names])

    def _tree_for(self, source: Any) -> Any:
        return tree.composite_key([_Held(self._field(name)._tree_for(source)) for name in self.field_names])

    def _tie(self, source: Any, index: int) -> None:
        """Has no column of its own to be tied to."""


class _Held(Node):
    """A node that holds a ready tree."""

    def __init__(self, held: Any) -> None:
        super().__init__()
        self._set_tree(held)
