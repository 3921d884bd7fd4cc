"""Models: a class for a table, an instance for a row.

The state of an instance is native; here stand the methods. Queries are made by the
classes of ``query``, what a model knows about itself is in ``metadata``.
"""

from __future__ import annotations

from redstart import query as queries
from redstart._engine import Instance
from redstart.async_model import AsyncModelMethods
from redstart.bound_models import BoundModelsContext
from redstart.class_only import classmethod_only
from redstart.exceptions import DoesNotExist, IntegrityError
from redstart.fields.foreign_key import ForeignKeyField
from redstart.index import ModelIndex
from redstart.model_base import ModelBase
from redstart.model_order import sort_models

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, ClassVar


class Model(AsyncModelMethods, Instance, metaclass=ModelBase):
    """The base of all models.

    Example:
        >>> from redstart import CharField, Model, SqliteDatabase
        >>> class User(Model):
        ...     name = CharField()
        ...     class Meta:
        ...         database = SqliteDatabase(":memory:")
        >>> User.create_table()
        >>> user = User.create(name="huey")
        >>> User.get(User.name == "huey") == user
        True
    """

    if TYPE_CHECKING:
        _meta: ClassVar[Any]
        _schema: ClassVar[Any]
        DoesNotExist: ClassVar[type[DoesNotExist]]

    def __str__(self) -> str:
        meta = self._meta
        return str(self._pk) if meta.primary_key is not False else "n/a"

    def __sql__(self, ctx: Any) -> Any:
        field = ctx._converter_field
        if isinstance(field, ForeignKeyField) and isinstance(self, field.rel_model):
            # The key may refer to another field than the primary key.
            return ctx.value(field.db_value(self), converter=False)
        return ctx.value(self._pk)

    def __eq__(self, other: object) -> bool:
        return other.__class__ == self.__class__ and self._pk is not None and self._pk == other._pk  # pyright: ignore[reportAttributeAccessIssue]  # the same class

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.__class__, self._pk))

    @classmethod
    def validate_model(cls) -> None:
        """Is called when the class is complete; override it to check a model's declaration."""

    @classmethod
    def alias(cls, alias: str | None = None) -> Any:
        """Gives the model under another name, to stand twice in a query.

        Args:
            alias: The name; one is made up by default.
        """
        from redstart.alias import ModelAlias

        return ModelAlias(cls, alias)

    # Queries.

    @classmethod
    def select(cls, *fields: Any) -> Any:
        """Makes a ``SELECT``.

        Args:
            *fields: What to select; every field by default.
        """
        if fields:
            return queries.ModelSelect(cls, fields)
        meta = cls._meta
        query = meta._select_all
        if query is None or query._returning is not meta.sorted_fields or query._database is not meta.database:
            query = meta._select_all = queries.ModelSelect(cls, meta.sorted_fields, is_default=True)
        query = query.clone()
        # Programs may change these in place.
        query._joins = {}
        query._from_list = [cls]
        return query

    @classmethod
    def _normalize_data(cls, data: Any, kwargs: dict[str, Any]) -> Any:
        normalized: dict[Any, Any] = {}
        if data:
            if not isinstance(data, dict):
                if kwargs:
                    raise ValueError(f"Data cannot be mixed with keyword arguments: {data}")
                return data
            combined = cls._meta.combined
            for key, value in data.items():
                if isinstance(key, str):
                    if key not in combined:
                        raise ValueError(f'Unrecognized field name: "{key}" in {data}.')
                    normalized[combined[key]] = value
                else:
                    normalized[key] = value
        for key, value in kwargs.items():
            field = cls._meta.combined.get(key)
            normalized[getattr(cls, key) if field is None else field] = value
        return normalized

    @classmethod
    def update(cls, __data: dict[Any, Any] | None = None, **update: Any) -> Any:  # noqa: PYI063 - peewee takes it by keyword
        """Makes an ``UPDATE``.

        Args:
            __data: Values by field or by field's name.
            **update: Values by field's name.
        """
        return queries.ModelUpdate(cls, cls._normalize_data(__data, update))

    @classmethod
    def insert(cls, __data: dict[Any, Any] | None = None, **insert: Any) -> Any:  # noqa: PYI063 - peewee takes it by keyword
        """Makes an ``INSERT`` of one row.

        Args:
            __data: Values by field or by field's name.
            **insert: Values by field's name.
        """
        return queries.ModelInsert(cls, cls._normalize_data(__data, insert))

    @classmethod
    def insert_many(cls, rows: Iterable[Any], fields: Iterable[Any] | None = None) -> Any:
        """Makes an ``INSERT`` of many rows.

        Args:
            rows: Dicts, or tuples.
            fields: The fields of the tuples.
        """
        return queries.ModelInsert(cls, insert=rows, columns=fields)

    @classmethod
    def insert_from(cls, query: Any, fields: Iterable[Any]) -> Any:
        """Makes an ``INSERT`` of a query's rows.

        Args:
            query: The query.
            fields: The fields that its columns go to.
        """
        columns = [getattr(cls, field) if isinstance(field, str) else field for field in fields]
        return queries.ModelInsert(cls, insert=query, columns=columns)

    @classmethod
    def replace(cls, __data: dict[Any, Any] | None = None, **insert: Any) -> Any:  # noqa: PYI063 - peewee takes it by keyword
        """Makes an ``INSERT`` of one row that replaces rows in its way."""
        return cls.insert(__data, **insert).on_conflict("REPLACE")

    @classmethod
    def replace_many(cls, rows: Iterable[Any], fields: Iterable[Any] | None = None) -> Any:
        """Makes an ``INSERT`` of many rows that replace rows in their way."""
        return cls.insert_many(rows=rows, fields=fields).on_conflict("REPLACE")

    @classmethod
    def raw(cls, sql: str, *params: Any) -> Any:
        """Makes a query of SQL text, whose rows become instances.

        Args:
            sql: The text, with placeholders.
            *params: The values for them.
        """
        return queries.ModelRaw(cls, sql, params)

    @classmethod_only
    def delete(cls) -> Any:  # noqa: N805 - a method of the class
        """Makes a ``DELETE``."""
        return queries.ModelDelete(cls)

    @classmethod
    def noop(cls) -> Any:
        """Makes a query without rows."""
        return queries.NoopModelSelect(cls, ())

    @classmethod
    def filter(cls, *dq_nodes: Any, **filters: Any) -> Any:
        """Makes a ``SELECT`` by lookups: ``filter(name__startswith="h")``."""
        return cls.select().filter(*dq_nodes, **filters)

    # Single rows.

    @classmethod
    def create(cls, **query: Any) -> Any:
        """Inserts a row and gives its instance.

        Args:
            **query: Values by field's name.
        """
        instance = cls(**query)
        instance.save(force_insert=True)
        return instance

    @classmethod
    def get(cls, *query: Any, **filters: Any) -> Any:
        """Gives the one row that matches.

        Args:
            *query: Conditions, or a primary key.
            **filters: Lookups.

        Raises:
            DoesNotExist: None does; the model's own class.
        """
        return query_for(cls, query, filters).get()

    @classmethod
    def get_or_none(cls, *query: Any, **filters: Any) -> Any:
        """Gives the one row that matches, or None."""
        try:
            return cls.get(*query, **filters)
        except cls.DoesNotExist:
            return None

    @classmethod
    def get_by_id(cls, pk: Any) -> Any:
        """Gives the row with a primary key.

        Raises:
            DoesNotExist: There is none; the model's own class.
        """
        return _row_by(cls, cls._meta.primary_key, pk)

    @classmethod
    def __row_by__(cls, field: Any, value: Any) -> Any:
        """Gives the row in which a field has a value: what the engine calls for a foreign key."""
        return _row_by(cls, field, value)

    @classmethod
    def set_by_id(cls, key: Any, value: dict[Any, Any]) -> Any:
        """Changes the row with a primary key; without a key, inserts one."""
        if key is None:
            return cls.insert(value).execute()
        return cls.update(value).where(cls._meta.primary_key == key).execute()

    @classmethod
    def delete_by_id(cls, pk: Any) -> int:
        """Deletes the row with a primary key and gives the number of rows deleted."""
        count: int = cls.delete().where(cls._meta.primary_key == pk).execute()
        return count

    @classmethod
    def get_or_create(cls, **kwargs: Any) -> tuple[Any, bool]:
        """Gives the row that matches, inserting it where there is none.

        Args:
            **kwargs: Values by field's name; ``defaults`` is a dict of those that only a new row gets.

        Returns:
            The instance, and whether it is new.
        """
        defaults = kwargs.pop("defaults", {})
        query = cls.select()
        for name, value in kwargs.items():
            query = query.where(getattr(cls, name) == value)
        try:
            return query.get(), False
        except cls.DoesNotExist:
            try:
                if defaults:
                    kwargs.update(defaults)
                with cls._meta.database.atomic():
                    return cls.create(**kwargs), True
            except IntegrityError as error:
                # Somebody else may have inserted it meanwhile.
                try:
                    return query.get(), False
                except cls.DoesNotExist:
                    raise error from None

    # Many rows.

    @classmethod
    def bulk_create(cls, model_list: Iterable[Any], batch_size: int | None = None) -> None:
        """Inserts many instances, several by one statement.

        Args:
            model_list: The instances.
            batch_size: The number of rows in a statement; all by default.
        """
        from redstart.bulk import bulk_create

        bulk_create(cls, model_list, batch_size)

    @classmethod
    def bulk_update(cls, model_list: Iterable[Any], fields: Iterable[Any], batch_size: int | None = None) -> int:
        """Writes some fields of many instances, several by one statement.

        Args:
            model_list: The instances.
            fields: The fields to write, or their names.
            batch_size: The number of rows in a statement; all by default.

        Returns:
            The number of rows changed.

        Raises:
            ValueError: The primary key is a composite one.
        """
        from redstart.bulk import bulk_update

        return bulk_update(cls, model_list, fields, batch_size)

    # One instance.

    def get_id(self) -> Any:
        """Gives the primary key; a foreign key's bare value."""
        primary_key = self._meta.primary_key
        if primary_key is not False:
            return getattr(self, primary_key.safe_name)
        return None

    @property
    def _pk(self) -> Any:
        # Not what a subclass gives: Flask-Login's users have another `get_id()`.
        return Model.get_id(self)

    @_pk.setter
    def _pk(self, value: Any) -> None:
        setattr(self, self._meta.primary_key.name, value)

    def _pk_expr(self) -> Any:
        return self._meta.primary_key == self._pk

    @property
    def dirty_fields(self) -> list[Any]:
        """The fields that were assigned since the instance was read or saved."""
        dirty = self._dirty
        return [field for field in self._meta.sorted_fields if field.name in dirty]

    @property
    def dirty_field_names(self) -> list[str]:
        """The names of these fields."""
        dirty = self._dirty
        return [name for name in self._meta.sorted_field_names if name in dirty]

    def _prune_fields(self, field_dict: dict[str, Any], only: Iterable[Any]) -> dict[str, Any]:
        names = {field if isinstance(field, str) else field.name for field in only}
        return {name: value for name, value in field_dict.items() if name in names}

    def _populate_unsaved_relations(self, field_dict: dict[str, Any]) -> None:
        # An object that had no key when it was assigned may have one by now; what is not written stays out.
        relations = self.__rel__
        for field in self._meta.refs:
            name = field.name
            if name in relations and not field_dict.get(name, True):
                related = relations[name]
                if related is not None:
                    value = getattr(related, field.rel_field.name)
                    setattr(self, name, related)
                    field_dict[name] = value

    def save(self, force_insert: bool = False, only: Iterable[Any] | None = None) -> Any:
        """Writes the instance: ``UPDATE`` where it has a primary key, else ``INSERT``.

        Args:
            force_insert: Whether to insert even so.
            only: The fields to write, or their names.

        Returns:
            The number of rows written; False where only changed fields are written and none is.

        Raises:
            ValueError: There is nothing to write.
        """
        meta = self._meta
        written = _save_directly(self, meta, force_insert, only)
        if written is not None:
            return written
        data = self.__data__.copy()
        pk_field: Any = None
        pk_value: Any = None
        if meta.primary_key is not False:
            pk_field = meta.primary_key
            pk_value = self._pk
        if only is not None:
            data = self._prune_fields(data, only)
        elif meta.only_save_dirty and not force_insert:
            data = self._prune_fields(data, self.dirty_fields)
            if not data:
                Instance._clear_dirty(self)
                return False
        if meta.refs:
            self._populate_unsaved_relations(data)
        inserts = force_insert or pk_value is None
        rows = _insert(self, data, pk_field, pk_value) if inserts else _update(self, data)
        Instance._clear_dirty(self, data)
        return rows

    def dependencies(
        self, search_nullable: bool = True, exclude_null_children: bool = False
    ) -> Iterator[tuple[Any, Any]]:
        """Finds what refers to this row, what may be deleted first first.

        Args:
            search_nullable: Whether to go on from keys that may be NULL.
            exclude_null_children: Whether to leave out what hangs on such keys.

        Yields:
            Pairs of a condition and the foreign key that it is about.
        """
        found: list[tuple[Any, Any]] = []
        seen: set[Any] = set()
        stack: list[tuple[Any, Any]] = [(type(self), None)]
        while stack:
            model, query = stack.pop()
            if model in seen:
                continue
            seen.add(model)
            for fk, rel_model in model._meta.backrefs.items():
                if rel_model is type(self) or query is None:
                    node = fk == getattr(self, fk.rel_field.name)
                else:
                    node = fk << query
                if fk.null and not search_nullable:
                    continue
                found.append((node, fk))
                if not (fk.null and exclude_null_children):
                    stack.append((rel_model, rel_model.select(rel_model._meta.primary_key).where(node)))
        places = {model: place for place, model in enumerate(sort_models({fk.model for _, fk in found}))}
        found.sort(key=lambda pair: -places[pair[1].model])
        yield from found

    def delete_instance(self, recursive: bool = False, delete_nullable: bool = False) -> int:
        """Deletes the row.

        Args:
            recursive: Whether to delete first what refers to it. No transaction is opened for this.
            delete_nullable: Whether to delete rows whose key might be set to NULL instead.

        Returns:
            The number of rows deleted, those of the model itself.
        """
        if recursive:
            for query, fk in self.dependencies(exclude_null_children=not delete_nullable):
                model = fk.model
                if fk.null and not delete_nullable:
                    model.update(**{fk.name: None}).where(query).execute()
                else:
                    model.delete().where(query).execute()
        count: int = type(self).delete().where(self._pk_expr()).execute()
        return count

    # Binding and schema.

    @classmethod
    def bind(
        cls,
        database: Any,
        bind_refs: bool = True,
        bind_backrefs: bool = True,
        _exclude: set[Any] | None = None,
    ) -> bool:
        """Binds the model to a database.

        Args:
            database: The database.
            bind_refs: Whether to bind the models that it refers to, too.
            bind_backrefs: Whether to bind the models that refer to it, too.

        Returns:
            Whether it was bound to another one, or to none.
        """
        is_different = cls._meta.database is not database
        cls._meta.set_database(database)
        if bind_refs or bind_backrefs:
            if _exclude is None:
                _exclude = set()
            _exclude.add(cls)
            for _, model, _ in cls._meta.model_graph(refs=bind_refs, backrefs=bind_backrefs):
                if model not in _exclude:
                    model._meta.set_database(database)
                    _exclude.add(model)
        return is_different

    @classmethod
    def bind_ctx(cls, database: Any, bind_refs: bool = True, bind_backrefs: bool = True) -> Any:
        """Binds the model to a database within a ``with`` block or a decorated function."""
        return BoundModelsContext((cls,), database, bind_refs, bind_backrefs)

    @classmethod
    def table_exists(cls) -> bool:
        """Tells whether the table exists."""
        meta = cls._meta
        found: bool = cls._schema.database.table_exists(meta.table.__name__, meta.schema)
        return found

    @classmethod
    def create_table(cls, safe: bool = True, **options: Any) -> None:
        """Creates the table and its indexes.

        Args:
            safe: Whether existing ones are no error.
            **options: As for ``SchemaManager.create_table``.
        """
        if safe and not cls._schema.database.safe_create_index and cls.table_exists():
            return
        if cls._meta.temporary:
            options.setdefault("temporary", cls._meta.temporary)
        cls._schema.create_all(safe, **options)

    @classmethod
    def drop_table(cls, safe: bool = True, drop_sequences: bool = True, **options: Any) -> None:
        """Drops the table.

        Args:
            safe: Whether a missing one is no error.
            drop_sequences: Whether to drop its sequences too.
            **options: As for ``SchemaManager.drop_table``.
        """
        if safe and not cls._schema.database.safe_drop_index and not cls.table_exists():
            return
        if cls._meta.temporary:
            options.setdefault("temporary", cls._meta.temporary)
        cls._schema.drop_all(safe, drop_sequences, **options)

    @classmethod
    def truncate_table(cls, **options: Any) -> None:
        """Empties the table."""
        cls._schema.truncate_table(**options)

    @classmethod
    def index(cls, *fields: Any, **kwargs: Any) -> ModelIndex:
        """Describes an index; ``add_index`` makes it the model's."""
        return ModelIndex(cls, fields, **kwargs)

    @classmethod
    def add_index(cls, *fields: Any, **kwargs: Any) -> None:
        """Adds an index to the model's.

        Args:
            *fields: Fields or their names, or SQL as text; or one ready index or SQL node.
            **kwargs: As for ``ModelIndex``.
        """
        from redstart.index import Index
        from redstart.node import SQL

        if len(fields) == 1 and isinstance(fields[0], (SQL, Index)):
            cls._meta.indexes.append(fields[0])
        else:
            cls._meta.indexes.append(ModelIndex(cls, _named(cls, fields), **kwargs))


