"""What a dialect has to know about JSON: one method for each thing that a JSON field can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart._engine import Node

if TYPE_CHECKING:
    from collections.abc import Callable


class BaseJSONMethods:
    """The base of the dialects' ways. Keys are a path: names and indexes."""

    def __init__(self, database: Any) -> None:
        """Takes the database."""
        self.database = database

    def make_value_wrapper(self, dumps: Callable[[Any], str]) -> Callable[[Any], Any]:
        """Gives the function that wraps a value to be stored."""
        raise NotImplementedError

    def make_value_reader(self, loads: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Gives the function that reads a stored value."""

        def read(value: Any) -> Any:
            return value if value is None else loads(value)

        return read

    def cast_type(self, t: str) -> str:
        """Gives the type's name for ``int`` or ``float``."""
        raise NotImplementedError

    def cast_for_case(self, field: Any, value: Any) -> Any:
        """Gives a stored value as it stands in a branch of ``CASE``."""
        return field.db_value(value)

    def compare_value(self, field: Any, value: Any) -> Any:
        """Gives a value as it is compared with a path."""
        return value if isinstance(value, Node) else field.db_value(value)

    def extract(self, field: Any, keys: Any) -> Any:
        """Gives what stands at a path, as JSON."""
        raise NotImplementedError

    def extract_text(self, field: Any, keys: Any) -> Any:
        """Gives what stands at a path, as text."""
        raise NotImplementedError

    def contains(self, field: Any, keys: Any, value: Any) -> Any:
        """Tells whether a path contains a document."""
        raise NotImplementedError

    def contained_by(self, field: Any, keys: Any, value: Any) -> Any:
        """Tells whether a path is contained in a document."""
        raise NotImplementedError

    def has_key(self, field: Any, keys: Any, key: Any) -> Any:
        """Tells whether a path has a key."""
        raise NotImplementedError

    def has_keys(self, field: Any, keys: Any, key_list: Any) -> Any:
        """Tells whether a path has all of several keys."""
        raise NotImplementedError

    def has_any_keys(self, field: Any, keys: Any, key_list: Any) -> Any:
        """Tells whether a path has any of several keys."""
        raise NotImplementedError

    def set(self, field: Any, keys: Any, value: Any) -> Any:
        """Gives the document with a value at a path."""
        raise NotImplementedError

    def insert(self, field: Any, keys: Any, value: Any) -> Any:
        """Gives the document with a value at a path where there was none."""
        raise NotImplementedError

    def replace(self, field: Any, keys: Any, value: Any) -> Any:
        """Gives the document with a value at a path where there was one."""
        raise NotImplementedError

    def append(self, field: Any, keys: Any, value: Any) -> Any:
        """Gives the document with a value at the end of an array."""
        raise NotImplementedError

    def remove(self, field: Any, keys: Any) -> Any:
        """Gives the document without what stands at a path."""
        raise NotImplementedError

    def update(self, field: Any, value: Any) -> Any:
        """Gives the document with another merged into it."""
        raise NotImplementedError

    def length(self, field: Any, keys: Any) -> Any:
        """Gives the length of an array."""
        raise NotImplementedError
