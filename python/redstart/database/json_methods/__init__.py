"""How each dialect writes JSON. Here stand re-exports only."""

from redstart.database.json_methods.base import BaseJSONMethods
from redstart.database.json_methods.sqlite import SqliteJSONMethods

__all__ = ["BaseJSONMethods", "SqliteJSONMethods"]
