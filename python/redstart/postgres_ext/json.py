"""The JSON fields of PostgreSQL: ``json`` and ``jsonb``, whose paths give text unless told otherwise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from redstart._engine import Expression, Node
from redstart.database.json_methods.postgres import text_array
from redstart.database.postgres_json import Json as JsonParameter
from redstart.database.postgres_json import Jsonb as JsonbParameter
from redstart.fields import Field
from redstart.fields.base import FieldDatabaseHook
from redstart.node import SQL, Cast, Function, fn
from redstart.postgres_ext.indexed_field import IndexedFieldMixin
from redstart.postgres_ext.json_lookup import JsonLookup, JsonPath, jsonpath
from redstart.postgres_ext.lookup import bound
from redstart.postgres_ext.operators import (
    JSONB_CONTAINED_BY,
    JSONB_CONTAINS,
    JSONB_CONTAINS_ALL_KEYS,
    JSONB_CONTAINS_ANY_KEY,
    JSONB_CONTAINS_KEY,
    JSONB_PATH_EXISTS,
    JSONB_PATH_MATCH,
    JSONB_REMOVE,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class Json(Node):
    """A value as a JSON text: what a comparison with a path takes.

    Attributes:
        value: The value.
        dumps: Writes it as text.
    """

    def __init__(self, value: Any, dumps: Callable[[Any], str] | None = None) -> None:
        """Takes a value."""
        super().__init__()
        self.value = value
        self.dumps = dumps or json.dumps

    def __sql__(self, ctx: Any) -> Any:
        """Writes a parameter."""
        return ctx.value(self.dumps(self.value), converter=False)


class JSONField(FieldDatabaseHook, Field):
    r"""A JSON document: ``JSON``, kept as the text that was written.

    Example:
        >>> from redstart.postgres_ext import JSONField, PostgresqlExtDatabase
        >>> db = PostgresqlExtDatabase("app")
        >>> class Event(db.Model):
        ...     data = JSONField()
        >>> Event.select(Event.data["tags"][0]).sql()
        ('SELECT "t1"."data"->\'tags\'->>0 FROM "event" AS "t1"', [])
    """

    field_type = "JSON"
    unpack = False
    _json_datatype = "json"
    _parameter: type[JsonParameter] = JsonParameter

    def __init__(self, dumps: Callable[[Any], str] | None = None, **kwargs: Any) -> None:
        """Declares a column.

        Args:
            dumps: Writes a value as text; ``json.dumps`` by default.
            **kwargs: The arguments of ``Field``.
        """
        self._dumps = dumps or json.dumps
        super().__init__(**kwargs)

    def ddl_datatype(self, ctx: Any) -> Any:
        """Gives the type by its name, whatever the database calls that of the general ``JSONField``."""
        del ctx
        return SQL(self.field_type)

    def db_value(self, value: Any) -> Any:
        """Wraps a value to be stored; expressions stay."""
        if value is None or isinstance(value, (Node, JsonParameter)):
            return value
        return self._document(value)

    def _document(self, value: Any) -> Any:
        """Makes a document of a value, None included; expressions stay."""
        if isinstance(value, (Node, JsonParameter)):
            return value
        return self._parameter(value, self._dumps)

    def python_value(self, value: Any) -> Any:
        """Gives what the driver read."""
        return value

    def to_value(self, value: Any) -> Any:
        """Wraps a value to be stored."""
        return self.db_value(value)

    def case_value(self, value: Any) -> Any:
        """``CAST(value AS jsonb)``: the branches of ``CASE`` do not take the column's type."""
        return Cast(bound(self.db_value(value)), self._json_datatype)

    def __getitem__(self, value: Any) -> JsonLookup:
        return JsonLookup(self, [value])

    def path(self, *keys: Any) -> JsonPath:
        """``field #> path``: a place, as JSON.

        Args:
            *keys: Names and indexes.
        """
        return JsonPath(self, keys, as_json=True)

    def concat(self, value: Any) -> Any:
        """``field || value``."""
        return Expression(self, "||", _bound(self._document(value)))

    def update(self, value: Any) -> Any:
        """``field || value``: the same with these items, for ``UPDATE``."""
        return self.concat(value)

    def append(self, value: Any) -> Any:
        """``jsonb_insert(field, '{-1}', value, true)``: the array with one more item, for ``UPDATE``."""
        return fn.jsonb_insert(self, text_array((-1,)), _bound(self._document(value)), bound(True))

    def length(self) -> Any:
        """``json_array_length(field)``."""
        return Function(f"{self._json_datatype}_array_length", (self,), coerce=False)

    def extract(self, *path: Any) -> Any:
        """``json_extract_path(field, key, ...)``: a place, as JSON."""
        return Function(f"{self._json_datatype}_extract_path", (self, *map(str, path)), coerce=False)


