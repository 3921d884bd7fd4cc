"""Relations of many to many, by a model in between."""

from __future__ import annotations

from redstart._engine import FieldAccessor
from redstart.fields.base import MetaField
from redstart.fields.foreign_key import ForeignKeyField

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from redstart.model import Model


class ManyToManyFieldAccessor(FieldAccessor):
    """The attribute of a many-to-many relation: a query with ``add``, ``remove`` and ``clear``."""

    def __init__(self, model: type[Model], field: ManyToManyField, name: str) -> None:
        """Makes the attribute.

        Args:
            model: The model that has it.
            field: The relation.
            name: The attribute's name.
        """
        del name  # the native part has taken it
        super().__init__()
        self.rel_model = field.rel_model
        through: Any = field.through_model
        meta = through._meta
        self.through_model = through
        # The first key that leads to this model, and the first other one.
        self.src_fk = meta.model_refs[model][0]
        keys = [key for key in meta.model_refs[self.rel_model] if key is not self.src_fk]
        self.dest_fk = keys[0]

    def get_query(self, instance: Any) -> Any:
        """Gives the query for the objects that an instance is related to.

        Args:
            instance: The model instance.
        """
        from redstart.query.many_to_many import ManyToManyQuery

        key = getattr(instance, self.src_fk.rel_field.name)
        if key is None and self.field._prevent_unsaved:
            raise ValueError(f'Cannot access many-to-many "{self.field}" on unsaved instance "{instance}".')
        query = ManyToManyQuery(instance, self, self.rel_model)
        joined = query.join(self.through_model).join(self.src_fk.rel_model, on=self.src_fk)
        return joined.where(self.src_fk == instance)

    def __get__(self, instance: Any, instance_type: type | None = None, force_query: bool = False) -> Any:
        """Gives the related objects of an instance, or the relation."""
        if instance is None:
            return self.field
        if not force_query and self.src_fk.backref != "+":
            rows = getattr(instance, self.src_fk.backref)
            if isinstance(rows, list):
                return [getattr(row, self.dest_fk.name) for row in rows]
        return self.get_query(instance)

    def __set__(self, instance: Any, value: Any) -> None:
        """Replaces the related objects of an instance."""
        self.get_query(instance).add(value, clear_existing=True)


