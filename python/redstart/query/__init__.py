"""Statements: one kind, one file. Re-exports only.

The function ``prefetch`` is not among them: here that is the name of its module.
"""

from redstart.late_names import late_names
from redstart.query.database_required import database_required

TYPE_CHECKING = False
if TYPE_CHECKING:
    from redstart.query.base import BaseQuery
    from redstart.query.compound import CompoundSelectQuery
    from redstart.query.delete import Delete
    from redstart.query.insert import Insert
    from redstart.query.load import Load
    from redstart.query.model_query import ModelRaw, _ModelQueryHelper
    from redstart.query.model_select import BaseModelSelect, ModelCompoundSelectQuery, ModelSelect, NoopModelSelect
    from redstart.query.model_write import ModelDelete, ModelInsert, ModelUpdate, _ModelWriteQueryHelper
    from redstart.query.prefetch import PrefetchQuery
    from redstart.query.query import Query
    from redstart.query.raw import RawQuery
    from redstart.query.select import Select
    from redstart.query.select_base import SelectBase
    from redstart.query.select_query import SelectQuery
    from redstart.query.to_string import query_to_string
    from redstart.query.update import Update
    from redstart.query.write import _WriteQuery

__all__ = [
    "BaseModelSelect",
    "BaseQuery",
    "CompoundSelectQuery",
    "Delete",
    "Insert",
    "Load",
    "ModelCompoundSelectQuery",
    "ModelDelete",
    "ModelInsert",
    "ModelRaw",
    "ModelSelect",
    "ModelUpdate",
    "NoopModelSelect",
    "PrefetchQuery",
    "Query",
    "RawQuery",
    "Select",
    "SelectBase",
    "SelectQuery",
    "Update",
    "_ModelQueryHelper",
    "_ModelWriteQueryHelper",
    "_WriteQuery",
    "database_required",
    "query_to_string",
]

if not TYPE_CHECKING:
    # The same names as above, for those who run this.
    __getattr__, __dir__ = late_names(
        __name__,
        {
            "redstart.query.base": ("BaseQuery",),
            "redstart.query.compound": ("CompoundSelectQuery",),
            "redstart.query.delete": ("Delete",),
            "redstart.query.insert": ("Insert",),
            "redstart.query.load": ("Load",),
            "redstart.query.model_query": (
                "ModelRaw",
                "_ModelQueryHelper",
            ),
            "redstart.query.model_select": (
                "BaseModelSelect",
                "ModelCompoundSelectQuery",
                "ModelSelect",
                "NoopModelSelect",
            ),
            "redstart.query.model_write": (
                "ModelDelete",
                "ModelInsert",
                "ModelUpdate",
                "_ModelWriteQueryHelper",
            ),
            "redstart.query.prefetch": ("PrefetchQuery",),
            "redstart.query.query": ("Query",),
            "redstart.query.raw": ("RawQuery",),
            "redstart.query.select": ("Select",),
            "redstart.query.select_base": ("SelectBase",),
            "redstart.query.select_query": ("SelectQuery",),
            "redstart.query.to_string": ("query_to_string",),
            "redstart.query.update": ("Update",),
            "redstart.query.write": ("_WriteQuery",),
        },
    )
