"""peewee's names for the rows of a query, for annotations and imports: here all kinds of rows are of one class."""

from __future__ import annotations

from redstart._engine import CursorWrapper

DictCursorWrapper = CursorWrapper
NamedTupleCursorWrapper = CursorWrapper
ObjectCursorWrapper = CursorWrapper
BaseModelCursorWrapper = CursorWrapper
ModelCursorWrapper = CursorWrapper
ModelDictCursorWrapper = CursorWrapper
ModelNamedTupleCursorWrapper = CursorWrapper
ModelObjectCursorWrapper = CursorWrapper
ModelTupleCursorWrapper = CursorWrapper
