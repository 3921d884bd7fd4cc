"""Foreign keys to models that do not exist yet."""

from __future__ import annotations

from redstart.fields.base import Field
from redstart.fields.foreign_key import ForeignKeyField

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from redstart.model import Model


class DeferredForeignKey(Field):
    """A foreign key to a model by its name, which becomes one when that model is declared.

    The constraint is left out of ``CREATE TABLE``.

    Example:
        >>> from redstart import DeferredForeignKey, Model
        >>> class Chicken(Model):
        ...     egg = DeferredForeignKey("Egg", backref="chickens", null=True)
        >>> class Egg(Model):
        ...     pass
        >>> Chicken.egg.rel_model
        <Model: Egg>
    """

    _unresolved: ClassVar[set[DeferredForeignKey]] = set()

    def __init__(self, rel_model_name: str, **kwargs: Any) -> None:
        """Declares a reference.

        Args:
            rel_model_name: The name of the model's class, in any case.
            **kwargs: The arguments of ``ForeignKeyField``.
        """
        self.field_kwargs = kwargs
        self.rel_model_name = rel_model_name.lower()
        DeferredForeignKey._unresolved.add(self)
        super().__init__(
            column_name=kwargs.get("column_name"),
            null=kwargs.get("null", False),
            primary_key=kwargs.get("primary_key", False),
        )

    __hash__ = object.__hash__

    def __deepcopy__(self, memo: dict[int, Any]) -> DeferredForeignKey:
        """Gives another deferred key to the same model."""
        return DeferredForeignKey(self.rel_model_name, **self.field_kwargs)

    def set_model(self, rel_model: type[Model]) -> None:
        """Puts a foreign key in the place of this one.

        Args:
            rel_model: The model that is referred to.
        """
        field = ForeignKeyField(rel_model, _deferred=True, **self.field_kwargs)
        if field.primary_key and self.model._meta.primary_key is self:
            self.model._meta.primary_key = field
        self.model._meta.add_field(self.name, field)

    @staticmethod
    def resolve(model_cls: type[Model]) -> None:
        """Resolves the keys that wait for this model.

        Args:
            model_cls: The model that they name.
        """
        name = model_cls.__name__.lower()
        waiting = [field for field in DeferredForeignKey._unresolved if field.rel_model_name == name]
        for field in sorted(waiting, key=lambda field: field._order):
            if field.__dict__.get("model") is None:
                continue
            field.set_model(model_cls)
            DeferredForeignKey._unresolved.discard(field)