class ManyToManyField(MetaField):
    """A relation of many to many.

    Example:
        >>> from redstart import ManyToManyField, Model, SqliteDatabase, TextField
        >>> db = SqliteDatabase(":memory:")
        >>> class Course(db.Model):
        ...     name = TextField()
        >>> class Student(db.Model):
        ...     courses = ManyToManyField(Course, backref="students")
        >>> db.create_tables([Course, Student, Student.courses.get_through_model()])
        >>> student, course = Student.create(), Course.create(name="maths")
        >>> student.courses.add(course)
        >>> [each.name for each in student.courses], course.students.count()
        (['maths'], 1)
    """

    accessor_class: ClassVar[type] = ManyToManyFieldAccessor

    def __init__(
        self,
        model: Any,
        backref: str | None = None,
        through_model: Any = None,
        on_delete: str | None = None,
        on_update: str | None = None,
        prevent_unsaved: bool = True,
        _is_backref: bool = False,
    ) -> None:
        """Declares a relation.

        Args:
            model: The other model.
            backref: The attribute for the way back; the model's name with an ``s`` by default.
            through_model: The model in between; one is made by default.
            on_delete: What happens to the row in between when either end goes.
            on_update: What happens to it when a key changes.
            prevent_unsaved: Whether an unsaved object is an error.
            _is_backref: Whether this is the other end of a declared relation.

        Raises:
            TypeError: ``through_model`` is neither a model nor a ``DeferredThroughModel``.
            ValueError: ``on_delete`` or ``on_update`` is given with a model in between.
        """
        # Not what a column has: code that looks at fields tells by their attributes which are columns.
        self._hash = object.__hash__(self)
        if through_model is not None:
            if not (isinstance(through_model, DeferredThroughModel) or _is_model(through_model)):
                raise TypeError(
                    "Unexpected value for through_model. Expected Model or DeferredThroughModel.",
                )
            if on_delete or on_update:
                raise ValueError("Cannot specify on_delete or on_update when through_model is specified.")
        self.rel_model = model
        self.backref = backref
        self._through_model = through_model
        self._on_delete = on_delete
        self._on_update = on_update
        self._prevent_unsaved = prevent_unsaved
        self._is_backref = _is_backref

    def bind(self, model: type[Model], name: str, set_attribute: bool = True) -> None:
        """Ties the relation to a model, and puts the way back on the other one."""
        if isinstance(self._through_model, DeferredThroughModel):
            self._through_model.set_field(model, self, name)
            return
        super().bind(model, name, set_attribute)
        if not self._is_backref:
            meta: Any = self.model._meta
            many_to_many = ManyToManyField(
                self.model,
                backref=name,
                through_model=self.through_model,
                prevent_unsaved=self._prevent_unsaved,
                _is_backref=True,
            )
            self.backref = self.backref or f"{meta.name}s"
            self.rel_model._meta.add_field(self.backref, many_to_many)

    def get_models(self) -> list[Any]:
        """Gives both models, in the order of their names."""
        return [
            model
            for _, model in sorted(((m._meta.name, m) for m in (self.model, self.rel_model)), key=lambda pair: pair[0])
        ]

    @property
    def through_model(self) -> Any:
        """The model in between."""
        if self._through_model is None:
            self._through_model = self._create_through_model()
        return self._through_model

    @through_model.setter
    def through_model(self, value: Any) -> None:
        self._through_model = value

    def get_through_model(self) -> Any:
        """Gives the model in between."""
        return self.through_model

    def _create_through_model(self) -> Any:
        from redstart.model import Model
        from redstart.model_base import ModelBase

        lhs, rhs = self.get_models()
        tables = [model._meta.table_name for model in (lhs, rhs)]
        meta = type(
            "Meta",
            (),
            {
                "database": self.model._meta.database,
                "schema": self.model._meta.schema,
                "table_name": "{}_{}_through".format(*tables),
                "indexes": (((lhs._meta.name, rhs._meta.name), True),),
            },
        )
        keys = {
            model._meta.name: ForeignKeyField(model, on_delete=self._on_delete, on_update=self._on_update)
            for model in (lhs, rhs)
        }
        name = f"{lhs.__name__}{rhs.__name__}Through"
        body = {**keys, "Meta": meta, "__module__": self.model.__module__, "__doc__": "The rows in between."}
        return ModelBase(name, (Model,), body)


class DeferredThroughModel:
    """Stands for a model in between that is declared later.

    Example:
        >>> from redstart import DeferredThroughModel, ForeignKeyField, ManyToManyField, Model
        >>> Deferred = DeferredThroughModel()
        >>> class Note(Model):
        ...     pass
        >>> class Tag(Model):
        ...     notes = ManyToManyField(Note, backref="tags", through_model=Deferred)
        >>> class NoteTag(Model):
        ...     note = ForeignKeyField(Note)
        ...     tag = ForeignKeyField(Tag)
        >>> Deferred.set_model(NoteTag)
        >>> Tag.notes.through_model
        <Model: NoteTag>
    """

    def __init__(self) -> None:
        self._refs: list[tuple[Any, Any, str]] = []

    def set_field(self, model: type[Model], field: ManyToManyField, name: str) -> None:
        """Notes a relation that waits for the model."""
        self._refs.append((model, field, name))

    def set_model(self, through_model: type[Model]) -> None:
        """Says which model it is.

        Args:
            through_model: The model in between.
        """
        for model, field, name in self._refs:
            field.through_model = through_model
            meta: Any = model._meta
            meta.add_field(name, field)


def _is_model(value: Any) -> bool:
    from redstart.model_base import ModelBase

    return isinstance(value, ModelBase)
