"""The class of all model classes: it reads the body of a model and makes its metadata."""

from __future__ import annotations

from copy import deepcopy

from redstart._engine import FieldAccessor
from redstart.exceptions import DoesNotExist
from redstart.fields.base import Field
from redstart.fields.composite_key import CompositeKey
from redstart.fields.deferred import DeferredForeignKey
from redstart.fields.integer import AutoField
from redstart.metadata import Metadata
from redstart.schema import SchemaManager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, ClassVar

COMPOSITE_KEY_NAME = "__composite_key__"


class ModelBase(type):
    """The metaclass of models, and what a model class itself can do: ``len``, ``[]``, ``in``, iteration.

    Example:
        >>> from redstart import CharField, Model, SqliteDatabase
        >>> class User(Model):
        ...     name = CharField()
        ...     class Meta:
        ...         database = SqliteDatabase(":memory:")
        >>> User.create_table()
        >>> User[User.create(name="huey").id].name, len(User), 7 in User
        ('huey', 1, False)
    """

    #: The options of ``Meta`` that a subclass inherits.
    inheritable: ClassVar[set[str]] = {
        "constraints",
        "database",
        "indexes",
        "legacy_table_names",
        "only_save_dirty",
        "options",
        "primary_key",
        "schema",
        "strict_tables",
        "table_function",
        "table_settings",
        "temporary",
    }

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> Any:
        """Makes a model class."""
        # Each class shows itself by its own name, whatever those above it define.
        attrs.setdefault("__repr__", _show)
        parents = [base for base in bases if isinstance(base, ModelBase)]
        if not parents:
            return super().__new__(cls, name, bases, attrs, **kwargs)
        options = _own_options(attrs.pop("Meta", None))
        primary_key = options.pop("primary_key", None)
        fields = {key: value for key, value in attrs.items() if isinstance(value, Field)}
        inherited, parent_key = _inherit(cls, bases, attrs, options)
        attrs = {key: value for key, value in attrs.items() if key not in fields}
        fields.update(inherited)
        metadata_class = options.pop("model_metadata_class", Metadata)
        schema_class = options.pop("schema_manager_class", SchemaManager)
        schema_options = options.pop("schema_options", None) or {}

        model: Any = super().__new__(cls, name, bases, attrs, **kwargs)
        model._meta = metadata_class(model, **options)
        model._schema = schema_class(model, **schema_options)
        primary_key, key_name = _primary_key(name, primary_key, parent_key, fields)
        if primary_key is not False:
            fields.pop(key_name, None)
            if isinstance(primary_key, CompositeKey):
                # Keys that refer to this model itself look for it, before its parts are bound.
                model._meta.primary_key = primary_key
            else:
                model._meta.set_primary_key(key_name, primary_key)
        else:
            model._meta.primary_key = False
        for key, field in fields.items():
            model._meta.add_field(key, field)
        if isinstance(primary_key, CompositeKey):
            model._meta.set_primary_key(key_name, primary_key)
        model.DoesNotExist = _make_does_not_exist(model)
        model.validate_model()
        DeferredForeignKey.resolve(model)
        return model

    def __repr__(cls) -> str:
        return f"<Model: {cls.__name__}>"

    def __iter__(cls) -> Iterator[Any]:
        return iter(cls.select())  # type: ignore[attr-defined]  # models have it

    def __getitem__(cls, key: Any) -> Any:
        return cls.get_by_id(key)  # type: ignore[attr-defined]  # models have it

    def __setitem__(cls, key: Any, value: Any) -> None:
        cls.set_by_id(key, value)  # type: ignore[attr-defined]  # models have it

    def __delitem__(cls, key: Any) -> None:
        cls.delete_by_id(key)  # type: ignore[attr-defined]  # models have it

    def __contains__(cls, key: Any) -> bool:
        try:
            cls.get_by_id(key)  # type: ignore[attr-defined]  # models have it
        except cls.DoesNotExist:  # type: ignore[attr-defined]  # models have it
            return False
        return True

    def __len__(cls) -> int:
        count: int = cls.select().count()  # type: ignore[attr-defined]  # models have it
        return count

    def __bool__(cls) -> bool:
        return True

    def __sql__(cls, ctx: Any) -> Any:
        return ctx.sql(cls._meta.table)  # type: ignore[attr-defined]  # models have it


def _show(self: Any) -> str:
    return f"<{type(self).__name__}: {self!s}>"


def _own_options(meta: Any) -> dict[str, Any]:
    """Gives the options of a model's inner class ``Meta``, and of the classes above that one."""
    options: dict[str, Any] = {}
    if meta is not None:
        for base in reversed(meta.__mro__[:-1]):
            options.update((key, value) for key, value in base.__dict__.items() if not key.startswith("_"))
    return options


def _inherit(
    cls: type[ModelBase], bases: tuple[type, ...], attrs: dict[str, Any], options: dict[str, Any]
) -> tuple[dict[str, Any], Any]:
    """Collects what a model takes over from those above it: fields (copied), options, and the key."""
    fields: dict[str, Any] = {}
    parent_key: Any = None
    for base in bases:
        meta: Any = getattr(base, "_meta", None)
        if meta is None:
            continue
        options.setdefault("model_metadata_class", type(meta))
        options.setdefault("schema_manager_class", type(base._schema))  # type: ignore[attr-defined]  # a model has it
        if parent_key is None:
            parent_key = meta.primary_key if meta.primary_key is False else deepcopy(meta.primary_key)
            if parent_key is not False and parent_key is not None:
                parent_key._inherited_name = meta.primary_key.name  # pyright: ignore[reportAttributeAccessIssue]  # a key here
        inherited = (cls.inheritable | meta._additional_keys) - {"primary_key", "schema"}
        for key in inherited & meta.__dict__.keys():
            options.setdefault(key, meta.__dict__[key])
        options.setdefault("schema", meta.schema)
        for key, value in base.__dict__.items():
            if key in attrs or key in fields or not isinstance(value, FieldAccessor):
                continue
            field: Any = value.field
            if isinstance(field, Field) and not field.primary_key:
                fields[key] = deepcopy(field)
    return fields, parent_key


def _primary_key(name: str, declared: Any, parent: Any, fields: dict[str, Any]) -> tuple[Any, str]:
    """Decides which field is the primary key.

    Raises:
        ValueError: There are two.
    """
    own = [key for key, field in fields.items() if field.primary_key]
    if len(own) > 1 or (own and declared):
        raise ValueError(f"over-determined primary key {name}.")
    if own:
        return fields[own[0]], own[0]
    if declared is False:
        return False, ""
    if declared is not None:
        return declared, COMPOSITE_KEY_NAME if isinstance(declared, CompositeKey) else "id"
    if parent is False:
        return False, ""
    if parent is not None:
        return parent, parent._inherited_name
    return AutoField(), "id"


def _make_does_not_exist(model: Any) -> type[DoesNotExist]:
    name = f"{model.__name__}DoesNotExist"
    return type(
        name,
        (DoesNotExist,),
        {"__module__": model.__module__, "__doc__": f"No {model.__name__} matched.", "__qualname__": name},
    )
