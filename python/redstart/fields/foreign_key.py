"""Foreign keys, and what stands on either end of one: the related object and its back-references."""

from __future__ import annotations

from redstart._engine import ForeignKeyAccessor as NativeForeignKeyAccessor
from redstart._engine import ObjectIdAccessor
from redstart.deprecation import warn_deprecated
from redstart.fields.base import Field
from redstart.naming import truncate_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar

    from redstart.model import Model


class ForeignKeyAccessor(NativeForeignKeyAccessor):
    """The attribute of a foreign key: the related object, loaded when it is first asked for."""

    def __init__(self, model: type[Model], field: ForeignKeyField, name: str) -> None:
        """Makes the attribute.

        Args:
            model: The model that has the key.
            field: The key.
            name: The attribute's name.
        """
        del model, name  # the native part has taken them
        super().__init__()
        self.rel_model = field.rel_model


class BackrefAccessor:
    """The attribute on the far end of a foreign key: a query for the objects that refer to this one."""

    def __init__(self, field: ForeignKeyField) -> None:
        """Makes the attribute.

        Args:
            field: The key that refers to the model.
        """
        self.field = field
        self.model = field.rel_model
        self.rel_model = field.model

    def __get__(self, instance: Any, instance_type: type | None = None) -> Any:
        # Rows that were fetched beforehand stand in the instance's own dictionary, which comes before
        # this descriptor: it has no `__set__`.
        if instance is None:
            return self
        dest = self.field.rel_field.name
        return self.rel_model.select().where(self.field == getattr(instance, dest))


