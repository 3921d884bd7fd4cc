"""Models under another name, to stand twice in one query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart._engine import Node, tree
from redstart.fields.base import Field
from redstart.model_descriptor import ModelDescriptor

if TYPE_CHECKING:
    from redstart.model import Model


class ModelAlias(Node):
    """A model under another name.

    Example:
        >>> from redstart import ForeignKeyField, Model, TextField
        >>> class Category(Model):
        ...     name = TextField()
        ...     parent = ForeignKeyField("self", null=True)
        >>> Parent = Category.alias()
        >>> query = Category.select(Category.name, Parent.name).join(Parent, on=Category.parent == Parent.id)
        >>> query.sql()[0][:39]
        'SELECT "t1"."name", "t2"."name" FROM "c'
    """

    model: Any
    alias: Any

    def __init__(self, model: type[Model], alias: str | None = None) -> None:
        """Gives a model another name.

        Args:
            model: The model class.
            alias: The name; one is made up where statements are rendered by default.
        """
        super().__init__()
        meta: Any = model._meta
        state = self.__dict__
        state["model"] = model
        state["alias"] = alias
        state["_aliases"] = {}
        held = tree.table(tree.source_key(), meta.table_name, meta.schema, alias)
        self._set_tree(held)
        source = Node()
        source._set_tree(held)
        state["_source"] = source

    def __getattr__(self, attr: str) -> Any:
        if attr.startswith("__") and attr.endswith("__"):
            raise AttributeError(attr)
        model = self.__dict__["model"]
        # A hybrid is evaluated with the alias in the place of the class.
        for base in model.__mro__:
            found = base.__dict__.get(attr)
            if isinstance(found, ModelDescriptor):
                return found.__get__(None, self)
        value = getattr(model, attr)
        if isinstance(value, Field):
            return self._alias_of(value)
        return value

    def __setattr__(self, attr: str, value: Any) -> None:
        raise AttributeError("Cannot set attributes on model aliases.")

    def __call__(self, **kwargs: Any) -> Any:
        """Makes an instance of the model."""
        return self.model(**kwargs)

    def __hash__(self) -> int:
        return object.__hash__(self)

    def _alias_of(self, field: Any) -> Any:
        aliases = self.__dict__["_aliases"]
        found = aliases.get(id(field))
        if found is None:
            found = aliases[id(field)] = FieldAlias.create(self, field)
        return found

    def get_field_aliases(self) -> list[Any]:
        """Gives all fields of the model, under the other name."""
        return [getattr(self, name) for name in self.model._meta.sorted_field_names]

    def select(self, *selection: Any) -> Any:
        """Makes a ``SELECT`` from the model under the other name.

        Args:
            *selection: What to select; every field by default.
        """
        from redstart.query import ModelSelect

        if not selection:
            selection = tuple(self.get_field_aliases())
        return ModelSelect(self, selection)


class FieldAlias(Field):
    """A field of a model under another name."""

    def __init__(self, source: Any, field: Any) -> None:
        """Ties a field to an alias of its model.

        Args:
            source: The model's alias.
            field: The field.
        """
        state = self.__dict__
        state["source"] = source
        state["model"] = source
        state["field"] = field
        self._set_tree(field._tree_for(source._source))

    @classmethod
    def create(cls, source: Any, field: Any) -> Any:
        """Makes an alias of a field that is an instance of the field's class too.

        Args:
            source: The model's alias.
            field: The field.
        """
        kind = type(field)
        subclass = _subclasses.get(kind)
        if subclass is None:
            subclass = _subclasses[kind] = type("_FieldAlias", (cls, kind), {"__doc__": cls.__doc__})
        made: Any = subclass(source, field)
        return made

    def clone(self) -> FieldAlias:
        """Gives another alias of the field."""
        return type(self)(self.source, self.field)

    def adapt(self, value: Any) -> Any:
        """Converts as the field does."""
        return self.field.adapt(value)

    def python_value(self, value: Any) -> Any:
        """Converts as the field does."""
        return self.field.python_value(value)

    def db_value(self, value: Any) -> Any:
        """Converts as the field does."""
        return self.field.db_value(value)

    def __getattr__(self, attr: str) -> Any:
        if attr == "field":
            raise AttributeError(attr)
        return getattr(self.field, attr)

    @property
    def column(self) -> Any:
        """The column as a node of its own, without the field's conversions."""
        from redstart.node import Column  # loaded after the fields

        return Column(self.source, self.field.column_name)

    def __hash__(self) -> int:
        return hash((id(self.source), self.field.name))


_subclasses: dict[type, Any] = {}
