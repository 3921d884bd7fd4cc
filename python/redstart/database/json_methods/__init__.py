"""How each dialect writes JSON. Here stand re-exports only."""

from redstart.database.json_methods.base import BaseJSONMethods
from redstart.database.json_methods.sqlite import SqliteJSONMethods
from redstart.late_names import late_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from redstart.database.json_methods.postgres import PostgresqlJSONMethods

__all__ = ["BaseJSONMethods", "PostgresqlJSONMethods", "SqliteJSONMethods"]

if not TYPE_CHECKING:
    # The same names as above, for those who run this.
    __getattr__, __dir__ = late_names(
        __name__,
        {"redstart.database.json_methods.postgres": ("PostgresqlJSONMethods",)},
    )
