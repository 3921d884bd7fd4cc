"""What is common to the queries on models: their rows are instances."""

from __future__ import annotations

from redstart.constants import ROW
from redstart.query.raw import RawQuery
from redstart.query.row_plan import model_plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _ModelQueryHelper:
    """Gives a query instances of its model as rows."""

    default_row_type = ROW.MODEL

    def objects(self, constructor: Any = None) -> Any:
        """Gives a copy whose rows are flat instances, or what a callable makes of the columns.

        Args:
            constructor: The callable; None for the model.
        """
        clone = self.clone()  # type: ignore[attr-defined] # a query has it
        clone._row_type = ROW.CONSTRUCTOR
        clone._constructor = self.model if constructor is None else constructor  # type: ignore[attr-defined] # set by each query
        return clone

    def models(self) -> Any:
        """Gives a copy whose rows are instances, with those of joined models attached."""
        clone = self.clone()  # type: ignore[attr-defined] # a query has it
        clone._row_type = ROW.MODEL
        return clone

    def _row_plan(self, cursor: Any) -> Any:
        return model_plan(self, cursor)


class ModelRaw(_ModelQueryHelper, RawQuery):
    """A query on a model whose SQL is written by hand.

    Columns with the name of a field or of its column become its value, others attributes.
    """

    _returning: Any = ()

    def __init__(self, model: Any, sql: str, params: Any, **kwargs: Any) -> None:
        """Takes SQL and the values of its placeholders."""
        self.model = model
        super().__init__(sql=sql, params=params, _database=model._meta.database, **kwargs)

    def get(self) -> Any:
        """Gives the first row.

        Raises:
            DoesNotExist: There is none; the model's own class.
        """
        try:
            return self.execute()[0]
        except IndexError:
            sql, params = self.sql()
            raise self.model.DoesNotExist(
                f"{self.model} instance matching query does not exist:\nSQL: {sql}\nParams: {params}"
            ) from None
