"""Attributes that are declared like fields and read like them, but have no column of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from redstart.fields.base import MetaField

if TYPE_CHECKING:
    from redstart.model import Model


class VirtualField(MetaField):
    """A field that a virtual table provides; another field's type converts its values."""

    field_class: ClassVar[Any] = None

    def __init__(self, field_class: Any = None, *args: Any, **kwargs: Any) -> None:
        """Declares a virtual field.

        Args:
            field_class: The class whose instance converts values.
            *args: The arguments of ``Field``.
            **kwargs: The arguments of ``Field``.
        """
        chosen = field_class if field_class is not None else self.field_class
        self.field_instance = chosen() if chosen is not None else None
        super().__init__(*args, **kwargs)

    def db_value(self, value: Any) -> Any:
        """Converts a value as the other field does."""
        return value if self.field_instance is None else self.field_instance.db_value(value)

    def python_value(self, value: Any) -> Any:
        """Converts a value as the other field does."""
        return value if self.field_instance is None else self.field_instance.python_value(value)

    def bind(self, model: type[Model], name: str, set_attribute: bool = True) -> None:
        """Ties the field to a model under a name; the column is called the same."""
        del set_attribute
        self.model = model
        self.column_name = self.name = self.safe_name = name
        setattr(model, name, self.accessor_class(model, self, name))
