"""JSON as PostgreSQL writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart._engine import Expression, Node
from redstart.database.json_methods.base import BaseJSONMethods
from redstart.database.postgres_json import Json, Jsonb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class PostgresqlJSONMethods(BaseJSONMethods):
    """``#>``, ``#>>``, ``@>`` and the functions ``jsonb_...``; paths are literals in the statement."""

    def make_value_wrapper(self, dumps: Callable[[Any], str]) -> Callable[[Any], Any]:
        """Gives the function that makes a parameter of the type ``jsonb``."""

        def wrap(value: Any) -> Any:
            return value if isinstance(value, Json) else Jsonb(value, dumps)

        return wrap

    def make_value_reader(self, loads: Callable[[Any], Any]) -> Callable[[Any], Any]:  # noqa: ARG002 - the base's signature
        """Gives the function that returns what the driver has read already; ``loads`` is not used."""

        def read(value: Any) -> Any:
            return value

        return read

    def cast_type(self, t: str) -> str:
        """``INTEGER`` or ``DOUBLE PRECISION``."""
        return {"int": "INTEGER", "float": "DOUBLE PRECISION"}[t]

    def cast_for_case(self, field: Any, value: Any) -> Any:
        """``CAST(value AS JSONB)``: the branches of ``CASE`` do not take the column's type."""
        from redstart.node import Cast  # loaded after the databases

        if isinstance(value, Node):
            return value
        return Cast(_bound(None if value is None else field._dumps(value)), "JSONB")

    def extract(self, field: Any, keys: Any) -> Any:
        """``field #> path``."""
        return Expression(field, "#>", text_array(keys))

    def extract_text(self, field: Any, keys: Any) -> Any:
        """``field #>> path``."""
        return Expression(field, "#>>", text_array(keys))

    def contains(self, field: Any, keys: Any, value: Any) -> Any:
        """``field @> value``."""
        return Expression(self._document(field, keys), "@>", _wrapped(field, value))

    def contained_by(self, field: Any, keys: Any, value: Any) -> Any:
        """``field <@ value``."""
        return Expression(self._document(field, keys), "<@", _wrapped(field, value))

    def _document(self, field: Any, keys: Any) -> Any:
        return self.extract(field, keys) if keys else field

    def has_key(self, field: Any, keys: Any, key: Any) -> Any:
        """``field ? key``."""
        return Expression(self._document(field, keys), "?", _bound(key))

    def has_keys(self, field: Any, keys: Any, key_list: Any) -> Any:
        """``field ?& keys``."""
        return Expression(self._document(field, keys), "?&", _bound(list(key_list)))

    def has_any_keys(self, field: Any, keys: Any, key_list: Any) -> Any:
        """``field ?| keys``."""
        return Expression(self._document(field, keys), "?|", _bound(list(key_list)))

    def set(self, field: Any, keys: Any, value: Any) -> Any:
        """``jsonb_set(field, path, value, true)``."""
        return _function("jsonb_set", field, text_array(keys), _wrapped(field, value), _bound(True))

    def insert(self, field: Any, keys: Any, value: Any) -> Any:
        """``CASE WHEN field #> path IS NULL THEN jsonb_set(field, path, value, true) ELSE field END``."""
        from redstart.node import Case  # loaded after the databases

        missing = self.extract(field, keys).is_null()
        return Case(None, [(missing, self.set(field, keys, value))], field)

    def replace(self, field: Any, keys: Any, value: Any) -> Any:
        """``jsonb_set(field, path, value, false)``."""
        return _function("jsonb_set", field, text_array(keys), _wrapped(field, value), _bound(False))

    def append(self, field: Any, keys: Any, value: Any) -> Any:
        """``jsonb_insert(field, path || '-1', value, true)``."""
        last = text_array((*keys, -1))
        return _function("jsonb_insert", field, last, _wrapped(field, value), _bound(True))

    def remove(self, field: Any, keys: Any) -> Any:
        """``field #- path``."""
        return Expression(field, "#-", text_array(keys))

    def update(self, field: Any, value: Any) -> Any:
        """``field || value``: items of the value replace those of the document, at the first level only."""
        return Expression(field, "||", _wrapped(field, value))

    def length(self, field: Any, keys: Any) -> Any:
        """``jsonb_array_length(field)``."""
        return _function("jsonb_array_length", self._document(field, keys))


def text_array(keys: Iterable[Any]) -> Any:
    """Gives a path as a literal: ``'{"a","0"}'::text[]``.

    Args:
        keys: Names and indexes.
    """
    from redstart.node import SQL  # loaded after the databases

    quoted = ",".join('"{}"'.format(str(key).replace("\\", "\\\\").replace('"', '\\"')) for key in keys)
    return SQL("'{}'::text[]".format(f"{{{quoted}}}".replace("'", "''")))


def _wrapped(field: Any, value: Any) -> Any:
    """Makes a document of a value, None included; expressions stay."""
    if isinstance(value, (Node, Json)):
        return value
    return _bound(Jsonb(value, field._dumps))


def _bound(value: Any) -> Any:
    from redstart.node import Value  # loaded after the databases

    return Value(value, False, unpack=False)


def _function(name: str, *arguments: Any) -> Any:
    from redstart.node import Function  # loaded after the databases

    return Function(name, arguments, coerce=False)
