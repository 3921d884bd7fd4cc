"""Attributes that compute in Python on instances and in SQL on the class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.model_descriptor import ModelDescriptor

if TYPE_CHECKING:
    from collections.abc import Callable


class hybrid_method(ModelDescriptor):  # noqa: N801 - peewee's name
    """A method of instances, and of the class, where it gives an expression.

    Example:
        >>> from redstart import IntegerField, Model
        >>> from redstart.hybrid import hybrid_method
        >>> class Interval(Model):
        ...     start = IntegerField()
        ...     end = IntegerField()
        ...     @hybrid_method
        ...     def contains(self, point):
        ...         return (self.start <= point) & (point < self.end)
        >>> Interval(start=1, end=5).contains(3)
        True
    """

    def __init__(self, func: Callable[..., Any], expr: Callable[..., Any] | None = None) -> None:
        """Takes the method.

        Args:
            func: The method.
            expr: The method of the class; the same by default.
        """
        self.func = func
        self.expr = expr or func

    def __get__(self, instance: Any, instance_type: Any = None) -> Any:
        if instance is None:
            return self.expr.__get__(instance_type, instance_type.__class__)
        return self.func.__get__(instance, instance_type)

    def expression(self, expr: Callable[..., Any]) -> hybrid_method:
        """Decorates the method of the class."""
        self.expr = expr
        return self


class hybrid_property(ModelDescriptor):  # noqa: N801 - peewee's name
    """A property of instances, and of the class, where it gives an expression.

    Example:
        >>> from redstart import IntegerField, Model
        >>> from redstart.hybrid import hybrid_property
        >>> class Interval(Model):
        ...     start = IntegerField()
        ...     end = IntegerField()
        ...     @hybrid_property
        ...     def length(self):
        ...         return self.end - self.start
        >>> Interval(start=1, end=5).length
        4
    """

    def __init__(
        self,
        fget: Callable[[Any], Any],
        fset: Callable[[Any, Any], Any] | None = None,
        fdel: Callable[[Any], Any] | None = None,
        expr: Callable[[Any], Any] | None = None,
    ) -> None:
        """Takes the property's functions.

        Args:
            fget: Reads it.
            fset: Sets it.
            fdel: Deletes it.
            expr: Gives the class's expression; ``fget`` by default.
        """
        self.fget = fget
        self.fset = fset
        self.fdel = fdel
        self.expr = expr or fget

    def __get__(self, instance: Any, instance_type: Any = None) -> Any:
        if instance is None:
            return self.expr(instance_type)
        return self.fget(instance)

    def __set__(self, instance: Any, value: Any) -> None:
        if self.fset is None:
            raise AttributeError("Cannot set attribute.")
        self.fset(instance, value)

    def __delete__(self, instance: Any) -> None:
        if self.fdel is None:
            raise AttributeError("Cannot delete attribute.")
        self.fdel(instance)

    def setter(self, fset: Callable[[Any, Any], Any]) -> hybrid_property:
        """Decorates the function that sets it."""
        self.fset = fset
        return self

    def deleter(self, fdel: Callable[[Any], Any]) -> hybrid_property:
        """Decorates the function that deletes it."""
        self.fdel = fdel
        return self

    def expression(self, expr: Callable[[Any], Any]) -> hybrid_property:
        """Decorates the function that gives the class's expression."""
        self.expr = expr
        return self


__all__ = [
    "ModelDescriptor",
    "hybrid_method",
    "hybrid_property",
]
