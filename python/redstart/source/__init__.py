"""What statements read from and write to: one noun, one file. Re-exports only."""

from redstart.source.base_table import BaseTable
from redstart.source.cte import CTE
from redstart.source.hashable import _HashableSource
from redstart.source.join import Join
from redstart.source.source import Source
from redstart.source.star import Star
from redstart.source.table import Table
from redstart.source.values_list import ValuesList

__all__ = ["CTE", "BaseTable", "Join", "Source", "Star", "Table", "ValuesList", "_HashableSource"]
