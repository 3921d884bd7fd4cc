"""Pydantic: schemas made of models. Needs pydantic, which Redstart does not."""

from __future__ import annotations

import datetime
import decimal
import uuid
from typing import TYPE_CHECKING, Any, List, Literal, Optional, get_origin  # noqa: UP035 - the spelling of peewee's types

from redstart._engine import Node
from redstart.database.bridge import MissingGreenletBridge, lazy_rows
from redstart.fields import AutoField, BackrefAccessor, Field, ForeignKeyField
from redstart.model import Model
from redstart.postgres_ext.array import ArrayField
from redstart.query import BaseQuery

try:
    from pydantic import BaseModel, ConfigDict, ValidationError, create_model, model_validator
    from pydantic import Field as SchemaField
except ImportError as error:
    raise ModuleNotFoundError(
        "redstart.pydantic_utils needs pydantic, version 2: pip install pydantic", name="pydantic"
    ) from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

#: The type in a schema by a field's ``field_type``; what is not listed may be anything, as JSON may.
FieldTypeMap: dict[Any, Any] = {
    "AUTO": int,
    "BIGAUTO": int,
    "BIGINT": int,
    "BLOB": bytes,
    "BOOL": bool,
    "CHAR": str,
    "DATE": datetime.date,
    "DATETIME": datetime.datetime,
    "DECIMAL": decimal.Decimal,
    "DOUBLE": float,
    "FLOAT": float,
    "INT": int,
    "INTERVAL": datetime.timedelta,
    "SMALLINT": int,
    "TEXT": str,
    "TIME": datetime.time,
    "TIMESTAMPTZ": datetime.datetime,
    "UUID": uuid.UUID,
    "UUIDB": bytes,
    "VARCHAR": str,
}


def to_pydantic(  # noqa: PLR0913, PLR0917 - peewee's signature
    model_cls: Any,
    exclude: Any = None,
    include: Any = None,
    exclude_autofield: bool = True,
    model_name: str | None = None,
    relationships: Mapping[Any, Any] | None = None,
    base_model: type[BaseModel] | None = None,
) -> type[BaseModel]:
    """Makes a pydantic model of a model: for what a client sends, for what it is answered, for its documentation.

    A foreign key stands under its column's name and holds the key, which is read without a query. ``null``,
    ``default``, ``choices``, ``verbose_name`` and ``help_text`` become what pydantic calls optional, default,
    ``Literal``, title and description. Instances are read with ``model_validate(instance)``.

    Args:
        model_cls: The model.
        exclude: Fields, their names or back-references that are left out, whatever else is said.
        include: Fields or their names; no others are taken.
        exclude_autofield: Whether a key that counts by itself is left out.
        model_name: The name of the schema; the model's with ``Schema`` behind it by default.
        relationships: Schemas by foreign key, lists of schemas by back-reference, which are nested.
        base_model: The pydantic model that the schema derives from.

    Raises:
        ValueError: A key or an entry is none of these, or the type for a back-reference is no list.

    Example:
        >>> from redstart import CharField, IntegerField, Model
        >>> from redstart.pydantic_utils import to_pydantic
        >>> class User(Model):
        ...     name = CharField()
        ...     status = IntegerField(default=1, choices=[(1, "active"), (2, "gone")])
        >>> UserCreate = to_pydantic(User, model_name="UserCreate")
        >>> UserCreate(name="huey")
        UserCreate(name='huey', status=1)
        >>> UserCreate.model_json_schema()["properties"]["status"]["description"]
        'Choices: 1 = active, 2 = gone'
    """
    excluded, included = _names(exclude), None if include is None else _names(include)
    nested, lists = _sorted_relationships(relationships)
    fields: dict[str, Any] = {}
    for field in model_cls._meta.sorted_fields:
        names = {field.name, field.column_name} if isinstance(field, ForeignKeyField) else {field.name}
        if names & excluded or (exclude_autofield and isinstance(field, AutoField)):
            continue
        if field.name in nested:
            fields[field.name] = _nested(field, nested[field.name])
        elif included is None or names & included:
            fields[field.column_name if isinstance(field, ForeignKeyField) else field.name] = _plain(field)
    for name, schema in lists.items():
        if name not in excluded:
            if get_origin(schema) is not list:
                raise ValueError("back-references must use a List type")
            fields[name] = (schema, SchemaField(default_factory=list))
    title = model_name or f"{model_cls._meta.model.__name__}Schema"
    validators = _validators(model_cls, fields, {*nested, *lists})
    options: dict[str, Any] = {"__validators__": validators} if validators else {}
    if base_model is None:
        options["__config__"] = ConfigDict(from_attributes=True)
    else:
        options["__base__"] = _reading_attributes(base_model)
    made: type[BaseModel] = create_model(title, **options, **fields)
    return made


def get_field_type(field: Any) -> Any:
    """Gives the type that a field's values have in a schema; of a foreign key, that of the key.

    Args:
        field: The field.
    """
    while isinstance(field, ForeignKeyField):
        field = field.rel_field
    if isinstance(field, ArrayField):
        kind = get_field_type(field._element)
        for _ in range(field.dimensions):
            kind = _list(kind)
        return kind
    return getattr(field, "enum_class", None) or FieldTypeMap.get(field.field_type, Any)


def choices_to_literal(choices: Iterable[tuple[Any, Any]]) -> Any:
    """Gives the type whose values are those of a field's choices.

    Args:
        choices: Pairs of value and label.
    """
    return _literal(tuple(value for value, _ in choices))