class BinaryJSONField(IndexedFieldMixin, JSONField):
    """A JSON document in PostgreSQL's own form: ``JSONB``, which can be searched.

    Example:
        >>> from redstart.postgres_ext import BinaryJSONField, PostgresqlExtDatabase
        >>> db = PostgresqlExtDatabase("app")
        >>> class Event(db.Model):
        ...     data = BinaryJSONField()
        >>> Event.select(Event.id).where(Event.data.contains({"name": "signup"})).sql()
        ('SELECT "t1"."id" FROM "event" AS "t1" WHERE ("t1"."data" @> %s)', [Jsonb({'name': 'signup'})])
    """

    field_type = "JSONB"
    _json_datatype = "jsonb"
    _parameter = JsonbParameter

    def contains(self, other: Any) -> Any:
        """``field @> other``."""
        return Expression(self, JSONB_CONTAINS, _bound(self._document(other)))

    def contained_by(self, other: Any) -> Any:
        """``field <@ other``."""
        return Expression(self, JSONB_CONTAINED_BY, _bound(self._document(other)))

    def contains_any(self, *items: Any) -> Any:
        """``field ?| keys``: there is one of the keys."""
        return Expression(self, JSONB_CONTAINS_ANY_KEY, bound(list(items)))

    def contains_all(self, *items: Any) -> Any:
        """``field ?& keys``: there are all of the keys."""
        return Expression(self, JSONB_CONTAINS_ALL_KEYS, bound(list(items)))

    def has_key(self, key: Any) -> Any:
        """``field ? key``: there is the key."""
        return Expression(self, JSONB_CONTAINS_KEY, _bound(key))

    def remove(self, *items: Any) -> Any:
        """``field - keys``: the same without these keys, for ``UPDATE``."""
        return Expression(self, JSONB_REMOVE, Cast(bound(list(items)), "text[]"))

    def path_exists(self, expr: Any) -> Any:
        """``field @? expr``: the JSON path finds something."""
        return Expression(self, JSONB_PATH_EXISTS, jsonpath(expr))

    def path_match(self, expr: Any) -> Any:
        """``field @@ expr``: the JSON path's predicate holds."""
        return Expression(self, JSONB_PATH_MATCH, jsonpath(expr))

    def path_query(self, expr: Any) -> Any:
        """``jsonb_path_query(field, expr)``: all that the JSON path finds, as rows."""
        return Function("jsonb_path_query", (self, jsonpath(expr)), coerce=False)

    def path_query_array(self, expr: Any) -> Any:
        """``jsonb_path_query_array(field, expr)``: all that the JSON path finds, as an array."""
        return Function("jsonb_path_query_array", (self, jsonpath(expr)), coerce=False)

    def path_query_first(self, expr: Any) -> Any:
        """``jsonb_path_query_first(field, expr)``: what the JSON path finds first."""
        return Function("jsonb_path_query_first", (self, jsonpath(expr)), coerce=False)


def _bound(value: Any) -> Any:
    return value if isinstance(value, Node) else bound(value)
