"""JSON as SQLite writes it."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING, Any

from redstart._engine import Expression, Node
from redstart.database.json_methods.base import BaseJSONMethods
from redstart.exceptions import NotSupportedError

if TYPE_CHECKING:
    from collections.abc import Callable


class SqliteJSONMethods(BaseJSONMethods):
    """``->``, ``->>`` and the functions ``json_...``; paths are bound parameters."""

    def __init__(self, database: Any) -> None:
        """Takes the database.

        Raises:
            NotSupportedError: SQLite is older than 3.38.
        """
        super().__init__(database)
        if database.server_version and tuple(database.server_version) < (3, 38, 0):
            raise NotSupportedError("JSONField requires SQLite 3.38 or newer.")

    def make_value_wrapper(self, dumps: Callable[[Any], str]) -> Callable[[Any], Any]:
        """Gives the function that writes ``json(?)``."""

        def wrap(value: Any) -> Any:
            return _function("json", _bound(dumps(value)))

        return wrap

    def cast_type(self, t: str) -> str:
        """``INTEGER`` or ``REAL``."""
        return {"int": "INTEGER", "float": "REAL"}[t]

    def extract(self, field: Any, keys: Any) -> Any:
        """``field -> path``."""
        return Expression(field, "->", _bound(_path(keys)))

    def extract_text(self, field: Any, keys: Any) -> Any:
        """``field ->> path``."""
        return Expression(field, "->>", _bound(_path(keys)))

    def contains(self, field: Any, keys: Any, value: Any) -> Any:
        """``_pw_json_contains(field, value) = 1``."""
        return _function("_pw_json_contains", self._document(field, keys), _dumped(field, value)) == 1

    def contained_by(self, field: Any, keys: Any, value: Any) -> Any:
        """``_pw_json_contains(value, field) = 1``."""
        return _function("_pw_json_contains", _dumped(field, value), self._document(field, keys)) == 1

    def _document(self, field: Any, keys: Any) -> Any:
        return self.extract(field, keys) if keys else field

    def has_key(self, field: Any, keys: Any, key: Any) -> Any:
        """``json_type(field, path) IS NOT NULL``."""
        return _function("json_type", field, _bound(_path((*keys, key)))).is_null(False)

    def has_keys(self, field: Any, keys: Any, key_list: Any) -> Any:
        """The same for each key, joined by ``AND``."""
        return reduce(operator.and_, [self.has_key(field, keys, key) for key in key_list])

    def has_any_keys(self, field: Any, keys: Any, key_list: Any) -> Any:
        """The same for each key, joined by ``OR``."""
        return reduce(operator.or_, [self.has_key(field, keys, key) for key in key_list])

    def set(self, field: Any, keys: Any, value: Any) -> Any:
        """``json_set(field, path, value)``."""
        return _function("json_set", field, _bound(_path(keys)), _element(field, value))

    def insert(self, field: Any, keys: Any, value: Any) -> Any:
        """``json_insert(field, path, value)``."""
        return _function("json_insert", field, _bound(_path(keys)), _element(field, value))

    def replace(self, field: Any, keys: Any, value: Any) -> Any:
        """``json_replace(field, path, value)``."""
        return _function("json_replace", field, _bound(_path(keys)), _element(field, value))

    def append(self, field: Any, keys: Any, value: Any) -> Any:
        """``json_set(field, path || '[#]', value)``."""
        return _function("json_set", field, _bound(f"{_path(keys)}[#]"), _element(field, value))

    def remove(self, field: Any, keys: Any) -> Any:
        """``json_remove(field, path)``."""
        return _function("json_remove", field, _bound(_path(keys)))

    def update(self, field: Any, value: Any) -> Any:
        """``json_patch(field, value)``."""
        return _function("json_patch", field, field.db_value(value))

    def length(self, field: Any, keys: Any) -> Any:
        """``json_array_length(field, path)``."""
        if keys:
            return _function("json_array_length", field, _bound(_path(keys)))
        return _function("json_array_length", field)


def _path(keys: Any) -> str:
    parts = ["$"]
    for key in keys:
        if isinstance(key, int):
            parts.append(f"[{key}]" if key >= 0 else f"[#{key}]")
        else:
            escaped = str(key).replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'."{escaped}"')
    return "".join(parts)


def _element(field: Any, value: Any) -> Any:
    """Wraps what SQL has no type for; other scalars are bound as they are."""
    if value is None or isinstance(value, (dict, list, bool)):
        return _function("json", _bound(field._dumps(value)))
    return value if isinstance(value, Node) else _bound(value)


def _dumped(field: Any, value: Any) -> Any:
    return value if isinstance(value, Node) else _bound(field._dumps(value))


def _bound(value: Any) -> Any:
    from redstart.node import Value  # loaded after the databases

    return Value(value, False)


def _function(name: str, *arguments: Any) -> Any:
    from redstart.node import Function  # loaded after the databases

    return Function(name, arguments, coerce=False)
