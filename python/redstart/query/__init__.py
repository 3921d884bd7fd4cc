"""Statements: one kind, one file. Re-exports only."""

from redstart.query.base import BaseQuery
from redstart.query.compound import CompoundSelectQuery
from redstart.query.database_required import database_required
from redstart.query.delete import Delete
from redstart.query.insert import Insert
from redstart.query.load import Load
from redstart.query.model_query import ModelRaw, _ModelQueryHelper
from redstart.query.model_select import BaseModelSelect, ModelCompoundSelectQuery, ModelSelect, NoopModelSelect
from redstart.query.model_write import ModelDelete, ModelInsert, ModelUpdate, _ModelWriteQueryHelper
from redstart.query.prefetch import PrefetchQuery, prefetch
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
    "prefetch",
    "query_to_string",
]
