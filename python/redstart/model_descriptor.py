"""The mark of attributes that look at the model class, or an alias of it, that they are read from."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ModelDescriptor:
    """The base of such attributes: ``ModelAlias`` evaluates them with itself as the class."""

    def __get__(self, instance: Any, instance_type: Any = None) -> Any:
        """Gives what the attribute is on an instance or, without one, on a class."""
        raise NotImplementedError(f"{type(self).__name__} has to define __get__")
