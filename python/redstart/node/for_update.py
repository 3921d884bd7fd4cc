"""Row locks."""

from __future__ import annotations

from redstart._engine import Node, tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ForUpdate(Node):
    """``FOR UPDATE [OF …] [NOWAIT | SKIP LOCKED]``."""

    def __init__(self, expr: Any, of: Any = None, nowait: bool | None = None, skip_locked: bool | None = None) -> None:
        """Locks the rows that are read.

        Args:
            expr: True for ``FOR UPDATE``, or the clause's text.
            of: The sources whose rows are locked.
            nowait: Fail at once where a row is locked.
            skip_locked: Leave locked rows out.

        Raises:
            ValueError: Both ``nowait`` and ``skip_locked`` are asked for.
        """
        text = "FOR UPDATE" if expr is True else expr
        if text.lower().endswith("nowait"):
            text = text[: -len("nowait")].rstrip()
            nowait = True
        elif text.lower().endswith("skip locked"):
            text = text[: -len("skip locked")].rstrip()
            skip_locked = True
        if nowait and skip_locked:
            message = "Only one of nowait and skip_locked may be used in a FOR UPDATE clause."
            raise ValueError(message)
        self._expr = text
        self._of = of if of is None or isinstance(of, (list, tuple, set)) else (of,)
        self._nowait = nowait
        self._skip_locked = skip_locked
        sources = None if self._of is None else list(self._of)
        self._set_tree(tree.for_update(text, sources, bool(nowait), bool(skip_locked)))
