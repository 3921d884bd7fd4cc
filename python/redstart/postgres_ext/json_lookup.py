"""Places in a JSON document: ``data["tags"][0]`` and ``data.path("tags", 0)``."""

from __future__ import annotations

import re
from typing import Any

from redstart._engine import Expression, Node, tree
from redstart.database.json_methods.postgres import text_array
from redstart.node import SQL, Case, Cast, Function, fn
from redstart.postgres_ext.lookup import _LookupNode, bound
from redstart.postgres_ext.operators import (
    JSONB_CONTAINED_BY,
    JSONB_CONTAINS,
    JSONB_CONTAINS_ALL_KEYS,
    JSONB_CONTAINS_ANY_KEY,
    JSONB_CONTAINS_KEY,
    JSONB_PATH_EXISTS,
    JSONB_PATH_MATCH,
    JSONB_PATH_REMOVE,
)


class _JsonLookupBase(_LookupNode):
    """A place in a JSON document, read as text or as JSON.

    What looks into the place works on its JSON; what changes it gives the whole document, for ``UPDATE``.
    """

    def __init__(self, node: Any, parts: Any, as_json: bool = False) -> None:
        """Names a place.

        Args:
            node: The document, or another place.
            parts: The names and indexes that lead to the place.
            as_json: Whether it is read as JSON.
        """
        super().__init__(node, parts)
        self._as_json = as_json

    def as_json(self, as_json: bool = True) -> Any:
        """Reads the place as JSON."""
        copy = self.clone()
        copy._as_json = as_json
        return copy

    # The document to which the place belongs.

    def _resolve_root(self) -> tuple[Any, list[Any]]:
        """Gives the document and all that leads to the place in it."""
        if isinstance(self.node, _JsonLookupBase):
            root, keys = self.node._resolve_root()
            return root, [*keys, *self.parts]
        return self.node, list(self.parts)

    def _wrap(self, value: Any) -> Any:
        root, _ = self._resolve_root()
        document = getattr(root, "_document", None)
        wrapped = value if isinstance(value, Node) or document is None else document(value)
        return wrapped if isinstance(wrapped, Node) else bound(wrapped)

    def _function(self, name: str, *arguments: Any) -> Any:
        return Function(name, (self.as_json(), *arguments), coerce=False)

    # Looking into the place.

    def path(self, *keys: Any) -> JsonPath:
        """``place #> path``: a place further down, as JSON."""
        return JsonPath(self.as_json(), keys, as_json=True)

    def concat(self, rhs: Any) -> Any:
        """``place || rhs``."""
        return Expression(self.as_json(), "||", self._wrap(rhs))

    def contains(self, rhs: Any) -> Any:
        """``place @> rhs``."""
        return Expression(self.as_json(), JSONB_CONTAINS, self._wrap(rhs))

    def contained_by(self, rhs: Any) -> Any:
        """``place <@ rhs``."""
        return Expression(self.as_json(), JSONB_CONTAINED_BY, self._wrap(rhs))

    def contains_any(self, *keys: Any) -> Any:
        """``place ?| keys``: there is one of the keys."""
        return Expression(self.as_json(), JSONB_CONTAINS_ANY_KEY, bound(list(keys)))

    def contains_all(self, *keys: Any) -> Any:
        """``place ?& keys``: there are all of the keys."""
        return Expression(self.as_json(), JSONB_CONTAINS_ALL_KEYS, bound(list(keys)))

    def has_key(self, key: Any) -> Any:
        """``place ? key``: there is the key."""
        return Expression(self.as_json(), JSONB_CONTAINS_KEY, key)

    def length(self) -> Any:
        """``json_array_length(place)``."""
        return self._function(f"{self._datatype()}_array_length")

    def extract(self, *path: Any) -> Any:
        """``json_extract_path(place, key, ...)``: a place further down, as JSON."""
        return self._function(f"{self._datatype()}_extract_path", *map(str, path))

    def _datatype(self) -> str:
        root, _ = self._resolve_root()
        datatype: str = getattr(root, "_json_datatype", "jsonb")
        return datatype

    def path_exists(self, expr: Any) -> Any:
        """``place @? expr``: the JSON path finds something."""
        return Expression(self.as_json(), JSONB_PATH_EXISTS, jsonpath(expr))

    def path_match(self, expr: Any) -> Any:
        """``place @@ expr``: the JSON path's predicate holds."""
        return Expression(self.as_json(), JSONB_PATH_MATCH, jsonpath(expr))

    def path_query(self, expr: Any) -> Any:
        """``jsonb_path_query(place, expr)``: all that the JSON path finds, as rows."""
        return self._function("jsonb_path_query", jsonpath(expr))

    def path_query_array(self, expr: Any) -> Any:
        """``jsonb_path_query_array(place, expr)``: all that the JSON path finds, as an array."""
        return self._function("jsonb_path_query_array", jsonpath(expr))

    def path_query_first(self, expr: Any) -> Any:
        """``jsonb_path_query_first(place, expr)``: what the JSON path finds first."""
        return self._function("jsonb_path_query_first", jsonpath(expr))

    # Changing the document.

    def set(self, value: Any) -> Any:
        """``jsonb_set(document, path, value, true)``: the document with a value in this place."""
        return self._set(self._wrap(value), True)

    def replace(self, value: Any) -> Any:
        """``jsonb_set(document, path, value, false)``: the same, if the place was not empty."""
        return self._set(self._wrap(value), False)

    def _set(self, value: Any, create: bool) -> Any:
        root, keys = self._resolve_root()
        return fn.jsonb_set(root, text_array(keys), value, bound(create))

    def insert(self, value: Any) -> Any:
        """``CASE WHEN place IS NULL THEN jsonb_set(...) ELSE document END``: the same, if it was empty."""
        root, keys = self._resolve_root()
        return Case(None, [(JsonPath(root, keys, as_json=True).is_null(), self.set(value))], root)

    def append(self, value: Any) -> Any:
        """``jsonb_insert(document, path || '-1', value, true)``: the array in this place with one more item."""
        root, keys = self._resolve_root()
        return fn.jsonb_insert(root, text_array((*keys, -1)), self._wrap(value), bound(True))

    def update(self, value: Any) -> Any:
        """``jsonb_set(document, path, place || value, true)``: the object in this place with these items."""
        root, keys = self._resolve_root()
        merged = Expression(JsonPath(root, keys, as_json=True), "||", self._wrap(value))
        return self._set(merged, True)

    def remove(self) -> Any:
        """``document #- path``: the document without this place."""
        root, keys = self._resolve_root()
        return Expression(root, JSONB_PATH_REMOVE, bound([str(key) for key in keys]))


