"""``hstore``: text by text, in one column."""

from __future__ import annotations

from typing import Any

from redstart._engine import Expression, Node
from redstart.fields import Field
from redstart.node import Cast, fn
from redstart.postgres_ext.indexed_field import IndexedFieldMixin
from redstart.postgres_ext.lookup import bound
from redstart.postgres_ext.operators import (
    HCONTAINS_ANY_KEY,
    HCONTAINS_DICT,
    HCONTAINS_KEY,
    HCONTAINS_KEYS,
    HKEY,
    HUPDATE,
)


class HStoreField(IndexedFieldMixin, Field):
    """A dict of text by text: ``HSTORE``. The database needs the extension and ``register_hstore=True``.

    Example:
        >>> from redstart.postgres_ext import HStoreField, PostgresqlExtDatabase
        >>> db = PostgresqlExtDatabase("app", register_hstore=True)
        >>> class House(db.Model):
        ...     features = HStoreField()
        >>> House.select().where(House.features.contains("garage")).sql()
        ('SELECT "t1"."id", "t1"."features" FROM "house" AS "t1" WHERE ("t1"."features" ? %s)', ['garage'])
    """

    field_type = "HSTORE"

    def db_value(self, value: Any) -> Any:
        """Gives a dict as a parameter of its type; everything else stays."""
        return HStore(value) if isinstance(value, dict) else value

    def case_value(self, value: Any) -> Any:
        """``CAST(value AS hstore)``: the branches of ``CASE`` do not take the column's type."""
        return Cast(bound(self.db_value(value)), "hstore")

    def python_value(self, value: Any) -> Any:
        """Gives what the driver read."""
        return value

    def __getitem__(self, key: Any) -> Any:
        """``field -> key``: the value of a key."""
        return Expression(self, HKEY, key if isinstance(key, Node) else bound(key))

    def keys(self) -> Any:
        """``akeys(field)``: the keys, an array."""
        return fn.akeys(self)

    def values(self) -> Any:
        """``avals(field)``: the values, an array."""
        return fn.avals(self)

    def items(self) -> Any:
        """``hstore_to_matrix(field)``: keys and values, an array of pairs."""
        return fn.hstore_to_matrix(self)

    def slice(self, *args: Any) -> Any:
        """``slice(field, keys)``: the part with these keys."""
        return fn.slice(self, bound(list(args)))

    def exists(self, key: Any) -> Any:
        """``exist(field, key)``: there is the key."""
        return fn.exist(self, key)

    def defined(self, key: Any) -> Any:
        """``defined(field, key)``: there is the key, and its value is not NULL."""
        return fn.defined(self, key)

    def update(self, __data: dict[str, Any] | None = None, **data: Any) -> Any:  # noqa: PYI063 - peewee's signature
        """``field || data``: the same with these items, for ``UPDATE``.

        Args:
            __data: The items.
            **data: More of them.
        """
        return Expression(self, HUPDATE, bound(HStore({**data, **(__data or {})})))

    def delete(self, *keys: Any) -> Any:
        """``delete(field, keys)``: the same without these keys, for ``UPDATE``."""
        return fn.delete(self, Cast(bound(list(keys)), "text[]"))

    def contains(self, value: Any) -> Any:
        """``@>`` for a dict, ``?&`` for a list of keys, ``?`` for one key."""
        if isinstance(value, dict):
            return Expression(self, HCONTAINS_DICT, bound(HStore(value)))
        if isinstance(value, (list, tuple)):
            return Expression(self, HCONTAINS_KEYS, bound(list(value)))
        return Expression(self, HCONTAINS_KEY, value)

    def contains_any(self, *keys: Any) -> Any:
        """``field ?| keys``: there is one of the keys."""
        return Expression(self, HCONTAINS_ANY_KEY, bound(list(keys)))


class HStore(dict[str, Any]):
    """A dict on its way to the database.

    Example:
        >>> from redstart.postgres_ext.hstore import HStore
        >>> HStore(a="1", b=None).text()
        '"a"=>"1","b"=>NULL'
    """

    def text(self) -> str:
        """Gives the items as PostgreSQL reads them."""
        return ",".join(f"{_quoted(key)}=>{'NULL' if value is None else _quoted(value)}" for key, value in self.items())

    def __pg_value__(self) -> tuple[int, str]:
        """Gives the text, whose type the server finds out."""
        return 0, self.text()


def _quoted(value: Any) -> str:
    return '"{}"'.format(str(value).replace("\\", "\\\\").replace('"', '\\"'))
