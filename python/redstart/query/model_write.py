"""The statements that write to models."""

from __future__ import annotations

from redstart.constants import ROW
from redstart.query.delete import Delete
from redstart.query.insert import Insert
from redstart.query.model_query import _ModelQueryHelper
from redstart.query.selection import expand
from redstart.query.update import Update

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _ModelWriteQueryHelper(_ModelQueryHelper):
    """Gives a writing query a model instead of a table."""

    def __init__(self, model: Any, *args: Any, **kwargs: Any) -> None:
        """Writes to a model."""
        self.model = model
        kwargs.setdefault("_database", model._meta.database)
        super().__init__(model, *args, **kwargs)  # type: ignore[call-arg] # the query's own

    def returning(self, *returning: Any) -> Any:
        """``RETURNING``: gives these columns; a model stands for its fields."""
        return super().returning(*expand(returning))  # type: ignore[misc] # the query's own


class ModelUpdate(_ModelWriteQueryHelper, Update):
    """``UPDATE`` of a model."""


class ModelDelete(_ModelWriteQueryHelper, Delete):
    """``DELETE`` from a model."""


class ModelInsert(_ModelWriteQueryHelper, Insert):
    """``INSERT`` into a model; defaults of its fields are filled in."""

    default_row_type = ROW.TUPLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Inserts into a model."""
        super().__init__(*args, **kwargs)
        database = self.model._meta.database
        if self._returning is None and database is not None and database.returning_clause:
            self._returning = self.model._meta.get_primary_keys()

    def returning(self, *returning: Any) -> Any:
        """``RETURNING``: gives these columns, as instances unless another row type is asked for."""
        clone = super().returning(*returning)
        if clone._row_type is None:
            clone._row_type = ROW.MODEL
        return clone

    def get_default_data(self) -> Any:
        """Gives the defaults of the model's fields."""
        return self.model._meta.defaults

    def get_default_columns(self) -> Any:
        """Gives the model's fields, without a key that the database generates."""
        meta = self.model._meta
        fields = meta.sorted_fields
        if meta.auto_increment:
            return [field for field in fields if field is not meta.primary_key]
        return list(fields)