class JsonLookup(_JsonLookupBase):
    """A place found key by key: ``document->'tags'->>0``."""

    def __getitem__(self, value: Any) -> JsonLookup:
        return JsonLookup(self.node, [*self.parts, value], self._as_json)

    def _build_tree(self) -> Any:
        nodes = [self.node]
        for place, part in enumerate(self.parts, 1):
            as_json = self._as_json or place < len(self.parts)
            nodes.extend((SQL("->" if as_json else "->>"), _key(part)))
        return tree.node_list(nodes, "")


class JsonPath(_JsonLookupBase):
    """A place found by its path: ``document#>'{tags,0}'``."""

    def _build_tree(self) -> Any:
        path = ",".join(map(_element, self.parts)).replace("'", "''")
        return tree.node_list((self.node, SQL("#>" if self._as_json else "#>>"), SQL(f"'{{{path}}}'")), "")


def jsonpath(expr: Any) -> Any:
    """``CAST(expr AS jsonpath)``."""
    return Cast(bound(expr), "jsonpath")


def _key(part: Any) -> Any:
    if isinstance(part, Node):
        return part
    return SQL(str(part) if isinstance(part, int) else "'{}'".format(str(part).replace("'", "''")))


def _element(part: Any) -> str:
    """Writes an element of a path; in quotes if it is anything but a plain word."""
    text = str(part)
    if text.lower() != "null" and re.fullmatch(r"[\w-]+", text):
        return text
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))
