"""Arrays: the field, its values in comparisons, elements and slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart._engine import Context, Expression, Node, tree
from redstart.constants import OP
from redstart.fields import Field, IntegerField
from redstart.node import SQL, NodeList
from redstart.postgres_ext.indexed_field import IndexedFieldMixin
from redstart.postgres_ext.lookup import _LookupNode, bound
from redstart.postgres_ext.operators import ACONTAINED_BY, ACONTAINS, ACONTAINS_ANY

if TYPE_CHECKING:
    from redstart.model import Model


class ArrayField(IndexedFieldMixin, Field):
    """An array: ``INTEGER[]``. Elements are counted from 0 here, from 1 in PostgreSQL.

    Example:
        >>> from redstart import CharField
        >>> from redstart.postgres_ext import ArrayField, PostgresqlExtDatabase
        >>> db = PostgresqlExtDatabase("app")
        >>> class Post(db.Model):
        ...     tags = ArrayField(CharField)
        >>> Post.select(Post.tags[0]).where(Post.tags.contains("new")).sql()[0]
        'SELECT "t1"."tags"[1] FROM "post" AS "t1" WHERE ("t1"."tags" @> %s::VARCHAR(255)[])'
    """

    passthrough = True

    def __init__(
        self,
        field_class: type[Field] = IntegerField,
        field_kwargs: dict[str, Any] | None = None,
        dimensions: int = 1,
        convert_values: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Declares an array.

        Args:
            field_class: The field of the elements.
            field_kwargs: Its arguments.
            dimensions: The number of dimensions.
            convert_values: Whether each element is converted by the elements' field, both ways.
            *args: The arguments of ``Field``.
            **kwargs: The arguments of ``Field``.
        """
        self._element = field_class(**(field_kwargs or {}))
        self.dimensions = dimensions
        self.convert_values = convert_values
        self.field_type = self._element.field_type
        super().__init__(*args, **kwargs)

    def bind(self, model: type[Model], name: str, set_attribute: bool = True) -> None:
        """Ties the field, and that of the elements, to a model under a name."""
        super().bind(model, name, set_attribute)
        self._element.model = model
        self._element.name = self._element.safe_name = name
        self._element.column_name = self.column_name

    def ddl_datatype(self, ctx: Any) -> Any:
        """Gives the elements' type with ``[]`` for each dimension."""
        return NodeList((self._element.ddl_datatype(ctx), SQL("[]" * self.dimensions)), glue="")

    def db_value(self, value: Any) -> Any:
        """Gives a list; expressions stay."""
        if value is None or isinstance(value, Node):
            return value
        return self._to_database(value) if self.convert_values else list(value)

    def case_value(self, value: Any) -> Any:
        """``value::INTEGER[]``: the branches of ``CASE`` do not take the column's type."""
        return ArrayValue(self, value)

    def _to_database(self, value: Any) -> list[Any]:
        return [
            self._to_database(item) if isinstance(item, (list, tuple)) else self._element.db_value(item)
            for item in value
        ]

    def python_value(self, value: Any) -> Any:
        """Gives what the driver read; converts each element if asked to."""
        if not self.convert_values or value is None:
            return value
        if isinstance(value, list):
            return [self.python_value(item) for item in value]
        return self._element.python_value(value)

    def __hash__(self) -> int:
        return super().__hash__()

    def __getitem__(self, value: Any) -> Any:
        return ObjectSlice.create(self, value)

    def _compared(self, op: str, rhs: Any) -> Any:
        return Expression(self, op, ArrayValue(self, rhs))

    def __eq__(self, rhs: object) -> Any:
        return self._compared(OP.EQ, rhs)

    def __ne__(self, rhs: object) -> Any:
        return self._compared(OP.NE, rhs)

    def __lt__(self, rhs: Any) -> Any:
        return self._compared(OP.LT, rhs)

    def __le__(self, rhs: Any) -> Any:
        return self._compared(OP.LTE, rhs)

    def __gt__(self, rhs: Any) -> Any:
        return self._compared(OP.GT, rhs)

    def __ge__(self, rhs: Any) -> Any:
        return self._compared(OP.GTE, rhs)

    def contains(self, *items: Any) -> Any:
        """``array @> items``: all of them are in the array."""
        return self._compared(ACONTAINS, items)

    def contains_any(self, *items: Any) -> Any:
        """``array && items``: one of them is in the array."""
        return self._compared(ACONTAINS_ANY, items)

    def contained_by(self, *items: Any) -> Any:
        """``array <@ items``: nothing else is in the array."""
        return self._compared(ACONTAINED_BY, items)


class ArrayValue(Node):
    """A list as an array of a field's type: ``%s::INTEGER[]``.

    Attributes:
        field: The field.
        value: The list, or an expression.
    """

    def __init__(self, field: Any, value: Any) -> None:
        """Takes a list for a field."""
        super().__init__()
        self.field = field
        self.value = value

    def _build_tree(self) -> Any:
        value, database = self.value, self.field.model._meta.database
        node = value if isinstance(value, Node) else bound(self.field.db_value(value))
        # Only the database knows how the types are called.
        context = Context() if database is None else database.get_sql_context()
        return tree.node_list((node, SQL("::"), self.field.ddl_datatype(context)), "")


class ObjectSlice(_LookupNode):
    """An element of an array, or a slice: ``array[1]``, ``array[1:2]``."""

    @classmethod
    def create(cls, node: Any, value: Any) -> ObjectSlice:
        """Makes one of what stands in brackets.

        Args:
            node: The array.
            value: An index or a slice, or either as text (``"0:2"``), or an expression.

        Raises:
            ValueError: The text is no index.
        """
        if isinstance(value, slice):
            # The end is one behind the slice here, its last element in PostgreSQL.
            parts = [value.start or 0, None if value.stop is None else value.stop - 1]
        elif isinstance(value, (int, Node)):
            parts = [value]
        else:
            parts = list(map(int, value.split(":")))
        return cls(node, parts)

    def __getitem__(self, value: Any) -> Any:
        return ObjectSlice.create(self, value)

    def _build_tree(self) -> Any:
        bounds: list[Any] = []
        for part in self.parts:
            bounds.extend((SQL(":"), _counted_from_one(part)))
        return tree.node_list((self.node, SQL("["), *bounds[1:], SQL("]")), "")


def _counted_from_one(part: Any) -> Any:
    return part if isinstance(part, Node) else SQL("" if part is None else str(part + 1))