# Not methods: a program's own models may have methods of these names.


def query_for(model: Any, query: tuple[Any, ...], filters: dict[str, Any]) -> Any:
    """Gives the query of ``get``.

    Args:
        model: The model.
        query: Conditions, or a primary key.
        filters: Lookups.
    """
    select = model.select()
    if query:
        # A single number is a key, where keys are numbers.
        if len(query) == 1 and isinstance(query[0], int) and model._meta.auto_increment:
            query = (model._meta.primary_key == query[0],)
        select = select.where(*query)
    return select.filter(**filters) if filters else select


def plan_to_save(instance: Any, meta: Any, database: Any) -> Any:
    """Gives the plan by which the engine writes an instance, or None where it takes more than that.

    Args:
        instance: The instance.
        meta: Its model's metadata.
        database: The database.
    """
    cls: Any = type(instance)
    if database is None or cls.insert.__func__ is not _INSERT or cls.update.__func__ is not _UPDATE:
        return None
    if cls._pk_expr is not _PK_EXPR:
        return None
    if meta.refs and Instance._has_relations(instance) and _may_lack_keys(instance, meta):
        return None
    return meta.save_plan(database)


def _row_by(model: Any, field: Any, value: Any) -> Any:
    """Gives the row in which a field has a value: by a kept plan where nobody could tell the difference."""
    plan = connection = None
    if model.get.__func__ is _GET and model.select.__func__ is _SELECT:
        meta = model._meta
        database = meta.get_database_instance()
        if database is not None:
            connection = database._route.connection() or database._direct_connection()
        plan = meta.load_plan(database, field) if connection is not None else None
    if plan is not None:
        row = plan.load(connection, value)
        if row is None:
            model.select().where(field == value).paginate(1, 1)._raise_missing()
        if row is not NotImplemented:
            return row
    return model.get(field == value)


