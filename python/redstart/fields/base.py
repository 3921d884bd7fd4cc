"""The base of all fields: what a column is called, how it is declared, and how values pass.

The operators and the column's place in statements are native (``FieldBase``).
Here stand the declaration, the binding to a model, the DDL of one column, and the
choice of the native conversion. Concrete types have files of their own.
"""

from __future__ import annotations

from functools import cache

from redstart._engine import FieldAccessor, FieldBase
from redstart.deprecation import warn_deprecated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, ClassVar

    from redstart.model import Model


class Field(FieldBase):
    """A column of a model.

    Subclass it to define a type of your own: set ``field_type`` and override
    ``db_value`` (towards the database) and ``python_value`` (from it).

    Example:
        >>> from redstart import Field
        >>> class UpperField(Field):
        ...     field_type = "TEXT"
        ...     def db_value(self, value):
        ...         return None if value is None else value.upper()
    """

    accessor_class: ClassVar[type] = FieldAccessor
    auto_increment: bool = False
    default_index_type: str | None = None
    field_type: Any = "DEFAULT"
    unpack: bool = True

    # The native conversion of the built-in class in whose body they stand. It is used
    # unless a subclass overrides one of the conversions; see `_kinds`.
    _read_kind: ClassVar[str] = "raw"
    _write_kind: ClassVar[str] = "raw"

    column_name: Any
    default: Any
    primary_key: Any

    _field_counter: ClassVar[int] = 0
    _order: int = 0

    model: Any
    name: Any
    safe_name: Any

    def __init__(  # noqa: PLR0913, PLR0917 - peewee's signature
        self,
        null: bool = False,
        index: bool = False,
        unique: bool = False,
        column_name: str | None = None,
        default: Any = None,
        primary_key: bool = False,
        constraints: Sequence[Any] | None = None,
        sequence: str | None = None,
        collation: str | None = None,
        unindexed: bool = False,
        choices: Iterable[tuple[Any, Any]] | None = None,
        help_text: str | None = None,
        verbose_name: str | None = None,
        index_type: str | None = None,
        db_column: str | None = None,
        _hidden: bool = False,
    ) -> None:
        """Declares a column.

        Args:
            null: Whether NULL is allowed.
            index: Whether to create an index on the column.
            unique: Whether to create a unique index on the column.
            column_name: The column's name, if it is not the attribute's.
            default: The value for new rows, or a function that gives it. Python's side only.
            primary_key: Whether the column is the primary key.
            constraints: Nodes for the column's definition, as ``Check("price > 0")``.
            sequence: The sequence that gives values, where the database has those.
            collation: The collation.
            unindexed: Whether a full-text table leaves the column out of its index.
            choices: Pairs of value and label, for forms. Nothing is enforced.
            help_text: A description, for forms.
            verbose_name: A label, for forms.
            index_type: The kind of index, as in ``USING index_type``.
            db_column: The former name of ``column_name``.
            _hidden: Whether ``SELECT`` leaves the column out unless it is named.
        """
        if db_column is not None:
            warn_deprecated('"db_column" has been deprecated in favor of "column_name" for Field objects.')
            column_name = db_column
        self.null = null
        self.index = index
        self.unique = unique
        self.column_name = column_name
        self.default = default
        self.primary_key = primary_key
        self.constraints = constraints
        self.sequence = sequence
        self.collation = collation
        self.unindexed = unindexed
        self.choices = choices
        self.help_text = help_text
        self.verbose_name = verbose_name
        self.index_type = index_type or self.default_index_type
        self._hidden = _hidden
        # A field that belongs to no model yet is told apart by its identity.
        self._hash = object.__hash__(self)
        Field._field_counter += 1
        self._order = Field._field_counter
        self._sort_key = ((self.primary_key and 1) or 2), self._order

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        model = self.__dict__.get("model")
        if model is not None and self.__dict__.get("name"):
            return f"<{type(self).__name__}: {model.__name__}.{self.name}>"
        return f"<{type(self).__name__}: (unbound)>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Field:
        """Gives a copy with the same model, column and default: a subclass of a model owns copies of its fields."""
        memo[id(self)] = twin = self.clone()
        return twin

    def bind(self, model: type[Model], name: str, set_attribute: bool = True) -> None:
        """Ties the field to a model under a name.

        Args:
            model: The model class.
            name: The attribute's name.
            set_attribute: Whether to put the field's accessor on the class.
        """
        self.model = model
        self.name = self.safe_name = name
        self.column_name = self.column_name or name
        self._hash = hash((model, name))
        if set_attribute:
            setattr(model, name, self.accessor_class(model, self, name))

    @property
    def column(self) -> Any:
        """The column as a node of its own, without the field's conversions."""
        from redstart.node import Column  # loaded after the fields

        return Column(self.model._meta.table, self.column_name)

    def adapt(self, value: Any) -> Any:
        """Converts a value that is not None, both ways, unless one of the two is overridden."""
        return value

    def db_value(self, value: Any) -> Any:
        """Converts a value on its way to the database."""
        return value if value is None else self.adapt(value)

    def python_value(self, value: Any) -> Any:
        """Converts a value on its way from the database."""
        return value if value is None else self.adapt(value)

    def to_value(self, value: Any) -> Any:
        """Wraps a value so that it is bound through this field's conversion."""
        return _value_class()(value, self.db_value, unpack=False)

    def case_value(self, value: Any) -> Any:
        """Wraps a value for a branch of ``CASE``, as ``bulk_update`` writes them."""
        return self.to_value(value)

    def get_sort_key(self, ctx: Any) -> tuple[int, int]:
        """The place of the field among its model's: primary keys first."""
        del ctx
        return self._sort_key

    def get_modifiers(self) -> list[Any] | None:
        """What stands in parentheses after the type, as in ``VARCHAR(255)``."""
        return None

    def ddl_datatype(self, ctx: Any) -> Any:
        """Gives the column's type as a node.

        Args:
            ctx: The context in which it will be rendered; its settings name the types.
        """
        from redstart.node import SQL  # loaded after the fields

        settings = ctx.state.settings
        types = settings.get("field_types") or {}
        column_type = types.get(self.field_type, self.field_type)
        modifiers = self.get_modifiers()
        if column_type and modifiers:
            return SQL("{}({})".format(column_type, ", ".join(str(part) for part in modifiers)))
        return SQL(column_type)

    def ddl(self, ctx: Any) -> Any:
        """Gives the column's definition as a node."""
        from redstart.node import SQL, Entity, NodeList  # loaded after the fields

        parts: list[Any] = [Entity(self.column_name)]
        data_type = self.ddl_datatype(ctx)
        if data_type is not None:
            parts.append(data_type)
        if self.unindexed:
            parts.append(SQL("UNINDEXED"))
        if not self.null:
            parts.append(SQL("NOT NULL"))
        if self.primary_key:
            parts.append(SQL("PRIMARY KEY"))
        if self.sequence:
            parts.append(SQL("DEFAULT NEXTVAL('{}')".format(self.sequence.replace("'", "''"))))
        if self.constraints:
            parts.extend(self.constraints)
        if self.collation:
            parts.append(SQL(f"COLLATE {self.collation}"))
        return NodeList(parts)

    def _kinds(self) -> tuple[str, str]:
        """Gives the native conversions for reading and writing, or ``host`` where Python has a say."""
        cls = type(self)
        own = self.__dict__
        if "adapt" in own:
            return "host", "host"
        reader = _owner(cls, "_read_kind")
        writer = _owner(cls, "_write_kind")
        read = cls._read_kind
        if "python_value" in own or not _same(cls, reader, "python_value", "adapt"):
            read = "host"
        write = cls._write_kind
        if "db_value" in own or not _same(cls, writer, "db_value", "adapt"):
            write = "host"
        return read, write

    def _tie(self, source: Any, index: int) -> None:
        """Ties the native part to a table's column; the metadata calls it when either changes."""
        read, write = self._kinds()
        self._bind_field(source, self.name, self.column_name, index, read, write)


