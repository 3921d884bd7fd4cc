"""What a model knows about itself: its fields, its table, its keys, its relations.

An instance is kept as ``Model._meta``. The class that makes it is in ``model_base``.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict, deque

from redstart._engine import ColumnBase, Expression, FieldBase, Layout, LoadPlan, Node, SavePlan, render, tree
from redstart.constants import OP
from redstart.deprecation import warn_deprecated
from redstart.fields.base import MetaField
from redstart.fields.foreign_key import ForeignKeyField
from redstart.fields.many_to_many import ManyToManyField
from redstart.naming import make_snake_case, make_table_name
from redstart.node.value import Value
from redstart.proxy import Proxy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, ClassVar

    from redstart.model import Model

_EQUALS: Any = ColumnBase.__eq__


class Metadata:
    """The description of one model.

    Example:
        >>> from redstart import CharField, Model
        >>> class User(Model):
        ...     name = CharField(column_name="nm")
        >>> meta = User._meta
        >>> meta.table_name, list(meta.fields), list(meta.columns), meta.primary_key
        ('user', ['id', 'name'], ['id', 'nm'], <AutoField: User.id>)
    """

    def __init__(  # noqa: PLR0913, PLR0917 - peewee's signature
        self,
        model: type[Model],
        database: Any = None,
        table_name: str | None = None,
        indexes: Iterable[Any] | None = None,
        primary_key: Any = None,
        constraints: Iterable[Any] | None = None,
        schema: str | None = None,
        only_save_dirty: bool = False,
        depends_on: Iterable[Any] | None = None,
        options: dict[str, Any] | None = None,
        db_table: str | None = None,
        table_function: Callable[[type[Model]], str] | None = None,
        table_settings: Any = None,
        without_rowid: bool = False,
        temporary: bool = False,
        strict_tables: bool | None = None,
        legacy_table_names: bool = True,
        **kwargs: Any,
    ) -> None:
        """Takes the options of a model's ``Meta``; unknown ones become attributes."""
        if db_table is not None:
            warn_deprecated('"db_table" has been deprecated in favor of "table_name" for Models.')
            table_name = db_table
        self.model = model
        self.database = database
        self.fields: dict[str, Any] = {}
        self.columns: dict[str, Any] = {}
        self.combined: dict[str, Any] = {}
        self._sorted_field_list: list[tuple[tuple[int, int], str]] = []
        self.sorted_fields: list[Any] = []
        self.sorted_field_names: list[str] = []
        self.defaults: dict[Any, Any] = {}
        self._default_by_name: dict[str, Any] = {}
        self._default_callable_list: list[tuple[str, Any]] = []
        self.name = model.__name__.lower()
        self.table_function = table_function
        self.legacy_table_names = legacy_table_names
        if not table_name:
            table_name = self.table_function(model) if self.table_function else self.make_table_name()
        self._table_name = table_name
        self._table: Any = None
        self.indexes = list(indexes) if indexes else []
        self.constraints = constraints
        self._schema = schema
        self.primary_key = primary_key
        self.composite_key: Any = None
        self.auto_increment: Any = None
        self.only_save_dirty = only_save_dirty
        self.depends_on = depends_on
        self.table_settings = table_settings
        self.without_rowid = without_rowid
        self.strict_tables = strict_tables
        self.temporary = temporary
        self.refs: dict[Any, Any] = {}
        self.backrefs: dict[Any, Any] = {}
        self.model_refs: defaultdict[Any, list[Any]] = defaultdict(list)
        self.model_backrefs: defaultdict[Any, list[Any]] = defaultdict(list)
        self.manytomany: dict[str, Any] = {}
        self.options = options or {}
        for key, value in kwargs.items():
            setattr(self, key, value)
        self._additional_keys = set(kwargs)
        self._db_hooks: list[Callable[[Any], None]] = []
        self._layout = Layout(model)
        self._save_plan: tuple[Any, Any] | None = None
        self._load_plans: dict[int, tuple[Any, Any, Any]] = {}
        #: The query for all fields, of which others are copies.
        self._select_all: Any = None
        #: How the engine runs such queries, once one has run.
        self._select_plans: Any = None
        self._renew_source()

    def make_table_name(self) -> str:
        """Gives the table's name for the class's."""
        if self.legacy_table_names:
            return make_table_name(self.model.__name__)
        return make_snake_case(self.model.__name__)

    def model_graph(
        self, refs: bool = True, backrefs: bool = True, depth_first: bool = True
    ) -> list[tuple[Any, Any, bool | None]]:
        """Walks the models that foreign keys connect with this one.

        Args:
            refs: Whether to follow this model's keys.
            backrefs: Whether to follow the keys that refer to it.
            depth_first: Whether to go down before going on.

        Returns:
            Triples of foreign key, model, and whether the way led against the key.
        """
        if not refs and not backrefs:
            raise ValueError("One of `refs` or `backrefs` must be True.")
        seen = set()
        found: list[tuple[Any, Any, bool | None]] = [(None, self.model, None)]
        queue: deque[Any] = deque((self.model,))
        while queue:
            current = queue.pop() if depth_first else queue.popleft()
            if current in seen:
                continue
            seen.add(current)
            meta = current._meta
            if refs:
                for fk, model in meta.refs.items():
                    found.append((fk, model, False))
                    queue.append(model)
            if backrefs:
                for fk, model in meta.backrefs.items():
                    found.append((fk, model, True))
                    queue.append(model)
        return found

    def add_ref(self, field: Any) -> None:
        """Notes a foreign key, on this model and on the one it refers to."""
        rel = field.rel_model
        self.refs[field] = rel
        self.model_refs[rel].append(field)
        rel._meta.backrefs[field] = self.model
        rel._meta.model_backrefs[self.model].append(field)

    def remove_ref(self, field: Any) -> None:
        """Forgets a foreign key."""
        rel = field.rel_model
        del self.refs[field]
        _remove(self.model_refs[rel], field)
        del rel._meta.backrefs[field]
        _remove(rel._meta.model_backrefs[self.model], field)

    def add_manytomany(self, field: Any) -> None:
        """Notes a many-to-many relation."""
        self.manytomany[field.name] = field

    def remove_manytomany(self, field: Any) -> None:
        """Forgets a many-to-many relation."""
        del self.manytomany[field.name]

    @property
    def table(self) -> Any:
        """The table as a source of queries."""
        if self._table is None:
            from redstart.source import Table  # loaded after the metadata

            self._table = Table(
                self.table_name,
                [field.column_name for field in self.sorted_fields],
                schema=self._schema,
                _model=self.model,
                _database=self.database,
            )
        return self._table

    @table.setter
    def table(self, table: Any) -> None:
        del table
        raise AttributeError('Cannot set the "table".')

    @table.deleter
    def table(self) -> None:
        self._table = None

    @property
    def table_name(self) -> str:
        """The table's name; one that is assigned holds for everything that is rendered from then on."""
        return self._table_name

    @table_name.setter
    def table_name(self, value: str) -> None:
        self._table_name = value
        self._retie()

    @property
    def schema(self) -> str | None:
        """The schema that the table stands in."""
        return self._schema

    @schema.setter
    def schema(self, value: str | None) -> None:
        self._schema = value
        self._retie()

    @property
    def entity(self) -> Any:
        """The table's quoted name as a node."""
        from redstart.node import Entity  # loaded after the metadata

        if self._schema:
            return Entity(self._schema, self.table_name)
        return Entity(self.table_name)

    def add_field(self, field_name: str, field: Any, set_attribute: bool = True) -> None:
        """Adds a field to the model, in place of one with the same name.

        Args:
            field_name: The attribute's name.
            field: The field.
            set_attribute: Whether to put the field's accessor on the class.
        """
        if field_name in self.fields:
            self.remove_field(field_name)
        elif field_name in self.manytomany:
            self.remove_manytomany(self.manytomany[field_name])
        if isinstance(field, MetaField):
            field.bind(self.model, field_name, set_attribute)
        else:
            del self.table
            field.name = field_name
            self._layout.add(field)
            field.bind(self.model, field_name, set_attribute)
            self._enter(field)
            field._tie(_Source(self._source_tree), self._layout.index(field.name))
        if isinstance(field, ForeignKeyField):
            self.add_ref(field)
        elif isinstance(field, ManyToManyField) and field.name:
            self.add_manytomany(field)

    def _enter(self, field: Any) -> None:
        self.fields[field.name] = field
        self.columns[field.column_name] = field
        self.combined[field.name] = field
        self.combined[field.column_name] = field
        insort(self._sorted_field_list, (field._sort_key, field.name))
        self._sort_fields()
        if field.default is not None:
            self.defaults[field] = field.default
            if callable(field.default):
                self._default_callable_list.append((field.name, field.default))
            else:
                self._default_by_name[field.name] = field.default

    def remove_field(self, field_name: str) -> None:
        """Takes a field off the model.

        Args:
            field_name: The attribute's name.
        """
        if field_name not in self.fields:
            return
        del self.table
        original = self.fields.pop(field_name)
        del self.columns[original.column_name]
        for name in {field_name, original.column_name}:
            self.combined.pop(name, None)
        self._sorted_field_list.remove((original._sort_key, field_name))
        self._sort_fields()
        if self.defaults.pop(original, None) is not None:
            self._default_by_name.pop(field_name, None)
            self._default_callable_list = [pair for pair in self._default_callable_list if pair[0] != field_name]
        self._layout.remove(field_name)
        if isinstance(original, ForeignKeyField):
            self.remove_ref(original)

    def save_plan(self, database: Any) -> Any:
        """Gives the plan by which the engine writes instances itself, or None where that is not plain."""
        capability = database._capability
        if self._save_plan is None or self._save_plan[0] is not capability:
            self._save_plan = capability, self._make_save_plan(database, capability)
        return self._save_plan[1]

    def _make_save_plan(self, database: Any, capability: Any) -> Any:
        key = self.primary_key
        plain = key is not False and not self.composite_key and not self.only_save_dirty
        if not plain or len(self.sorted_fields) > _WIDEST_PLAN:
            return None
        fields = self.sorted_fields
        place = next(place for place, field in enumerate(fields) if field is key)
        return SavePlan(
            self._layout,
            self._source_tree,
            fields,
            place,
            auto_increment=bool(self.auto_increment),
            capability=capability,
            returning=bool(database.returning_clause),
        )

    def load_plan(self, database: Any, field: Any) -> Any:
        """Gives the plan by which the engine finds an instance by a field itself, or None where that is not plain.

        Args:
            database: The database it is loaded from.
            field: The field.
        """
        capability = database._capability
        kept = self._load_plans.get(id(field))
        if kept is None or kept[0] is not capability:
            # The field is kept along: another one cannot come to bear its number.
            kept = self._load_plans[id(field)] = capability, self._make_load_plan(field, capability), field
        return kept[1]

    def _make_load_plan(self, field: Any, capability: Any) -> Any:
        own: Any = self.fields.get(getattr(field, "name", ""))
        kind: Any = type(own)
        if own is not field or not issubclass(kind, FieldBase) or kind.__eq__ is not _EQUALS:
            return None
        condition = Expression(field, OP.EQ, Value(None, converter=False))
        query: Any = self.model.select().where(condition).paginate(1, 1)
        return LoadPlan(field, render(query, capability), query._row_plan(None))

    def _forget_plans(self) -> None:
        self._save_plan = None
        self._load_plans.clear()
        self._select_plans = None
        self.__dict__.pop("_row_plans", None)

    def _sort_fields(self) -> None:
        self._forget_plans()
        self.sorted_field_names = [name for _, name in self._sorted_field_list]
        self.sorted_fields = [self.fields[name] for name in self.sorted_field_names]

    def set_primary_key(self, name: str, field: Any) -> None:
        """Makes a field the model's primary key.

        Args:
            name: The attribute's name.
            field: The field, or a composite key.
        """
        from redstart.fields.composite_key import CompositeKey

        self.composite_key = isinstance(field, CompositeKey)
        self.primary_key = field
        self.add_field(name, field)
        self.auto_increment = bool(field.auto_increment) or bool(field.sequence)

    def get_primary_keys(self) -> tuple[Any, ...]:
        """Gives the fields of the primary key."""
        if self.composite_key:
            return tuple(self.fields[name] for name in self.primary_key.field_names)
        return (self.primary_key,) if self.primary_key is not False else ()

    def get_default_dict(self) -> dict[str, Any]:
        """Gives the values that a new row starts with; callables are called."""
        values = dict(self._default_by_name)
        for name, function in self._default_callable_list:
            values[name] = function()
        return values

    def fields_to_index(self) -> list[Any]:
        """Gives the indexes that the model declares, as nodes."""
        from redstart.index import ModelIndex

        indexes: list[Any] = []
        for field in self.sorted_fields:
            if field.primary_key:
                continue
            if field.index or field.unique:
                indexes.append(ModelIndex(self.model, (field,), unique=field.unique, using=field.index_type))
        for declared in self.indexes:
            if not isinstance(declared, (list, tuple)):
                indexes.append(declared)
                continue
            parts, unique = declared
            fields = [self.combined.get(part, part) if isinstance(part, str) else part for part in parts]
            for part in fields:
                if isinstance(part, str):
                    raise KeyError(part)
            indexes.append(ModelIndex(self.model, fields, unique=unique))
        return indexes

    def set_database(self, database: Any) -> None:
        """Binds the model to a database, or to none.

        Args:
            database: The database, a proxy for one, or None.
        """
        self.database = database
        del self.table
        for hook in self._db_hooks:
            self._tell(hook)

    def add_db_hook(self, hook: Callable[[Any], None]) -> None:
        """Has a function told of the model's database, now and whenever it changes.

        Args:
            hook: The function; None tells it that there is none.
        """
        self._db_hooks.append(hook)
        self._tell(hook)

    def _tell(self, hook: Callable[[Any], None]) -> None:
        # A proxy tells by itself, as soon as it knows which database it is.
        if isinstance(self.database, Proxy):
            self.database.attach_callback(hook)
            if self.database.obj is not None:
                hook(self.database.obj)
        else:
            hook(self.database)

    def get_database_instance(self) -> Any:
        """Gives the database itself where a proxy stands for it."""
        database = self.database
        return database.obj if isinstance(database, Proxy) else database

    def set_table_name(self, table_name: str) -> None:
        """Gives the table another name.

        Args:
            table_name: The name.
        """
        self.table_name = table_name

    def _retie(self) -> None:
        """Ties the fields to the table as it is called now."""
        del self.table
        self._forget_plans()
        self._renew_source()
        source = _Source(self._source_tree)
        for field in self.sorted_fields:
            field._tie(source, self._layout.index(field.name))

    def _renew_source(self) -> None:
        self._source_tree = self._make_source_tree()
        #: What the engine takes for the table; None where a subclass says itself what that is.
        self._table_tree = self._source_tree if type(self).table is Metadata.table else None

    def _make_source_tree(self) -> Any:
        # The same identity as that of `table`: fields and table are one source.
        path = (self._schema, self.table_name) if self._schema else (self.table_name,)
        key = tree.named_source_key("Table", "\0".join((*path, "", str(id(self.model)))))
        return tree.table(key, self.table_name, self._schema)


class SubclassAwareMetadata(Metadata):
    """Metadata that remembers every model that has it.

    Example:
        >>> from redstart import Model
        >>> from redstart.metadata import SubclassAwareMetadata
        >>> class Base(Model):
        ...     class Meta:
        ...         model_metadata_class = SubclassAwareMetadata
    """

    models: ClassVar[list[Any]] = []

    def __init__(self, model: type[Model], *args: Any, **kwargs: Any) -> None:
        """Takes the options of a model's ``Meta`` and remembers the model."""
        super().__init__(model, *args, **kwargs)
        self.models.append(model)

    def map_models(self, fn: Callable[[Any], Any]) -> None:
        """Calls a function with every model.

        Args:
            fn: The function.
        """
        for model in self.models:
            fn(model)


class _Source(Node):
    """A node that holds the tree of a table."""

    def __init__(self, held: Any) -> None:
        super().__init__()
        self._set_tree(held)


#: The number of columns up to which the engine writes instances itself.
_WIDEST_PLAN = 64


def _remove(fields: list[Any], field: Any) -> None:
    # By identity: `==` between fields makes an expression.
    fields[:] = [other for other in fields if other is not field]
