"""JSON documents, and paths into them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from redstart._engine import ColumnBase, Expression, tree
from redstart.constants import OP
from redstart.fields.base import Field, FieldDatabaseHook

if TYPE_CHECKING:
    from collections.abc import Callable


class JSONField(FieldDatabaseHook, Field):
    """A JSON document. Items are paths into it: ``field["tags"][0]``.

    Example:
        >>> from redstart import JSONField, SqliteDatabase
        >>> db = SqliteDatabase(":memory:")
        >>> class Event(db.Model):
        ...     data = JSONField()
        >>> Event.create_table()
        >>> _ = Event.create(data={"tags": ["a", "b"]})
        >>> Event.get(Event.data["tags"][0] == "a").data
        {'tags': ['a', 'b']}
    """

    field_type = "JSON"
    unpack = False
    _read_kind = "host"
    _write_kind = "host"

    def __init__(
        self, dumps: Callable[[Any], str] | None = None, loads: Callable[[Any], Any] | None = None, **kwargs: Any
    ) -> None:
        """Declares a column.

        Args:
            dumps: Writes a value as text; ``json.dumps`` by default.
            loads: Reads it; ``json.loads`` by default.
            **kwargs: The arguments of ``Field``.
        """
        self._dumps = dumps or json.dumps
        self._loads = loads or json.loads
        self._methods: Any = None
        self._wrap: Any = None
        self._read: Any = None
        super().__init__(**kwargs)

    def _db_hook(self, database: Any) -> None:
        """Takes the dialect's way with JSON."""
        from redstart.proxy import Proxy

        if isinstance(database, Proxy):
            database = database.obj
        if database is None or database.json_methods is None:
            self._methods = self._wrap = self._read = None
            return
        self._methods = database.json_methods(database)
        self._wrap = self._methods.make_value_wrapper(self._dumps)
        self._read = self._methods.make_value_reader(self._loads)

    def db_value(self, value: Any) -> Any:
        """Wraps a value to be stored; expressions stay."""
        if value is None or hasattr(value, "__sql__") or self._wrap is None:
            return value
        return self._wrap(value)

    def python_value(self, value: Any) -> Any:
        """Reads a stored document."""
        if value is None or self._read is None:
            return value
        return self._read(value)

    def to_value(self, value: Any) -> Any:
        """Wraps a value to be stored."""
        return self.db_value(value)

    def case_value(self, value: Any) -> Any:
        """Wraps a value for a branch of ``CASE``."""
        return value if self._methods is None else self._methods.cast_for_case(self, value)

    def __hash__(self) -> int:
        return super().__hash__()

    def __getitem__(self, key: Any) -> JSONPath:
        return JSONPath(self, (key,))

    def __eq__(self, rhs: object) -> Any:
        if rhs is None:
            return self.is_null()
        return Expression(self, OP.EQ, self.db_value(rhs))

    def __ne__(self, rhs: object) -> Any:
        if rhs is None:
            return self.is_null(False)
        return Expression(self, OP.NE, self.db_value(rhs))

    def path(self, *keys: Any) -> JSONPath:
        """Gives a path into the document."""
        return JSONPath(self, keys)

    def contains(self, value: Any) -> Any:
        """Tells whether the document contains another."""
        return self._methods.contains(self, (), value)

    def contained_by(self, value: Any) -> Any:
        """Tells whether the document is contained in another."""
        return self._methods.contained_by(self, (), value)

    def has_key(self, key: Any) -> Any:
        """Tells whether the document has a key."""
        return self._methods.has_key(self, (), key)

    def has_keys(self, key_list: Any) -> Any:
        """Tells whether the document has all of several keys."""
        return self._methods.has_keys(self, (), key_list)

    def has_any_keys(self, key_list: Any) -> Any:
        """Tells whether the document has any of several keys."""
        return self._methods.has_any_keys(self, (), key_list)

    def append(self, value: Any) -> Any:
        """Gives the document, an array, with one more item, for ``UPDATE``."""
        return self._methods.append(self, (), value)

    def update(self, value: Any) -> Any:
        """Gives the document with another merged into it, for ``UPDATE``."""
        return self._methods.update(self, value)

    def length(self) -> Any:
        """Gives the length of the document, an array."""
        return self._methods.length(self, ())