class FieldDatabaseHook:
    """A mixin of fields that depend on the database: they are told when it changes."""

    def bind(self, model: type[Model], name: str, set_attribute: bool = True) -> None:
        """Ties the field to a model and asks to be told of its database."""
        meta: Any = model._meta
        super().bind(model, name, set_attribute)  # type: ignore[misc]  # the field beside the mixin has it
        meta.add_db_hook(self._db_hook)

    def _db_hook(self, database: Any) -> None:
        """Takes what depends on the database; None means that there is none."""


class MetaField(Field):
    """The base of attributes that are declared like fields but have no column."""

    column_name: Any = None
    default: Any = None
    model: Any = None
    name: Any = None
    primary_key: Any = False


def _owner(cls: type, attribute: str) -> type:
    return next(parent for parent in cls.__mro__ if attribute in parent.__dict__)


def _same(cls: type, owner: type, *names: str) -> bool:
    return all(_plain(cls, name) is _plain(owner, name) for name in names)


def _plain(cls: type, name: str) -> Callable[..., Any]:
    """Finds a method as it stands in the class that defines it, unbound."""
    found: Callable[..., Any] = next(parent.__dict__[name] for parent in cls.__mro__ if name in parent.__dict__)
    return found


@cache
def _value_class() -> Any:
    from redstart.node import Value  # loaded after the fields

    return Value