def _save_directly(instance: Any, meta: Any, force_insert: bool, only: Iterable[Any] | None) -> int | None:
    """Lets the engine write an instance where that is only a matter of binding values; else gives None."""
    database = meta.get_database_instance()
    plan = plan_to_save(instance, meta, database)
    if plan is None:
        return None
    connection = database._route.connection() or database._direct_connection()
    if connection is None:
        return None
    written: int | None = plan.save(instance, connection, force_insert, only)
    return written


def _may_lack_keys(instance: Any, meta: Any) -> bool:
    """Tells whether a related object is held whose key was not known when it was assigned."""
    relations = instance.__rel__
    return any(field.name in relations and not Instance._get(instance, field.name) for field in meta.refs)


def _insert(instance: Any, data: dict[str, Any], pk_field: Any, pk_value: Any) -> int:
    if pk_field is None:
        instance.insert(**data).execute()
        return 1
    if pk_field.auto_increment and data.get(pk_field.name) is None:
        data.pop(pk_field.name, None)
    pk = instance.insert(**data).execute()
    if pk is not None and (instance._meta.auto_increment or pk_value is None):
        instance._pk = pk
        # The key came from the database.
        Instance._clear_dirty(instance, (pk_field.name,))
    return 1


def _update(instance: Any, data: dict[str, Any]) -> int:
    meta = instance._meta
    names = meta.primary_key.field_names if meta.composite_key else (meta.primary_key.name,)
    for name in names:
        data.pop(name, None)
    if not data:
        raise ValueError("no data to save!")
    count: int = instance.update(**data).where(instance._pk_expr()).execute()
    return count


def _named(model: Any, fields: Iterable[Any]) -> list[Any]:
    return [model._meta.combined.get(field, field) if isinstance(field, str) else field for field in fields]


_PK_EXPR = Model._pk_expr
_GET = Model.get.__func__  # type: ignore[attr-defined]  # the function of a class method
_SELECT = Model.select.__func__  # type: ignore[attr-defined]  # the function of a class method
_INSERT = Model.insert.__func__  # type: ignore[attr-defined]  # the function of a class method
_UPDATE = Model.update.__func__  # type: ignore[attr-defined]  # the function of a class method