class JSONPath(ColumnBase):
    """A place in a JSON document."""

    def __init__(self, field: Any, keys: Any = (), as_text: bool = False) -> None:
        """Names the place.

        Args:
            field: The document.
            keys: The names and indexes that lead to it.
            as_text: Whether it is read as text instead of JSON.
        """
        super().__init__()
        self._field = field
        self._keys = tuple(keys)
        self._as_text = as_text
        # What a query selects of this place is read as the document itself is.
        self._converter = None if as_text else field.python_value

    def clone(self) -> JSONPath:
        """Gives a copy."""
        return type(self)(self._field, self._keys, self._as_text)

    def _extracted(self) -> Any:
        methods = self._field._methods
        extract = methods.extract_text if self._as_text else methods.extract
        node = extract(self._field, self._keys)
        return node if self._as_text else node.converter(self._field.python_value)

    def _build_tree(self) -> Any:
        # A list of one keeps the parentheses that a function would take off its argument.
        return tree.node_list((self._extracted(),))

    def python_value(self, value: Any) -> Any:
        """Reads what a query selected of this place."""
        return value if self._as_text else self._field.python_value(value)

    def __getitem__(self, key: Any) -> JSONPath:
        return type(self)(self._field, (*self._keys, key), self._as_text)

    def path(self, *keys: Any) -> JSONPath:
        """Gives a place further down."""
        return type(self)(self._field, (*self._keys, *keys), self._as_text)

    def as_text(self, as_text: bool = True) -> JSONPath:
        """Reads the place as text."""
        return type(self)(self._field, self._keys, as_text)

    def as_int(self) -> Any:
        """Reads the place as a whole number."""
        return self.as_text().cast(self._field._methods.cast_type("int"))

    def as_float(self) -> Any:
        """Reads the place as a floating-point number."""
        return self.as_text().cast(self._field._methods.cast_type("float"))

    def _compared(self, value: Any) -> Any:
        return value if self._as_text else self._field._methods.compare_value(self._field, value)

    def _expression(self, op: str, rhs: Any) -> Any:
        return Expression(self, op, self._compared(rhs))

    def __eq__(self, rhs: object) -> Any:
        return self.is_null() if rhs is None else self._expression(OP.EQ, rhs)

    def __ne__(self, rhs: object) -> Any:
        return self.is_null(False) if rhs is None else self._expression(OP.NE, rhs)

    def __lt__(self, rhs: Any) -> Any:
        return self._expression(OP.LT, rhs)

    def __le__(self, rhs: Any) -> Any:
        return self._expression(OP.LTE, rhs)

    def __gt__(self, rhs: Any) -> Any:
        return self._expression(OP.GT, rhs)

    def __ge__(self, rhs: Any) -> Any:
        return self._expression(OP.GTE, rhs)

    def __hash__(self) -> int:
        return hash((type(self), self._field, self._keys, self._as_text))

    def in_(self, rhs: Any) -> Any:
        """Tells whether the place holds one of several values."""
        return super().in_(self._each(rhs))

    def not_in(self, rhs: Any) -> Any:
        """Tells whether the place holds none of several values."""
        return super().not_in(self._each(rhs))

    def _each(self, rhs: Any) -> Any:
        if isinstance(rhs, (list, tuple, set, frozenset, range)):
            return [self._compared(value) for value in rhs]
        return rhs

    def between(self, lo: Any, hi: Any) -> Any:
        """Tells whether what the place holds is between two values."""
        return super().between(self._compared(lo), self._compared(hi))

    def is_null(self, is_null: bool = True) -> Any:
        """Tells whether there is nothing: no document, no such key, or a JSON null."""
        text = self if self._as_text else self.as_text()
        return ColumnBase.is_null(text, is_null)

    def like(self, rhs: Any) -> Any:
        """Compares as text."""
        return ColumnBase.like(self.as_text(), rhs)

    def ilike(self, rhs: Any) -> Any:
        """Compares as text, whatever the case."""
        return ColumnBase.ilike(self.as_text(), rhs)

    def regexp(self, rhs: Any) -> Any:
        """Searches in the text."""
        return ColumnBase.regexp(self.as_text(), rhs)

    def iregexp(self, rhs: Any) -> Any:
        """Searches in the text, whatever the case."""
        return ColumnBase.iregexp(self.as_text(), rhs)

    def startswith(self, rhs: Any) -> Any:
        """Tells how the text begins."""
        return ColumnBase.startswith(self.as_text(), rhs)

    def endswith(self, rhs: Any) -> Any:
        """Tells how the text ends."""
        return ColumnBase.endswith(self.as_text(), rhs)

    def contains(self, rhs: Any) -> Any:
        """Tells whether the place contains a document; as text, whether it contains a text."""
        if self._as_text:
            return super().contains(rhs)
        return self._field._methods.contains(self._field, self._keys, rhs)

    def contained_by(self, value: Any) -> Any:
        """Tells whether what the place holds is contained in a document."""
        return self._field._methods.contained_by(self._field, self._keys, value)

    def has_key(self, key: Any) -> Any:
        """Tells whether there is a key."""
        return self._field._methods.has_key(self._field, self._keys, key)

    def has_keys(self, key_list: Any) -> Any:
        """Tells whether there are all of several keys."""
        return self._field._methods.has_keys(self._field, self._keys, key_list)

    def has_any_keys(self, key_list: Any) -> Any:
        """Tells whether there are any of several keys."""
        return self._field._methods.has_any_keys(self._field, self._keys, key_list)

    def set(self, value: Any) -> Any:
        """Gives the document with a value in this place, for ``UPDATE``."""
        return self._field._methods.set(self._field, self._keys, value)

    def insert(self, value: Any) -> Any:
        """Gives the document with a value in this place if it was empty."""
        return self._field._methods.insert(self._field, self._keys, value)

    def replace(self, value: Any) -> Any:
        """Gives the document with a value in this place if it was not empty."""
        return self._field._methods.replace(self._field, self._keys, value)

    def append(self, value: Any) -> Any:
        """Gives the document with one more item in the array in this place."""
        return self._field._methods.append(self._field, self._keys, value)

    def remove(self) -> Any:
        """Gives the document without this place."""
        return self._field._methods.remove(self._field, self._keys)

    def length(self) -> Any:
        """Gives the length of the array in this place."""
        return self._field._methods.length(self._field, self._keys)
