"""What statements read from and write to: one noun, one file. Re-exports only."""

from redstart.late_names import late_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from redstart.source.base_table import BaseTable
    from redstart.source.cte import CTE
    from redstart.source.hashable import _HashableSource
    from redstart.source.join import Join
    from redstart.source.source import Source
    from redstart.source.star import Star
    from redstart.source.table import Table
    from redstart.source.values_list import ValuesList

__all__ = ["CTE", "BaseTable", "Join", "Source", "Star", "Table", "ValuesList", "_HashableSource"]

if not TYPE_CHECKING:
    # The same names as above, for those who run this.
    __getattr__, __dir__ = late_names(
        __name__,
        {
            "redstart.source.base_table": ("BaseTable",),
            "redstart.source.cte": ("CTE",),
            "redstart.source.hashable": ("_HashableSource",),
            "redstart.source.join": ("Join",),
            "redstart.source.source": ("Source",),
            "redstart.source.star": ("Star",),
            "redstart.source.table": ("Table",),
            "redstart.source.values_list": ("ValuesList",),
        },
    )
