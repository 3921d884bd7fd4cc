"""What happens to databases in the child of a ``fork``: the connections stay the parent's.

The child neither uses nor closes them: it begins without any. What is left alone here is never closed, for closing
could speak to the server, or release locks of a file that the parent holds.
"""

from __future__ import annotations

import os
from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_databases: dict[int, Any] = {}
_left_alone: list[Any] = []


def call(database: Any) -> None:
    """Has a database told when this process is the child of a fork.

    Args:
        database: The database, which has a method ``_forked``. It may go before that.
    """
    number = id(database)
    _databases[number] = ref(database, lambda _: _databases.pop(number, None))


def leave_alone(connections: Any) -> None:
    """Keeps what holds connections for ever, so that they are not closed here.

    Args:
        connections: Whatever holds them.
    """
    if connections is not None:
        _left_alone.append(connections)


def _forked() -> None:
    for reference in list(_databases.values()):
        database = reference()
        if database is not None:
            database._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