def choices_description(choices: Iterable[tuple[Any, Any]]) -> str:
    """Gives a field's choices as text: ``1 = active, 2 = gone``.

    Args:
        choices: Pairs of value and label.
    """
    return ", ".join(f"{value!r} = {label}" for value, label in choices)


def _names(given: Any) -> set[str]:
    """Gives the names of fields and back-references of which some were given by name."""
    if isinstance(given, (str, Field, BackrefAccessor)):
        given = (given,)
    names: set[str] = set()
    for entry in given or ():
        if isinstance(entry, str):
            names.add(entry)
        elif isinstance(entry, Field):
            names.add(entry.name)
        elif isinstance(entry, BackrefAccessor):
            names.add(entry.field.backref)
        else:
            raise ValueError(  # noqa: TRY004 - peewee's exception
                f"exclude/include entries must be field names, field objects or back-references, got: {entry!r}"
            )
    return names


def _sorted_relationships(relationships: Mapping[Any, Any] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Gives the schemas of foreign keys and those of back-references, by name."""
    nested: dict[str, Any] = {}
    lists: dict[str, Any] = {}
    for key, schema in (relationships or {}).items():
        if isinstance(key, ForeignKeyField):
            nested[key.name] = schema
        elif isinstance(key, BackrefAccessor):
            lists[key.field.backref] = schema
        else:
            raise ValueError(  # noqa: TRY004 - peewee's exception
                "relationships keys must be ForeignKeyField or back-reference accessors "
                f"(e.g. User.tweets), got: {key!r}"
            )
    return nested, lists


def _plain(field: Any) -> tuple[Any, Any]:
    """Gives the type and the description of a field whose value stands for itself."""
    kind = get_field_type(field)
    description = field.help_text or None
    if field.choices and not (isinstance(field, Field) and vars(field).get("enum_class")):
        kind = choices_to_literal(field.choices)
        choices = f"Choices: {choices_description(field.choices)}"
        description = f"{description} | {choices}" if description else choices
    return _described(field, kind, description, field.default)


def _nested(field: Any, schema: Any) -> tuple[Any, Any]:
    # Its default is a key, and no row.
    return _described(field, schema, field.help_text or None, None)


def _described(field: Any, kind: Any, description: str | None, default: Any) -> tuple[Any, Any]:
    options: dict[str, Any] = {}
    if field.verbose_name:
        options["title"] = field.verbose_name
    if description:
        options["description"] = description
    # What the database computes is not known here.
    if default is None or isinstance(default, Node):
        if field.null:
            options["default"] = None
    elif callable(default):
        options["default_factory"] = default
    else:
        options["default"] = default
    return (_optional(kind) if field.null else kind), SchemaField(**options)


def _reading_attributes(base_model: type[BaseModel]) -> type[BaseModel]:
    parent: Any = base_model

    class Base(parent, from_attributes=True):  # type: ignore[misc, call-arg]  # known at run time only
        pass

    return Base


def _validators(model: Any, fields: Mapping[str, Any], relations: set[str]) -> dict[str, Any]:
    """Gives what has to stand between an instance and pydantic: nothing for most models."""
    keys: dict[Any, Any] = {
        field.column_name: field.object_id_name
        for field in model._meta.sorted_fields
        if isinstance(field, ForeignKeyField) and field.column_name in fields and field.name not in relations
    }
    keys = {name: attribute for name, attribute in keys.items() if name != attribute}
    relations = relations & fields.keys()
    if not keys and not relations:
        return {}

    validator: Any = model_validator(mode="wrap")

    def read(cls: Any, data: Any, handler: Callable[[Any], Any]) -> Any:
        del cls
        try:
            return handler(_Keys(data, keys) if keys and isinstance(data, Model) else data)
        except ValidationError as error:
            _raise_blocked(error, model, relations)
            raise

    return {"_read": validator(classmethod(read))}


class _Keys:
    """An instance whose foreign keys are read under their columns' names, where their attributes have others."""

    __slots__ = ("_instance", "_keys")

    def __init__(self, instance: Model, keys: Mapping[str, str]) -> None:
        self._instance = instance
        self._keys = keys

    def __getattr__(self, name: str) -> Any:
        return getattr(self._instance, self._keys.get(name, name))

    def __repr__(self) -> str:
        return repr(self._instance)


def _raise_blocked(error: ValidationError, model: Any, relations: set[str]) -> None:
    """Raises what a refused query raises, of which pydantic makes an invalid value."""
    for one in error.errors(include_url=False):
        place, given = one["loc"], one["input"]
        if not place or place[0] not in relations:
            continue
        kind, _, text = str(one.get("ctx", {}).get("error", "")).partition(": ")
        if one["type"] == "get_attribute_error" and kind == MissingGreenletBridge.__name__:
            raise MissingGreenletBridge(text)
        if one["type"] == "list_type" and isinstance(given, BaseQuery):
            # Why its rows could not be read is not in the error.
            try:
                given._database._blocking_state(given.sql()[0])
            except MissingGreenletBridge as refused:
                raise lazy_rows(f"{model.__name__}.{place[0]}", refused) from error


# Called as functions, for what stands in their brackets is known at run time only.
def _literal(values: tuple[Any, ...]) -> Any:
    literal: Any = Literal
    return literal[values]


def _optional(kind: Any) -> Any:
    return Optional[kind]  # noqa: UP045 - the spelling of peewee's types


def _list(kind: Any) -> Any:
    return List[kind]  # noqa: UP006 - the spelling of peewee's types


__all__ = [
    "FieldTypeMap",
    "choices_description",
    "choices_to_literal",
    "get_field_type",
    "to_pydantic",
]