class ForeignKeyField(Field):
    """A reference to a row of another model, or of the same.

    Example:
        >>> from redstart import CharField, ForeignKeyField, Model
        >>> class User(Model):
        ...     name = CharField()
        >>> class Tweet(Model):
        ...     user = ForeignKeyField(User, backref="tweets")
        >>> Tweet.user.column_name, Tweet.user.rel_model, Tweet(user=3).user_id
        ('user_id', <Model: User>, 3)
    """

    accessor_class: ClassVar[type] = ForeignKeyAccessor
    backref_accessor_class: ClassVar[type] = BackrefAccessor

    rel_model: Any
    rel_field: Any

    def __init__(  # noqa: PLR0913, PLR0917 - peewee's signature
        self,
        model: Any,
        field: Any = None,
        backref: str | Callable[[ForeignKeyField], str] | None = None,
        on_delete: str | None = None,
        on_update: str | None = None,
        deferrable: str | None = None,
        _deferred: bool | None = None,
        rel_model: Any = None,
        to_field: Any = None,
        object_id_name: str | None = None,
        lazy_load: bool = True,
        constraint_name: str | None = None,
        related_name: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Declares a reference.

        Args:
            model: The model that is referred to, or ``"self"``.
            field: The field that is referred to, or its name; the primary key by default.
            backref: The attribute for the way back, ``<model>_set`` by default; ``"+"`` for none.
            on_delete: What happens when the other row goes, as ``"CASCADE"``.
            on_update: What happens when its key changes.
            deferrable: When the database checks, as ``"INITIALLY DEFERRED"``.
            _deferred: Whether the constraint is left out of ``CREATE TABLE``.
            rel_model: The former name of ``model``.
            to_field: The former name of ``field``.
            object_id_name: The attribute for the bare key; the column's name by default.
            lazy_load: Whether reading the attribute may query.
            constraint_name: The constraint's name.
            related_name: The former name of ``backref``.
            *args: The arguments of ``Field``.
            **kwargs: The arguments of ``Field``.
        """
        kwargs.setdefault("index", True)
        super().__init__(*args, **kwargs)
        model, field, backref = _former_names((model, rel_model), (field, to_field), (backref, related_name))
        self._is_self_reference = model == "self" if isinstance(model, str) else False
        self.rel_model = model
        self.rel_field = self._declared_rel_field = field
        self.declared_backref = backref
        self.backref: Any = None
        self.on_delete = on_delete
        self.on_update = on_update
        self.deferrable = deferrable
        self.deferred = _deferred
        self.object_id_name = object_id_name
        self.lazy_load = lazy_load
        self.constraint_name = constraint_name

    def _lazy_load_error(self, error: BaseException) -> BaseException:
        """Gives the error for a relation whose query may not run here: one that names the field."""
        from redstart.database.bridge import MissingGreenletBridge, lazy_load

        return lazy_load(self, error) if isinstance(error, MissingGreenletBridge) else error

    @property
    def field_type(self) -> Any:
        """The type of the column that is referred to."""
        from redstart.fields.integer import AutoField, BigAutoField

        if isinstance(self.rel_field, BigAutoField):
            return "BIGINT"
        if isinstance(self.rel_field, AutoField):
            return "INT"
        return self.rel_field.field_type

    def get_modifiers(self) -> list[Any] | None:
        """The modifiers of the type of the column that is referred to."""
        from redstart.fields.integer import AutoField

        if isinstance(self.rel_field, AutoField):
            return None
        found: list[Any] | None = self.rel_field.get_modifiers()
        return found

    def adapt(self, value: Any) -> Any:
        """Converts as the field that is referred to does."""
        return self.rel_field.adapt(value)

    def db_value(self, value: Any) -> Any:
        """Gives the key of an instance, and converts as the field that is referred to does."""
        if isinstance(value, self.rel_model):
            value = getattr(value, self.rel_field.name)
        return self.rel_field.db_value(value)

    def python_value(self, value: Any) -> Any:
        """Converts as the field that is referred to does; an instance stays one."""
        if isinstance(value, self.rel_model):
            return value
        return self.rel_field.python_value(value)

    def bind(self, model: type[Model], name: str, set_attribute: bool = True) -> None:
        """Ties the key to its model, resolves the other end, and puts the attributes on both.

        Raises:
            ValueError: ``object_id_name`` is the field's own name.
        """
        if not self.column_name:
            self.column_name = name if name.endswith("_id") else f"{name}_id"
        self._name_object_id(model, name)
        if self._is_self_reference:
            self.rel_model = model
            self.rel_field = self._declared_rel_field
        if isinstance(self.rel_field, str):
            self.rel_field = self.rel_model._meta.fields[self.rel_field]
        elif self.rel_field is None:
            self.rel_field = self.rel_model._meta.primary_key
        super().bind(model, name, set_attribute)
        self.safe_name = self.object_id_name or name
        backref = self.declared_backref
        if callable(backref):
            backref = backref(self)
        else:
            # The copy of the key in a subclass takes a name of its own.
            self.declared_backref = None
        meta: Any = model._meta
        self.backref = backref or f"{meta.name}_set"
        if set_attribute:
            setattr(model, self.safe_name, ObjectIdAccessor(self))
            if self.backref not in "!+":
                setattr(self.rel_model, self.backref, self.backref_accessor_class(self))

    def _name_object_id(self, model: type[Model], name: str) -> None:
        if not self.object_id_name:
            self.object_id_name = self.column_name
            if self.object_id_name == name:
                self.object_id_name += "_id"
        elif self.object_id_name == name:
            meta: Any = model._meta
            where = f'ForeignKeyField "{meta.name}"."{name}"'
            raise ValueError(f"{where} specifies an object_id_name that conflicts with its field name.")

    def get_constraint_name(self) -> str:
        """Gives the constraint's name: the declared one, or one made of both ends' names."""
        if self.constraint_name:
            return self.constraint_name
        meta, rel_meta = self.model._meta, self.rel_model._meta
        return truncate_name(f"fk_{meta.table_name}_{self.column_name}_refs_{rel_meta.table_name}")

    def foreign_key_constraint(self, explicit_name: bool = False) -> Any:
        """Gives the table constraint as a node.

        Args:
            explicit_name: Whether to name the constraint even if no name was declared.
        """
        from redstart.node import SQL, EnclosedNodeList, Entity, NodeList  # loaded after the fields

        parts: list[Any] = []
        if self.constraint_name or explicit_name:
            parts += [SQL("CONSTRAINT"), Entity(self.get_constraint_name())]
        parts += [
            SQL("FOREIGN KEY"),
            EnclosedNodeList((Entity(self.column_name),)),
            SQL("REFERENCES"),
            self.rel_model._meta.entity,
            EnclosedNodeList(_entities(self.rel_field)),
        ]
        for keyword, action in (
            ("ON DELETE", self.on_delete),
            ("ON UPDATE", self.on_update),
            ("DEFERRABLE", self.deferrable),
        ):
            if action:
                parts.append(SQL(f"{keyword} {action}"))
        return NodeList(parts)

    def __getattr__(self, attr: str) -> Any:
        """Gives a field of the other model: ``Tweet.user.username``."""
        if attr.startswith("__"):
            raise AttributeError(attr)
        own = self.__dict__
        rel_model = own.get("rel_model")
        meta = getattr(rel_model, "_meta", None)
        if meta is not None and attr in meta.fields:
            return meta.fields[attr]
        raise AttributeError(f"Foreign-key has no attribute {attr}, nor is it a valid field on the related model.")

    def _kinds(self) -> tuple[str, str]:
        """The conversions of the other end, unless one is overridden here."""
        read, write = super()._kinds()
        target = self.rel_field
        if not isinstance(target, Field) or target is self:
            return "host", "host"
        their_read, their_write = target._kinds()
        return (read if read == "host" else their_read), (write if write == "host" else their_write)


def _entities(field: Any) -> list[Any]:
    from redstart.node import Entity

    names = getattr(field, "field_names", None)
    if names is None:
        return [Entity(field.column_name)]
    return [Entity(field.model._meta.combined[name].column_name) for name in names]


def _former_names(model: tuple[Any, Any], field: tuple[Any, Any], backref: tuple[Any, Any]) -> tuple[Any, Any, Any]:
    chosen = []
    for (value, former_value), name, former in (
        (model, "model", "rel_model"),
        (field, "field", "to_field"),
        (backref, "backref", "related_name"),
    ):
        if former_value is not None:
            warn_deprecated(f'"{former}" has been deprecated in favor of "{name}" for ForeignKeyField objects.')
        chosen.append(former_value if former_value is not None else value)
    return chosen[0], chosen[1], chosen[2]
