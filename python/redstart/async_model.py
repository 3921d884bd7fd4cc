"""What a model does for tasks: its methods, awaited.

A method that a class overrides (``save``, ``create``, ``get`` …) is honoured: then the blocking one runs in a thread.
"""

from __future__ import annotations

from functools import partial

from redstart.exceptions import InterfaceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar


class AsyncModelMethods:
    """The part of ``Model`` that is awaited."""

    if TYPE_CHECKING:
        __rel__: dict[str, Any]
        _meta: ClassVar[Any]
        DoesNotExist: ClassVar[Any]
        create: ClassVar[Any]
        delete_instance: Any
        get: ClassVar[Any]
        save: Any
        select: ClassVar[Any]

    @classmethod
    def _adatabase(cls) -> Any:
        database = cls._meta.get_database_instance()
        if database is None:
            raise InterfaceError(f"{cls.__name__} is not bound to a database.")
        return database

    @classmethod
    async def _acall(cls, method: str, /, *args: Any, **kwargs: Any) -> Any:
        """Runs a blocking method of the class; a field may have any name."""
        return await cls._adatabase().run(partial(getattr(cls, method), *args, **kwargs))

    @classmethod
    async def acreate(cls, **query: Any) -> Any:
        """Inserts a row and gives its instance; see ``create``.

        Args:
            **query: Values by field's name.
        """
        if _overrides(cls, "create") or _overrides(cls, "save"):
            return await cls._acall("create", **query)
        instance = cls(**query)
        await instance.asave(force_insert=True)
        return instance

    @classmethod
    async def aget(cls, *query: Any, **filters: Any) -> Any:
        """Gives the one row that matches; see ``get``.

        Args:
            *query: Conditions, or a primary key.
            **filters: Lookups.

        Raises:
            DoesNotExist: None does; the model's own class.
        """
        if _overrides(cls, "get"):
            return await cls._acall("get", *query, **filters)
        from redstart.model import query_for  # loaded after its base

        return await cls._adatabase().get(query_for(cls, query, filters))

    @classmethod
    async def aget_or_none(cls, *query: Any, **filters: Any) -> Any:
        """Gives the one row that matches, or None.

        Args:
            *query: Conditions, or a primary key.
            **filters: Lookups.
        """
        try:
            return await cls.aget(*query, **filters)
        except cls.DoesNotExist:
            return None

    @classmethod
    async def aget_by_id(cls, pk: Any) -> Any:
        """Gives the row with a primary key.

        Args:
            pk: The key.

        Raises:
            DoesNotExist: There is none; the model's own class.
        """
        return await cls._aget_by(cls._meta.primary_key, pk)

    @classmethod
    async def _aget_by(cls, field: Any, value: Any) -> Any:
        database = cls._adatabase()
        if not _overrides(cls, "get") and not _overrides(cls, "select"):
            plan = cls._meta.load_plan(database, field) if database._is_unwatched() else None
            if plan is not None:
                loading = plan.aload(await database._aconnection(), value)
                row = loading
                if loading is not NotImplemented:
                    row = await (database._aresting(loading) if database._may_rest else loading)
                if row is None:
                    cls.select().where(field == value).paginate(1, 1)._raise_missing()
                if row is not NotImplemented:
                    return row
        return await cls.aget(field == value)

    @classmethod
    async def aget_or_create(cls, **kwargs: Any) -> Any:
        """Gives the row that matches, inserting it where there is none; see ``get_or_create``.

        Args:
            **kwargs: Values by field's name; ``defaults`` is a dict of those that only a new row gets.
        """
        return await cls._acall("get_or_create", **kwargs)

    @classmethod
    async def aset_by_id(cls, key: Any, value: Any) -> Any:
        """Changes the row with a primary key; see ``set_by_id``.

        Args:
            key: The key.
            value: Values by field or by field's name.
        """
        return await cls._acall("set_by_id", key, value)

    @classmethod
    async def adelete_by_id(cls, pk: Any) -> Any:
        """Deletes the row with a primary key and gives the number of rows deleted.

        Args:
            pk: The key.
        """
        return await cls._acall("delete_by_id", pk)

    @classmethod
    async def abulk_create(cls, model_list: Iterable[Any], batch_size: int | None = None) -> Any:
        """Inserts many instances; see ``bulk_create``.

        Args:
            model_list: The instances.
            batch_size: The number of rows in a statement; all by default.
        """
        return await cls._acall("bulk_create", model_list, batch_size)

    @classmethod
    async def abulk_update(cls, model_list: Iterable[Any], fields: Iterable[Any], batch_size: int | None = None) -> Any:
        """Writes some fields of many instances; see ``bulk_update``.

        Args:
            model_list: The instances.
            fields: The fields to write, or their names.
            batch_size: The number of rows in a statement; all by default.
        """
        return await cls._acall("bulk_update", model_list, fields, batch_size)

    async def asave(self, force_insert: bool = False, only: Iterable[Any] | None = None) -> Any:
        """Writes the instance; see ``save``.

        Args:
            force_insert: Whether to insert even so.
            only: The fields to write, or their names.
        """
        cls: Any = type(self)
        database = cls._adatabase()
        if not _overrides(cls, "save"):
            from redstart.model import plan_to_save  # loaded after its base

            plan = plan_to_save(self, cls._meta, database)
            if plan is not None and database._is_unwatched():
                saving = plan.asave(self, await database._aconnection(), force_insert, only)
                if saving is not None:
                    return await (database._aresting(saving) if database._may_rest else saving)
        return await database.run(self.save, force_insert=force_insert, only=only)

    async def adelete_instance(self, recursive: bool = False, delete_nullable: bool = False) -> Any:
        """Deletes the row; see ``delete_instance``.

        Args:
            recursive: Whether to delete what refers to it, too.
            delete_nullable: Whether to delete that also where its key may be NULL.
        """
        return await self._adatabase().run(self.delete_instance, recursive, delete_nullable)

    async def afetch(self, field: Any) -> Any:
        """Gives the related instance of a foreign key, loading it where it is not.

        Args:
            field: The foreign key, or its name.

        Raises:
            ValueError: It is no foreign key, or one that does not load.
            KeyError: No field has this name.
        """
        from redstart.fields.foreign_key import ForeignKeyField

        cls: Any = type(self)
        found = cls._meta.combined[field] if isinstance(field, str) else field
        if not isinstance(found, ForeignKeyField):
            raise ValueError(f"{field!r} is no foreign key of {cls.__name__}.")  # noqa: TRY004 - peewee's class
        if not found.lazy_load:
            raise ValueError(f"{cls.__name__}.{found.name} has lazy_load=False: it gives the key alone.")
        name = found.name
        if name in self.__rel__:
            return self.__rel__[name]
        value = self.__data__.get(name)  # type: ignore[attr-defined] # the instance's
        if value is None:
            return getattr(self, name)
        related = await found.rel_model._aget_by(found.rel_field, value)
        self.__rel__[name] = related
        return related


def _overrides(cls: Any, name: str) -> bool:
    """Tells whether a model's class has a method of its own in place of ``Model``'s."""
    method = getattr(cls, name)
    return getattr(method, "__module__", None) != "redstart.model"
