"""The query behind a many-to-many relation, and how pairs are added and removed."""

from __future__ import annotations

from typing import Any

from redstart.query.model_select import ModelSelect
from redstart.query.select_query import SelectQuery


class ManyToManyQuery(ModelSelect):
    """The related objects of one instance."""

    def __init__(self, instance: Any, accessor: Any, rel: Any, *args: Any, **kwargs: Any) -> None:
        """Makes the query.

        Args:
            instance: The model instance.
            accessor: The relation's attribute.
            rel: The other model.
            *args: As for ``ModelSelect``.
            **kwargs: As for ``ModelSelect``.
        """
        self._instance = instance
        self._accessor = accessor
        self._src_attr = accessor.src_fk.rel_field.name
        self._dest_attr = accessor.dest_fk.rel_field.name
        super().__init__(rel, (rel,), *args, **kwargs)

    def _id_list(self, items: Any) -> list[Any]:
        from redstart.model import Model

        return [getattr(item, self._dest_attr) if isinstance(item, Model) else item for item in items]

    def _source_id(self) -> Any:
        return getattr(self._instance, self._src_attr)

    def add(self, value: Any, clear_existing: bool = False) -> None:
        """Relates objects to the instance.

        Args:
            value: An instance, a list of instances or of keys, or a query for keys.
            clear_existing: Whether to end all other relations first.

        Raises:
            ValueError: Either end is not saved yet.
        """
        if clear_existing:
            self.clear()
        accessor = self._accessor
        source = self._source_id()
        if isinstance(value, SelectQuery):
            from redstart.node import Value

            given: Any = value
            query = given.columns(Value(source), accessor.dest_fk.rel_field)
            accessor.through_model.insert_from(fields=[accessor.src_fk, accessor.dest_fk], query=query).execute()
            return
        if not isinstance(value, (list, tuple, set)):
            value = [value]
        if not value:
            return
        rows = [{accessor.src_fk.name: source, accessor.dest_fk.name: each} for each in self._id_list(value)]
        accessor.through_model.insert_many(rows).execute()

    def remove(self, value: Any) -> Any:
        """Ends relations of the instance.

        Args:
            value: An instance, a list of instances or of keys, or a query for keys.

        Returns:
            The number of relations ended.
        """
        accessor = self._accessor
        delete = accessor.through_model.delete()
        if isinstance(value, SelectQuery):
            given: Any = value
            keys: Any = given.columns(accessor.dest_fk.rel_field)
        else:
            if not isinstance(value, (list, tuple, set)):
                value = [value]
            if not value:
                return None
            keys = self._id_list(value)
        return delete.where((accessor.dest_fk << keys) & (accessor.src_fk == self._source_id())).execute()

    def clear(self) -> Any:
        """Ends all relations of the instance and gives their number."""
        accessor = self._accessor
        return accessor.through_model.delete().where(accessor.src_fk == self._instance).execute()
