"""Inserting and updating many instances by few statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.chunked import chunked

if TYPE_CHECKING:
    from collections.abc import Iterable


def bulk_create(model: Any, model_list: Iterable[Any], batch_size: int | None = None) -> None:
    """Inserts many instances, several by one statement.

    Args:
        model: The model class.
        model_list: The instances.
        batch_size: The number of rows in a statement; all by default.
    """
    meta = model._meta
    batches = chunked(model_list, batch_size) if batch_size is not None else [model_list]
    names = list(meta.sorted_field_names)
    if meta.auto_increment:
        names.remove(meta.primary_key.name)
    fields = [meta.fields[name] for name in names]
    reads_ids = bool(meta.database.returning_clause) and meta.primary_key is not False
    for batch in batches:
        instances = list(batch)
        rows = []
        for instance in instances:
            data = instance.__data__
            if meta.refs:
                instance._populate_unsaved_relations(data)
            rows.append([data.get(name) for name in names])
        if not rows:
            continue
        result = model.insert_many(rows, fields=fields).execute()
        if reads_ids and result is not None:
            _take_ids(meta, instances, result)


def _take_ids(meta: Any, instances: list[Any], result: Any) -> None:
    fields = meta.get_primary_keys()
    for row, instance in zip(result, instances, strict=False):
        for value, field in zip(row, fields, strict=True):
            setattr(instance, field.name, value)


def bulk_update(model: Any, model_list: Iterable[Any], fields: Iterable[Any], batch_size: int | None = None) -> int:
    """Writes some fields of many instances, several by one statement.

    Args:
        model: The model class.
        model_list: The instances.
        fields: The fields to write, or their names.
        batch_size: The number of rows in a statement; all by default.

    Returns:
        The number of rows changed.

    Raises:
        ValueError: The primary key is a composite one.
    """
    from redstart.node import Case  # loaded after the models

    meta = model._meta
    if meta.composite_key:
        raise ValueError("bulk_update() is not supported for models with a composite primary key.")
    chosen = [meta.fields[field] if isinstance(field, str) else field for field in fields]
    primary_key = meta.primary_key
    batches = chunked(model_list, batch_size) if batch_size is not None else [model_list]
    count = 0
    for batch in batches:
        instances = list(batch)
        keys = [instance._pk for instance in instances]
        matched = [primary_key.to_value(key) for key in keys]
        update = {}
        for field in chosen:
            values = [getattr(instance, field.safe_name) for instance in instances]
            wrapped = [value if hasattr(value, "__sql__") else field.case_value(value) for value in values]
            update[field] = Case(primary_key, zip(matched, wrapped, strict=True))
        count += model.update(update).where(primary_key.in_(keys)).execute()
    return count
