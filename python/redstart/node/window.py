"""Windows: definitions and references to them."""

from __future__ import annotations

from redstart._engine import Node, tree
from redstart.node.ensure import ensure_tuple
from redstart.node.sql import SQL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Window(Node):
    """``"w" AS ([extends] PARTITION BY … ORDER BY … frame)``.

    Example:
        >>> from redstart import Window
        >>> Window(order_by=[], alias="recent")._alias
        'recent'
    """

    CURRENT_ROW = SQL("CURRENT ROW")
    GROUP = SQL("GROUP")
    TIES = SQL("TIES")
    NO_OTHERS = SQL("NO OTHERS")

    GROUPS = "GROUPS"
    RANGE = "RANGE"
    ROWS = "ROWS"

    def __init__(  # noqa: PLR0913, PLR0917 - peewee's signature
        self,
        partition_by: Any = None,
        order_by: Any = None,
        start: Any = None,
        end: Any = None,
        frame_type: str | None = None,
        extends: Any = None,
        exclude: Any = None,
        alias: str | None = None,
        _inline: bool = False,
    ) -> None:
        """Defines a window.

        Args:
            partition_by: What divides the rows.
            order_by: What orders them.
            start: The frame's start.
            end: The frame's end.
            frame_type: ``ROWS``, ``RANGE`` or ``GROUPS``.
            extends: A window, or the name of one, that this one extends.
            exclude: ``Window.CURRENT_ROW``, ``GROUP``, ``TIES`` or ``NO_OTHERS``.
            alias: The name; ``w`` when left out.

        Raises:
            ValueError: There is an end and no start.
        """
        if start is not None and not isinstance(start, SQL):
            start = SQL(start)
        if end is not None and not isinstance(end, SQL):
            end = SQL(end)
        self.partition_by = ensure_tuple(partition_by)
        self.order_by = ensure_tuple(order_by)
        self.start = start
        self.end = end
        if start is None and end is not None:
            message = "Cannot specify WINDOW end without start."
            raise ValueError(message)
        self._alias = alias or "w"
        self._inline = _inline
        self.frame_type = frame_type
        self._extends = extends
        self._exclude = exclude

    def alias(self, alias: str | None = None) -> Window:
        """Names the window, in place."""
        self._alias = alias or "w"
        return self

    def as_range(self) -> Window:
        """Gives a copy with a frame of ``RANGE``."""
        return self._with(frame_type=self.RANGE)

    def as_rows(self) -> Window:
        """Gives a copy with a frame of ``ROWS``."""
        return self._with(frame_type=self.ROWS)

    def as_groups(self) -> Window:
        """Gives a copy with a frame of ``GROUPS``."""
        return self._with(frame_type=self.GROUPS)

    def extends(self, window: Any = None) -> Window:
        """Gives a copy that extends another window."""
        return self._with(_extends=window)

    def exclude(self, frame_exclusion: Any = None) -> Window:
        """Gives a copy whose frame leaves something out."""
        if isinstance(frame_exclusion, str):
            frame_exclusion = SQL(frame_exclusion)
        return self._with(_exclude=frame_exclusion)

    @staticmethod
    def following(value: int | None = None) -> SQL:
        """``value FOLLOWING``, or ``UNBOUNDED FOLLOWING``."""
        return SQL("UNBOUNDED FOLLOWING") if value is None else SQL(f"{value} FOLLOWING")

    @staticmethod
    def preceding(value: int | None = None) -> SQL:
        """``value PRECEDING``, or ``UNBOUNDED PRECEDING``."""
        return SQL("UNBOUNDED PRECEDING") if value is None else SQL(f"{value} PRECEDING")

    def _with(self, **changes: Any) -> Window:
        clone = self.clone()
        clone.__dict__.update(changes)
        return clone

    def _build_tree(self) -> Any:
        extends = self._extends
        if isinstance(extends, Window):
            extends = WindowAlias(extends)
        elif isinstance(extends, str):
            extends = SQL(extends)
        return tree.window(
            self._alias,
            partition_by=self.partition_by,
            order_by=self.order_by,
            start=self.start,
            end=self.end,
            frame_type=self.frame_type,
            extends=extends,
            exclude=self._exclude,
            inline=self._inline,
        )


class WindowAlias(Node):
    """A reference to a window by its name: ``"w"``."""

    def __init__(self, window: Window) -> None:
        """Refers to a window."""
        self.window = window

    def alias(self, window_alias: str) -> WindowAlias:
        """Names the window that is referred to, in place."""
        self.window._alias = window_alias
        return self

    def _build_tree(self) -> Any:
        return tree.window_alias(self.window._alias or "w")
