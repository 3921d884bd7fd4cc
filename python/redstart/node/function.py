"""Calls of SQL functions."""

from __future__ import annotations

from redstart._engine import ColumnBase, tree
from redstart.node.node_list import NodeList
from redstart.node.sql import SQL
from redstart.node.window import Window, WindowAlias

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Function(ColumnBase):
    """``NAME(arguments) [FILTER (WHERE …)] [OVER …]``.

    ``fn`` is the function without a name; its attributes are the named ones.

    Example:
        >>> from redstart import fn
        >>> call = fn.COALESCE(None, 1)
        >>> call.name, call.arguments
        ('COALESCE', (None, 1))
    """

    #: Functions whose result is not converted as their first argument is.
    no_coerce_functions = frozenset(("sum", "count", "avg", "cast", "array_agg"))
    #: Functions that take a subquery without parentheses of its own.
    subquery_functions = frozenset(("exists", "any", "some", "all", "array"))

    def __init__(self, name: str | None, arguments: Any, coerce: bool = True, python_value: Any = None) -> None:
        """Calls a function.

        Args:
            name: The name, written as it stands.
            arguments: The arguments.
            coerce: Whether the result is converted as the field in the first argument is.
            python_value: A callable that converts the result instead.
        """
        self.name = name
        self.arguments = arguments
        self._filter: Any = None
        self._order_by: Any = None
        self._python_value = python_value
        if name is not None:
            self._coerce = False if name.lower() in self.no_coerce_functions else coerce
            self._set_tree(tree.function(name, arguments))

    def __getattr__(self, attr: str) -> Any:
        if attr.startswith("_"):
            raise AttributeError(attr)

        def call(*args: Any, **kwargs: Any) -> Function:
            return Function(attr, args, **kwargs)

        return call

    def filter(self, where: Any = None) -> Function:
        """``NAME(…) FILTER (WHERE where)``."""
        clone = self.clone()
        clone._filter = where
        return clone._rebuilt()

    def order_by(self, *ordering: Any) -> Function:
        """``NAME(… ORDER BY ordering)``."""
        clone = self.clone()
        clone._order_by = ordering
        return clone._rebuilt()

    def python_value(self, func: Any = None) -> Function:
        """Gives a copy whose selected value is converted by a callable."""
        clone = self.clone()
        clone._python_value = func
        return clone

    def over(  # noqa: PLR0913, PLR0917 - peewee's signature
        self,
        partition_by: Any = None,
        order_by: Any = None,
        start: Any = None,
        end: Any = None,
        frame_type: Any = None,
        window: Any = None,
        exclude: Any = None,
    ) -> NodeList:
        """``NAME(…) OVER (PARTITION BY … ORDER BY … frame)``, or ``OVER "window"``.

        Args:
            partition_by: What divides the rows, or the window itself.
            order_by: What orders them.
            start: The frame's start, such as ``Window.preceding(2)``.
            end: The frame's end.
            frame_type: ``Window.ROWS``, ``RANGE`` or ``GROUPS``.
            window: A window that the query names.
            exclude: What the frame leaves out.
        """
        if isinstance(partition_by, Window) and window is None:
            window = partition_by
        node: Any
        if window is not None:
            node = WindowAlias(window)
        else:
            node = Window(
                partition_by=partition_by,
                order_by=order_by,
                start=start,
                end=end,
                frame_type=frame_type,
                exclude=exclude,
                _inline=True,
            )
        return NodeList((self, SQL("OVER"), node))

    def _rebuilt(self) -> Function:
        name = self.name or ""
        self._set_tree(tree.function(name, self.arguments, self._filter, self._order_by or None))
        return self


#: Makes calls of SQL functions: ``fn.COUNT(User.id)`` is ``COUNT("t1"."id")``.
fn: Any = Function(None, None)
